import type { FrameOrigin } from "./frame-origin.ts";
import type { HeapGrowth } from "./heap-growth.ts";
import type { NodeIndex } from "./stack-interner.ts";

/**
 * The growth as a call tree, root first: `parent[i] < i`, row 0 is the root. Values are totals over the subtree.
 * Frames of the same function below the same parent are one row, whatever their line; `line` is that of the most
 * bytes.
 */
export interface GrowthFlame {
  function: string[];
  file: string[];
  line: number[];
  origin: FrameOrigin[];
  parent: number[];
  beforeBytes: number[];
  afterBytes: number[];
  /** Allocated between the first and last snapshot, also if freed since. */
  allocatedBytes: number[];
}

/** Rows below this share of the largest total are left out: nobody can see them and the report stays small. */
const LEAST_SHARE = 1 / 2000;
/** A screen shows a few thousand; what is beyond costs every reader of the report. */
const MAX_ROWS = 20_000;

const FUNCTION_RADIX = 2 ** 32;

export function buildGrowthFlame(growth: HeapGrowth): GrowthFlame | undefined {
  const first = growth.columns[0];
  const last = growth.columns[growth.columns.length - 1];
  if (first === undefined || last === undefined || growth.columns.length < 2) return undefined;
  const { interner } = growth;
  const n = interner.nodeCount;
  const before = first.inuseBytes.slice();
  const after = last.inuseBytes.slice();
  const allocated = new Float64Array(n);
  for (let i = 0; i < n; i++) allocated[i] = Math.max(0, last.allocBytes[i]! - first.allocBytes[i]!);
  for (let i = n - 1; i > 0; i--) {
    const parent = interner.parentOf(i as NodeIndex);
    before[parent]! += before[i]!;
    after[parent]! += after[i]!;
    allocated[parent]! += allocated[i]!;
  }
  const flame: GrowthFlame = {
    function: ["all"],
    file: [""],
    line: [0],
    origin: ["runtime"],
    parent: [-1],
    beforeBytes: [before[0]!],
    afterBytes: [after[0]!],
    allocatedBytes: [allocated[0]!],
  };
  const leastBytes = LEAST_SHARE * Math.max(after[0]!, before[0]!, 1);
  const leastAllocated = LEAST_SHARE * Math.max(allocated[0]!, 1);
  /** How far a node is above what is shown: 1 and more are. */
  const weightOf = (i: number): number =>
    Math.max(before[i]! / leastBytes, after[i]! / leastBytes, allocated[i]! / leastAllocated);
  const least = findLeastWeight(n, weightOf);
  const rowOf = new Int32Array(n).fill(-1);
  rowOf[0] = 0;
  const rowByKey = new Map<number, number>();
  const lineWeight: number[] = [0];
  for (let i = 1; i < n; i++) {
    const parentRow = rowOf[interner.parentOf(i as NodeIndex)]!;
    if (parentRow < 0) continue;
    if (weightOf(i) < least) continue;
    const frame = interner.frameOf(i as NodeIndex);
    const key = parentRow * FUNCTION_RADIX + interner.functionIndexOf(i as NodeIndex);
    let row = rowByKey.get(key);
    if (row === undefined) {
      if (flame.function.length === MAX_ROWS) continue;
      row = flame.function.length;
      rowByKey.set(key, row);
      flame.function.push(frame.function);
      flame.file.push(frame.file);
      flame.line.push(frame.line);
      flame.origin.push(growth.originOfFrame[interner.frameIndexOf(i as NodeIndex)]!);
      flame.parent.push(parentRow);
      flame.beforeBytes.push(0);
      flame.afterBytes.push(0);
      flame.allocatedBytes.push(0);
      lineWeight.push(-1);
    }
    rowOf[i] = row;
    flame.beforeBytes[row]! += before[i]!;
    flame.afterBytes[row]! += after[i]!;
    flame.allocatedBytes[row]! += allocated[i]!;
    const weight = Math.abs(after[i]! - before[i]!) + 1e-6 * after[i]!;
    if (weight > lineWeight[row]!) {
      lineWeight[row] = weight;
      flame.line[row] = frame.line;
      flame.file[row] = frame.file;
    }
  }
  return flame;
}

/** 1, or the weight from which on there are MAX_ROWS nodes: a node is never lighter than what is below it. */
function findLeastWeight(nodes: number, weightOf: (node: number) => number): number {
  const weights: number[] = [];
  for (let i = 1; i < nodes; i++) {
    const weight = weightOf(i);
    if (weight >= 1) weights.push(weight);
  }
  if (weights.length <= MAX_ROWS) return 1;
  return Float64Array.from(weights).sort()[weights.length - MAX_ROWS]!;
}
