/** Old metrics keep one row for so long. */
export const DOWNSAMPLED_MS: number = 5 * 60_000;

/** One metric of five minutes. */
export interface MetricBucket {
  /** Beginning of the bucket. */
  atMs: number;
  min: number;
  max: number;
  mean: number;
  count: number;
}

/** Buckets of one metric's rows, which may come in any order; oldest first. */
export function downsample(atMs: ArrayLike<number>, value: ArrayLike<number>): MetricBucket[] {
  const buckets = new Map<number, MetricBucket & { sum: number }>();
  for (let i = 0; i < atMs.length; i++) {
    const at = Math.floor(atMs[i]! / DOWNSAMPLED_MS) * DOWNSAMPLED_MS;
    const each = value[i]!;
    const bucket = buckets.get(at);
    if (bucket === undefined) {
      buckets.set(at, { atMs: at, min: each, max: each, mean: each, count: 1, sum: each });
      continue;
    }
    bucket.min = Math.min(bucket.min, each);
    bucket.max = Math.max(bucket.max, each);
    bucket.sum += each;
    bucket.count++;
    bucket.mean = bucket.sum / bucket.count;
  }
  return [...buckets.values()]
    .map(({ atMs, min, max, mean, count }) => ({ atMs, min, max, mean, count }))
    .sort((a, b) => a.atMs - b.atMs);
}
