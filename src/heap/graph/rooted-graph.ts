/**
 * Objects and roots as one graph in compressed sparse rows: the targets of node `n` are `target[start[n] … start[n + 1])`.
 * Node 0 is the root and points to every root group; group `g` is node `1 + g`, so that a variable or a goroutine can
 * dominate and has a retained size like any object. Then come the objects that can be reached, in the order in which a
 * depth-first walk finds them, group by group; behind them all others. What belongs together so lies together:
 * whoever follows edges through millions of objects finds the next one in the cache.
 */
export interface HeapGraph {
  start: Uint32Array;
  target: Uint32Array;
  groups: number;
  /** Nodes below it can be reached: the root, all groups, and objects. */
  reached: number;
  /** Of each object. */
  node: Uint32Array;
  /** Of each node from `1 + groups` on. */
  object: Uint32Array;
}

export function nodeOfObject(graph: HeapGraph, object: number): number {
  return graph.node[object]!;
}

/** The object of a node, or -1: the root or a group. */
export function objectOfNode(graph: HeapGraph, node: number): number {
  return node > graph.groups ? graph.object[node - 1 - graph.groups]! : -1;
}
