/** Result of the Mann–Kendall test: does a series tend upwards (s > 0) or downwards (s < 0)? */
export interface MannKendall {
  /** Pairs that rise minus pairs that fall. */
  s: number;
  /** Kendall's tau-a, -1 to 1. */
  tau: number;
  /** One-sided probability of an `s` at least this high without any trend. */
  pRising: number;
  /** One-sided probability of an `s` at least this low without any trend. */
  pFalling: number;
}

export interface MannKendallOptions {
  /** Two values no further apart than this are a tie: the difference is measurement noise. */
  resolution?: number;
  /** By how much autocorrelation widens the variance of S: `computeVarianceInflation`. */
  inflation?: number;
}

/**
 * Mann–Kendall, exact for short series, otherwise by the normal approximation with tie and continuity correction.
 * Quadratic in the length: bin long series first. Ties within `resolution` leave the exact distribution as it is,
 * which errs towards "no trend".
 *
 * Inspections see 4 to 10 samples, where the normal approximation is off by half; hence the exact distribution.
 */
export function computeMannKendall(
  value: ArrayLike<number>,
  { resolution = 0, inflation = 1 }: MannKendallOptions = {},
): MannKendall {
  const n = value.length;
  let rising = 0;
  let falling = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const difference = value[j]! - value[i]!;
      if (difference > resolution) rising++;
      else if (-difference > resolution) falling++;
    }
  }
  if (rising + falling === 0) return { s: 0, tau: 0, pRising: 1, pFalling: 1 };
  const s = rising - falling;
  const pairs = (n * (n - 1)) / 2;
  const tail =
    n <= EXACT_LIMIT && inflation <= 1
      ? (at: number) => exactUpperTail(n, at)
      : (at: number) => normalUpperTail(at, inflation * computeKendallVariance(value));
  // S is symmetric without a trend: what is at least `at` where that is below 0 is all but what is above -at.
  const atLeast = (at: number) => (at > 0 ? tail(at) : 1 - tail(1 - at));
  return { s, tau: s / pairs, pRising: atLeast(s), pFalling: atLeast(-s) };
}

/** Variance of S under no trend (Kendall 1975), used for the slope's interval as well. */
export function computeKendallVariance(value: ArrayLike<number>): number {
  const n = value.length;
  let v = n * (n - 1) * (2 * n + 5);
  for (const t of countTies(value)) v -= t * (t - 1) * (2 * t + 5);
  return v / 18;
}

/**
 * Hamed and Rao 1998 (J. Hydrology 204): autocorrelation multiplies the variance of S by
 * 1 + 2/(n(n-1)(n-2)) Σ (n-k)(n-k-1)(n-k-2) ρS(k). The autocorrelation of the ranks is that of an AR(1) series,
 * ρS(k) = 6/π asin(φ^k / 2), because the sample's own at many lags is noise.
 */
export function computeVarianceInflation(n: number, phi: number): number {
  if (!(phi > 0) || n < 4) return 1;
  let sum = 0;
  let power = 1;
  for (let k = 1; k < n - 2; k++) {
    power *= phi;
    if (power < 1e-4) break;
    sum += (n - k) * (n - k - 1) * (n - k - 2) * (6 / Math.PI) * Math.asin(power / 2);
  }
  return 1 + (2 * sum) / (n * (n - 1) * (n - 2));
}

/** Above this length the normal approximation is within 1 % of the exact tail. */
const EXACT_LIMIT = 40;

function countTies(value: ArrayLike<number>): number[] {
  const count = new Map<number, number>();
  for (let i = 0; i < value.length; i++) count.set(value[i]!, (count.get(value[i]!) ?? 0) + 1);
  return [...count.values()].filter((t) => t > 1);
}

/**
 * P(S ≥ s) over all orders of n distinct values, from the distribution of inversions: adding the k-th value
 * makes 0 to k - 1 new inversions with equal chance.
 */
function exactUpperTail(n: number, s: number): number {
  const mostInversions = Math.floor(((n * (n - 1)) / 2 - s) / 2);
  let chance = new Float64Array(mostInversions + 1);
  chance[0] = 1;
  for (let k = 2; k <= n; k++) {
    const next = new Float64Array(mostInversions + 1);
    let window = 0;
    for (let inversions = 0; inversions <= mostInversions; inversions++) {
      window += chance[inversions]!;
      if (inversions >= k) window -= chance[inversions - k]!;
      next[inversions] = window / k;
    }
    chance = next;
  }
  return Math.min(
    1,
    chance.reduce((sum, p) => sum + p, 0),
  );
}

function normalUpperTail(s: number, variance: number): number {
  if (!(variance > 0)) return 1;
  return 1 - standardNormalCdf((s - Math.sign(s)) / Math.sqrt(variance));
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
