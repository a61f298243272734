import type { HeapGraph } from "../graph/rooted-graph.ts";
import type { WalkedGraph } from "../graph/walk-graph.ts";

/**
 * Who holds what: if `dominator[n]` were gone, `n` would be unreachable. It is less than `n`, but for the root, which is
 * its own. Nodes that cannot be reached from the root have the dominator UNREACHED.
 */
export interface DominatorTree {
  dominator: Uint32Array;
  /** Nodes below it can be reached. */
  reached: number;
}

export const UNREACHED = 0xffff_ffff;

/**
 * Immediate dominators by Semi-NCA (Georgiadis, "Linear-Time Algorithms for Dominators and Related Problems", 2005):
 * semidominators with path compression, then a walk up the tree built so far. All loops are iterative and most go
 * straight through memory, since nodes have the numbers of the walk. The exception are groups, whose numbers are below
 * all objects': a group is above those objects alone that were found from it. The dominators take the place of `parent`.
 */
export function computeDominators({ graph, parent }: Pick<WalkedGraph, "graph" | "parent">): DominatorTree {
  const { reached } = graph;
  const semi = computeSemidominators(graph, parent);
  const dominator = parent;
  for (let w = 1; w < reached; w++) {
    let candidate = dominator[w]!;
    while (candidate > semi[w]!) candidate = dominator[candidate]!;
    dominator[w] = candidate;
  }
  return { dominator, reached };
}

function computeSemidominators(graph: HeapGraph, parent: Uint32Array): Uint32Array {
  const { reached } = graph;
  const semi = parent.slice(0, reached);
  const first = firstOfGroups(graph, parent);
  addGroupEdges(graph, first, semi);
  const { crossStart, crossFrom } = collectCrossEdges(graph, first, semi);
  // Of each node above the one at hand: the next above it in its tree, and the least semidominator on the way there.
  const ancestor = parent.slice(0, reached);
  const least = new Uint32Array(reached);
  let path = new Uint32Array(1024);
  for (let w = reached - 1; w > 0; w--) {
    let best = semi[w]!;
    for (let at = crossStart[w]!; at < crossStart[w + 1]!; at++) {
      let v = crossFrom[at]!;
      let length = 0;
      // All nodes above w are linked to their parents by now.
      while (ancestor[v]! > w) {
        if (length === path.length) {
          const longer = new Uint32Array(length * 2);
          longer.set(path);
          path = longer;
        }
        path[length++] = v;
        v = ancestor[v]!;
      }
      let smallest = least[v]!;
      const top = ancestor[v]!;
      while (length > 0) {
        const u = path[--length]!;
        if (least[u]! < smallest) smallest = least[u]!;
        else least[u] = smallest;
        ancestor[u] = top;
      }
      if (smallest < best) best = smallest;
    }
    semi[w] = best;
    least[w] = best;
  }
  return semi;
}

/** The first of the objects that were found from each group, at the group's node; behind them `reached`. */
function firstOfGroups({ groups, reached }: HeapGraph, parent: Uint32Array): Uint32Array {
  const first = new Uint32Array(groups + 2);
  let node = 1 + groups;
  for (let group = 1; group <= groups; group++) {
    first[group] = node;
    while (node < reached && (parent[node]! > groups || parent[node] === group)) node++;
  }
  first[groups + 1] = reached;
  return first;
}

/** A group that names an object found from another: nothing below the root holds it. */
function addGroupEdges({ start, target, groups }: HeapGraph, first: Uint32Array, semi: Uint32Array): void {
  for (let group = 1; group <= groups; group++) {
    for (let at = start[group]!; at < start[group + 1]!; at++) {
      const w = target[at]!;
      if (w < first[group]! || w >= first[group + 1]!) semi[w] = 0;
      else if (group < semi[w]!) semi[w] = group;
    }
  }
}

/**
 * Edges to an earlier node of the same group, by that node: only these need path compression. One to a later node comes
 * from above it in the walk, which would have taken it otherwise, and counts at once; one to an object of an earlier
 * group tells that nothing below the root holds it.
 */
function collectCrossEdges(
  { start, target, groups, reached }: HeapGraph,
  first: Uint32Array,
  semi: Uint32Array,
): { crossStart: Uint32Array; crossFrom: Uint32Array } {
  const crossStart = new Uint32Array(reached + 1);
  for (let group = 1; group <= groups; group++) {
    const from = first[group]!;
    const end = first[group + 1]!;
    for (let v = from; v < end; v++) {
      for (let at = start[v]!; at < start[v + 1]!; at++) {
        const w = target[at]!;
        if (w > v) {
          if (v < semi[w]!) semi[w] = v;
        } else if (w < from) semi[w] = 0;
        else if (w < v) crossStart[w + 1]!++;
      }
    }
  }
  for (let w = 0; w < reached; w++) crossStart[w + 1]! += crossStart[w]!;
  const crossFrom = new Uint32Array(crossStart[reached]!);
  const fill = crossStart.slice();
  for (let group = 1; group <= groups; group++) {
    const from = first[group]!;
    for (let v = from; v < first[group + 1]!; v++) {
      for (let at = start[v]!; at < start[v + 1]!; at++) {
        const w = target[at]!;
        if (w < v && w >= from) crossFrom[fill[w]!++] = v;
      }
    }
  }
  return { crossStart, crossFrom };
}

/** Adds to each node's own bytes in `retained` those of all that it dominates. */
export function addRetained({ dominator, reached }: DominatorTree, retained: Float64Array): void {
  for (let node = reached - 1; node > 0; node--) retained[dominator[node]!]! += retained[node]!;
}
