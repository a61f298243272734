import type { HeapGrowth } from "./heap-growth.ts";
import type { NodeIndex } from "./stack-interner.ts";

/** Objects of some stacks that are ever larger. */
export interface SizeRecords {
  /** Largest object ever allocated, at the beginning and at the end of the window. */
  fromBytes: number;
  toBytes: number;
  /** Equal parts of the window that brought a larger object than all before, of so many. */
  records: number;
  parts: number;
  /** Probability of so many records if the sizes of all parts were drawn alike. */
  chance: number;
  /** True if it may have come to an end: what doubles as it fills would have brought the next by now. */
  hasSettled: boolean;
  seconds: number[];
  /** Largest object ever allocated, at each snapshot. */
  largestBytes: number[];
}

/** Parts that a window is divided into: what happens in each of six is no accident, and 30 s have six samples. */
const MOST_PARTS = 6;
const LEAST_PARTS = 4;
/** The least step of append (1.25, rounded to whole pages) is larger than this. */
const RECORD_RATIO = 1.1;
/**
 * An array that doubles while it is filled at a steady rate comes at t, 2t, 4t: so much of the time that the last record
 * took may pass without another. Those that grow by a quarter come sooner.
 */
const MOST_WAIT = 1.25;

/**
 * Are the objects that these stacks allocate larger and larger? A value that is reused and grown says so however often
 * the collector has taken it: its next array is the largest that there ever was. Sizes that have an end reach it, and
 * of the k-th part of a window in which nothing changes the largest is a record 1 time in k.
 *
 * `ageSeconds` is how long the process had run before the window, during which records were set already. Undefined where
 * there are too few snapshots, or profiles without what was allocated.
 */
export function findSizeRecords(
  heap: HeapGrowth,
  nodes: readonly NodeIndex[],
  ageSeconds = 0,
): SizeRecords | undefined {
  const { seconds } = heap;
  const largestBytes = heap.columns.map((c) =>
    nodes.reduce((most, n) => Math.max(most, c.largestBytes[n]!), 0),
  );
  const parts = Math.min(MOST_PARTS, seconds.length - 1);
  const last = seconds.length - 1;
  const [fromBytes, toBytes] = [largestBytes[0], largestBytes[last]];
  if (parts < LEAST_PARTS || fromBytes === undefined || toBytes === undefined || toBytes === 0)
    return undefined;
  const ends = Array.from({ length: parts + 1 }, (_, k) => Math.round((k * last) / parts));
  const isRecord = ends
    .slice(1)
    .map((end, k) => largestBytes[end]! >= RECORD_RATIO * Math.max(1, largestBytes[ends[k]!]!));
  const records = isRecord.filter(Boolean).length;
  const partSeconds = (seconds[last]! - seconds[0]!) / parts;
  const end = seconds[last]!;
  const lastRecord = seconds[ends[isRecord.lastIndexOf(true) + 1]!]!;
  const before = Math.max(1, Math.floor(ageSeconds / Math.max(1e-9, partSeconds)));
  return {
    fromBytes,
    toBytes,
    records,
    parts,
    hasSettled: end - lastRecord > MOST_WAIT * Math.max(partSeconds, lastRecord - seconds[0]! + ageSeconds),
    chance: chanceOfRecords(records, parts, before),
    seconds,
    largestBytes,
  };
}

/** P(at least `records` of `parts` draws that follow `before` others are the largest so far). */
function chanceOfRecords(records: number, parts: number, before: number): number {
  let exactly = [1];
  for (let k = 1; k <= parts; k++) {
    const p = 1 / (before + k);
    const next = new Array<number>(exactly.length + 1).fill(0);
    for (const [count, probability] of exactly.entries()) {
      next[count]! += probability * (1 - p);
      next[count + 1]! += probability * p;
    }
    exactly = next;
  }
  return Math.min(
    1,
    exactly.slice(records).reduce((sum, p) => sum + p, 0),
  );
}
