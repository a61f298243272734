import { medianOf, type TimeSeries } from "./trend-series.ts";

/** A wave that comes back: a daily load, a batch every hour. */
export interface Season {
  /** Length of one wave. */
  periodSeconds: number;
  /** What the wave adds at each sample, median 0 over one wave. */
  profile: Float64Array;
}

/** Shorter waves are noise to a trend. */
const LEAST_LAG = 5;
/** Fewer samples show no wave twice. */
const LEAST_SAMPLES = 16;
/** Correlation of the series with itself one wave later: two waves of a random walk reach 0.4 now and then. */
const LEAST_CORRELATION = 0.5;
/** A wave must be seen this many times: a step looks like two waves of half the window. */
const LEAST_WAVES = 2.5;
/** Half a wave later it must be turned round, else it is not a wave but a slow change. */
const MOST_BETWEEN = 0.1;

/**
 * The strongest wave seen at least twice, or undefined. It is looked for in what is left once the trend is taken out,
 * and the trend is taken between equal phases, so that neither hides the other. Quadratic in the length.
 */
export function findSeason(series: TimeSeries): Season | undefined {
  const { seconds, value } = series;
  const n = value.length;
  if (n < LEAST_SAMPLES) return undefined;
  const lag = findLag(detrend(value, Math.max(1, n >> 1)));
  if (lag === undefined) return undefined;
  const flat = detrend(value, lag);
  const width = (seconds[n - 1]! - seconds[0]!) / (n - 1);
  // People live by days: a wave about as long is one.
  const periodSeconds = Math.abs(lag * width - DAY_SECONDS) < 1.5 * width ? DAY_SECONDS : lag * width;
  const phaseOf = (i: number) => Math.floor(((seconds[i]! - seconds[0]!) % periodSeconds) / width);
  const byPhase: number[][] = Array.from({ length: Math.ceil(periodSeconds / width) + 1 }, () => []);
  for (let i = 0; i < n; i++) byPhase[phaseOf(i)]!.push(flat[i]!);
  const phase = byPhase.map(medianOf);
  const level = medianOf(phase.filter((v) => !Number.isNaN(v)));
  return { periodSeconds, profile: Float64Array.from(value, (_, i) => phase[phaseOf(i)]! - level) };
}

const DAY_SECONDS = 86_400;

/** The series without the median slope between samples `lag` apart. */
function detrend(value: Float64Array, lag: number): Float64Array {
  const rises: number[] = [];
  for (let i = lag; i < value.length; i++) rises.push((value[i]! - value[i - lag]!) / lag);
  const slope = rises.length === 0 ? 0 : medianOf(rises);
  return value.map((v, i) => v - slope * i);
}

function findLag(flat: Float64Array): number | undefined {
  const n = flat.length;
  const most = Math.floor(n / LEAST_WAVES);
  const correlation = new Float64Array(most + 1);
  for (let lag = 1; lag <= most; lag++) correlation[lag] = correlate(flat, lag);
  let best: number | undefined;
  let lowest = 1;
  for (let lag = 1; lag <= most; lag++) {
    if (
      lag >= LEAST_LAG &&
      lowest < MOST_BETWEEN &&
      correlation[lag]! >= LEAST_CORRELATION &&
      correlation[lag]! >= correlation[lag - 1]! &&
      correlation[lag]! >= (correlation[lag + 1] ?? -1) &&
      // A wave correlates with itself after two lengths as well: the shorter one is it, unless clearly worse.
      (best === undefined || correlation[lag]! > correlation[best]! + 0.1)
    ) {
      best = lag;
    }
    lowest = Math.min(lowest, correlation[lag]!);
  }
  return best;
}

/** Pearson's correlation of the series with itself `lag` samples later. */
function correlate(flat: Float64Array, lag: number): number {
  const n = flat.length - lag;
  let [a, b, aa, bb, ab] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [x, y] = [flat[i]!, flat[i + lag]!];
    a += x;
    b += y;
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  const variance = (aa - (a * a) / n) * (bb - (b * b) / n);
  return variance > 0 ? (ab - (a * b) / n) / Math.sqrt(variance) : 0;
}
