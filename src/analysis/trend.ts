import { computeAutocorrelation, fitGrowthModels, type GrowthModels } from "./growth-model.ts";
import { findStaircase, type LevelStep } from "./growth-steps.ts";
import { computeMannKendall, computeVarianceInflation } from "./mann-kendall.ts";
import { findSeason, type Season } from "./seasonality.ts";
import { computeTheilSen } from "./theil-sen.ts";
import {
  binSeries,
  buildTimeSeries,
  estimateDeviation,
  extractFloor,
  medianOf,
  quantileOf,
  sliceSeries,
  spanOf,
  splitAtRestarts,
  type TimeSeries,
} from "./trend-series.ts";

/**
 * How a series behaves over the window. `growing` is the only one that can be a leak: it rises, keeps rising to
 * the end, and by more than noise.
 *
 * - `saturating`: rose and has flattened (a cache that filled, a warm-up)
 * - `step`: rose at once, and has been level for longer than before (a deploy, another size of a cache)
 * - `periodic`: comes back in waves, about the same level
 * - `undecided`: rose, but the window is too short to tell whether it goes on: `needs` says what would do
 * - `insufficient`: too few samples for any statement
 */
export type TrendShape =
  | "growing"
  | "saturating"
  | "step"
  | "periodic"
  | "flat"
  | "falling"
  | "undecided"
  | "insufficient";

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
  /** How it grows, where it does. */
  growth?: "steady" | "accelerating" | "stepwise";
  /** Between which values the series moves: all but the lowest and highest twentieth. */
  swing: { low: number; high: number };
  /** Length of the wave, where one was seen at least twice. */
  periodSeconds?: number;
  /** Lasting changes of level, of a series that moves in steps. */
  steps: readonly LevelStep[];
  /** A slope below this would not have been told from none, in value units per second; NaN if insufficient. */
  detectable: number;
  /** What would suffice for an answer, where there is none. */
  needs?: { samples: number; spanSeconds: number };
}

export interface TrendOptions {
  /** Rises smaller than this are called flat: nothing worth a word. */
  noise: number;
  /** What one value is uncertain by (standard error): smaller differences are ties. */
  error?: number;
  /**
   * Values that were sampled: a rise of r has the variance r × this. An end that is flatter than the rest is called
   * saturating only where sampling does not explain it.
   */
  varianceUnit?: number;
  /** The series moves in rare large steps (an append that doubles, a map table that splits). */
  stepwise?: boolean;
  /** Restarts are not known and have to be guessed from readings that fall by half. */
  guessRestarts?: boolean;
}

/** Below this many samples no statement about growth is made: three points in a row rise by chance 1 time in 6. */
export const MIN_TREND_SAMPLES = 4;
/** What to ask for where there are fewer. */
const ENOUGH_SAMPLES = 6;
/** Below this many samples neither autocorrelation nor the shape of a curve can be estimated. */
const LONG_SAMPLES = 12;
/** Chance of calling a flat series growing, before the other gates; a long series must do better. */
const SIGNIFICANCE = 0.05;
const LONG_SIGNIFICANCE = 0.01;
/** The end must climb at this share of the mean slope, else the growth is saturating. */
const PERSISTENCE = 0.3;
/** How much better (difference of Schwarz's criterion) a curve must fit than a line: "strong" by Kass and Raftery. */
const STRONG_EVIDENCE = 6;
/** A curve whose end climbs at less than this share of its mean slope is taken as levelling off. */
const LEVEL_END = 0.4;
/** Falling back by this share of the rise is no leak's way. */
const MOST_DRAWDOWN = 0.5;
/** A plateau proves that a staircase has ended once it is this many times the longest wait between two steps. */
const PLATEAU_WAITS = 2;
/** A plateau this much of the window or less may be a pause. */
const SHORT_PLATEAU = 0.25;

/**
 * Judges one series: restarts split, collections and bursts below the floor, waves taken out, then Mann–Kendall with
 * the variance that autocorrelation gives it, Theil–Sen's slope, and a comparison of shapes that tells growth from
 * steps and from what levels off. Works on 4 samples and on many thousands.
 */
export function computeTrend(
  seconds: readonly number[],
  value: readonly number[],
  options: TrendOptions,
): Trend {
  const series = buildTimeSeries(seconds, value);
  const samples = series.value.length;
  const common = {
    first: series.value[0] ?? Number.NaN,
    last: series.value[samples - 1] ?? Number.NaN,
    samples,
    spanSeconds: spanOf(series),
    swing: findSwing(series.value),
  };
  if (samples < MIN_TREND_SAMPLES || !(common.spanSeconds > 0)) {
    return {
      ...common,
      shape: "insufficient",
      slope: Number.NaN,
      low: Number.NaN,
      high: Number.NaN,
      detectable: Number.NaN,
      pRising: 1,
      steps: [],
      needs: { samples: ENOUGH_SAMPLES, spanSeconds: 0 },
    };
  }
  const floor = extractFloor(series);
  const runs =
    options.guessRestarts === true && floor === series && !isWave(series) ? splitAtRestarts(series) : [floor];
  const judged = runs
    .filter((run) => run.value.length >= MIN_TREND_SAMPLES && spanOf(run) > 0)
    .map((run) => judgeRun(run, options));
  const decisive = chooseRun(judged) ?? judgeRun(series, options);
  const { phi: _, rise: __, runSeconds: ___, ...rest } = decisive;
  return { ...common, ...rest };
}

/** So many like waves are the work's, not restarts. */
const LEAST_WAVES = 4;

function isWave(series: TimeSeries): boolean {
  const season = findSeason(binSeries(series));
  return season !== undefined && spanOf(series) >= LEAST_WAVES * season.periodSeconds;
}

/** A swing this large beside the level is worth words. */
const VISIBLE_SWING_SHARE = 0.05;

/** Does the series move about its level by more than `least` and by a share of it that a reader sees? */
export function hasVisibleSwing({ swing }: Trend, least: number): boolean {
  return swing.high - swing.low > Math.max(least, VISIBLE_SWING_SHARE * Math.abs(swing.high));
}

interface JudgedRun {
  shape: TrendShape;
  growth?: "steady" | "accelerating" | "stepwise";
  slope: number;
  low: number;
  high: number;
  pRising: number;
  steps: readonly LevelStep[];
  detectable: number;
  periodSeconds?: number;
  needs?: { samples: number; spanSeconds: number };
  runSeconds: number;
  rise: number;
  phi: number;
}

/** The last run, if it is long enough to speak for itself; else the longest, which the last has not yet refuted. */
function chooseRun(runs: readonly JudgedRun[]): JudgedRun | undefined {
  const last = runs[runs.length - 1];
  if (last === undefined) return undefined;
  const longest = runs.reduce((a, b) => (b.runSeconds > a.runSeconds ? b : a));
  return last.runSeconds >= longest.runSeconds / 2 ? last : longest;
}

function judgeRun(run: TimeSeries, options: TrendOptions): JudgedRun {
  const binned = binSeries(run);
  const season = findSeason(binned);
  const level =
    season === undefined
      ? binned
      : { seconds: binned.seconds, value: binned.value.map((v, i) => v - season.profile[i]!) };
  // What is left of a wave that is not the same every time is no growth.
  const noise = Math.max(options.noise, season === undefined ? 0 : WAVE_RESIDUE * heightOf(season));
  const judged = judgeLevel(level, { ...options, noise }, 0);
  const runSeconds = spanOf(run);
  const withSeason = season === undefined ? {} : { periodSeconds: season.periodSeconds };
  const swings = judged.shape === "flat" && season !== undefined && heightOf(season) > options.noise;
  return { ...judged, ...withSeason, runSeconds, shape: swings ? "periodic" : judged.shape };
}

/** Two waves, a working day's and a Sunday's, differ in height by more than the leaks that are to be told from them. */
const WAVE_RESIDUE = 0.15;

function heightOf({ profile }: Season): number {
  return quantileOf(profile, 0.95) - quantileOf(profile, 0.05);
}

/** Judges a series without restarts and waves, short enough for what is quadratic. */
function judgeLevel(series: TimeSeries, options: TrendOptions, depth: number): Omit<JudgedRun, "runSeconds"> {
  const { seconds, value } = series;
  const { noise } = options;
  const n = value.length;
  const span = spanOf(series);
  const isLong = n >= LONG_SAMPLES;
  const models = fitModels(series, options);
  const best = [models.linear, models.levelling, models.accelerating].reduce((a, b) =>
    b.bic < a.bic ? b : a,
  );
  const phi = isLong ? computeAutocorrelation(best.residuals) : 0;
  const inflation = computeVarianceInflation(n, phi);
  const { pRising, pFalling } = computeMannKendall(value, { resolution: options.error ?? 0, inflation });
  const fit = computeTheilSen(seconds, value, inflation) ?? { slope: 0, low: 0, high: 0 };
  const total = isLong ? riseBetweenEnds(value) : value[n - 1]! - value[0]!;
  const rise = isLong ? Math.max(fit.slope * span, total) : total;
  const common = {
    ...fit,
    pRising,
    phi,
    rise,
    steps: [] as readonly LevelStep[],
    detectable: Math.max(noise / span, (fit.high - fit.low) / 2),
  };
  const significance = isLong ? LONG_SIGNIFICANCE : SIGNIFICANCE;
  if (pFalling <= significance && -rise > noise) return { ...common, shape: "falling" };
  const undecided = { ...common, shape: "undecided" as const, needs: { samples: n, spanSeconds: 2 * span } };
  if (pRising > significance || rise <= noise) {
    return isLong && hasNewLevel(value, noise) ? undecided : { ...common, shape: "flat" };
  }
  if (isLong && computeDrawdown(value) > MOST_DRAWDOWN * rise + expectedDrawdown(n, best.variance, phi)) {
    return undecided;
  }

  const staircase = judgeStaircase();
  if (staircase !== undefined) return staircase;
  const gain = models.linear.bic - models.levelling.bic;
  if (gain > STRONG_EVIDENCE && models.levelling.endSlopeRatio < LEVEL_END) return judgeLevelling();
  const tail = judgeTail();
  if (tail !== "growing") return tail === "undecided" ? undecided : { ...common, shape: tail };
  const accelerates = isLong && models.linear.bic - models.accelerating.bic > STRONG_EVIDENCE;
  return { ...common, shape: "growing", growth: accelerates ? "accelerating" : "steady" };

  /** A series that moves in steps tells by the waits between them whether another is to come. */
  function judgeStaircase(): Omit<JudgedRun, "runSeconds"> | undefined {
    const stairs = findStaircase(series, noise / 4);
    const up = stairs.steps.filter((step) => step.to > step.from);
    const least = options.stepwise === true ? 2 : 3;
    if (up.length < 2 || up.length < stairs.steps.length || up.length > n / 2.5) return undefined;
    const smooth =
      Math.min(models.linear.variance, models.levelling.variance, models.accelerating.variance) * n;
    if (stairs.squares > smooth / STAIRCASE_GAIN) return undefined;
    const withSteps = { ...common, steps: stairs.steps };
    if (stairs.plateauSeconds > PLATEAU_WAITS * stairs.longestWaitSeconds)
      return { ...withSteps, shape: "step" };
    if (up.length >= least) return { ...withSteps, shape: "growing", growth: "stepwise" };
    const needs = { samples: n, spanSeconds: span + PLATEAU_WAITS * stairs.longestWaitSeconds };
    return { ...withSteps, shape: "undecided", needs };
  }

  /** It slows down or stops: where, and does what comes after it grow by itself? */
  function judgeLevelling(): Omit<JudgedRun, "runSeconds"> {
    const { levelling } = models;
    const after = seconds.findIndex((t) => t - seconds[0]! >= levelling.settledAt * span);
    const rest = sliceSeries(series, after < 0 ? n : after);
    const isStep = levelling.kind === "step";
    const steps = isStep
      ? findStaircase(series, Math.max(noise / 4, Math.sqrt(levelling.variance))).steps
      : [];
    if (depth < 2 && rest.value.length >= LONG_SAMPLES && spanOf(rest) >= span / 3) {
      const later = judgeLevel(rest, options, depth + 1);
      if (later.shape === "growing" || later.shape === "undecided") return { ...later, steps };
    }
    const plateau = 1 - levelling.settledAt;
    if (isStep && options.stepwise === true && plateau < PLATEAU_WAITS * levelling.settledAt) {
      return {
        ...undecided,
        steps,
        needs: { samples: n, spanSeconds: span * (1 + 2 * levelling.settledAt) },
      };
    }
    if ((isStep || levelling.kind === "hinge") && plateau < SHORT_PLATEAU) {
      // Of few samples a single one makes the knee: if the last interval still climbs, it was a slower one.
      if (!isStep && !isLong && climbsAtEnd() && judgeTail() === "growing") {
        return { ...common, shape: "growing", growth: "steady" };
      }
      return { ...undecided, steps };
    }
    return { ...common, steps, shape: isStep ? "step" : "saturating" };
  }

  function climbsAtEnd(): boolean {
    const last = (value[n - 1]! - value[n - 2]!) / (seconds[n - 1]! - seconds[n - 2]!);
    return last >= (PERSISTENCE * total) / span;
  }

  /** Does it still climb at the end? Both the last third and the second half are compared with the whole window. */
  function judgeTail(): TrendShape {
    const meanSlope = isLong ? fit.slope : total / span;
    const middle = (n - 1) >> 1;
    const later = (value[n - 1]! - value[middle]!) / (seconds[n - 1]! - seconds[middle]!);
    const count = Math.max(3, Math.ceil(n / 3));
    const [t, v] = [seconds.subarray(-count), value.subarray(-count)];
    const tail = computeTheilSen(t, v, computeVarianceInflation(count, phi));
    if (tail === undefined) return "undecided";
    if (tail.slope >= PERSISTENCE * meanSlope && (isLong || later >= PERSISTENCE * meanSlope))
      return "growing";
    if (options.stepwise === true) return "growing";
    if (options.varianceUnit !== undefined && isWithinSampling(series, meanSlope, options.varianceUnit)) {
      return "growing";
    }
    const high = Math.max(tail.high, isLong ? tail.slope : later);
    if (high < meanSlope) return "saturating";
    // The end alone is too short or too noisy to say; of a long series the whole may.
    return isLong && gain < 0 ? "growing" : "undecided";
  }
}

/** Standard errors of a shortfall that sampling explains. */
const SAMPLING_SIGMAS = 2;

/** Is what the second half, or the last third, lacks to a straight line no more than the sampling error of such a rise? */
function isWithinSampling({ seconds, value }: TimeSeries, meanSlope: number, varianceUnit: number): boolean {
  const last = value.length - 1;
  const lacks = (from: number): boolean => {
    const expected = meanSlope * (seconds[last]! - seconds[from]!);
    const shortfall = expected - (value[last]! - value[from]!);
    return shortfall > SAMPLING_SIGMAS * Math.sqrt(expected * varianceUnit);
  };
  return !lacks(last >> 1) && !lacks(Math.floor((2 * last) / 3));
}

/** By how much fewer squared residuals a staircase must leave than any smooth curve, having more parameters. */
const STAIRCASE_GAIN = 3;

function fitModels(series: TimeSeries, options: TrendOptions): GrowthModels {
  const { seconds, value } = series;
  const span = spanOf(series);
  const start = seconds[0]!;
  const time = seconds.map((t) => (t - start) / span);
  const total = Math.abs(value[value.length - 1]! - value[0]!);
  // A profile's error adds up like a random walk; between its fixed ends that has a sixth of the final variance.
  const sampled = ((options.varianceUnit ?? 0) * total) / 6;
  const measured = Math.max(
    (options.error ?? 0) ** 2,
    (options.noise / 8) ** 2,
    estimateDeviation(value) ** 2 / 4,
  );
  return fitGrowthModels(time, value, measured + sampled);
}

/** Level of the last eighth less that of the first. */
function riseBetweenEnds(value: Float64Array): number {
  const count = Math.max(2, value.length >> 3);
  return medianOf(value.subarray(-count)) - medianOf(value.subarray(0, count));
}

/** Is the end (three samples, or a sixteenth of them) of a series too level for a trend above its first three quarters? */
function hasNewLevel(value: Float64Array, noise: number): boolean {
  const count = Math.max(3, value.length >> 4);
  const early = value.subarray(0, Math.ceil(0.75 * value.length));
  return Math.min(...value.subarray(-count)) > Math.max(...early) + noise;
}

const DRAWDOWN_BLOCKS = 12;

/** What noise alone makes of the drawdown: twelve medians seldom differ by more than three and a half deviations. */
function expectedDrawdown(n: number, variance: number, phi: number): number {
  const independent = Math.max(1, (n / DRAWDOWN_BLOCKS) * ((1 - phi) / (1 + phi)));
  return 3.5 * Math.sqrt(((Math.PI / 2) * variance) / independent);
}

/** The deepest fall from a level reached before, of the medians of twelve equal parts. */
function computeDrawdown(value: Float64Array): number {
  let highest = Number.NEGATIVE_INFINITY;
  let deepest = 0;
  for (let block = 0; block < DRAWDOWN_BLOCKS; block++) {
    const from = Math.floor((block * value.length) / DRAWDOWN_BLOCKS);
    const to = Math.max(from + 1, Math.floor(((block + 1) * value.length) / DRAWDOWN_BLOCKS));
    const smooth = medianOf(value.subarray(from, to));
    highest = Math.max(highest, smooth);
    deepest = Math.max(deepest, highest - smooth);
  }
  return deepest;
}

function findSwing(value: Float64Array): { low: number; high: number } {
  if (value.length === 0) return { low: Number.NaN, high: Number.NaN };
  return { low: quantileOf(value, 0.05), high: quantileOf(value, 0.95) };
}
