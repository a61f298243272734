import { UNREACHED } from "../dominators/dominator-tree.ts";
import { nodeOfObject, objectOfNode } from "../graph/rooted-graph.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";

/** Entries of a container to which somebody else points as well, so that no one of them dominates them. */
export interface SharedEntries {
  bytes: number;
  largestBytes: number;
  nodes: readonly number[];
}

export const NO_SHARED_ENTRIES: SharedEntries = { bytes: 0, largestBytes: 0, nodes: [] };

/** Containers that are looked at: few entries are seldom what fills a heap. */
export const LEAST_ENTRIES = 256;
const MAX_CHAIN = 1000;

/**
 * What a container keeps together with others: a cache is a map and a list of the same elements, an index two maps of the
 * same values. Such an entry hangs in the dominator tree above all of its holders, where no container is seen to keep it.
 */
export function findSharedEntries(
  heap: HeapSnapshot,
  { node, entries, parts }: { node: number; entries: number; parts: () => readonly number[] },
): SharedEntries {
  if (entries < LEAST_ENTRIES) return NO_SHARED_ENTRIES;
  const { graph, retained } = heap;
  const { dominator } = heap.dominators;
  const above = new Set<number>();
  for (let at = dominator[node]!; at !== UNREACHED && above.size < MAX_CHAIN; at = dominator[at]!) {
    above.add(at);
    if (at === 0) break;
  }
  const own = new Set(parts());
  const shared = new Set<number>();
  for (const part of own) {
    const from = nodeOfObject(graph, part);
    for (let edge = graph.start[from]!; edge < graph.start[from + 1]!; edge++) {
      const to = graph.target[edge]!;
      if (above.has(dominator[to]!) && !above.has(to) && to !== node && !own.has(objectOfNode(graph, to)))
        shared.add(to);
    }
  }
  let bytes = 0;
  let largestBytes = 0;
  for (const entry of shared) {
    bytes += retained[entry]!;
    largestBytes = Math.max(largestBytes, retained[entry]!);
  }
  return { bytes, largestBytes, nodes: [...shared] };
}
