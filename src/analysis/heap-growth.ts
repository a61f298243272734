import { findSampleType, type Profile } from "../tables/profile.ts";
import type { AllocationOperation } from "./allocation-operation.ts";
import type { CodeSite } from "./code-site.ts";
import { FrameClassifier, type FrameOrigin, type ProgramLayout } from "./frame-origin.ts";
import { collectObjectSizes } from "./object-sizes.ts";
import { findSliceGrowth } from "./slice-growth-signature.ts";
import { type InternedSamples, type NodeIndex, ROOT, StackInterner } from "./stack-interner.ts";
import { computeTrend, type Trend } from "./trend.ts";

interface HeapSnapshot {
  /** Since the first sample. */
  seconds: number;
  profile: Profile;
}

/** One value per node of the interner, for each snapshot. */
interface HeapColumns {
  inuseBytes: Float64Array;
  inuseObjects: Float64Array;
  allocBytes: Float64Array;
  allocObjects: Float64Array;
  /** The largest object ever allocated; the runtime keeps one record for each stack and size. */
  largestBytes: Float64Array;
}

/** All samples that the same own line is to blame for, over the snapshots. */
export interface GrowthSite {
  /** First own frame from the leaf, or the leaf itself if no frame is own. */
  site: CodeSite;
  origin: FrameOrigin;
  /** The stack with the largest growth at this site. */
  node: NodeIndex;
  nodes: NodeIndex[];
  inuseBytes: number[];
  inuseObjects: number[];
  /** Cumulative since the process started; empty if the profiles have no alloc columns. */
  allocBytes: number[];
  allocObjects: number[];
  growthBytes: number;
  growthObjects: number;
  /** Share of the bytes allocated here within the window that is still in use at its end; NaN if nothing was. */
  kept: number;
  /** What most of the bytes in use were allocated for. */
  operation: AllocationOperation | undefined;
  /** Mean object size over what is in use at the end. */
  objectBytes: number;
  /**
   * The unit of the profile's error: the variance of `growthBytes` is about growth × this. Near the sampling rate for
   * small objects, each sampled one standing for many; near 0 for objects so large that every one is sampled.
   */
  sampleWeightBytes: number;
  readonly trend: Trend;
}

/** A profile and the stack of each of its samples. */
interface InternedProfile {
  profile: Profile;
  node: Int32Array;
}

export interface HeapGrowth {
  interner: StackInterner;
  classifier: FrameClassifier;
  /** Whose code each frame is, by the interner's number of it. */
  originOfFrame: readonly FrameOrigin[];
  seconds: number[];
  columns: HeapColumns[];
  /** What each stack allocates for, by its number; undefined where the runtime's frames are not known. */
  operations: readonly (AllocationOperation | undefined)[];
  /** The first and the last profile of the window. */
  ends: { first: InternedProfile; last: InternedProfile } | undefined;
  /** Which of the snapshots given each column is of: all, unless there were very many. */
  snapshotOfColumn: readonly number[];
  /** MemProfileRate, bytes. */
  periodBytes: number;
  /**
   * Largest growth first. One line may be two sites: what it allocates for a container of the program (a map insert, an
   * append), and what it puts in.
   */
  sites: GrowthSite[];
}

/** Rises of a site below this are not worth a word, however exact. */
const LEAST_NOISE_BYTES = 64 * 1024;

export interface HeapGrowthInput {
  snapshots: readonly HeapSnapshot[];
  /** A heap?debug=1 profile with the addresses of the runtime frames, to name operations. */
  textProfile?: Profile | undefined;
  symbols?: ReadonlyMap<bigint, string> | undefined;
  layout: ProgramLayout;
}

/** Growth by site over two or more heap profiles, of which very many are thinned out. Linear in their size. */
export function computeHeapGrowth({
  snapshots: all,
  textProfile,
  symbols,
  layout,
}: HeapGrowthInput): HeapGrowth {
  const interner = new StackInterner();
  const internOptions = symbols === undefined ? {} : { symbols };
  const allInterned = all.map((s) => interner.internProfile(s.profile, internOptions));
  const text = textProfile === undefined ? undefined : interner.internProfile(textProfile, internOptions);
  const used = thin(all.length, Math.floor(MAX_CELLS / interner.nodeCount));
  const snapshots = used.map((k) => all[k]!);
  const interned = used.map((k) => allInterned[k]!);
  const classifier = new FrameClassifier(interner.frames(), layout);
  const columns = snapshots.map((s, k) => buildColumns(s.profile, interned[k]!, interner.nodeCount));
  const operations = buildOperations(interner.nodeCount, snapshots, interned, textProfile, text);
  const originOfFrame = interner.frames().map((frame) => classifier.classify(frame.function, frame.file));
  assignToOwners(operations, interner, originOfFrame);
  const last = snapshots.length - 1;
  const at = (k: number): InternedProfile => ({ profile: snapshots[k]!.profile, node: interned[k]!.node });
  const growth: HeapGrowth = {
    interner,
    classifier,
    originOfFrame,
    seconds: snapshots.map((s) => s.seconds),
    columns,
    operations,
    ends: last < 0 ? undefined : { first: at(0), last: at(last) },
    periodBytes: last < 0 ? 1 : Math.max(1, Number(snapshots[last]!.profile.period)),
    snapshotOfColumn: used,
    sites: [],
  };
  growth.sites = buildSites(growth);
  return growth;
}

/** Five columns of this many doubles are 160 MiB: 800 snapshots of a program with 5000 stacks. */
const MAX_CELLS = 2 ** 22;
/** However large they are, fewer tell no trend. */
const LEAST_SNAPSHOTS = 6;

/** At most so many of the numbers below `count`, evenly spread, the first and the last among them. */
function thin(count: number, most: number): number[] {
  const kept = Math.min(count, Math.max(LEAST_SNAPSHOTS, most));
  return Array.from({ length: kept }, (_, n) =>
    kept === count ? n : Math.round((n * (count - 1)) / (kept - 1)),
  );
}

function buildColumns(profile: Profile, interned: InternedSamples, nodeCount: number): HeapColumns {
  const sum = (...names: string[]): Float64Array => {
    const total = new Float64Array(nodeCount);
    const column = names.map((name) => findSampleType(profile, name)).find((c) => c !== undefined);
    if (column === undefined) return total;
    for (let s = 0; s < interned.node.length; s++) total[interned.node[s]!]! += column.value[s]!;
    return total;
  };
  return {
    inuseBytes: sum("inuse_space", "space"),
    inuseObjects: sum("inuse_objects", "objects"),
    allocBytes: sum("alloc_space"),
    allocObjects: sum("alloc_objects"),
    largestBytes: findLargest(profile, interned, nodeCount),
  };
}

function findLargest(profile: Profile, interned: InternedSamples, nodeCount: number): Float64Array {
  const largest = new Float64Array(nodeCount);
  const bytes = findSampleType(profile, "alloc_space")?.value;
  const objects = findSampleType(profile, "alloc_objects")?.value;
  if (bytes === undefined || objects === undefined) return largest;
  for (let s = 0; s < interned.node.length; s++) {
    const node = interned.node[s]!;
    if (objects[s]! > 0) largest[node] = Math.max(largest[node]!, bytes[s]! / objects[s]!);
  }
  return largest;
}

/** Of what a line allocates for several ends at once, this share makes it the container's. */
const CONTAINER_SHARE = 0.2;

/**
 * Operation of each node: the one with the most bytes behind it, in use first and allocated as the tie-break. A
 * container's wins with less: the key of `m[a+b] = v` may be larger than its place in the map.
 */
function buildOperations(
  nodeCount: number,
  snapshots: readonly HeapSnapshot[],
  interned: readonly InternedSamples[],
  textProfile: Profile | undefined,
  text: InternedSamples | undefined,
): (AllocationOperation | undefined)[] {
  const weights = new Map<number, Map<AllocationOperation, number>>();
  const add = (profile: Profile, samples: InternedSamples) => {
    const inuse = findSampleType(profile, "inuse_space")?.value;
    const alloc = findSampleType(profile, "alloc_space")?.value;
    for (let s = 0; s < samples.node.length; s++) {
      const operation = samples.operation[s];
      if (operation === undefined) continue;
      const weight = (inuse?.[s] ?? 0) + (alloc?.[s] ?? 0) * 1e-3 + 1e-6;
      const node = samples.node[s]!;
      const ofNode = weights.get(node) ?? new Map<AllocationOperation, number>();
      weights.set(node, ofNode);
      ofNode.set(operation, (ofNode.get(operation) ?? 0) + weight);
    }
  };
  if (textProfile !== undefined && text !== undefined) add(textProfile, text);
  else if (snapshots.length > 0)
    add(snapshots[snapshots.length - 1]!.profile, interned[interned.length - 1]!);
  const operations = new Array<AllocationOperation | undefined>(nodeCount);
  for (const [node, ofNode] of weights) operations[node] = chooseOperation(ofNode);
  return operations;
}

function chooseOperation(weights: ReadonlyMap<AllocationOperation, number>): AllocationOperation | undefined {
  const ranked = [...weights].sort((a, b) => b[1] - a[1]);
  const total = ranked.reduce((sum, [, weight]) => sum + weight, 0);
  const container = ranked.find(([operation]) => isContainerOperation(operation));
  if (container !== undefined && container[1] >= CONTAINER_SHARE * total) return container[0];
  return ranked[0]?.[0];
}

function isContainerOperation(operation: AllocationOperation | undefined): boolean {
  return operation === "map-insert" || operation === "slice-growth";
}

/** What the library frames from a node outwards, up to the first that is not the library's, are part of. */
const NOT_LIBRARY = 0;
const LIBRARY_VALUE = 1;
const LIBRARY_MAP = 2;
const LIBRARY_LIST = 3;

/**
 * What operations mean to the program. An append inside io.ReadAll or a map inside net/url belongs to the value that
 * the library makes, not to a container of the program; a sync.Map, whose code is the library's as well, is one.
 */
function assignToOwners(
  operations: (AllocationOperation | undefined)[],
  interner: StackInterner,
  originOfFrame: readonly FrameOrigin[],
): void {
  const ofFrame = interner.frames().map(({ function: name }, frame) => {
    if (originOfFrame[frame] !== "standard-library") return NOT_LIBRARY;
    if (SYNC_MAP_INSERT.test(name)) return LIBRARY_MAP;
    return LIST_INSERT.test(name) ? LIBRARY_LIST : LIBRARY_VALUE;
  });
  const ofNode = new Uint8Array(interner.nodeCount);
  // A parent comes before its children, so one pass tells all of them.
  for (let n = 1; n < interner.nodeCount; n++) {
    const node = n as NodeIndex;
    const own = ofFrame[interner.frameIndexOf(node)]!;
    const outer = ofNode[interner.parentOf(node)]!;
    const isPartOfOuter = own === LIBRARY_VALUE && outer !== NOT_LIBRARY;
    ofNode[n] = isPartOfOuter ? outer : own;
    const operation = operations[n];
    if (ofNode[n] === LIBRARY_MAP) operations[n] = "map-insert";
    else if (ofNode[n] === LIBRARY_LIST) operations[n] = "slice-growth";
    else if (ofNode[n] === LIBRARY_VALUE && (operation === "map-insert" || operation === "slice-growth")) {
      operations[n] = "other";
    }
  }
}

const SYNC_MAP_INSERT = /^sync\.\(\*Map\)\.|^(internal\/)?(sync|concurrent)\.\(\*HashTrieMap\[/;
const LIST_INSERT = /^container\/list\.\(\*List\)\./;

function buildSites(growth: HeapGrowth): GrowthSite[] {
  const { interner, originOfFrame, columns, operations, ends } = growth;
  const isAllocator = interner.frames().map((frame) => ALLOCATOR.test(frame.function));
  /** Twice the frame's number, and one more for what is allocated for a container. */
  const groups = new Map<number, NodeIndex[]>();
  const groupOfNode = new Map<NodeIndex, number>();
  for (let n = 1; n < interner.nodeCount; n++) {
    const node = n as NodeIndex;
    if (!columns.some((c) => c.inuseBytes[n]! !== 0 || c.allocBytes[n]! !== 0)) continue;
    const frame = findBlame(interner, originOfFrame, isAllocator, node);
    const group = 2 * frame + (isContainerOperation(operations[n]) ? 1 : 0);
    groupOfNode.set(node, group);
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [node]);
    else known.push(node);
  }
  const sliceGrowth =
    ends === undefined
      ? new Set<number>()
      : findSliceGrowth(collectObjectSizes(ends.last.profile, ends.last.node, groupOfNode));
  const sites: GrowthSite[] = [];
  for (const [group, nodes] of groups) {
    const frame = group >> 1;
    const site = interner.frames()[frame]!;
    sites.push(measureSite(growth, operations, site, originOfFrame[frame]!, nodes, sliceGrowth.has(group)));
  }
  return sites.sort((a, b) => b.growthBytes - a.growthBytes);
}

/** The allocator's own entry points; what lies below them says what the runtime allocated for. */
const ALLOCATOR = /^runtime\.(mallocgc|newobject|makeslice|newarray|growslice|persistentalloc|systemstack)/;

/**
 * The frame to blame for a stack: the first own one from the leaf; failing that the first that is not the standard
 * library's; failing that the first that says something.
 */
function findBlame(
  interner: StackInterner,
  originOfFrame: readonly FrameOrigin[],
  isAllocator: readonly boolean[],
  node: NodeIndex,
): number {
  let thirdParty = -1;
  let telling = -1;
  for (let n = node; n !== ROOT; n = interner.parentOf(n)) {
    const frame = interner.frameIndexOf(n);
    const origin = originOfFrame[frame]!;
    if (origin === "own") return frame;
    if (origin === "third-party" && thirdParty < 0) thirdParty = frame;
    if (telling < 0 && !isAllocator[frame]!) telling = frame;
  }
  if (thirdParty >= 0) return thirdParty;
  return telling >= 0 ? telling : interner.frameIndexOf(node);
}

function measureSite(
  growth: HeapGrowth,
  operations: readonly (AllocationOperation | undefined)[],
  site: CodeSite,
  origin: FrameOrigin,
  nodes: NodeIndex[],
  hasSliceGrowthSizes: boolean,
): GrowthSite {
  const { columns, seconds, periodBytes } = growth;
  const total = (pick: (c: HeapColumns) => Float64Array) =>
    columns.map((c) => nodes.reduce((sum, n) => sum + pick(c)[n]!, 0));
  const inuseBytes = total((c) => c.inuseBytes);
  const inuseObjects = total((c) => c.inuseObjects);
  const allocBytes = total((c) => c.allocBytes);
  const allocObjects = total((c) => c.allocObjects);
  const rise = (series: number[]) => (series.at(-1) ?? 0) - (series[0] ?? 0);
  const first = columns[0];
  const final = columns[columns.length - 1];
  let node = nodes[0]!;
  let best = Number.NEGATIVE_INFINITY;
  const operationBytes = new Map<AllocationOperation, number>();
  for (const n of nodes) {
    const grown = (final?.inuseBytes[n] ?? 0) - (first?.inuseBytes[n] ?? 0);
    if (grown > best) {
      best = grown;
      node = n;
    }
    const operation = operations[n];
    if (operation === undefined) continue;
    const weight = (final?.inuseBytes[n] ?? 0) + 1e-3 * (final?.allocBytes[n] ?? 0);
    operationBytes.set(operation, (operationBytes.get(operation) ?? 0) + weight);
  }
  let operation = [...operationBytes].sort((a, b) => b[1] - a[1])[0]?.[0];
  if (hasSliceGrowthSizes && (operation === undefined || operation === "other")) operation = "slice-growth";
  const objectBytes = (inuseBytes.at(-1) ?? 0) / Math.max(1, inuseObjects.at(-1) ?? 0);
  const chance = -Math.expm1(-Math.max(1, objectBytes) / periodBytes);
  const sampleWeightBytes = (objectBytes * (1 - chance)) / chance;
  const growthBytes = rise(inuseBytes);
  return {
    site,
    origin,
    node,
    nodes,
    inuseBytes,
    inuseObjects,
    allocBytes,
    allocObjects,
    growthBytes,
    growthObjects: rise(inuseObjects),
    kept: rise(allocBytes) > 0 ? growthBytes / rise(allocBytes) : Number.NaN,
    operation,
    objectBytes,
    sampleWeightBytes,
    // Quadratic in the number of samples, and asked for of the few largest sites only.
    get trend() {
      return computeTrend(seconds, inuseBytes, {
        noise: Math.max(LEAST_NOISE_BYTES, 2 * sampleWeightBytes),
        stepwise: operation === "slice-growth" || operation === "map-insert",
        varianceUnit: sampleWeightBytes,
      });
    },
  };
}
