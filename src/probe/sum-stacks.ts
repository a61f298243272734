import { type NodeIndex, ROOT, StackInterner } from "../analysis/stack-interner.ts";
import { EMPTY_STACK, hashCall, type StackHash, toBigInt } from "../patrol/stack-hash.ts";
import type { StackSums } from "../patrol/stack-sums.ts";
import type { Profile } from "../tables/profile.ts";

export interface SumStacksOptions {
  /** The profile's name, which begins the type: "heap" gives "heap/inuse_space". */
  kind: string;
  /** Of the capture: the profile's own time is the target's clock. */
  atMs: number;
  /** Sample types to leave out, such as those that count since the process began. */
  without?: ReadonlySet<string>;
  /** Stacks whose frames the store has been told: their text is left out. */
  isKnown?: (stackHash: bigint) => boolean;
  symbols?: ReadonlyMap<bigint, string>;
}

/** Of a heap profile these count since the process began: only a difference of two says something of a time. */
export const CUMULATIVE_HEAP_TYPES: ReadonlySet<string> = new Set(["alloc_objects", "alloc_space"]);

const NANOSECONDS_PER_MS = 1e6;

/**
 * Sums of each stack of a profile, one StackSums a sample type, stacks without a value left out. Labels are summed over.
 * Runtime frames at the leaf of a heap profile are cut off, as Go itself does; other kinds keep them, for there they
 * say in what a goroutine waits.
 */
export function sumStacks(profile: Profile, options: SumStacksOptions): StackSums[] {
  const interner = new StackInterner();
  const { node } = interner.internProfile(profile, {
    keepRuntimeLeaf: options.kind !== "heap" && options.kind !== "allocs",
    ...(options.symbols === undefined ? {} : { symbols: options.symbols }),
  });
  const { hash, frameTexts } = hashNodes(interner);
  const durationMs = Number(profile.durationNanos) / NANOSECONDS_PER_MS;
  const sums: StackSums[] = [];
  for (const [column, sampleType] of profile.sampleTypes.entries()) {
    const name = profile.strings.get(sampleType.type);
    if (options.without?.has(name) === true) continue;
    const valueOfNode = new Float64Array(interner.nodeCount);
    let total = 0;
    const { value } = profile.samples.columns[column]!;
    for (let s = 0; s < value.length; s++) {
      valueOfNode[node[s]!]! += value[s]!;
      total += value[s]!;
    }
    // Two nodes with one hash are one stack to the store.
    const byHash = new Map<bigint, { value: number; node: NodeIndex }>();
    for (let n = 0; n < valueOfNode.length; n++) {
      if (valueOfNode[n] === 0) continue;
      const known = byHash.get(hash[n]!);
      if (known === undefined) byHash.set(hash[n]!, { value: valueOfNode[n]!, node: n as NodeIndex });
      else known.value += valueOfNode[n]!;
    }
    const stackHash = BigUint64Array.from(byHash.keys()).sort();
    const frames = new Map<bigint, readonly string[]>();
    for (const each of stackHash) {
      if (options.isKnown?.(each) !== true)
        frames.set(each, framesOf(interner, byHash.get(each)!.node, frameTexts));
    }
    sums.push({
      type: `${options.kind}/${name}`,
      unit: profile.strings.get(sampleType.unit),
      atMs: options.atMs,
      durationMs,
      total,
      stackHash,
      value: Float64Array.from(stackHash, (each) => byHash.get(each)!.value),
      frames,
    });
  }
  return sums;
}

/** A node's stack is its parent's and one frame more, and parents come first. */
function hashNodes(interner: StackInterner): { hash: BigUint64Array; frameTexts: string[] } {
  const frameTexts = interner
    .frames()
    .map((site) => (site.file === "" ? site.function : `${site.function} ${site.file}:${site.line}`));
  const states: StackHash[] = [EMPTY_STACK];
  const hash = new BigUint64Array(interner.nodeCount);
  hash[ROOT] = toBigInt(EMPTY_STACK);
  for (let n = 1; n < interner.nodeCount; n++) {
    const at = n as NodeIndex;
    const state = hashCall(states[interner.parentOf(at)]!, frameTexts[interner.frameIndexOf(at)]!);
    states.push(state);
    hash[n] = toBigInt(state);
  }
  return { hash, frameTexts };
}

/** Root first. */
function framesOf(interner: StackInterner, node: NodeIndex, frameTexts: readonly string[]): string[] {
  const frames: string[] = [];
  for (let n = node; n !== ROOT; n = interner.parentOf(n)) frames.push(frameTexts[interner.frameIndexOf(n)]!);
  return frames.reverse();
}
