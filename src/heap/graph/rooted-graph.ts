import type { RootedGraph } from "../dominators/dominator-tree.ts";
import type { RootTable } from "../roots/root-table.ts";
import type { ObjectEdges } from "./build-edges.ts";

/**
 * Objects and roots as one graph: node 0 points to every root group, group `g` is node `1 + g`, object `o` is node
 * `1 + groups + o`. So a variable or a goroutine can dominate, and has a retained size like any object.
 */
export interface HeapGraph extends RootedGraph {
  groups: number;
}

export function nodeOfObject(graph: HeapGraph, object: number): number {
  return 1 + graph.groups + object;
}

/** The object of a node, or -1: the root or a group. */
export function objectOfNode(graph: HeapGraph, node: number): number {
  return node - 1 - graph.groups;
}

export function buildHeapGraph(edges: ObjectEdges, roots: RootTable): HeapGraph {
  const groups = roots.groups.length;
  const objects = edges.start.length - 1;
  const first = 1 + groups;
  const start = new Uint32Array(first + objects + 1);
  const target = new Uint32Array(groups + roots.length + edges.target.length);
  let at = 0;
  for (let group = 0; group < groups; group++) target[at++] = 1 + group;
  start[1] = at;
  const rowsOfGroup = new Uint32Array(groups + 1);
  for (let i = 0; i < roots.length; i++) rowsOfGroup[roots.group[i]! + 1]!++;
  for (let group = 0; group < groups; group++) rowsOfGroup[group + 1]! += rowsOfGroup[group]!;
  for (let group = 0; group <= groups; group++) start[1 + group] = at + rowsOfGroup[group]!;
  const fill = rowsOfGroup.slice();
  for (let i = 0; i < roots.length; i++) target[at + fill[roots.group[i]!]!++] = first + roots.object[i]!;
  at += roots.length;
  for (let object = 0; object < objects; object++) start[first + object] = at + edges.start[object]!;
  start[first + objects] = at + edges.target.length;
  for (let edge = 0; edge < edges.target.length; edge++) target[at + edge] = first + edges.target[edge]!;
  return { start, target, groups };
}
