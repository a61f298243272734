import { computeShortestPaths } from "../graph/shortest-paths.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import { ownerName } from "../names/path-names.ts";
import { UNKNOWN_TYPE } from "../types/go-types.ts";
import { ownerGroups } from "./owner-groups.ts";

export interface HistogramRow {
  /** Of the type, package or owner; "" for objects whose type is not known. */
  name: string;
  objects: number;
  bytes: number;
}

/** Objects that can be reached, counted by one thing. */
export interface HeapHistogram {
  goVersion: string;
  by: "type" | "package" | "owner";
  /** Of all rows. */
  objects: number;
  bytes: number;
  /** Rows there are; `rows` are the largest of them. */
  rowCount: number;
  rows: HistogramRow[];
}

export function buildHistogram(
  heap: HeapSnapshot,
  { by, top }: { by: HeapHistogram["by"]; top: number },
): HeapHistogram {
  const rows = by === "owner" ? histogramByOwner(heap) : histogramByType(heap);
  const counted = by === "package" ? histogramByPackage(rows) : rows;
  return {
    goVersion: heap.build.version,
    by,
    objects: counted.reduce((total, row) => total + row.objects, 0),
    bytes: counted.reduce((total, row) => total + row.bytes, 0),
    rowCount: counted.length,
    rows: counted.slice(0, top),
  };
}

/** Reachable objects by what they are, largest first. */
export function histogramByType(heap: HeapSnapshot): HistogramRow[] {
  const { index, reachable, typed, types } = heap;
  const objects = new Float64Array(types.length);
  const bytes = new Float64Array(types.length);
  const { spans } = index;
  for (let span = 0; span < spans.length; span++) {
    const first = spans.firstObject[span]!;
    const size = spans.elementBytes[span]!;
    for (let object = first; object < first + spans.elements[span]!; object++) {
      if (!reachable.has(object)) continue;
      const type = typed.type[object]!;
      objects[type]!++;
      bytes[type]! += size;
    }
  }
  const rows: HistogramRow[] = [];
  for (let type = 0; type < types.length; type++) {
    if (objects[type]! > 0)
      rows.push({
        name: type === UNKNOWN_TYPE ? "" : types.get(type).name,
        objects: objects[type]!,
        bytes: bytes[type]!,
      });
  }
  return rows.sort((a, b) => b.bytes - a.bytes);
}

/**
 * The same by the variable, goroutine or other root that keeps the object alive; what several share counts for the
 * nearest. Goroutines that began alike are one owner.
 */
function histogramByOwner(heap: HeapSnapshot): HistogramRow[] {
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
  return [...rows.values()].sort((a, b) => b.bytes - a.bytes);
}

/** The same by the package that the type belongs to: "main", "net/http"; containers count for their element's. */
export function histogramByPackage(rows: readonly HistogramRow[]): HistogramRow[] {
  const packages = new Map<string, HistogramRow>();
  for (const { name, objects, bytes } of rows) {
    const key = packageOf(name);
    const row = packages.get(key) ?? { name: key, objects: 0, bytes: 0 };
    row.objects += objects;
    row.bytes += bytes;
    packages.set(key, row);
  }
  return [...packages.values()].sort((a, b) => b.bytes - a.bytes);
}

/** The package of a type; of a container its element's. "(builtin)" for string and the like. */
export function packageOf(type: string): string {
  if (type === "") return "";
  // The last qualified name: of map[string]*main.Session that is main's.
  const names = [...type.matchAll(/([\w./-]*\w)\.\w/g)].map((match) => match[1]!);
  return names.findLast((name) => name !== "map" && name !== "noalg.map") ?? "(builtin)";
}
