import { BitSet } from "../../lib/bit-set.ts";
import { UNREACHED } from "../dominators/dominator-tree.ts";
import type { RootTable } from "../roots/root-table.ts";
import type { ObjectEdges } from "./build-edges.ts";
import type { HeapGraph } from "./rooted-graph.ts";

/** A graph whose nodes are numbered by a depth-first walk. */
export interface WalkedGraph {
  graph: HeapGraph;
  /** Of each node the one from which the walk found it, which is less; UNREACHED if it did not. */
  parent: Uint32Array;
  /** Objects. */
  reachable: BitSet;
}

const FIRST_DEPTH = 1 << 12;

/**
 * Walks the objects depth first from the roots, numbers them in that order, and writes their edges in the new numbers as
 * it comes along. This is the only pass that jumps through the heap; all later ones go along its numbers.
 */
export function walkGraph(edges: ObjectEdges, roots: RootTable): WalkedGraph {
  const walk = new GraphWalk(edges, roots);
  walk.run();
  walk.addUnreached();
  return walk.finish();
}

class GraphWalk {
  readonly #edges: ObjectEdges;
  readonly #groups: number;
  /** Rows of the root table by group. */
  readonly #rootStart: Uint32Array;
  readonly #rootObject: Uint32Array;
  readonly #reachable: BitSet;
  readonly #node: Uint32Array;
  readonly #object: Uint32Array;
  readonly #parent: Uint32Array;
  readonly #start: Uint32Array;
  readonly #target: Uint32Array;
  /** Nodes that have a number. */
  #nodes: number;
  /** Edges for which there is a place in `target`. */
  #placed: number;
  #reached = 0;

  constructor(edges: ObjectEdges, roots: RootTable) {
    const objects = edges.start.length - 1;
    const groups = roots.groups.length;
    const nodes = 1 + groups + objects;
    this.#edges = edges;
    this.#groups = groups;
    const { start, object } = sortByGroup(roots);
    this.#rootStart = start;
    this.#rootObject = object;
    this.#reachable = new BitSet(objects);
    this.#node = new Uint32Array(objects);
    this.#object = new Uint32Array(objects);
    this.#parent = new Uint32Array(nodes);
    this.#start = new Uint32Array(nodes + 1);
    this.#target = new Uint32Array(groups + roots.length + edges.target.length);
    for (let group = 0; group < groups; group++) {
      this.#target[group] = 1 + group;
      this.#start[1 + group] = groups + start[group]!;
    }
    this.#nodes = 1 + groups;
    this.#placed = groups + roots.length;
  }

  run(): void {
    const { start: oldStart, target: oldTarget } = this.#edges;
    const node = this.#node;
    const object = this.#object;
    const parent = this.#parent;
    const start = this.#start;
    const target = this.#target;
    const seen = this.#reachable.words;
    const hasEdges = objectsWithEdges(oldStart);
    const groups = this.#groups;
    let nodes = this.#nodes;
    let placed = this.#placed;
    // The way from the root. Of each object on it: its edges that are still to be looked at, how far from these their
    // new places are, and its node.
    let stack = new Int32Array(FIRST_DEPTH * 4);
    for (let group = 0; group < groups; group++) {
      for (let row = this.#rootStart[group]!; row < this.#rootStart[group + 1]!; row++) {
        let depth = 0;
        let list = this.#rootObject;
        let at = row;
        let end = row + 1;
        let shift = groups;
        let from = 1 + group;
        for (;;) {
          if (at === end) {
            if (depth === 0) break;
            depth -= 4;
            at = stack[depth]!;
            end = stack[depth + 1]!;
            shift = stack[depth + 2]!;
            from = stack[depth + 3]!;
            list = oldTarget;
            continue;
          }
          const next = list[at]!;
          const place = at + shift;
          at++;
          const bit = 1 << (next & 31);
          if ((seen[next >>> 5]! & bit) !== 0) {
            target[place] = node[next]!;
            continue;
          }
          seen[next >>> 5]! |= bit;
          target[place] = nodes;
          node[next] = nodes;
          object[nodes - 1 - groups] = next;
          parent[nodes] = from;
          start[nodes] = placed;
          if ((hasEdges[next >>> 5]! & bit) !== 0) {
            // What has no edge left need not be come back to: a list takes no depth.
            if (at !== end) {
              if (depth === stack.length) stack = grow(stack);
              stack[depth] = at;
              stack[depth + 1] = end;
              stack[depth + 2] = shift;
              stack[depth + 3] = from;
              depth += 4;
            }
            list = oldTarget;
            at = oldStart[next]!;
            end = oldStart[next + 1]!;
            shift = placed - at;
            from = nodes;
            placed += end - at;
          }
          nodes++;
        }
      }
    }
    this.#nodes = nodes;
    this.#placed = placed;
    this.#reached = nodes;
  }

  /** Objects that were not found come behind, in the order of addresses. */
  addUnreached(): void {
    const { start, target } = this.#edges;
    const object = this.#object;
    const first = 1 + this.#groups;
    let nodes = this.#nodes;
    this.#parent.fill(UNREACHED, nodes);
    for (let i = 0; i < object.length; i++) {
      if (this.#reachable.has(i)) continue;
      object[nodes - first] = i;
      this.#node[i] = nodes++;
    }
    let placed = this.#placed;
    for (let to = this.#reached; to < nodes; to++) {
      this.#start[to] = placed;
      const i = object[to - first]!;
      for (let edge = start[i]!; edge < start[i + 1]!; edge++)
        this.#target[placed++] = this.#node[target[edge]!]!;
    }
    this.#start[nodes] = placed;
  }

  finish(): WalkedGraph {
    const graph = {
      start: this.#start,
      target: this.#target,
      groups: this.#groups,
      reached: this.#reached,
      node: this.#node,
      object: this.#object,
    };
    return { graph, parent: this.#parent, reachable: this.#reachable };
  }
}

/** The objects that each root group names, as often as it names them. */
function sortByGroup({ groups, group, object, length }: RootTable): {
  start: Uint32Array;
  object: Uint32Array;
} {
  const start = new Uint32Array(groups.length + 1);
  for (let i = 0; i < length; i++) start[group[i]! + 1]!++;
  for (let g = 0; g < groups.length; g++) start[g + 1]! += start[g]!;
  const fill = start.slice();
  const sorted = new Uint32Array(length);
  for (let i = 0; i < length; i++) sorted[fill[group[i]!]!++] = object[i]!;
  return { start, object: sorted };
}

/** One bit each: most objects of most heaps have none, and that fits the cache where `start` does not. */
function objectsWithEdges(start: Uint32Array): Uint32Array {
  const { words } = new BitSet(start.length - 1);
  for (let i = 0; i + 1 < start.length; i++) if (start[i] !== start[i + 1]) words[i >>> 5]! |= 1 << (i & 31);
  return words;
}

function grow(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
