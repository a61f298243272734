// Every function here also runs inside the report page, as its own source text (see src/web/page-script.ts). So each
// uses nothing from outside itself but the other functions of the page, and no module-level constant.

import type { FlameLabels } from "./messages/labels.ts";

/** The flame graph as it is embedded in the page: `FlameView` with its strings and origins told once. */
export interface FlameData {
  labels: FlameLabels;
  strings: string[];
  /** Index into `strings`. */
  name: number[];
  /** Index into `strings`. */
  position: number[];
  /** `parent[row] < row`; -1 for row 0, the root. */
  parent: number[];
  delta: number[];
  before: number[];
  after: number[];
  allocated: number[];
  /** 0 own, 1 third-party, 2 standard library, 3 runtime. */
  origin: number[];
}

/** Children of `row`, widest first: `child[start[row]] … child[start[row + 1] - 1]`. */
export interface FlameChildren {
  start: Uint32Array;
  child: Uint32Array;
}

/**
 * The boxes to draw, parent before child, frames from left to right. `x` and `width` are in the unit of the width
 * asked for. A box with `node` -1 stands for `merged` sibling frames too narrow to be drawn one by one.
 */
export interface FlameBoxes {
  node: number[];
  depth: number[];
  x: number[];
  width: number[];
  merged: number[];
  /** Sum of the weights: of the frame, or of the merged ones. */
  weight: number[];
}

/**
 * How wide each frame is drawn, from subtree totals that may be negative.
 *
 * A frame's own part is its total without its children's. What shrank has no width, so a frame can be wider than its
 * net total: the width is what grew below it, counted without what shrank elsewhere.
 */
export function computeFlameWeights(parent: ArrayLike<number>, total: ArrayLike<number>): Float64Array {
  return addUpWeights(parent, computeOwnParts(parent, total));
}

/** What of each row's total is not its children's. */
export function computeOwnParts(parent: ArrayLike<number>, total: ArrayLike<number>): Float64Array {
  const own = Float64Array.from(total);
  for (let row = parent.length - 1; row > 0; row--) own[parent[row]!]! -= total[row]!;
  return own;
}

/** Widths out of each row's own part, which gets none where it is negative. Changes and returns the array. */
export function addUpWeights(parent: ArrayLike<number>, weight: Float64Array): Float64Array {
  for (let row = parent.length - 1; row > 0; row--) {
    // Bytes are whole: less is a crumb of the subtraction before.
    if (!(weight[row]! >= 0.5)) weight[row] = 0;
    weight[parent[row]!] = Math.max(0, weight[parent[row]!]!) + weight[row]!;
  }
  if (weight.length > 0 && !(weight[0]! >= 0.5)) weight[0] = 0;
  return weight;
}

/** Which side of a difference makes frames wide. */
export type FlameWidth = "larger" | "after" | "before";

/**
 * Width of every row. Of a difference the larger side: what a frame has itself counts as wide as it was or as it is,
 * whichever is more, so that nothing that shrank is lost from sight. Without a base there is one side.
 */
export function weighSides(
  parent: ArrayLike<number>,
  total: ArrayLike<number>,
  base: ArrayLike<number> | undefined,
  width: FlameWidth,
): Float64Array {
  if (base === undefined || width === "after") return computeFlameWeights(parent, total);
  if (width === "before") return computeFlameWeights(parent, base);
  const own = computeOwnParts(parent, total);
  const before = computeOwnParts(parent, base);
  return addUpWeights(
    parent,
    own.map((value, row) => Math.max(value, before[row]!)),
  );
}

export function buildFlameChildren(parent: ArrayLike<number>, weight: ArrayLike<number>): FlameChildren {
  const count = parent.length;
  const start = new Uint32Array(count + 1);
  for (let row = 1; row < count; row++) start[parent[row]! + 1]!++;
  for (let row = 0; row < count; row++) start[row + 1]! += start[row]!;
  const next = start.slice();
  const child = new Uint32Array(Math.max(0, count - 1));
  for (let row = 1; row < count; row++) child[next[parent[row]!]!++] = row;
  for (let row = 0; row < count; row++) {
    if (start[row + 1]! - start[row]! < 2) continue;
    child
      .subarray(start[row]!, start[row + 1]!)
      .sort((left, right) => weight[right]! - weight[left]! || left - right);
  }
  return { start, child };
}

/**
 * Places the ancestors of `zoomed` over the whole width, and below them its subtree by weight. Frames narrower than
 * `minWidth` are merged with their still narrower siblings into one box, or left out if that is too narrow as well;
 * so the number of boxes depends on the width, not on the size of the tree.
 */
export function layoutFlame(
  tree: { parent: ArrayLike<number>; weight: ArrayLike<number>; children: FlameChildren },
  zoomed: number,
  width: number,
  minWidth: number,
): FlameBoxes {
  const boxes: FlameBoxes = { node: [], depth: [], x: [], width: [], merged: [], weight: [] };
  const push = (node: number, depth: number, x: number, boxWidth: number, merged: number, weight: number) => {
    boxes.node.push(node);
    boxes.depth.push(depth);
    boxes.x.push(x);
    boxes.width.push(boxWidth);
    boxes.merged.push(merged);
    boxes.weight.push(weight);
  };
  const { parent, weight, children } = tree;
  if (!(weight[zoomed]! > 0)) return boxes;

  const ancestors = [];
  for (let row = parent[zoomed]!; row >= 0; row = parent[row]!) ancestors.push(row);
  ancestors.reverse();
  ancestors.forEach((row, depth) => {
    push(row, depth, 0, width, 0, weight[row]!);
  });

  const scale = width / weight[zoomed]!;
  // A stack of frames still to be placed, so that the depth of the tree is not a depth of calls.
  const pendingNode = [zoomed];
  const pendingDepth = [ancestors.length];
  const pendingX = [0];
  while (pendingNode.length > 0) {
    const node = pendingNode.pop()!;
    const depth = pendingDepth.pop()!;
    const x = pendingX.pop()!;
    push(node, depth, x, weight[node]! * scale, 0, weight[node]!);
    let cursor = x;
    const firstPending = pendingNode.length;
    for (let index = children.start[node]!; index < children.start[node + 1]!; index++) {
      const row = children.child[index]!;
      const rowWidth = weight[row]! * scale;
      if (rowWidth >= minWidth) {
        pendingNode.push(row);
        pendingDepth.push(depth + 1);
        pendingX.push(cursor);
        cursor += rowWidth;
        continue;
      }
      let merged = 0;
      let mergedWeight = 0;
      for (let rest = index; rest < children.start[node + 1]!; rest++) {
        const restWeight = weight[children.child[rest]!]!;
        if (restWeight > 0) merged++;
        mergedWeight += restWeight;
      }
      if (mergedWeight * scale >= minWidth) {
        push(-1, depth + 1, cursor, mergedWeight * scale, merged, mergedWeight);
      }
      break;
    }
    // Last in, first out: turned round, the widest child is placed first and the boxes come from left to right.
    for (let left = firstPending, right = pendingNode.length - 1; left < right; left++, right--) {
      for (const pending of [pendingNode, pendingDepth, pendingX]) {
        const swap = pending[left]!;
        pending[left] = pending[right]!;
        pending[right] = swap;
      }
    }
  }
  return boxes;
}

/** How much of the whole lies below rows that are marked, none counted twice, and how many of these have width. */
export function sumMarked(
  parent: ArrayLike<number>,
  weight: ArrayLike<number>,
  marked: Uint8Array,
): { frames: number; weight: number } {
  const covered = new Uint8Array(parent.length);
  const sum = { frames: 0, weight: 0 };
  for (let row = 1; row < parent.length; row++) {
    const above = covered[parent[row]!]!;
    covered[row] = above | marked[row]!;
    if (marked[row] === 0 || !(weight[row]! > 0)) continue;
    sum.frames++;
    if (above === 0) sum.weight += weight[row]!;
  }
  return sum;
}

/** A text with its {placeholders} filled in; one without a value stays. */
export function fillIn(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/**
 * A Go function's name for a narrow place: without the path of its package and with its type arguments folded, as in
 * "cart.(*Store[…]).Put". "%2e" in the last path element is a dot (cmd/internal/objabi.PathToPrefix).
 */
export function shortenFunctionName(name: string): string {
  const bracket = name.indexOf("[");
  const close = name.lastIndexOf("]");
  const folded =
    bracket >= 0 && close > bracket ? `${name.slice(0, bracket)}[…]${name.slice(close + 1)}` : name;
  const slash = folded.lastIndexOf("/", bracket < 0 ? folded.length : bracket);
  return folded.slice(slash + 1).replaceAll("%2e", ".");
}

/** What fits into `room` characters: the short name, that without its package, the method alone, or a cut with "…". */
export function fitFunctionName(name: string, room: number): string {
  const short = shortenFunctionName(name);
  if (short.length <= room) return short;
  const dot = short.indexOf(".");
  const bare = dot >= 0 && dot < short.length - 1 ? short.slice(dot + 1) : short;
  if (bare.length <= room) return bare;
  const receiver = bare.indexOf(").");
  const method = receiver >= 0 ? bare.slice(receiver + 2) : bare;
  if (method.length <= room) return method;
  return room < 4 ? "" : `${method.slice(0, room - 1)}…`;
}
