/** Result of the Mann–Kendall test: does a series tend upwards (s > 0) or downwards (s < 0)? */
export interface MannKendall {
  /** Pairs that rise minus pairs that fall. */
  s: number;
  /** Kendall's tau-a, -1 to 1. */
  tau: number;
  /** One-sided probability of an `s` at least this high without any trend. */
  pRising: number;
}

/**
 * Mann–Kendall, exact for short series without ties, otherwise by the normal approximation with tie and
 * continuity correction. Quadratic in the length: resample long series first.
 *
 * Inspections see 4 to 10 samples, where the normal approximation is off by half; hence the exact distribution.
 */
export function computeMannKendall(value: readonly number[]): MannKendall {
  const n = value.length;
  let s = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) s += Math.sign(value[j]! - value[i]!);
  }
  const pairs = (n * (n - 1)) / 2;
  if (pairs === 0) return { s: 0, tau: 0, pRising: 1 };
  const ties = countTies(value);
  const pRising = ties.length === 0 && n <= EXACT_LIMIT ? exactUpperTail(n, s) : normalUpperTail(n, s, ties);
  return { s, tau: s / pairs, pRising };
}

/** Variance of S under no trend (Kendall 1975), used for the slope's interval as well. */
export function computeKendallVariance(value: readonly number[]): number {
  const n = value.length;
  let v = n * (n - 1) * (2 * n + 5);
  for (const t of countTies(value)) v -= t * (t - 1) * (2 * t + 5);
  return v / 18;
}

/** Above this length the normal approximation is within 1 % of the exact tail. */
const EXACT_LIMIT = 40;

function countTies(value: readonly number[]): number[] {
  const count = new Map<number, number>();
  for (const v of value) count.set(v, (count.get(v) ?? 0) + 1);
  return [...count.values()].filter((t) => t > 1);
}

/**
 * P(S ≥ s) over all orders of n distinct values, from the distribution of inversions: adding the k-th value
 * makes 0 to k - 1 new inversions with equal chance.
 */
function exactUpperTail(n: number, s: number): number {
  const pairs = (n * (n - 1)) / 2;
  let chance = new Float64Array(pairs + 1);
  chance[0] = 1;
  for (let k = 2; k <= n; k++) {
    const next = new Float64Array(pairs + 1);
    for (let inversions = 0; inversions <= pairs; inversions++) {
      const p = chance[inversions]!;
      if (p === 0) continue;
      for (let more = 0; more < k && inversions + more <= pairs; more++) next[inversions + more]! += p / k;
    }
    chance = next;
  }
  const mostInversions = (pairs - s) / 2;
  let tail = 0;
  for (let inversions = 0; inversions <= mostInversions; inversions++) tail += chance[inversions]!;
  return Math.min(1, tail);
}

function normalUpperTail(n: number, s: number, ties: number[]): number {
  let v = n * (n - 1) * (2 * n + 5);
  for (const t of ties) v -= t * (t - 1) * (2 * t + 5);
  if (v <= 0) return 1;
  const z = (s - Math.sign(s)) / Math.sqrt(v / 18);
  return 1 - standardNormalCdf(z);
}

/** Φ(z) by Abramowitz and Stegun 7.1.26, absolute error below 1.5e-7. */
function standardNormalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const poly =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const erf = 1 - poly * Math.exp(-x * x);
  return z >= 0 ? (1 + erf) / 2 : (1 - erf) / 2;
}
