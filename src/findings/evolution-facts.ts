import { type Evolution, findRise } from "../analysis/evolution.ts";
import type { Trend } from "../analysis/trend.ts";
import { type Quantity, quantity } from "../lib/quantity.ts";
import type { Finding, Severity } from "./finding.ts";

/** The values that statements about a rise share. */
export function describeRise(trend: Trend, unit: "bytes" | "count") {
  return {
    from: quantity(trend.first, unit),
    to: quantity(trend.last, unit),
    samples: quantity(trend.samples, "count"),
    span: quantity(trend.spanSeconds, "seconds"),
    chance: quantity(trend.pRising, "fraction"),
  };
}

export function rateOfTrend({ slope, low, high }: Trend, unit: "bytes/s" | "count/s"): Finding["rate"] {
  if (Number.isNaN(slope)) return undefined;
  return { estimate: quantity(slope, unit), low: quantity(low, unit), high: quantity(high, unit) };
}

export function rateNow(trend: Trend, unit: "bytes/s" | "count/s"): Quantity {
  return quantity(trend.slope, unit);
}

/** It rises beyond noise and to the end of the window. */
export function isGrowing(evolution: Evolution | undefined): evolution is Evolution {
  return evolution !== undefined && evolution.trend.shape === "growing" && findRise(evolution) > 0;
}

/** What fills the rest of a limit within the hour is critical. */
const CRITICAL_SECONDS = 3600;

/** Seconds until the limit is reached, from the slope's interval; undefined without one, or if it may not grow at all. */
export function secondsToLimit(
  trend: Trend,
  limit: number | undefined,
): { low: number; high: number } | undefined {
  if (limit === undefined || !Number.isFinite(limit) || !(trend.low > 0)) return undefined;
  const room = Math.max(0, limit - trend.last);
  return { low: room / trend.high, high: room / trend.low };
}

export function severityByLimit(trend: Trend, limit: number | undefined): Severity {
  const seconds = secondsToLimit(trend, limit);
  return seconds !== undefined && seconds.high <= CRITICAL_SECONDS ? "critical" : "warning";
}
