import { objectOfNode } from "../graph/rooted-graph.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import { UNKNOWN_TYPE } from "../types/go-types.ts";

/** Children in the dominator tree: those of node `n` are `child[start[n] … start[n + 1])`. */
export interface DominatedChildren {
  start: Uint32Array;
  child: Uint32Array;
}

export function childrenInTree({ dominators }: HeapSnapshot): DominatedChildren {
  const { dominator, reached } = dominators;
  const start = new Uint32Array(dominator.length + 1);
  for (let node = 1; node < reached; node++) start[dominator[node]! + 1]!++;
  for (let node = 0; node < dominator.length; node++) start[node + 1]! += start[node]!;
  const fill = start.slice();
  const child = new Uint32Array(reached - 1);
  for (let node = 1; node < reached; node++) child[fill[dominator[node]!]!++] = node;
  return { start, child };
}

/** A share of the parent's size above which a single child is the true holder. */
const HOLDER_SHARE = 0.8;

/**
 * Where memory piles up: from `node` down the dominator tree as long as one child holds nearly all; the last is where
 * it fans out (MAT's accumulation point).
 */
export function accumulationPoint(heap: HeapSnapshot, children: DominatedChildren, node: number): number {
  let at = node;
  for (;;) {
    let largest = -1;
    for (let i = children.start[at]!; i < children.start[at + 1]!; i++) {
      const child = children.child[i]!;
      if (largest < 0 || heap.retained[child]! > heap.retained[largest]!) largest = child;
    }
    if (largest < 0 || heap.retained[largest]! < HOLDER_SHARE * heap.retained[at]!) return at;
    at = largest;
  }
}

/** What a node is: a type's name with its address, or "" for groups. */
export function nodeType(heap: HeapSnapshot, node: number): string {
  const object = objectOfNode(heap.graph, node);
  if (object < 0) return "";
  const type = heap.typed.type[object]!;
  return type === UNKNOWN_TYPE ? "" : heap.types.get(type).name;
}
