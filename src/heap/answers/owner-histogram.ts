import { computeShortestPaths } from "../graph/shortest-paths.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import { ownerName } from "../names/path-names.ts";
import { type HeapHistogram, type HistogramRow, summarise } from "./histogram.ts";
import { ownerGroups } from "./owner-groups.ts";

/**
 * Objects that can be reached, counted by the variable, goroutine or other root that keeps them alive; what several share counts for the
 * nearest. Goroutines that began alike are one owner.
 */
export function buildOwnerHistogram(heap: HeapSnapshot, top: number): HeapHistogram {
  const { graph, index } = heap;
  const { spans } = index;
  const owners = ownerGroups(heap, computeShortestPaths(graph));
  const objects = new Float64Array(graph.groups);
  const bytes = new Float64Array(graph.groups);
  for (let span = 0; span < spans.length; span++) {
    const size = spans.elementBytes[span]!;
    const end = spans.firstObject[span + 1]!;
    for (let object = spans.firstObject[span]!; object < end; object++) {
      if (!heap.reachable.has(object)) continue;
      const owner = owners[graph.node[object]!]!;
      objects[owner]!++;
      bytes[owner]! += size;
    }
  }
  const rows = new Map<string, HistogramRow>();
  for (let group = 0; group < graph.groups; group++) {
    if (objects[group] === 0) continue;
    const name = ownerName(heap, group);
    const row = rows.get(name) ?? { name, objects: 0, bytes: 0 };
    row.objects += objects[group]!;
    row.bytes += bytes[group]!;
    rows.set(name, row);
  }
  return summarise(
    heap,
    "owner",
    [...rows.values()].sort((a, b) => b.bytes - a.bytes),
    top,
  );
}
