import { computeMannKendall } from "./mann-kendall.ts";
import { computeTheilSen } from "./theil-sen.ts";

/**
 * How a series behaves over the window. `growing` is the only one that can be a leak: it rises, keeps rising to
 * the end, and by more than noise. `saturating` rose but has flattened (a cache that filled, a warm-up).
 */
export type TrendShape = "growing" | "saturating" | "flat" | "falling" | "insufficient";

export interface Trend {
  shape: TrendShape;
  first: number;
  last: number;
  /** Value units per second, with its 90 % interval; NaN if insufficient. */
  slope: number;
  low: number;
  high: number;
  /** One-sided probability that a series without trend looks like this. */
  pRising: number;
  samples: number;
  spanSeconds: number;
}

export interface TrendOptions {
  /** Rises smaller than this are called flat: sampling noise or nothing worth a word. */
  noise: number;
  /**
   * The series moves in rare large steps (an append that doubles, a map table that splits): a flat end says
   * nothing, so the last third is not asked to climb.
   */
  stepwise?: boolean;
  /**
   * Values that were sampled: a rise of r has the variance r × this. An end that is flatter than the rest is called
   * saturating only where sampling does not explain it.
   */
  varianceUnit?: number;
}

/** Below this many samples no statement about growth is made: three points in a row rise by chance 1 time in 6. */
export const MIN_TREND_SAMPLES = 4;
/** Chance of calling a flat series growing, before the magnitude and persistence gates. */
const SIGNIFICANCE = 0.05;
/** The last third must climb at this share of the overall slope, else the growth is saturating. */
const PERSISTENCE = 0.3;
/** A series longer than this is thinned by bin medians first: both tests are quadratic. */
const MAX_BINS = 500;

/** Judges one series by Mann–Kendall, Theil–Sen, a magnitude gate and persistence of its last third. */
export function computeTrend(
  seconds: readonly number[],
  value: readonly number[],
  { noise, stepwise = false, varianceUnit = 0 }: TrendOptions,
): Trend {
  const [t, v] = thin(seconds, value);
  const first = value[0] ?? Number.NaN;
  const last = value[value.length - 1] ?? Number.NaN;
  const spanSeconds = t.length > 1 ? t[t.length - 1]! - t[0]! : 0;
  const fit = computeTheilSen(t, v);
  const { pRising, tau } = computeMannKendall(v);
  const common = { first, last, pRising, samples: value.length, spanSeconds };
  if (fit === undefined || t.length < MIN_TREND_SAMPLES) {
    return { ...common, shape: "insufficient", slope: Number.NaN, low: Number.NaN, high: Number.NaN };
  }
  const shape = judgeShape();
  return { ...common, ...fit, shape };

  function judgeShape(): TrendShape {
    const change = last - first;
    if (tau < 0 && -change > noise && computeMannKendall(v.map((x) => -x)).pRising <= SIGNIFICANCE)
      return "falling";
    if (change <= noise || pRising > SIGNIFICANCE) return "flat";
    if (stepwise || persists(t, v, change / spanSeconds)) return "growing";
    return isWithinSampling(t, v, change / spanSeconds, varianceUnit) ? "growing" : "saturating";
  }
}

/**
 * Does it still climb at the end? Both the slope of the last third and the rise over the second half are compared with
 * the mean slope of the whole window. For a saturating series the mean is lower than its start, so the test errs to
 * the side of "growing" only where the flattening is mild; the second look is for series whose last points wobble.
 */
function persists(seconds: readonly number[], value: readonly number[], meanSlope: number): boolean {
  const last = value.length - 1;
  const middle = last >> 1;
  const laterSlope = (value[last]! - value[middle]!) / (seconds[last]! - seconds[middle]!);
  if (laterSlope < PERSISTENCE * meanSlope) return false;
  const count = Math.max(3, Math.ceil(value.length / 3));
  const tail = computeTheilSen(seconds.slice(-count), value.slice(-count));
  return tail !== undefined && tail.slope >= PERSISTENCE * meanSlope;
}

/** Standard errors of a shortfall that sampling explains. */
const SAMPLING_SIGMAS = 2;

/** Is what the second half lacks to a straight line no more than the sampling error of such a rise? */
function isWithinSampling(
  seconds: readonly number[],
  value: readonly number[],
  meanSlope: number,
  varianceUnit: number,
): boolean {
  if (varianceUnit === 0) return false;
  const last = value.length - 1;
  const lacks = (from: number): boolean => {
    const expected = meanSlope * (seconds[last]! - seconds[from]!);
    const shortfall = expected - (value[last]! - value[from]!);
    return shortfall > SAMPLING_SIGMAS * Math.sqrt(expected * varianceUnit);
  };
  return !lacks(last >> 1) && !lacks(Math.floor((2 * last) / 3));
}

function thin(
  seconds: readonly number[],
  value: readonly number[],
): [seconds: readonly number[], value: readonly number[]] {
  if (value.length <= MAX_BINS) return [seconds, value];
  const start = seconds[0]!;
  const width = (seconds[seconds.length - 1]! - start) / MAX_BINS || 1;
  const bins: number[][] = Array.from({ length: MAX_BINS }, () => []);
  for (let i = 0; i < value.length; i++) {
    const bin = Math.min(MAX_BINS - 1, Math.floor((seconds[i]! - start) / width));
    bins[bin]!.push(value[i]!);
  }
  const t: number[] = [];
  const v: number[] = [];
  for (const [bin, members] of bins.entries()) {
    if (members.length === 0) continue;
    members.sort((a, b) => a - b);
    t.push(start + (bin + 0.5) * width);
    v.push(members[members.length >> 1]!);
  }
  return [t, v];
}
