import { UNREACHED } from "../dominators/dominator-tree.ts";
import type { HeapGraph } from "./rooted-graph.ts";

/** Of each node the one before it on a shortest way from the root. */
export interface ShortestPaths {
  previous: Uint32Array;
}

export function computeShortestPaths({ start, target, reached }: HeapGraph): ShortestPaths {
  const nodes = start.length - 1;
  const previous = new Uint32Array(nodes).fill(UNREACHED);
  const queue = new Uint32Array(reached);
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
      if (start[next] !== start[next + 1]) queue[end++] = next;
    }
  }
  return { previous };
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
