import type { MemStats } from "../tables/mem-stats.ts";

/** MemStats read before and after some moment, which lies at `share` of the time between them. */
export interface MemStatsBracket {
  before: MemStats;
  after: MemStats;
  share: number;
}

/** Gauges that move while a sample is taken. */
const GAUGES = ["heapAlloc", "heapSys", "heapIdle", "heapInuse", "heapReleased", "stackInuse"] as const;

/** Bytes of the heap's arenas that the runtime counts as backed by memory: all but what it has given back. */
function countBacked({ heapInuse, heapIdle, heapReleased, stackInuse }: MemStats): number {
  return (heapInuse ?? Number.NaN) + (heapIdle ?? 0) - (heapReleased ?? 0) + (stackInuse ?? 0);
}

/**
 * The runtime's figures for the moment at which the heap's mappings had `residentBytes`. All gauges move in a straight
 * line between the two readings, so that the identities between them hold. Where on the line is told by the resident
 * bytes themselves, if they lie between what the two readings count: a heap that grows by megabytes a second is then
 * not compared with an older one. Resident bytes above both belong to the larger, those below both to the time between.
 */
export function findMemStatsWithin(
  { before, after, share }: MemStatsBracket,
  residentBytes: number | undefined,
): MemStats {
  const [a, b] = [countBacked(before), countBacked(after)];
  const at =
    residentBytes === undefined || Number.isNaN(a + b) ? share : placeBetween(a, b, residentBytes, share);
  const between: MemStats = { ...after, ...before };
  for (const gauge of GAUGES) {
    const [from, to] = [before[gauge], after[gauge]];
    if (from !== undefined && to !== undefined) between[gauge] = Math.round(from + at * (to - from));
  }
  return between;
}

function placeBetween(a: number, b: number, residentBytes: number, share: number): number {
  if (residentBytes < Math.min(a, b) || a === b) return share;
  return Math.min(1, Math.max(0, (residentBytes - a) / (b - a)));
}
