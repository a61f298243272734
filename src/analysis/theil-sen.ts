import { computeKendallVariance } from "./mann-kendall.ts";

/** A robust slope in value units per second, with its two-sided 90 % interval. */
export interface TheilSen {
  slope: number;
  low: number;
  high: number;
}

/** Two-sided 90 %: with 5 samples the 95 % interval already spans every pairwise slope. */
const Z = 1.645;

/**
 * Median of the slopes of all pairs, which one wild sample cannot bend (Theil 1950, Sen 1968). The interval comes
 * from the order statistics of the same slopes, widened by autocorrelation as the variance of S is (`inflation`).
 * Quadratic in the length. Undefined with fewer than two times.
 */
export function computeTheilSen(
  seconds: ArrayLike<number>,
  value: ArrayLike<number>,
  inflation = 1,
): TheilSen | undefined {
  const n = value.length;
  const all = new Float64Array((n * (n - 1)) / 2);
  let count = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const dt = seconds[j]! - seconds[i]!;
      if (dt > 0) all[count++] = (value[j]! - value[i]!) / dt;
    }
  }
  if (count === 0) return undefined;
  const slopes = all.subarray(0, count).sort();
  const reach = Z * Math.sqrt(Math.max(0, inflation * computeKendallVariance(value)));
  const lowRank = Math.max(0, Math.floor((count - reach) / 2) - 1);
  const highRank = Math.min(count - 1, Math.ceil((count + reach) / 2));
  return { slope: medianOfSorted(slopes), low: slopes[lowRank]!, high: slopes[highRank]! };
}

export function medianOfSorted(ascending: ArrayLike<number>): number {
  const middle = ascending.length >> 1;
  if (ascending.length === 0) return Number.NaN;
  return ascending.length % 2 === 1 ? ascending[middle]! : (ascending[middle - 1]! + ascending[middle]!) / 2;
}
