import { compareUtf8 } from "../lib/compare-utf8.ts";
import { trimSourcePath } from "./clean-path.ts";
import {
  CALLEE,
  CALLER,
  countEdges,
  countNodes,
  findInlinedNodes,
  type NodeValues,
} from "./count-samples.ts";
import { EdgeTable } from "./edge-table.ts";
import { FrameNodes } from "./frame-nodes.ts";
import type { Report } from "./report.ts";

/** The nodes that a report shows, in its order, and the calls among them. */
export interface TrimmedGraph {
  nodes: FrameNodes;
  /** What is listed, best first: indexes of `nodes` and of the columns of `values`. */
  order: readonly number[];
  values: NodeValues;
  edges: EdgeTable;
  /** 1 for edges that were too light; they are not shown. */
  isDropped: Uint8Array;
  /** Listed nodes before `nodeCount` cut the list. */
  countBeforeLimit: number;
  droppedNodes: number;
}

/** Which calls a view needs: all, those that tell whether a node was inlined, none, or those of nodes by their name. */
export type WantedEdges = "all" | "inlined" | "none" | ((name: string) => boolean);

/** Builds the nodes of a report, with object names for the views that show binaries. */
export function buildNodes(report: Report): FrameNodes {
  const { profile, detail, options, view } = report;
  return new FrameNodes(profile, {
    detail,
    objectNames: view === "list" || view === "callgrind",
    trimPath: (path) => trimSourcePath(path, options.trimPath, options.sourcePath),
  });
}

/**
 * Counts, cuts what is too small, and sorts (google/pprof, internal/report/report.go, newTrimmedGraph).
 *
 * Upstream builds a new graph after each cut. The values of nodes that stay are the same in each, so here they are
 * counted once, and calls once at the end, over what was kept.
 */
export function buildTrimmedGraph(report: Report, wantedEdges: WantedEdges): TrimmedGraph {
  const { profile, values: sampleValues, options } = report;
  const nodes = buildNodes(report);
  const values = countNodes(profile, nodes, sampleValues);
  let order = listNodes(values, options.dropNegative);
  let total = 0;
  for (const node of order) total += values.flat[node]!;
  const nodeCutoff = Math.abs(Math.trunc(total * options.nodeFraction));
  const edgeCutoff = Math.abs(Math.trunc(total * options.edgeFraction));
  const listed = order.length;
  let isKept: Uint8Array | undefined;
  if (nodeCutoff > 0) {
    order = order.filter((node) => Math.abs(values.cum[node]!) >= nodeCutoff);
    if (order.length < listed) isKept = markKept(order, nodes.length);
  }
  const droppedNodes = listed - order.length;
  const countBeforeLimit = order.length;
  sortNodes(order, nodes, values, options.sort);
  if (options.nodeCount > 0 && options.nodeCount < order.length) {
    order = order.slice(0, options.nodeCount);
    isKept = markKept(order, nodes.length);
  }
  const edges = countWantedEdges();
  const isListed = markKept(order, nodes.length);
  const isDropped = new Uint8Array(edges.length);
  for (let edge = 0; edge < edges.length; edge++) {
    // A call of a node that is not listed stays, however light: upstream goes by the callees it lists.
    if (isListed[edges.target[edge]!] === 1 && Math.abs(edges.weight[edge]!) < edgeCutoff)
      isDropped[edge] = 1;
  }
  return { nodes, order, values, edges, isDropped, countBeforeLimit, droppedNodes };

  function countWantedEdges(): EdgeTable {
    if (wantedEdges === "all") return countEdges(profile, nodes, sampleValues, isKept);
    if (typeof wantedEdges === "function") {
      const wanted = new Uint8Array(nodes.length);
      for (const node of order) if (wantedEdges(nodes.printableName(node))) wanted[node] = CALLER | CALLEE;
      return countEdges(profile, nodes, sampleValues, isKept, wanted);
    }
    if (wantedEdges === "none" || !nodes.hasInlinedFrames) return new EdgeTable();
    return countEdges(profile, nodes, sampleValues, isKept, findInlinedNodes(nodes));
  }
}

function markKept(order: readonly number[], count: number): Uint8Array {
  const isKept = new Uint8Array(count);
  for (const node of order) isKept[node] = 1;
  return isKept;
}

/** Nodes with any value, without those below zero if these are to be dropped. */
export function listNodes({ flat, cum }: NodeValues, dropNegative: boolean): number[] {
  const listed: number[] = [];
  for (let node = 0; node < cum.length; node++) {
    const own = flat[node]!;
    const all = cum[node]!;
    if (own === 0 && all === 0) continue;
    if (dropNegative && (own < 0 || (own === 0 && all < 0))) continue;
    listed.push(node);
  }
  return listed;
}

/** By magnitude of the wanted value, then by name, then by magnitude of the other value. */
function sortNodes(
  order: number[],
  nodes: FrameNodes,
  { flat, cum }: NodeValues,
  sort: "flat" | "cum",
): void {
  const [first, second] = sort === "cum" ? [cum, flat] : [flat, cum];
  order.sort(
    (a, b) =>
      Math.abs(first[b]!) - Math.abs(first[a]!) ||
      nodes.compareNames(a, b) ||
      Math.abs(second[b]!) - Math.abs(second[a]!),
  );
}

/** A node's value: its mean where there is a divisor. */
export function flatOf({ flat, flatDivisor }: NodeValues, node: number): number {
  return divide(flat[node]!, flatDivisor[node] ?? 0);
}

export function cumOf({ cum, cumDivisor }: NodeValues, node: number): number {
  return divide(cum[node]!, cumDivisor[node] ?? 0);
}

/** Go's integer division, and 0 - 0 where JavaScript has -0. */
export function divide(value: number, divisor: number): number {
  return divisor === 0 ? value : Math.trunc(value / divisor) + 0;
}

/** Edges by node: those of node `n` are `edges[start[n] … start[n + 1] - 1]`, heaviest first. */
export interface EdgeLists {
  start: Uint32Array;
  edges: Uint32Array;
}

/** Lists shown edges by their source or target, heaviest first, then by the names of both ends. */
export function listEdges(
  { nodes, edges, isDropped }: Pick<TrimmedGraph, "nodes" | "edges" | "isDropped">,
  end: "source" | "target",
): EdgeLists {
  const column = edges[end];
  const start = new Uint32Array(nodes.length + 1);
  for (let edge = 0; edge < edges.length; edge++) if (isDropped[edge] === 0) start[column[edge]! + 1]!++;
  for (let node = 0; node < nodes.length; node++) start[node + 1]! += start[node]!;
  const next = start.slice();
  const list = new Uint32Array(start[nodes.length]!);
  for (let edge = 0; edge < edges.length; edge++)
    if (isDropped[edge] === 0) list[next[column[edge]!]!++] = edge;
  return { start, edges: list };
}

/** Orders edges as google/pprof's edgeList does, but for equal weights of opposite sign, where it has no order. */
function compareEdges(nodes: FrameNodes, edges: EdgeTable, a: number, b: number): number {
  return (
    Math.abs(edges.weight[b]!) - Math.abs(edges.weight[a]!) ||
    compareUtf8(nodes.printableName(edges.source[a]!), nodes.printableName(edges.source[b]!)) ||
    compareUtf8(nodes.printableName(edges.target[a]!), nodes.printableName(edges.target[b]!))
  );
}

export function edgesOf(graph: TrimmedGraph, lists: EdgeLists, node: number): number[] {
  const own = [...lists.edges.subarray(lists.start[node]!, lists.start[node + 1]!)];
  return own.sort((a, b) => compareEdges(graph.nodes, graph.edges, a, b));
}
