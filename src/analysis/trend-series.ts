import { medianOfSorted } from "./theil-sen.ts";

/** A series with finite values in order of time. */
export interface TimeSeries {
  seconds: Float64Array;
  value: Float64Array;
}

export function buildTimeSeries(seconds: ArrayLike<number>, value: ArrayLike<number>): TimeSeries {
  const order: number[] = [];
  for (let i = 0; i < value.length; i++) {
    if (Number.isFinite(value[i]!) && Number.isFinite(seconds[i]!)) order.push(i);
  }
  order.sort((a, b) => seconds[a]! - seconds[b]!);
  return {
    seconds: Float64Array.from(order, (i) => seconds[i]!),
    value: Float64Array.from(order, (i) => value[i]!),
  };
}

export function sliceSeries({ seconds, value }: TimeSeries, start: number, end?: number): TimeSeries {
  return { seconds: seconds.subarray(start, end), value: value.subarray(start, end) };
}

export function spanOf({ seconds }: TimeSeries): number {
  return seconds.length > 1 ? seconds[seconds.length - 1]! - seconds[0]! : 0;
}

/** A reading this much below the one before it is a restart, if it is also far beyond what readings vary by. */
const RESTART_SHARE = 0.75;
const RESTART_DEVIATIONS = 8;
/** A reading this much below the one before it is a collection, if there are many. */
const COLLECTION_SHARE = 0.7;
const LEAST_CYCLES = 6;
/** With fewer samples a cycle its lowest reading is far from the floor. */
const LEAST_CYCLE_SAMPLES = 5;

/**
 * The runs of a process between restarts: after a reading that fell suddenly by a quarter or more. Only for series whose
 * restarts nobody knows; those of an inspection are found from counters. One run if there are too many drops to be
 * restarts.
 */
export function splitAtRestarts(series: TimeSeries): TimeSeries[] {
  const least = RESTART_DEVIATIONS * estimateDeviation(series.value);
  const drops = findDrops(series.value, RESTART_SHARE).filter(
    (i) => series.value[i - 1]! - series.value[i]! > least,
  );
  if (drops.length >= LEAST_CYCLES) return [series];
  const bounds = [0, ...drops, series.value.length];
  return bounds.slice(1).map((end, k) => sliceSeries(series, bounds[k]!, end));
}

/**
 * What is left after each collection of a series that shows the collections themselves (HeapAlloc read often, under a
 * large GOGC): its lowest value between two drops. The series itself if it shows none, or too few readings of each.
 */
export function extractFloor(series: TimeSeries): TimeSeries {
  const drops = findDrops(series.value, COLLECTION_SHARE);
  if (drops.length < LEAST_CYCLES || series.value.length < LEAST_CYCLE_SAMPLES * drops.length) return series;
  const lowest = drops.map((drop, k) => {
    const end = drops[k + 1] ?? series.value.length;
    let at = drop;
    for (let i = drop; i < end; i++) if (series.value[i]! < series.value[at]!) at = i;
    return at;
  });
  return {
    seconds: Float64Array.from(lowest, (i) => series.seconds[i]!),
    value: Float64Array.from(lowest, (i) => series.value[i]!),
  };
}

function findDrops(value: Float64Array, share: number): number[] {
  const drops: number[] = [];
  for (let i = 1; i < value.length; i++) {
    if (value[i - 1]! > 0 && value[i]! < share * value[i - 1]!) drops.push(i);
  }
  return drops;
}

/** Up to so many samples are looked at one by one. */
const LEAST_BINNED = 80;
const MAX_BINS = 240;
/** Samples of a bin, and what its values do not fall below but for the lowest quarter: bursts do not move it. */
const BIN = { least: 60, samples: 4, quantile: 0.25 };
/**
 * Neighbours that differ by more than this share of the level show garbage between collections: wider bins and a lower
 * quantile come nearer to the floor.
 */
const SWINGING_SHARE = 0.06;
const SWINGING_BIN = { least: 30, samples: 9, quantile: 0.1 };

/**
 * A long series in equal bins of time, each with a low quantile: everything after it is quadratic, garbage and
 * bursts lie above the floor, and samples need not be regular. A short one is left as it is.
 */
export function binSeries(series: TimeSeries): TimeSeries {
  const n = series.value.length;
  if (n <= LEAST_BINNED) return series;
  const swings = estimateDeviation(series.value) > SWINGING_SHARE * Math.abs(medianOf(series.value));
  const { least, samples, quantile } = swings ? SWINGING_BIN : BIN;
  const bins = Math.min(MAX_BINS, Math.max(least, Math.floor(n / samples)));
  const start = series.seconds[0]!;
  const width = spanOf(series) / bins || 1;
  const seconds: number[] = [];
  const value: number[] = [];
  let from = 0;
  for (let bin = 0; bin < bins; bin++) {
    let to = from;
    while (to < n && (bin === bins - 1 || series.seconds[to]! < start + (bin + 1) * width)) to++;
    if (to > from) {
      seconds.push(start + (bin + 0.5) * width);
      value.push(quantileOf(series.value.subarray(from, to), quantile));
    }
    from = to;
  }
  return { seconds: Float64Array.from(seconds), value: Float64Array.from(value) };
}

/** Standard deviation of one sample from its neighbours, whatever the series does in the long run. */
export function estimateDeviation(value: Float64Array): number {
  if (value.length < 3) return 0;
  return robustDeviation(value.subarray(1).map((v, i) => v - value[i]!)) / Math.SQRT2;
}

export function quantileOf(values: Float64Array, quantile: number): number {
  const sorted = Float64Array.from(values).sort();
  const place = quantile * (sorted.length - 1);
  const below = Math.floor(place);
  const share = place - below;
  return sorted[below]! * (1 - share) + sorted[Math.min(sorted.length - 1, below + 1)]! * share;
}

export function medianOf(values: ArrayLike<number>): number {
  return medianOfSorted(Float64Array.from(values).sort());
}

/** Standard deviation by the median absolute deviation, as of a normal distribution. */
function robustDeviation(values: ArrayLike<number>): number {
  const center = medianOf(values);
  return 1.4826 * medianOf(Float64Array.from(values, (v) => Math.abs(v - center)));
}
