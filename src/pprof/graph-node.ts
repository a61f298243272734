import type { FrameNodes, NodeInfo } from "./frame-nodes.ts";
import type { NodeTags } from "./node-tags.ts";

export interface GraphNode {
  /** Index by which the samples' paths name it. */
  index: number;
  info: NodeInfo;
  name: string;
  flat: number;
  cum: number;
  flatDivisor: number;
  cumDivisor: number;
  callers: Map<GraphNode, GraphEdge>;
  callees: Map<GraphNode, GraphEdge>;
  tags: NodeTags | undefined;
  /** In a tree, the index of the node above before any was taken out; in a graph 0. */
  parent: number;
}

export interface GraphEdge {
  source: GraphNode;
  target: GraphNode;
  weight: number;
  divisor: number;
  isResidual: boolean;
  isInline: boolean;
}

export function describeNode(
  frames: FrameNodes,
  frame: number,
): Pick<GraphNode, "info" | "name" | "callers" | "callees" | "tags"> {
  return {
    info: frames.info(frame),
    name: frames.printableName(frame),
    callers: new Map(),
    callees: new Map(),
    tags: undefined,
  };
}

export function connect(edge: GraphEdge): void {
  edge.source.callees.set(edge.target, edge);
  edge.target.callers.set(edge.source, edge);
}
