import { compareUtf8 } from "../lib/compare-utf8.ts";
import { buildCallTree } from "./call-tree.ts";
import { countEdges, countNodes } from "./count-samples.ts";
import { connect, describeNode, type GraphEdge, type GraphNode } from "./graph-node.ts";
import { countTags, type NodeTags, SamplePaths, trimTags } from "./node-tags.ts";
import type { Report } from "./report.ts";
import { buildNodes, divide, listNodes } from "./trimmed-graph.ts";

/** Labels of a node that a graph shows, and counts as nodes. */
const MOST_TAGS = 4;

/** A graph of objects, for the views that draw: few nodes, of which much is wanted. */
export interface CallGraph {
  nodes: GraphNode[];
  countBeforeLimit: number;
  droppedNodes: number;
  droppedEdges: number;
}

/**
 * The graph that a report draws, cut by value and count (google/pprof, internal/report/report.go, newTrimmedGraph).
 * `isVisual` orders nodes by how much they branch, counts labels as nodes and takes out calls that others imply.
 */
export function buildCallGraph(report: Report, isVisual: boolean): CallGraph {
  return report.options.callTree ? trimTree(report, isVisual) : trimGraph(report, isVisual);
}

function trimGraph(report: Report, isVisual: boolean): CallGraph {
  const { profile, values: sampleValues, options } = report;
  const frames = buildNodes(report);
  const values = countNodes(profile, frames, sampleValues);
  const paths = new SamplePaths(profile, frames);
  let listed = listNodes(values, options.dropNegative);
  const total = listed.reduce((sum, node) => sum + values.flat[node]!, 0);
  const { nodeCutoff, edgeCutoff } = computeCutoffs(total, report);
  const before = listed.length;
  let isLimited = false;
  if (nodeCutoff > 0) {
    listed = listed.filter((node) => Math.abs(values.cum[node]!) >= nodeCutoff);
    isLimited = listed.length < before;
  }
  const droppedNodes = before - listed.length;
  let nodes = build(listed, isLimited);
  const countBeforeLimit = nodes.length;
  sortNodes(nodes, report, isVisual);
  if (options.nodeCount > 0) {
    dropLightEdges(nodes, edgeCutoff);
    const kept = selectTop(nodes, report, paths, isVisual, nodeCutoff);
    if (kept.length < nodes.length) {
      nodes = build(
        kept.map(({ index }) => index),
        true,
      );
      sortNodes(nodes, report, isVisual);
    }
  }
  addTags(nodes, report, paths, nodeCutoff);
  const droppedEdges = dropLightEdges(nodes, edgeCutoff);
  if (isVisual) dropRedundantEdges(nodes);
  return { nodes, countBeforeLimit, droppedNodes, droppedEdges };

  /** A graph of these nodes; calls go over the others if they are left out. */
  function build(indexes: readonly number[], withoutOthers: boolean): GraphNode[] {
    let isKept: Uint8Array | undefined;
    if (withoutOthers) {
      isKept = new Uint8Array(frames.length);
      for (const index of indexes) isKept[index] = 1;
    }
    const edges = countEdges(profile, frames, sampleValues, isKept);
    const known = new Map<number, GraphNode>();
    const find = (index: number): GraphNode => {
      let node = known.get(index);
      if (node === undefined) {
        node = makeNode(index);
        known.set(index, node);
      }
      return node;
    };
    for (let edge = 0; edge < edges.length; edge++) {
      connect({
        source: find(edges.source[edge]!),
        target: find(edges.target[edge]!),
        weight: edges.weight[edge]!,
        divisor: edges.divisor[edge]!,
        isResidual: edges.isResidual[edge] === 1,
        isInline: edges.isInline[edge] === 1,
      });
    }
    return indexes.map(find);
  }

  function makeNode(index: number): GraphNode {
    return {
      ...describeNode(frames, index),
      index,
      flat: values.flat[index]!,
      cum: values.cum[index]!,
      flatDivisor: values.flatDivisor[index] ?? 0,
      cumDivisor: values.cumDivisor[index] ?? 0,
      parent: 0,
    };
  }
}

function disconnect({ source, target }: GraphEdge): void {
  source.callees.delete(target);
  target.callers.delete(source);
}

/** As `trimGraph`, with a node for every way to a place: what is cut is taken out of the one tree. */
function trimTree(report: Report, isVisual: boolean): CallGraph {
  const { options } = report;
  const frames = buildNodes(report);
  const paths = new SamplePaths(report.profile, frames, "tree");
  let nodes = buildCallTree(report, frames, paths);
  nodes = nodes.filter(({ flat, cum }) => {
    if (flat === 0 && cum === 0) return false;
    return !options.dropNegative || !(flat < 0 || (flat === 0 && cum < 0));
  });
  const total = nodes.reduce((sum, { flat }) => sum + flat, 0);
  const { nodeCutoff, edgeCutoff } = computeCutoffs(total, report);
  const before = nodes.length;
  if (nodeCutoff > 0) nodes = cutTree(nodes, new Set(nodes.filter(({ cum }) => Math.abs(cum) >= nodeCutoff)));
  const droppedNodes = before - nodes.length;
  const countBeforeLimit = nodes.length;
  sortNodes(nodes, report, isVisual);
  if (options.nodeCount > 0) {
    dropLightEdges(nodes, edgeCutoff);
    const kept = selectTop(nodes, report, paths, isVisual, nodeCutoff);
    if (kept.length < nodes.length) {
      nodes = cutTree(nodes, new Set(kept));
      sortNodes(nodes, report, isVisual);
    }
  }
  addTags(nodes, report, paths, nodeCutoff);
  const droppedEdges = dropLightEdges(nodes, edgeCutoff);
  if (isVisual) dropRedundantEdges(nodes);
  return { nodes, countBeforeLimit, droppedNodes, droppedEdges };
}

/** Takes nodes out of a forest: what they called is called by their callers (graph.go, TrimTree). */
function cutTree(nodes: readonly GraphNode[], kept: ReadonlySet<GraphNode>): GraphNode[] {
  if (kept.size === nodes.length) return [...nodes];
  const left: GraphNode[] = [];
  for (const node of nodes) {
    if (kept.has(node)) {
      left.push(node);
      continue;
    }
    const [incoming] = node.callers.values();
    if (incoming !== undefined) disconnect(incoming);
    for (const edge of [...node.callees.values()]) {
      edge.target.callers.delete(node);
      if (incoming === undefined) continue;
      connect({
        ...edge,
        source: incoming.source,
        isResidual: true,
        isInline: incoming.isInline && edge.isInline,
      });
    }
  }
  dropRedundantEdges(left);
  return left;
}

function computeCutoffs(total: number, { options }: Report): { nodeCutoff: number; edgeCutoff: number } {
  return {
    nodeCutoff: Math.abs(Math.trunc(total * options.nodeFraction)),
    edgeCutoff: Math.abs(Math.trunc(total * options.edgeFraction)),
  };
}

/** The heaviest nodes by the order they are in; labels that are drawn beside one count as nodes. */
function selectTop(
  nodes: readonly GraphNode[],
  report: Report,
  paths: SamplePaths,
  isVisual: boolean,
  tagCutoff: number,
): GraphNode[] {
  const most = Math.min(report.options.nodeCount, nodes.length);
  if (!isVisual) return nodes.slice(0, most);
  const first = nodes.slice(0, most);
  addTags(first, report, paths, tagCutoff);
  let count = 0;
  for (const [at, { tags }] of first.entries()) {
    count += Math.min(countShownTags(tags), MOST_TAGS) + 1;
    if (count >= report.options.nodeCount) return nodes.slice(0, at + 1);
  }
  return first;
}

function countShownTags(tags: NodeTags | undefined): number {
  if (tags === undefined) return 0;
  let count = 0;
  for (const { flat } of tags.labels.values()) if (flat !== 0) count++;
  for (const numbers of tags.numbers.values())
    for (const { flat } of numbers.values()) if (flat !== 0) count++;
  return count;
}

function addTags(nodes: readonly GraphNode[], report: Report, paths: SamplePaths, cutoff: number): void {
  const tags = countTags(
    report,
    paths,
    nodes.map(({ index }) => index),
  );
  for (const node of nodes) node.tags = trimTags(tags.get(node.index), cutoff);
}

/** Takes out calls of listed nodes that are lighter than the cutoff; returns how many. */
function dropLightEdges(nodes: readonly GraphNode[], cutoff: number): number {
  let dropped = 0;
  for (const { callers } of nodes) {
    for (const edge of [...callers.values()]) {
      if (Math.abs(edge.weight) >= cutoff) continue;
      disconnect(edge);
      dropped++;
    }
  }
  return dropped;
}

/** Takes out residual calls between nodes that are connected another way, lightest first (RemoveRedundantEdges). */
function dropRedundantEdges(nodes: readonly GraphNode[]): void {
  for (const node of nodes.toReversed()) {
    for (const edge of sortEdges(node.callers.values()).toReversed()) {
      // None heavier than a direct call.
      if (!edge.isResidual) break;
      if (isRedundant(edge)) disconnect(edge);
    }
  }
}

function isRedundant(edge: GraphEdge): boolean {
  const seen = new Set([edge.target]);
  // A set keeps the order in which it was filled, and may grow while it is walked.
  for (const node of seen) {
    for (const incoming of node.callers.values()) {
      if (incoming === edge || seen.has(incoming.source)) continue;
      if (incoming.source === edge.source) return true;
      seen.add(incoming.source);
    }
  }
  return false;
}

export function sortEdges(edges: Iterable<GraphEdge>): GraphEdge[] {
  return [...edges].sort(
    (a, b) =>
      Math.abs(b.weight) - Math.abs(a.weight) ||
      compareUtf8(a.source.name, b.source.name) ||
      compareUtf8(a.target.name, b.target.name),
  );
}

function sortNodes(nodes: GraphNode[], report: Report, isVisual: boolean): void {
  if (!isVisual && report.options.sort === "flat") {
    nodes.sort(
      (a, b) =>
        Math.abs(b.flat) - Math.abs(a.flat) || compareNodes(a, b) || Math.abs(b.cum) - Math.abs(a.cum),
    );
    return;
  }
  const scores = new Map(
    nodes.map((node) => [node, isVisual ? entropyScore(node) : { rank: 0, value: Math.abs(node.cum) }]),
  );
  nodes.sort((a, b) => {
    const [first, second] = [scores.get(a)!, scores.get(b)!];
    return (
      second.rank - first.rank ||
      second.value - first.value ||
      compareNodes(a, b) ||
      Math.abs(b.flat) - Math.abs(a.flat)
    );
  });
}

function compareNodes(a: GraphNode, b: GraphNode): number {
  const [first, second] = [a.info.address, b.info.address];
  if (first !== 0n && second !== 0n && first !== second) return first < second ? -1 : 1;
  return compareUtf8(a.name, b.name);
}

/** What nodes are ordered by in pictures: first by rank, then by value, largest first. */
interface Score {
  rank: number;
  value: number;
}

/** How much a node tells in a picture: one that only hands on to one other tells little. */
function entropyScore({ callers, callees, flat, cum }: GraphNode): Score {
  const score =
    (callers.size === 0 ? 1 : edgeEntropy(callers.values(), 0)) +
    (callees.size === 0 ? 1 : edgeEntropy(callees.values(), flat));
  const product = score * cum;
  if (!Number.isNaN(product)) return { rank: 0, value: Math.abs(Math.trunc(product) + flat) };
  // A call that came to nothing, or values below zero, make it no number, which upstream turns into the least integer
  // and takes the magnitude of that and `flat`: more than all others, or with a flat of 0 the least integer again.
  return flat === 0 ? { rank: -1, value: 0 } : { rank: 1, value: 0 - Math.abs(flat) };
}

function edgeEntropy(edges: Iterable<GraphEdge>, own: number): number {
  const weights = [...edges].map(({ weight }) => weight);
  const total = weights.reduce((sum, weight) => (weight > 0 ? sum + weight : sum), own);
  if (total === 0) return 0;
  const part = (weight: number): number => {
    const share = Math.abs(weight) / total;
    return -share * Math.log2(share);
  };
  const score = weights.reduce((sum, weight) => sum + part(weight), 0);
  return own > 0 ? score + part(own) : score;
}

export function flatValue({ flat, flatDivisor }: GraphNode): number {
  return divide(flat, flatDivisor);
}

export function cumValue({ cum, cumDivisor }: GraphNode): number {
  return divide(cum, cumDivisor);
}
