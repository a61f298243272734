import { findChangePoints } from "./change-points.ts";
import { estimateDeviation, medianOf, type TimeSeries } from "./trend-series.ts";

/** A change of level for good, at the first sample of the new level. */
export interface LevelStep {
  seconds: number;
  from: number;
  to: number;
}

export interface Staircase {
  steps: LevelStep[];
  /** Squared residuals about the levels. */
  squares: number;
  /** Since the last step. */
  plateauSeconds: number;
  /** Longest time between two steps, or from the start of the window to the first. */
  longestWaitSeconds: number;
}

/** The levels of a series that moves in steps; `leastDeviation` is what one measurement is off by. */
export function findStaircase(series: TimeSeries, leastDeviation: number): Staircase {
  const { seconds, value } = series;
  const points = findChangePoints(value, Math.max(leastDeviation, estimateDeviation(value)));
  const bounds = [0, ...points, value.length];
  const levels: number[] = [];
  let squares = 0;
  for (let k = 0; k + 1 < bounds.length; k++) {
    const piece = value.subarray(bounds[k]!, bounds[k + 1]!);
    const level = piece.length > 4 ? medianOf(piece) : piece.reduce((sum, v) => sum + v, 0) / piece.length;
    levels.push(level);
    for (const v of piece) squares += (v - level) ** 2;
  }
  const times = points.map((i) => seconds[i]!);
  const end = seconds[seconds.length - 1] ?? 0;
  const waits = times.map((t, k) => t - (k === 0 ? (seconds[0] ?? 0) : times[k - 1]!));
  return {
    steps: times.map((t, k) => ({ seconds: t, from: levels[k]!, to: levels[k + 1]! })),
    squares,
    plateauSeconds: end - (times[times.length - 1] ?? seconds[0] ?? 0),
    longestWaitSeconds: Math.max(0, ...waits),
  };
}
