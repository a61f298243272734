import { computeMannKendall } from "../mann-kendall.ts";
import type { GcSeries } from "./cycle-series.ts";
import type { QuantileSketch } from "./quantile-sketch.ts";

/**
 * What the stops of the world mean for the program. Each cycle stops it twice, whatever the heap's size: the runtime
 * waits until every P has come to a safe point, does a fixed piece of work and goes on; marking runs beside the program
 * (runtime/mgc.go, gcStart and gcMarkTermination). So their number follows from how often the collector runs, and their
 * length from what keeps Ps from stopping: loops without safe points, CPU quotas, busy machines. NaN where the log
 * does not say.
 */
export interface PauseModel {
  stopsPerHour: number;
  stoppedMsPerHour: number;
  /** Median of single stops. */
  usualMs: number;
  /** Of the stopped time, what stops of more than ten times the usual length take: the tail, which has causes of its own. */
  rareShare: number;
  /** Longest of so many stops as come in an hour, or a day: the quantile of the log; NaN if the log is shorter. */
  worstInHourMs: number;
  worstInDayMs: number;
  /** Probability that a request which takes 100 ms meets a stop. */
  requestChance: number;
  /** Kendall's rank correlation of a cycle's longer stop with its live heap; NaN where the heap hardly changes. */
  heapTau: number;
  /** Stops that are longer where the heap is larger, beyond chance: not the design, so something else grows with it. */
  growsWithHeap: boolean;
  /** GOGC twice as high leaves twice the room between live heap and goal: half as many stops, each as long. */
  stopsPerHourAtDoubleGogc: number;
}

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;
const STOPS_PER_CYCLE = 2;
const RARE_FACTOR = 10;
const REQUEST_SECONDS = 0.1;
/** sysmon starts a cycle when there was none for two minutes. */
const LEAST_CYCLES_PER_SECOND = 1 / 120;
/** Fewer cycles, or a heap that moves by less, tell no dependence. */
const LEAST_POINTS = 20;
const LEAST_HEAP_RATIO = 1.2;
const NOTABLE_TAU = 0.3;
const NOTABLE_CHANCE = 0.001;

/** `stops` holds single stops in milliseconds; `cyclesPerSecond` is that of the log. */
export function modelPauses(
  stops: QuantileSketch,
  { cyclesPerSecond, series }: { cyclesPerSecond: number; series: GcSeries },
): PauseModel {
  const stopsPerSecond = STOPS_PER_CYCLE * cyclesPerSecond;
  const { mean, p50 } = stops.summary();
  const heap = correlateWithHeap(series);
  return {
    stopsPerHour: stopsPerSecond * HOUR_SECONDS,
    stoppedMsPerHour: stopsPerSecond * HOUR_SECONDS * mean,
    usualMs: p50,
    rareShare: stops.sum > 0 ? stops.sumFrom(RARE_FACTOR * p50) / stops.sum : Number.NaN,
    worstInHourMs: findWorst(stops, stopsPerSecond * HOUR_SECONDS),
    worstInDayMs: findWorst(stops, stopsPerSecond * DAY_SECONDS),
    requestChance: Math.min(1, stopsPerSecond * (REQUEST_SECONDS + mean / 1000)),
    ...heap,
    stopsPerHourAtDoubleGogc:
      STOPS_PER_CYCLE *
      HOUR_SECONDS *
      Math.min(cyclesPerSecond, Math.max(cyclesPerSecond / 2, LEAST_CYCLES_PER_SECOND)),
  };
}

/** One stop in `count` is longer than this. */
function findWorst(stops: QuantileSketch, count: number): number {
  if (!(count >= 1) || stops.count < count) return Number.NaN;
  return stops.quantile(1 - 1 / count);
}

function correlateWithHeap(series: GcSeries): Pick<PauseModel, "heapTau" | "growsWithHeap"> {
  const points = series.liveBytes
    .map((live, i) => ({
      live,
      stop: Math.max(series.sweepTerminationMs[i]!, series.markTerminationMs[i]!),
    }))
    .filter(({ live, stop }) => live > 0 && stop >= 0)
    .sort((a, b) => a.live - b.live);
  const [least, most] = [points[0]?.live ?? 0, points.at(-1)?.live ?? 0];
  if (points.length < LEAST_POINTS || most < LEAST_HEAP_RATIO * least) {
    return { heapTau: Number.NaN, growsWithHeap: false };
  }
  const { tau, pRising } = computeMannKendall(points.map(({ stop }) => stop));
  return { heapTau: tau, growsWithHeap: tau >= NOTABLE_TAU && pRising <= NOTABLE_CHANCE };
}
