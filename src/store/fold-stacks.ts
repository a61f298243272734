/** What of a profile the sums need; `key` names stacks however the engine does. */
export interface FoldedProfile<K> {
  atMs: number;
  durationMs: number;
  total: number;
  key: ArrayLike<K>;
  value: ArrayLike<number>;
}

/**
 * Adds one target's profiles to `into`. A state (durationMs 0) counts by its mean, so that a heap that was looked at
 * sixty times is not sixty heaps; what accumulates counts by its sum, unless `byMean`.
 */
export function foldTarget<K>(
  into: Map<K, number>,
  profiles: Iterable<FoldedProfile<K>>,
  { byMean = false, factor = 1 }: { byMean?: boolean; factor?: number } = {},
): void {
  const sums = new Map<K, number>();
  let count = 0;
  let isState = false;
  for (const { durationMs, key, value } of profiles) {
    count++;
    isState ||= durationMs === 0;
    for (let i = 0; i < key.length; i++) sums.set(key[i]!, (sums.get(key[i]!) ?? 0) + value[i]!);
  }
  const divisor = isState || byMean ? count : 1;
  for (const [key, sum] of sums) into.set(key, (into.get(key) ?? 0) + (factor * sum) / divisor);
}

/** Adds one target's totals to `into`, by the beginning of their bucket; means and sums as in `foldTarget`. */
export function foldTimeline(
  into: Map<number, number>,
  profiles: Iterable<Pick<FoldedProfile<unknown>, "atMs" | "durationMs" | "total">>,
  bucketMs: number,
): void {
  const buckets = new Map<number, { sum: number; count: number; isState: boolean }>();
  for (const { atMs, durationMs, total } of profiles) {
    const at = Math.floor(atMs / bucketMs) * bucketMs;
    const bucket = buckets.get(at) ?? { sum: 0, count: 0, isState: false };
    bucket.sum += total;
    bucket.count++;
    bucket.isState ||= durationMs === 0;
    buckets.set(at, bucket);
  }
  for (const [at, { sum, count, isState }] of buckets) {
    into.set(at, (into.get(at) ?? 0) + (isState ? sum / count : sum));
  }
}

/** The largest first; of equal ones that with the smaller key. */
export function pickLargest<K extends number | bigint>(
  sums: ReadonlyMap<K, number>,
  limit: number,
): [K, number][] {
  return [...sums]
    .filter(([, value]) => value !== 0)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, limit);
}

export function sortTimeline(buckets: ReadonlyMap<number, number>): { atMs: number; total: number }[] {
  return [...buckets].map(([atMs, total]) => ({ atMs, total })).sort((a, b) => a.atMs - b.atMs);
}
