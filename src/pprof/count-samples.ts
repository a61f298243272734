import type { Profile } from "../tables/profile.ts";
import { EdgeTable } from "./edge-table.ts";
import type { FrameNodes } from "./frame-nodes.ts";

/** The value of a sample, and what it is divided by where means are asked for. */
export interface SampleValues {
  value: Float64Array;
  divisor: Float64Array | undefined;
}

export interface NodeValues {
  flat: Float64Array;
  cum: Float64Array;
  flatDivisor: Float64Array;
  cumDivisor: Float64Array;
}

/**
 * Flat and cumulative value of each node (google/pprof, internal/graph/graph.go, newGraph). A node counts once a sample,
 * however often it recurs in the stack. Leaving nodes out later changes neither value of the others.
 */
export function countNodes({ samples }: Profile, nodes: FrameNodes, values: SampleValues): NodeValues {
  const count = nodes.length;
  const flat = new Float64Array(count);
  const cum = new Float64Array(count);
  const hasDivisor = values.divisor !== undefined;
  const flatDivisor = new Float64Array(hasDivisor ? count : 0);
  const cumDivisor = new Float64Array(hasDivisor ? count : 0);
  const lastSample = new Uint32Array(count);
  const { locationStart, location } = samples;
  const { frameStart, frameNode } = nodes;
  for (let sample = 0; sample < samples.length; sample++) {
    const value = values.value[sample]!;
    const divisor = values.divisor?.[sample] ?? 0;
    if (value === 0 && divisor === 0) continue;
    const stamp = sample + 1;
    const start = locationStart[sample]!;
    let node = -1;
    for (let at = locationStart[sample + 1]! - 1; at >= start; at--) {
      const place = location[at]!;
      const first = frameStart[place]!;
      for (let frame = frameStart[place + 1]! - 1; frame >= first; frame--) {
        node = frameNode[frame]!;
        if (lastSample[node] === stamp) continue;
        lastSample[node] = stamp;
        cum[node]! += value;
        if (hasDivisor) cumDivisor[node]! += divisor;
      }
    }
    if (node < 0) continue;
    flat[node]! += value;
    if (hasDivisor) flatDivisor[node]! += divisor;
  }
  return { flat, cum, flatDivisor, cumDivisor };
}

/** Bits of a node whose calls are wanted: those to it, those from it. */
export const CALLEE = 1;
export const CALLER = 2;

/**
 * Calls between nodes of which `isKept` is 1 (all, if undefined); what is called over others is joined. With `wanted` only
 * calls of nodes with its bits are counted.
 */
export function countEdges(
  { samples }: Profile,
  nodes: FrameNodes,
  values: SampleValues,
  isKept: Uint8Array | undefined,
  wanted?: Uint8Array,
): EdgeTable {
  const edges = new EdgeTable();
  const { locationStart, location } = samples;
  const { frameStart, frameNode } = nodes;
  for (let sample = 0; sample < samples.length; sample++) {
    const value = values.value[sample]!;
    const divisor = values.divisor?.[sample] ?? 0;
    if (value === 0 && divisor === 0) continue;
    const stamp = sample + 1;
    const start = locationStart[sample]!;
    let parent = -1;
    let isResidual = false;
    for (let at = locationStart[sample + 1]! - 1; at >= start; at--) {
      const place = location[at]!;
      const first = frameStart[place]!;
      const last = frameStart[place + 1]! - 1;
      for (let frame = last; frame >= first; frame--) {
        const node = frameNode[frame]!;
        if (isKept !== undefined && isKept[node] === 0) {
          isResidual = true;
          continue;
        }
        const isWanted =
          wanted === undefined ||
          (wanted[node]! & CALLEE) !== 0 ||
          (parent >= 0 && (wanted[parent]! & CALLER) !== 0);
        if (parent >= 0 && parent !== node && isWanted) {
          const edge = edges.find(parent, node);
          if (edges.lastSample[edge] !== stamp) {
            edges.lastSample[edge] = stamp;
            edges.weight[edge]! += value;
            edges.divisor[edge]! += divisor;
            if (isResidual) edges.isResidual[edge] = 1;
            if (frame === last) edges.isInline[edge] = 0;
          }
        }
        parent = node;
        isResidual = false;
      }
    }
  }
  return edges;
}

/** CALLEE for nodes that are a callee inlined into another frame somewhere. */
export function findInlinedNodes(nodes: FrameNodes): Uint8Array {
  const isInlined = new Uint8Array(nodes.length);
  const { frameStart, frameNode } = nodes;
  for (let location = 0; location + 1 < frameStart.length; location++) {
    const last = frameStart[location + 1]! - 1;
    for (let frame = frameStart[location]!; frame < last; frame++) isInlined[frameNode[frame]!] = CALLEE;
  }
  return isInlined;
}
