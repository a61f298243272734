import { findMedian } from "../lib/median.ts";
import type { GrowthSite, HeapGrowth } from "./heap-growth.ts";
import type { MemorySample } from "./memory-series.ts";

/** A step up in what is allocated, that lasts to the end of the window. */
export interface AllocationBurst {
  /** Seconds since the first sample at which the first interval of the burst begins. */
  sinceSeconds: number;
  untilSeconds: number;
  /** Medians over the intervals before and from then on. */
  bytesPerSecondBefore: number;
  bytesPerSecond: number;
  objectsPerSecondBefore: number;
  objectsPerSecond: number;
  /** Robust z-score: the step in median absolute deviations of the time before, scaled to a standard deviation. */
  score: number;
  /** Rates by interval, for the chart. */
  seconds: number[];
  rates: number[];
}

/** Fewer intervals make no baseline, and fewer after it no lasting step: a lone spike is ordinary. */
const LEAST_BEFORE = 3;
const LEAST_AFTER = 2;
const LEAST_SCORE = 6;
/** A step below three times is a change of load. */
const LEAST_RATIO = 3;
const LEAST_STEP_BYTES_PER_SECOND = 2 ** 20;
/** MAD of normal noise to its standard deviation. */
const MAD_TO_SIGMA = 1.4826;
/** Few intervals may agree by chance: a baseline is never taken to be quieter than this share of its median. */
const LEAST_SPREAD = 0.05;

export function findAllocationBurst(samples: readonly MemorySample[]): AllocationBurst | undefined {
  const known = samples.filter((s) => s.memStats?.totalAlloc !== undefined);
  const intervals = known.slice(1).map((sample, k) => {
    const before = known[k]!;
    const span = sample.seconds - before.seconds;
    const per = (field: "mallocs" | "totalAlloc") =>
      ((sample.memStats![field] ?? Number.NaN) - (before.memStats![field] ?? Number.NaN)) / span;
    return { from: before.seconds, to: sample.seconds, bytes: per("totalAlloc"), objects: per("mallocs") };
  });
  const rates = intervals.map(({ bytes }) => bytes);
  for (let k = LEAST_BEFORE; k <= intervals.length - LEAST_AFTER; k++) {
    const before = rates.slice(0, k);
    const after = rates.slice(k);
    const base = findMedian(before);
    const spread = Math.max(
      MAD_TO_SIGMA * findMedian(before.map((rate) => Math.abs(rate - base))),
      LEAST_SPREAD * base,
      1,
    );
    const level = findMedian(after);
    // The first interval holds the step and may hold only a part of it.
    const isStep = after.slice(1).every((rate) => rate >= LEAST_RATIO * Math.max(...before));
    const score = (level - base) / spread;
    const rises = after[0]! - base > LEAST_SCORE * spread;
    if (!isStep || !rises || score < LEAST_SCORE || level - base < LEAST_STEP_BYTES_PER_SECOND) continue;
    return {
      sinceSeconds: intervals[k]!.from,
      untilSeconds: intervals.at(-1)!.to,
      bytesPerSecondBefore: base,
      bytesPerSecond: level,
      objectsPerSecondBefore: findMedian(intervals.slice(0, k).map(({ objects }) => objects)),
      objectsPerSecond: findMedian(intervals.slice(k).map(({ objects }) => objects)),
      score,
      seconds: intervals.map(({ to }) => to),
      rates,
    };
  }
  return undefined;
}

/** A site of the burst: what it allocates since, and whether it allocated before. */
export interface BurstSite {
  site: GrowthSite;
  bytesPerSecond: number;
  /** Of what the burst adds. */
  share: number;
  isNew: boolean;
}

/** A site that had this little of its present rate before is new. */
const NEW_BELOW = 0.05;
const LEAST_SHARE = 0.1;

/** The sites that allocate more since the burst began, most first. */
export function findBurstSites(heap: HeapGrowth, { sinceSeconds }: AllocationBurst): BurstSite[] {
  // The samples' own seconds: profile and MemStats of one sample are of one moment.
  const step = heap.seconds.findLastIndex((seconds) => seconds <= sinceSeconds);
  const end = heap.seconds.length - 1;
  const spanBefore = (heap.seconds[step] ?? 0) - (heap.seconds[0] ?? 0);
  const spanAfter = (heap.seconds[end] ?? 0) - (heap.seconds[step] ?? 0);
  if (step <= 0 || !(spanBefore > 0) || !(spanAfter > 0)) return [];
  const measured = heap.sites.map((site) => {
    const before = (site.allocBytes[step]! - site.allocBytes[0]!) / spanBefore;
    const after = (site.allocBytes[end]! - site.allocBytes[step]!) / spanAfter;
    return { site, before, after, added: after - before };
  });
  const total = measured.reduce((sum, { added }) => sum + Math.max(0, added), 0);
  return measured
    .filter(({ added }) => added >= LEAST_SHARE * total && added > 0)
    .sort((a, b) => b.added - a.added)
    .map(({ site, before, after, added }) => ({
      site,
      bytesPerSecond: after,
      share: added / total,
      isNew: before <= NEW_BELOW * after,
    }));
}
