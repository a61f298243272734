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
 * Walks the objects depth first from the roots and numbers them in that order. This is the only pass that jumps through
 * the heap; all later ones go along its numbers. A list of a million objects costs what a table of these does.
 */
export function walkGraph(edges: ObjectEdges, roots: RootTable): WalkedGraph {
  const rows = rowsOfGroups(roots);
  const { object, parent, reachable, reached } = walkDepthFirst(edges, rows);
  const groups = rows.start.length - 1;
  const node = new Uint32Array(object.length);
  for (let i = 0; i < object.length; i++) node[object[i]!] = 1 + groups + i;
  return {
    graph: { ...relabel(edges, rows, object, node), groups, reached, node, object },
    parent,
    reachable,
  };
}

/** The objects that each root group names, as often as it names them. */
interface GroupRows {
  start: Uint32Array;
  object: Uint32Array;
}

function rowsOfGroups({ groups, group, object, length }: RootTable): GroupRows {
  const start = new Uint32Array(groups.length + 1);
  for (let i = 0; i < length; i++) start[group[i]! + 1]!++;
  for (let g = 0; g < groups.length; g++) start[g + 1]! += start[g]!;
  const fill = start.slice();
  const sorted = new Uint32Array(length);
  for (let i = 0; i < length; i++) sorted[fill[group[i]!]!++] = object[i]!;
  return { start, object: sorted };
}

interface Walk {
  /** In the order of the walk; those that were not found behind, in the order of addresses. */
  object: Uint32Array;
  parent: Uint32Array;
  reachable: BitSet;
  /** Nodes, root and groups included. */
  reached: number;
}

function walkDepthFirst({ start, target }: ObjectEdges, rows: GroupRows): Walk {
  const objects = start.length - 1;
  const groups = rows.start.length - 1;
  const reachable = new BitSet(objects);
  const seen = reachable.words;
  const hasEdges = objectsWithEdges(start);
  const object = new Uint32Array(objects);
  const parent = new Uint32Array(1 + groups + objects);
  // The path from the root: the edges of each object on it that are still to be looked at, and its node.
  let stack = new Uint32Array(FIRST_DEPTH * 3);
  let reached = 1 + groups;
  for (let group = 0; group < groups; group++) {
    for (let row = rows.start[group]!; row < rows.start[group + 1]!; row++) {
      let depth = 0;
      let list = rows.object;
      let at = row;
      let end = row + 1;
      let from = 1 + group;
      for (;;) {
        if (at === end) {
          if (depth === 0) break;
          depth -= 3;
          at = stack[depth]!;
          end = stack[depth + 1]!;
          from = stack[depth + 2]!;
          list = target;
          continue;
        }
        const next = list[at++]!;
        const bit = 1 << (next & 31);
        if ((seen[next >>> 5]! & bit) !== 0) continue;
        seen[next >>> 5]! |= bit;
        object[reached - 1 - groups] = next;
        parent[reached] = from;
        if ((hasEdges[next >>> 5]! & bit) !== 0) {
          // What has no edge left need not be come back to: a list takes no depth.
          if (at !== end) {
            if (depth === stack.length) stack = grow(stack);
            stack[depth] = at;
            stack[depth + 1] = end;
            stack[depth + 2] = from;
            depth += 3;
          }
          list = target;
          at = start[next]!;
          end = start[next + 1]!;
          from = reached;
        }
        reached++;
      }
    }
  }
  let last = reached - 1 - groups;
  for (let i = 0; i < objects; i++) if (!reachable.has(i)) object[last++] = i;
  parent.fill(UNREACHED, reached);
  return { object, parent, reachable, reached };
}

/** One bit each: most objects of most heaps have none, and that fits the cache where `start` does not. */
function objectsWithEdges(start: Uint32Array): Uint32Array {
  const { words } = new BitSet(start.length - 1);
  for (let i = 0; i + 1 < start.length; i++) if (start[i] !== start[i + 1]) words[i >>> 5]! |= 1 << (i & 31);
  return words;
}

function grow(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** All edges once more, in the numbers and the order of the nodes. */
function relabel(
  edges: ObjectEdges,
  rows: GroupRows,
  object: Uint32Array,
  node: Uint32Array,
): Pick<HeapGraph, "start" | "target"> {
  const groups = rows.start.length - 1;
  const start = new Uint32Array(1 + groups + object.length + 1);
  const target = new Uint32Array(groups + rows.object.length + edges.target.length);
  let at = 0;
  for (let group = 0; group < groups; group++) target[at++] = 1 + group;
  for (let group = 0; group < groups; group++) {
    start[1 + group] = at;
    for (let row = rows.start[group]!; row < rows.start[group + 1]!; row++)
      target[at++] = node[rows.object[row]!]!;
  }
  for (let i = 0; i < object.length; i++) {
    start[1 + groups + i] = at;
    const from = object[i]!;
    const end = edges.start[from + 1]!;
    for (let edge = edges.start[from]!; edge < end; edge++) target[at++] = node[edges.target[edge]!]!;
  }
  start[1 + groups + object.length] = at;
  return { start, target };
}
