import type { RootedGraph } from "../dominators/dominator-tree.ts";
import { UNREACHED } from "../dominators/dominator-tree.ts";

/** Of each node the one before it on a shortest way from the root, and how far the root is. */
export interface ShortestPaths {
  previous: Uint32Array;
  hops: Uint32Array;
}

export function computeShortestPaths({ start, target }: RootedGraph): ShortestPaths {
  const nodes = start.length - 1;
  const previous = new Uint32Array(nodes).fill(UNREACHED);
  const hops = new Uint32Array(nodes);
  const queue = new Uint32Array(nodes);
  let end = 0;
  if (nodes > 0) {
    previous[0] = 0;
    queue[end++] = 0;
  }
  for (let at = 0; at < end; at++) {
    const node = queue[at]!;
    for (let edge = start[node]!; edge < start[node + 1]!; edge++) {
      const next = target[edge]!;
      if (previous[next] !== UNREACHED) continue;
      previous[next] = node;
      hops[next] = hops[node]! + 1;
      queue[end++] = next;
    }
  }
  return { previous, hops };
}

/** Nodes from the root's child to `node`; empty if it cannot be reached. */
export function pathTo({ previous }: ShortestPaths, node: number): number[] {
  const path: number[] = [];
  for (let at = node; at !== 0; at = previous[at]!) {
    if (at === UNREACHED || path.length > previous.length) return [];
    path.push(at);
  }
  return path.reverse();
}
