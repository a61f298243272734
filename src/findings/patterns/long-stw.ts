import type { GcCycles } from "../../analysis/gc-cycles/gc-cycles.ts";
import { quantity } from "../../lib/quantity.ts";
import type { DurationBuckets } from "../../tables/runtime-metrics.ts";
import type { Evidence } from "../evidence.ts";
import type { Finding } from "../finding.ts";
import { clampConfidence } from "../judgement.ts";
import { findCpuPressure } from "../machine-load.ts";
import type { Pattern } from "../pattern.ts";
import { type Statement, statement } from "../statement.ts";

/** A stop takes tens of microseconds; on a busy machine, a few milliseconds. */
const LONG_MS = 20;
const LEAST_LONG_STOPS = 5;
/** Fewer of all stops are accidents of a busy machine. */
const LEAST_LONG_SHARE = 0.01;
/** Twice as many goroutines wait to run as there are Ps. */
const OVERLOADED = 2;

/**
 * The collector's two stops of the world last long, mostly because something that cannot be interrupted runs on. A trace
 * names it; gctrace and the histogram of /sched/pauses tell that it is so.
 */
export const longStw: Pattern = {
  id: "gc/long-stw",
  judge(evidence) {
    const finding = judgeTrace(evidence) ?? judgeMetrics(evidence);
    if (finding === undefined) return [];
    const pressure = findCpuPressure(evidence);
    if (pressure !== undefined) {
      finding.state = "suspected";
      finding.severity = "info";
      finding.confidence = 0.4;
      finding.evidence.push(statement("stw-machine-busy", { pressure: quantity(pressure, "fraction") }));
    }
    return [{ claims: { clusters: [], groups: [] }, finding }];
  },
};

const limit = quantity(LONG_MS, "ms");

function judgeTrace({ gcCycles }: Evidence): Finding | undefined {
  if (gcCycles === undefined) return undefined;
  const { pauses, cycles, series } = gcCycles;
  const long = pauses.overTwentyMs;
  if (!isOften(long, 2 * cycles)) return undefined;
  const { sweepTermination, markTermination, total } = pauses;
  const details: Statement[] = [
    statement("stw-percentiles", {
      p50: quantity(total.p50, "ms"),
      p95: quantity(total.p95, "ms"),
      max: quantity(total.max, "ms"),
    }),
  ];
  if (sweepTermination.p95 >= LONG_MS)
    details.push(statement("stw-first", { p95: quantity(sweepTermination.p95, "ms") }));
  if (markTermination.p95 >= LONG_MS)
    details.push(statement("stw-second", { p95: quantity(markTermination.p95, "ms") }));
  const isQuota = pauses.nearQuotaPeriod >= long / 2;
  if (isQuota) details.push(statement("stw-quota", { stops: quantity(pauses.nearQuotaPeriod, "count") }));
  details.push(...describeQueue(gcCycles));
  return {
    ...common(isQuota),
    confidence: clampConfidence(0.75 + (long >= 20 ? 0.1 : 0)),
    headline: statement("headline-long-stw", {
      long: quantity(long, "count"),
      limit,
      worst: quantity(Math.max(sweepTermination.max, markTermination.max), "ms"),
    }),
    evidence: details,
    series: [
      {
        label: "first stop of the world",
        unit: "ms",
        seconds: series.seconds,
        value: series.sweepTerminationMs,
      },
      {
        label: "second stop of the world",
        unit: "ms",
        seconds: series.seconds,
        value: series.markTerminationMs,
      },
    ],
  };
}

function describeQueue({ scheduler, processors }: GcCycles): Statement[] {
  if (scheduler === undefined || scheduler.runnable.p95 < OVERLOADED * processors) return [];
  return [
    statement("stw-runnable", {
      runnable: quantity(Math.round(scheduler.runnable.p95), "count"),
      processors: quantity(processors, "count"),
    }),
  ];
}

function judgeMetrics({ runtimeMetrics }: Evidence): Finding | undefined {
  const known = runtimeMetrics.filter(({ metrics }) => metrics.gcPauses !== undefined);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined || first === last) return undefined;
  const before = countStops(first.metrics.gcPauses!);
  const after = countStops(last.metrics.gcPauses!);
  const [long, stops] = [after.long - before.long, after.all - before.all];
  if (!isOften(long, stops)) return undefined;
  return {
    ...common(false),
    confidence: clampConfidence(0.75 + (long >= 20 ? 0.1 : 0)),
    headline: statement("headline-long-stw-metrics", { long: quantity(long, "count"), limit }),
    evidence: [
      statement("stw-by-metric", {
        long: quantity(long, "count"),
        stops: quantity(stops, "count"),
        limit,
        span: quantity(last.seconds - first.seconds, "seconds"),
      }),
    ],
    series: [],
  };
}

/** Stops that were surely long: those above the first bound at or beyond the limit. */
function countStops({ le, count }: DurationBuckets): { long: number; all: number } {
  const all = count.at(-1)!;
  const bound = le.findIndex((seconds) => seconds * 1000 >= LONG_MS);
  return { long: bound < 0 ? 0 : all - count[bound]!, all };
}

function isOften(long: number, stops: number): boolean {
  return long >= LEAST_LONG_STOPS && long >= LEAST_LONG_SHARE * stops;
}

function common(isQuota: boolean): Omit<Finding, "confidence" | "headline" | "evidence" | "series"> {
  return {
    pattern: "gc/long-stw",
    state: "confirmed",
    severity: "warning",
    callers: [],
    consequences: [],
    fix: isQuota
      ? [statement("fix-stw-quota", {}), statement("fix-stw-find", {})]
      : [statement("fix-stw-pieces", {}), statement("fix-stw-find", {}), statement("fix-stw-busy", {})],
    next: [statement("next-trace-stw", {})],
  };
}
