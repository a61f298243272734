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
 * from the order statistics of the same slopes. Quadratic in the length. Undefined with fewer than two times.
 */
export function computeTheilSen(seconds: readonly number[], value: readonly number[]): TheilSen | undefined {
  const slopes: number[] = [];
  for (let i = 0; i < value.length; i++) {
    for (let j = i + 1; j < value.length; j++) {
      const dt = seconds[j]! - seconds[i]!;
      if (dt > 0) slopes.push((value[j]! - value[i]!) / dt);
    }
  }
  if (slopes.length === 0) return undefined;
  slopes.sort((a, b) => a - b);
  const reach = Z * Math.sqrt(Math.max(0, computeKendallVariance(value)));
  const lowRank = Math.max(0, Math.floor((slopes.length - reach) / 2) - 1);
  const highRank = Math.min(slopes.length - 1, Math.ceil((slopes.length + reach) / 2));
  return { slope: median(slopes), low: slopes[lowRank]!, high: slopes[highRank]! };
}

/** Median of an ascending list. */
function median(ascending: readonly number[]): number {
  const middle = ascending.length >> 1;
  if (ascending.length === 0) return Number.NaN;
  return ascending.length % 2 === 1 ? ascending[middle]! : (ascending[middle - 1]! + ascending[middle]!) / 2;
}
