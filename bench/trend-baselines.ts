/**
 * The rules that a trend detector has to beat, as their sources state them. Each answers: would it raise an alarm for
 * this series?
 */
import { computeMannKendall } from "../src/analysis/mann-kendall.ts";
import type { LabelledSeries } from "../test/support/trend-corpus.ts";

const MINUTE = 60;
const HOUR = 3600;

interface Line {
  intercept: number;
  slope: number;
}

function fitLeastSquares(x: readonly number[], y: readonly number[]): Line {
  const n = x.length;
  const meanX = x.reduce((sum, v) => sum + v, 0) / n;
  const meanY = y.reduce((sum, v) => sum + v, 0) / n;
  let [xx, xy] = [0, 0];
  for (let i = 0; i < n; i++) {
    xx += (x[i]! - meanX) ** 2;
    xy += (x[i]! - meanX) * (y[i]! - meanY);
  }
  const slope = xx > 0 ? xy / xx : 0;
  return { intercept: meanY - slope * meanX, slope };
}

const COROOT_DEFAULT_PERCENT = 10;

/**
 * Coroot's memory-leak check: MemoryGrowthPct of auditor/memory.go (commit 370a33f, 2026-08-18) above the default
 * threshold of 10 % an hour.
 */
export function corootAlarms(series: LabelledSeries, thresholdPercent = COROOT_DEFAULT_PERCENT): boolean {
  return computeCorootGrowth(series) > thresholdPercent;
}

function computeCorootGrowth({ seconds, bytes, limitBytes }: LabelledSeries): number {
  let [x, y]: [number[], number[]] = [[], []];
  let [cx, cy]: [number[], number[]] = [[], []];
  let previous = Number.NaN;
  for (const [i, v] of bytes.entries()) {
    if (previous > 0 && v < previous * 0.5) {
      if (cx.length > x.length) [x, y] = [cx, cy];
      [cx, cy] = [[], []];
    }
    cx.push(seconds[i]!);
    cy.push(v);
    previous = v;
  }
  if (cx.length > x.length) [x, y] = [cx, cy];
  if (x.length < 10 || x.length < Math.floor(bytes.length / 3)) return 0;
  const { intercept, slope } = fitLeastSquares(x, y);
  if (slope <= 0) return 0;
  let tailStart = x.length - Math.floor(x.length / 4);
  while (tailStart > 0 && x.at(-1)! - (x[tailStart] ?? x.at(-1)!) < 15 * MINUTE) tailStart--;
  if (x.length - tailStart < 5) return 0;
  const tail = fitLeastSquares(x.slice(tailStart), y.slice(tailStart)).slope;
  if (tail <= 0 || tail < slope * 0.3) return 0;
  const to = seconds.at(-1)!;
  const start = intercept + slope * (to - HOUR);
  const end = intercept + slope * to;
  if (!(end > 0 && end > start)) return 0;
  if (end - start < limitBytes * 0.05) return 0;
  return start > 0 ? ((end - start) / start) * 100 : ((end - start) / end) * 100;
}

/** Samples that the quadratic test is given at most. */
const MANN_KENDALL_SAMPLES = 500;

/** Plain Mann–Kendall at 5 %, one-sided, of the values as they are (every k-th of a long series). */
export function mannKendallAlarms({ bytes }: LabelledSeries): boolean {
  const every = Math.ceil(bytes.length / MANN_KENDALL_SAMPLES);
  return computeMannKendall(bytes.filter((_, i) => i % every === 0)).pRising <= 0.05;
}

/** deriv() > 0 as alerts use it: least squares, and a t-test of its slope at 5 %, one-sided. */
export function leastSquaresAlarms({ seconds, bytes }: LabelledSeries): boolean {
  const n = bytes.length;
  const { intercept, slope } = fitLeastSquares(seconds, bytes);
  const meanX = seconds.reduce((sum, v) => sum + v, 0) / n;
  let [xx, squares] = [0, 0];
  for (let i = 0; i < n; i++) {
    xx += (seconds[i]! - meanX) ** 2;
    squares += (bytes[i]! - intercept - slope * seconds[i]!) ** 2;
  }
  const error = Math.sqrt(squares / (n - 2) / xx);
  return slope > 0 && slope / error > (STUDENT_95[n - 2] ?? 1.65);
}

/** Student's t, one-sided 5 %, by degrees of freedom up to 10. */
const STUDENT_95 = [Number.NaN, 6.31, 2.92, 2.35, 2.13, 2.02, 1.94, 1.89, 1.86, 1.83, 1.81];

/** predict_linear(memory[window], 24 h) > limit, the usual Prometheus alert. */
export function predictLinearAlarms({ seconds, bytes, limitBytes }: LabelledSeries): boolean {
  const { intercept, slope } = fitLeastSquares(seconds, bytes);
  return intercept + slope * (seconds.at(-1)! + 24 * HOUR) > limitBytes;
}
