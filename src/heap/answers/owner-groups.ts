import { UNREACHED } from "../dominators/dominator-tree.ts";
import type { ShortestPaths } from "../graph/shortest-paths.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";

/**
 * Of each node the root group that owns it: the one that alone keeps it alive, or, of what several roots share, the
 * one at the beginning of the shortest way to it. UNREACHED for what is dead.
 */
export function ownerGroups(heap: HeapSnapshot, { previous }: ShortestPaths): Uint32Array {
  const { dominator, reached } = heap.dominators;
  const { groups } = heap.graph;
  const owner = new Uint32Array(reached).fill(UNREACHED);
  const chain: number[] = [];
  for (let node = 1; node < reached; node++) {
    const above = dominator[node]!;
    if (node <= groups) owner[node] = node - 1;
    else if (above !== 0) owner[node] = owner[above]!;
  }
  // What several roots share has no dominator but the root; its way is walked once, however many share it.
  for (let node = 1; node < reached; node++) {
    let at = node;
    while (owner[at] === UNREACHED && at !== 0 && at !== UNREACHED) {
      chain.push(at);
      at = previous[at]!;
    }
    const found = at === 0 || at === UNREACHED ? UNREACHED : owner[at]!;
    while (chain.length > 0) owner[chain.pop()!] = found;
  }
  return owner;
}
