import type { TripleInterner } from "../lib/triple-interner.ts";
import type { FrameNodes } from "./frame-nodes.ts";
import { connect, describeNode, type GraphNode } from "./graph-node.ts";
import type { SamplePaths } from "./node-tags.ts";
import type { Report } from "./report.ts";

/** A node for every way from a root to a place (google/pprof, internal/graph/graph.go, newTree). */
export function buildCallTree(
  { profile, values }: Report,
  frames: FrameNodes,
  paths: SamplePaths,
): GraphNode[] {
  const { tree } = paths;
  const nodes: GraphNode[] = [];
  for (let sample = 0; sample < profile.samples.length; sample++) {
    const value = values.value[sample]!;
    const divisor = values.divisor?.[sample] ?? 0;
    if (value === 0 && divisor === 0) continue;
    paths.read(sample);
    let parent: GraphNode | undefined;
    for (const [at, index] of paths.nodes.entries()) {
      const node = nodes[index] ?? makeNode(frames, index, tree!);
      nodes[index] = node;
      node.cum += value;
      node.cumDivisor += divisor;
      if (parent !== undefined) addCall(parent, node, value, divisor, paths.isInline[at]!);
      parent = node;
    }
    if (parent === undefined) continue;
    parent.flat += value;
    parent.flatDivisor += divisor;
  }
  return nodes;
}

function makeNode(frames: FrameNodes, index: number, tree: TripleInterner): GraphNode {
  return {
    ...describeNode(frames, tree.second.at(index)),
    index,
    flat: 0,
    cum: 0,
    flatDivisor: 0,
    cumDivisor: 0,
    parent: tree.first.at(index),
  };
}

function addCall(
  source: GraphNode,
  target: GraphNode,
  value: number,
  divisor: number,
  isInline: boolean,
): void {
  const known = source.callees.get(target);
  if (known === undefined) {
    connect({ source, target, weight: value, divisor, isResidual: false, isInline });
    return;
  }
  known.weight += value;
  known.divisor += divisor;
  if (!isInline) known.isInline = false;
}
