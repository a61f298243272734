import type { CollectorActivity } from "./memory-series.ts";
import type { Trend } from "./trend.ts";

/** Seconds from the end of the window, as a range from the slope's interval. */
interface TimeRange {
  low: number;
  high: number;
}

export interface LimitForecast {
  /** Until the collector, held below GOMEMLIMIT, takes a quarter of the CPU; absent without GOMEMLIMIT. */
  thrash?: TimeRange;
  /** Until the process as a whole needs more than the container may use. */
  limit?: TimeRange;
}

export interface ForecastInput {
  /** Of the live heap, in bytes. */
  trend: Trend;
  collector: CollectorActivity | undefined;
  /** What the container is allowed. */
  limitBytes?: number | undefined;
  gomemlimitBytes?: number | undefined;
}

/** Share of the CPU at which collecting is called thrashing; the runtime itself gives up at a half. */
const THRASH_CPU_SHARE = 0.25;
/** Without a measured share: a heap that is live to this degree of its goal is collected all the time. */
const THRASH_LIVE_SHARE = 0.9;
/** What the runtime leaves free below GOMEMLIMIT (mgcpacer.go, memoryLimitHeapGoal). */
const LIMIT_HEADROOM = 0.03;
/** Goals no larger than this are GOGC's minimum heap, and tell nothing about GOGC (4 MiB × GOGC / 100). */
const LEAST_GOAL_BYTES = 4.5 * 2 ** 20;
const DEFAULT_OVERHANG = 2;

/**
 * When growth ends in thrashing or in a kill. The heap reaches its goal before it is collected, live × (1 + GOGC/100), so
 * that the peak grows by as much faster than what is live; GOMEMLIMIT holds the peak until the live heap itself fills it.
 * Undefined for any trend that is not surely growth (lower bound of the slope ≤ 0): such a date would be a guess.
 */
export function forecastLimit(input: ForecastInput): LimitForecast | undefined {
  const { trend, collector, limitBytes } = input;
  if (trend.shape !== "growing" || !(trend.low > 0)) return undefined;
  const gomemlimit = Number.isFinite(input.gomemlimitBytes) ? input.gomemlimitBytes : undefined;
  const rest = finiteOr(collector?.outsideHeapBytes, 0);
  const unused = 1 + finiteOr(collector?.unusedHeapShare, 0);
  const forecast: LimitForecast = {};
  if (gomemlimit !== undefined) {
    const goal = (1 - LIMIT_HEADROOM) * (gomemlimit - rest);
    forecast.thrash = timeUntil(findThrashingLiveBytes(goal, trend.last, collector), trend);
  }
  if (limitBytes !== undefined) {
    const isHeld = gomemlimit !== undefined && gomemlimit < limitBytes;
    const overhang = isHeld ? 1 : findOverhang(trend.last, collector);
    forecast.limit = timeUntil((limitBytes - rest) / (overhang * unused), trend);
  }
  return forecast;
}

/** Heap goal over live heap: 2 under GOGC=100. */
function findOverhang(liveBytes: number, collector: CollectorActivity | undefined): number {
  const goal = collector?.nextGcBytes ?? Number.NaN;
  if (!Number.isFinite(goal) || !(liveBytes > 0) || goal <= LEAST_GOAL_BYTES) return DEFAULT_OVERHANG;
  return Math.max(1, goal / liveBytes);
}

/**
 * The collector's share of the CPU goes with live / (goal - live): so many bytes are marked for so many allocated. From
 * its share now follows the live heap at which it reaches THRASH_CPU_SHARE under the limit's goal.
 */
function findThrashingLiveBytes(
  goal: number,
  live: number,
  collector: CollectorActivity | undefined,
): number {
  const share = collector?.gcCpuFraction ?? Number.NaN;
  const goalNow = collector?.nextGcBytes ?? Number.NaN;
  if (!(share > 0) || !(goalNow > live) || !Number.isFinite(goalNow)) return THRASH_LIVE_SHARE * goal;
  const ratio = (THRASH_CPU_SHARE / share) * (live / (goalNow - live));
  return (goal * ratio) / (1 + ratio);
}

function timeUntil(liveBytes: number, { last, low, high }: Trend): TimeRange {
  const room = Math.max(0, liveBytes - last);
  return { low: room / high, high: room / low };
}

function finiteOr(value: number | undefined, otherwise: number): number {
  return value !== undefined && Number.isFinite(value) ? value : otherwise;
}
