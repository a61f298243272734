import { finishHash, HASH_SEED, mixHash } from "../lib/hash.ts";
import { NONE, type Profile } from "../tables/profile.ts";
import { markBase } from "./diff-sides.ts";
import type { FrameNodes } from "./frame-nodes.ts";
import type { Report } from "./report.ts";
import { buildNodes } from "./trimmed-graph.ts";

/** Row 0, the whole profile, is of no node. */
const ROOT_NODE = -1;

/**
 * The stacks of a profile as a tree, the calls of one way in one row. A row's parent stands before it, and rows of one
 * depth stand together.
 */
export interface FlameTree {
  nodes: FrameNodes;
  parent: Int32Array;
  /** Index of `nodes`; -1 for the root. */
  node: Int32Array;
  /** The line that most of a row's value came over, as a row of `profile.locations.line`; -1 without any. */
  line: Int32Array;
  /** 1 where some of it came over another line. */
  hasMoreLines: Uint8Array;
  /** Frames right below a row that were left out as too light. */
  hidden: Uint32Array;
  /** By sample type: the value of a row and of all below it. In a diff that of the profile, without its base. */
  total: Float64Array[];
  /** By sample type: what ends in the row itself. */
  self: Float64Array[];
  /** In a diff, by sample type: the base's value of a row, as positive as it was. */
  base: Float64Array[] | undefined;
}

export interface FlameTreeOptions {
  /** Rows are left out whose part of every sample type is less: 0.0001 is a hundredth of what 1 % is. */
  leastShare: number;
  /** As many rows are kept; the lightest go. */
  mostRows: number;
}

export const DEFAULT_FLAME_OPTIONS: FlameTreeOptions = { leastShare: 1 / 50_000, mostRows: 60_000 };

/**
 * Builds the tree of all sample types at once, from the root down, a depth at a time. What is too light is not followed,
 * so that neither time nor memory grow with what nobody would see: of 345,000 stacks of 20 frames each, some 60,000 rows
 * of five million.
 *
 * A profile with a base marked by `-diff_base` gives both sides, which a difference alone does not: width needs what
 * was, and what is.
 */
export function buildFlameTree(
  report: Report,
  { leastShare, mostRows }: FlameTreeOptions = DEFAULT_FLAME_OPTIONS,
): FlameTree {
  const { profile } = report;
  const nodes = buildNodes(report);
  const isBase = markBase(profile);
  const growth = new FlameRows(profile, isBase, sumShares(profile));
  const walk = new StackWalk(profile, nodes, report.detail.group !== undefined);
  let least = leastShare;
  let alive = growth.start();
  while (alive.length > 0) {
    alive = growth.addDepth(alive, walk, least);
    while (growth.countAbove(least) > mostRows) least *= 2;
  }
  return growth.finish(nodes, least);
}

/** Sums of magnitudes by sample type of a profile and, in a diff, of its base. */
export interface FlameTotals {
  total: number[];
  base: number[] | undefined;
}

export function sumFlameSides(profile: Profile): FlameTotals {
  const isBase = markBase(profile);
  const sum = (side: number): number[] =>
    profile.samples.columns.map(({ value }) => {
      let all = 0;
      for (let sample = 0; sample < value.length; sample++) {
        if ((isBase?.[sample] ?? 0) === side) all += Math.abs(value[sample]!);
      }
      return all;
    });
  return { total: sum(0), base: isBase === undefined ? undefined : sum(1) };
}

/** The largest part that a sample is of any sample type: what decides whether it shows. */
function sumShares({ samples }: Profile): Float64Array {
  const share = new Float64Array(samples.length);
  for (const { value } of samples.columns) {
    let total = 0;
    for (let sample = 0; sample < value.length; sample++) total += Math.abs(value[sample]!);
    if (total === 0) continue;
    for (let sample = 0; sample < value.length; sample++) {
      share[sample] = Math.max(share[sample]!, Math.abs(value[sample]!) / total);
    }
  }
  return share;
}

/** Steps down the stack of every sample, from its root, a frame at a time. */
class StackWalk {
  /** The node stepped to. */
  node = ROOT_NODE;
  /** Its line, a row of the profile's locations; NONE without one. */
  line = NONE;
  readonly #locationStart: Uint32Array;
  readonly #locations: Uint32Array;
  readonly #lineStart: Uint32Array;
  readonly #frameStart: Uint32Array;
  readonly #frameNode: Int32Array;
  /** Frames of the same node on end are one: of a package it says nothing that it calls itself. */
  readonly #isFolded: boolean;
  /** Behind the next location of a sample, and behind the next frame of the one before. */
  readonly #location: Uint32Array;
  readonly #frame: Int32Array;

  constructor({ samples, locations }: Profile, { frameStart, frameNode }: FrameNodes, isFolded: boolean) {
    this.#locationStart = samples.locationStart;
    this.#locations = samples.location;
    this.#lineStart = locations.lineStart;
    this.#frameStart = frameStart;
    this.#frameNode = frameNode;
    this.#isFolded = isFolded;
    this.#location = samples.locationStart.slice(1);
    this.#frame = new Int32Array(samples.length).fill(-1);
  }

  /** False at the leaf. `above` is the node that the sample stands on. */
  step(sample: number, above: number): boolean {
    const first = this.#locationStart[sample]!;
    let next = this.#location[sample]!;
    let frame = this.#frame[sample]!;
    for (;;) {
      let location: number;
      if (frame < 0) {
        if (next === first) return false;
        next--;
        location = this.#locations[next]!;
        frame = this.#frameStart[location + 1]! - 1;
      } else location = this.#locations[next]!;
      const node = this.#frameNode[frame]!;
      const fromOutermost = this.#frameStart[location + 1]! - 1 - frame;
      frame = frame > this.#frameStart[location]! ? frame - 1 : -1;
      if (this.#isFolded && node === above) continue;
      this.#location[sample] = next;
      this.#frame[sample] = frame;
      this.node = node;
      const lineEnd = this.#lineStart[location + 1]!;
      this.line = lineEnd === this.#lineStart[location]! ? NONE : lineEnd - 1 - fromOutermost;
      return true;
    }
  }
}

/** Numbers the calls of one depth: row and node, in the order of their first appearance. Cleared, it keeps its memory. */
class CallTable {
  from = new Uint32Array(0);
  node = new Uint32Array(0);
  length = 0;
  /** Call + 1; 0 is free. At most half of it is filled. */
  #places = new Uint32Array(0);

  /** Makes room for `most` calls. */
  clear(most: number): void {
    this.length = 0;
    if (this.from.length < most) {
      this.from = new Uint32Array(most);
      this.node = new Uint32Array(most);
    }
    const size = 2 ** Math.ceil(Math.log2(2 * most + 2));
    if (this.#places.length < size) this.#places = new Uint32Array(size);
    else {
      this.#places = this.#places.subarray(0, size);
      this.#places.fill(0);
    }
  }

  intern(from: number, node: number): number {
    const places = this.#places;
    const mask = places.length - 1;
    let place = finishHash(mixHash(mixHash(HASH_SEED, from), node)) & mask;
    for (;;) {
      const known = places[place]! - 1;
      if (known < 0) break;
      if (this.from[known] === from && this.node[known] === node) return known;
      place = (place + 1) & mask;
    }
    const call = this.length++;
    places[place] = call + 1;
    this.from[call] = from;
    this.node[call] = node;
    return call;
  }
}

/** Columns of one depth, joined at the end. */
interface Depth {
  parent: Int32Array;
  node: Int32Array;
  line: Int32Array;
  hasMoreLines: Uint8Array;
  hidden: Uint32Array;
  share: Float64Array;
  total: Float64Array[];
  self: Float64Array[];
  base: Float64Array[];
}

class FlameRows {
  readonly #profile: Profile;
  readonly #isBase: Uint8Array | undefined;
  readonly #share: Float64Array;
  readonly #depths: Depth[] = [];
  /** The row, counted within its depth, that a sample stands on. */
  readonly #row: Uint32Array;
  /** Rows before the deepest depth. */
  #rowsAbove = 0;
  readonly #values: readonly Float64Array[];
  readonly #calls = new CallTable();

  constructor(profile: Profile, isBase: Uint8Array | undefined, share: Float64Array) {
    this.#profile = profile;
    this.#isBase = isBase;
    this.#share = share;
    this.#row = new Uint32Array(profile.samples.length);
    this.#values = profile.samples.columns.map(({ value }) => value);
  }

  /** The root, and the samples that have a value. */
  start(): Uint32Array {
    const share = this.#share;
    const withValue = new Uint32Array(share.length);
    let count = 0;
    for (let sample = 0; sample < share.length; sample++) if (share[sample]! > 0) withValue[count++] = sample;
    const alive = withValue.subarray(0, count);
    const root = this.#emptyDepth(1);
    root.parent[0] = -1;
    root.node[0] = ROOT_NODE;
    root.line[0] = NONE;
    root.share[0] = Number.POSITIVE_INFINITY;
    this.#depths.push(root);
    for (const sample of alive) this.#addTo(root.total, root.base, 0, sample);
    return alive;
  }

  #emptyDepth(rows: number): Depth {
    const columns = (): Float64Array[] => this.#profile.samples.columns.map(() => new Float64Array(rows));
    return {
      parent: new Int32Array(rows),
      node: new Int32Array(rows),
      line: new Int32Array(rows),
      hasMoreLines: new Uint8Array(rows),
      hidden: new Uint32Array(rows),
      share: new Float64Array(rows),
      total: columns(),
      self: columns(),
      base: this.#isBase === undefined ? [] : columns(),
    };
  }

  #addTo(own: Float64Array[], base: Float64Array[], row: number, sample: number): void {
    const values = this.#values;
    if (this.#isBase?.[sample] === 1) {
      for (let type = 0; type < values.length; type++) base[type]![row]! -= values[type]![sample]!;
    } else {
      for (let type = 0; type < values.length; type++) own[type]![row]! += values[type]![sample]!;
    }
  }

  /**
   * Steps all samples down by one frame; gives those that stand on a row which is heavy enough, in the order they came:
   * that of the profile, whose columns are so read from front to back.
   */
  addDepth(alive: Uint32Array, walk: StackWalk, least: number): Uint32Array {
    const above = this.#depths.at(-1)!;
    const calls = this.#calls;
    calls.clear(alive.length);
    const share = new Float64Array(alive.length);
    const call = new Uint32Array(alive.length);
    const line = new Int32Array(alive.length);
    const moving = new Uint32Array(alive.length);
    let count = 0;
    for (let at = 0; at < alive.length; at++) {
      const sample = alive[at]!;
      const from = this.#row[sample]!;
      if (above.share[from]! < least) continue;
      if (!walk.step(sample, above.node[from]!)) {
        this.#addSelf(above, from, sample);
        continue;
      }
      const own = calls.intern(from, walk.node);
      share[own]! += this.#share[sample]!;
      call[count] = own;
      line[count] = walk.line;
      moving[count++] = sample;
    }
    const rowOfCall = new Int32Array(calls.length);
    let rows = 0;
    for (let at = 0; at < calls.length; at++) {
      const isKept = share[at]! >= least;
      rowOfCall[at] = isKept ? rows++ : -1;
      if (!isKept) above.hidden[calls.from[at]!]!++;
    }
    const depth = this.#emptyDepth(rows);
    depth.line.fill(NONE);
    for (let at = 0; at < calls.length; at++) {
      const row = rowOfCall[at]!;
      if (row < 0) continue;
      depth.parent[row] = this.#rowsAbove + calls.from[at]!;
      depth.node[row] = calls.node[at]!;
      depth.share[row] = share[at]!;
    }
    const lead = new Float64Array(rows);
    let kept = 0;
    for (let at = 0; at < count; at++) {
      const row = rowOfCall[call[at]!]!;
      if (row < 0) continue;
      const sample = moving[at]!;
      this.#row[sample] = row;
      this.#addTo(depth.total, depth.base, row, sample);
      this.#voteForLine(depth, lead, row, line[at]!, this.#share[sample]!);
      moving[kept++] = sample;
    }
    this.#rowsAbove += above.node.length;
    this.#depths.push(depth);
    return moving.subarray(0, kept);
  }

  #addSelf(depth: Depth, row: number, sample: number): void {
    if (this.#isBase?.[sample] !== 1) this.#addTo(depth.self, [], row, sample);
  }

  /** Boyer and Moore's majority vote, weighted: the line of more than half of the weight wins, without a table of lines. */
  #voteForLine(depth: Depth, lead: Float64Array, row: number, line: number, share: number): void {
    if (line === NONE) return;
    const leading = depth.line[row]!;
    if (leading === NONE) {
      depth.line[row] = line;
      lead[row] = share;
    } else if (this.#isSameLine(leading, line)) {
      lead[row]! += share;
    } else {
      depth.hasMoreLines[row] = 1;
      lead[row]! -= share;
      if (lead[row]! < 0) {
        lead[row] = -lead[row]!;
        depth.line[row] = line;
      }
    }
  }

  #isSameLine(a: number, b: number): boolean {
    const { line, lineFunction } = this.#profile.locations;
    return a === b || (line[a] === line[b] && lineFunction[a] === lineFunction[b]);
  }

  countAbove(least: number): number {
    let count = 0;
    for (const { share } of this.#depths) for (const each of share) if (each >= least) count++;
    return count;
  }

  finish(nodes: FrameNodes, least: number): FlameTree {
    const { columns } = this.#profile.samples;
    const length = this.countAbove(least);
    const newRow: number[] = [];
    const tree: FlameTree = {
      nodes,
      parent: new Int32Array(length),
      node: new Int32Array(length),
      line: new Int32Array(length),
      hasMoreLines: new Uint8Array(length),
      hidden: new Uint32Array(length),
      total: columns.map(() => new Float64Array(length)),
      self: columns.map(() => new Float64Array(length)),
      base: this.#isBase === undefined ? undefined : columns.map(() => new Float64Array(length)),
    };
    let next = 0;
    for (const depth of this.#depths) {
      for (let row = 0; row < depth.node.length; row++) {
        const parent = depth.parent[row]! < 0 ? -1 : newRow[depth.parent[row]!]!;
        if (depth.share[row]! < least) {
          // Its parent was kept, or is left out with it and said so already.
          if (parent >= 0) tree.hidden[parent]!++;
          newRow.push(-1);
          continue;
        }
        newRow.push(next);
        tree.parent[next] = parent;
        tree.node[next] = depth.node[row]!;
        tree.line[next] = depth.line[row]!;
        tree.hasMoreLines[next] = depth.hasMoreLines[row]!;
        tree.hidden[next]! += depth.hidden[row]!;
        for (let type = 0; type < columns.length; type++) {
          tree.total[type]![next] = depth.total[type]![row]!;
          tree.self[type]![next] = depth.self[type]![row]!;
          if (tree.base !== undefined) tree.base[type]![next] = depth.base[type]![row]!;
        }
        next++;
      }
    }
    return tree;
  }
}
