/** A graph in compressed sparse rows; node 0 is the root. */
export interface RootedGraph {
  start: Uint32Array;
  target: Uint32Array;
}

/**
 * Who holds what: if `dominator[n]` were gone, `n` would be unreachable. Nodes that cannot be reached from the root have
 * the dominator UNREACHED.
 */
export interface DominatorTree {
  dominator: Uint32Array;
  /** Reached nodes in the order of a depth-first walk: a node comes after its dominator. */
  order: Uint32Array;
}

export const UNREACHED = 0xffff_ffff;

/**
 * Immediate dominators by Semi-NCA (Georgiadis, "Linear-Time Algorithms for Dominators and Related Problems", 2005):
 * semidominators with path compression, then a walk up the tree built so far. All loops are iterative; deep lists and
 * wide tables cost the same.
 */
export function computeDominators({ start, target }: RootedGraph): DominatorTree {
  const nodes = start.length - 1;
  const number = new Uint32Array(nodes).fill(UNREACHED);
  const vertex = new Uint32Array(nodes);
  const parent = new Uint32Array(nodes);
  const reached = walkDepthFirst(start, target, number, vertex, parent);
  const { predecessorStart, predecessor } = reverse(start, target, number, vertex, reached);
  const semi = computeSemidominators(reached, parent, predecessorStart, predecessor);
  // parent is not needed as such any more: the dominators, in walk numbers, take its place.
  const dominator = parent;
  for (let w = 1; w < reached; w++) {
    let candidate = dominator[w]!;
    while (candidate > semi[w]!) candidate = dominator[candidate]!;
    dominator[w] = candidate;
  }
  const result = number;
  result.fill(UNREACHED);
  for (let w = 1; w < reached; w++) result[vertex[w]!] = vertex[dominator[w]!]!;
  if (nodes > 0) result[0] = 0;
  return { dominator: result, order: vertex.slice(0, reached) };
}

/** Numbers nodes in preorder and returns how many were reached; `parent` is in those numbers. */
function walkDepthFirst(
  start: Uint32Array,
  target: Uint32Array,
  number: Uint32Array,
  vertex: Uint32Array,
  parent: Uint32Array,
): number {
  if (number.length === 0) return 0;
  // The path from the root, and the next edge to look at on each of its nodes.
  const stack = new Uint32Array(number.length);
  const edge = new Uint32Array(number.length);
  let depth = 0;
  let reached = 1;
  number[0] = 0;
  vertex[0] = 0;
  edge[0] = start[0]!;
  stack[0] = 0;
  while (depth >= 0) {
    const node = stack[depth]!;
    const at = edge[depth]!;
    if (at === start[node + 1]!) {
      depth--;
      continue;
    }
    edge[depth] = at + 1;
    const next = target[at]!;
    if (number[next] !== UNREACHED) continue;
    parent[reached] = number[node]!;
    number[next] = reached;
    vertex[reached] = next;
    reached++;
    depth++;
    stack[depth] = next;
    edge[depth] = start[next]!;
  }
  return reached;
}

/** Predecessors in preorder numbers: random access to them dominates the cost, so they are renumbered first. */
function reverse(
  start: Uint32Array,
  target: Uint32Array,
  number: Uint32Array,
  vertex: Uint32Array,
  reached: number,
): { predecessorStart: Uint32Array; predecessor: Uint32Array } {
  const predecessorStart = new Uint32Array(reached + 1);
  for (let w = 0; w < reached; w++) {
    const node = vertex[w]!;
    for (let at = start[node]!; at < start[node + 1]!; at++) predecessorStart[number[target[at]!]! + 1]!++;
  }
  for (let w = 0; w < reached; w++) predecessorStart[w + 1]! += predecessorStart[w]!;
  const predecessor = new Uint32Array(predecessorStart[reached]!);
  const fill = predecessorStart.slice(0, reached);
  for (let w = 0; w < reached; w++) {
    const node = vertex[w]!;
    for (let at = start[node]!; at < start[node + 1]!; at++) predecessor[fill[number[target[at]!]!]!++] = w;
  }
  return { predecessorStart, predecessor };
}

function computeSemidominators(
  reached: number,
  parent: Uint32Array,
  predecessorStart: Uint32Array,
  predecessor: Uint32Array,
): Uint32Array {
  const semi = new Uint32Array(reached);
  const label = new Uint32Array(reached);
  const ancestor = new Uint32Array(reached).fill(UNREACHED);
  const path = new Uint32Array(reached);
  for (let w = 0; w < reached; w++) {
    semi[w] = w;
    label[w] = w;
  }
  for (let w = reached - 1; w > 0; w--) {
    let best = w;
    for (let at = predecessorStart[w]!; at < predecessorStart[w + 1]!; at++) {
      let v = predecessor[at]!;
      if (v > w) {
        // eval with path compression: the smallest semidominator on the way to the root of v's tree.
        let length = 0;
        // Whatever has a higher number is linked already, so v has an ancestor.
        while (ancestor[ancestor[v]!]! !== UNREACHED) {
          path[length++] = v;
          v = ancestor[v]!;
        }
        while (length > 0) {
          const u = path[--length]!;
          const above = ancestor[u]!;
          if (semi[label[above]!]! < semi[label[u]!]!) label[u] = label[above]!;
          ancestor[u] = ancestor[above]!;
          v = u;
        }
        v = semi[label[v]!]!;
      }
      if (v < best) best = v;
    }
    semi[w] = best;
    ancestor[w] = parent[w]!;
  }
  return semi;
}

/** What each node holds together with all that it dominates: its own bytes are in `shallow`. */
export function computeRetained({ dominator, order }: DominatorTree, shallow: Float64Array): Float64Array {
  const retained = shallow.slice();
  for (let i = order.length - 1; i > 0; i--) {
    const node = order[i]!;
    retained[dominator[node]!]! += retained[node]!;
  }
  return retained;
}
