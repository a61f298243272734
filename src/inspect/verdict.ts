import type { CollectorActivity } from "../analysis/memory-series.ts";
import { MIN_TREND_SAMPLES, type Trend } from "../analysis/trend.ts";
import { isLeak } from "../findings/catalogue.ts";
import type { Evidence } from "../findings/evidence.ts";
import type { Finding } from "../findings/finding.ts";
import { type Statement, statement } from "../findings/statement.ts";
import { estimate, quantity } from "../lib/quantity.ts";
import type { Verdict } from "./inspection.ts";

/** One sentence for the whole inspection, and the branches that led to it with their numbers. */
export function reachVerdict(
  evidence: Evidence,
  findings: readonly Finding[],
  window: { samples: number; restartedAt: number },
): Verdict {
  const reasoning = reason(evidence, window.restartedAt);
  const main = findings.findIndex((f) => f.severity !== "info");
  if (main >= 0) {
    const { pattern, headline } = findings[main]!;
    return { outcome: isLeak(pattern) ? "leak" : "problem", headline, finding: main, reasoning };
  }
  const finding = findings.length > 0 ? 0 : null;
  const result = (outcome: Verdict["outcome"], headline: Statement): Verdict => ({
    outcome,
    headline,
    finding,
    reasoning,
  });
  const live = evidence.liveHeap?.trend;
  const routines = evidence.goroutines?.totalTrend;
  if (live === undefined && routines === undefined) {
    return result("insufficient-data", statement("verdict-nothing-readable", {}));
  }
  if (window.samples === 1) return result("insufficient-data", statement("verdict-looked-once", {}));
  if ((live ?? routines)!.shape === "insufficient") {
    return result(
      "insufficient-data",
      statement("verdict-insufficient", {
        samples: quantity((live ?? routines)!.samples, "count"),
        needed: quantity(MIN_TREND_SAMPLES, "count"),
      }),
    );
  }
  if (routines?.shape === "growing") {
    return result(
      "attention",
      statement("verdict-goroutines-without-pattern", { rate: quantity(routines.slope, "count/s") }),
    );
  }
  if (live?.shape === "growing") {
    return result(
      "attention",
      statement("verdict-growth-without-pattern", { rate: quantity(live.slope, "bytes/s") }),
    );
  }
  if (live?.shape === "saturating") {
    return result(
      "healthy",
      statement("verdict-saturating", {
        from: quantity(live.first, "bytes"),
        to: quantity(live.last, "bytes"),
        span: quantity(live.spanSeconds, "seconds"),
      }),
    );
  }
  if (routines?.shape === "saturating") {
    return result(
      "healthy",
      statement("verdict-saturating-goroutines", {
        from: quantity(routines.first, "count"),
        to: quantity(routines.last, "count"),
        span: quantity(routines.spanSeconds, "seconds"),
      }),
    );
  }
  const seen = (live ?? routines)!;
  return result(
    "healthy",
    statement("verdict-healthy", {
      samples: quantity(seen.samples, "count"),
      span: quantity(seen.spanSeconds, "seconds"),
    }),
  );
}

/** The cross-validation, branch by branch, in the order an engineer would ask. */
function reason(evidence: Evidence, restartedAt: number): Statement[] {
  const result: Statement[] = [];
  if (restartedAt > 0)
    result.push(statement("branch-restart", { sample: quantity(restartedAt + 1, "count") }));
  const { goroutines, liveHeap, collector } = evidence;
  if (goroutines !== undefined) {
    const { shape, first, last } = goroutines.totalTrend;
    result.push(
      statement("branch-goroutines", { shape, from: quantity(first, "count"), to: quantity(last, "count") }),
    );
  }
  if (liveHeap !== undefined) {
    const { shape, first, last } = liveHeap.trend;
    result.push(
      statement("branch-live-heap", {
        shape,
        from: quantity(first, "bytes"),
        to: quantity(last, "bytes"),
        source: liveHeap.source,
      }),
    );
    result.push(...explainGrowth(evidence, liveHeap.trend));
    result.push(...forecast(evidence, liveHeap.trend, collector));
    if (shape === "flat") {
      const noise = Math.max(liveHeap.source === "gctrace" ? 2 ** 21 : 2 ** 19, 0.02 * first);
      const span = liveHeap.trend.spanSeconds;
      if (span > 0) result.push(statement("detection-limit", { rate: quantity(noise / span, "bytes/s") }));
    }
  }
  if (collector !== undefined && collector.seconds > 0) {
    result.push(
      statement("branch-gc", {
        cycles: quantity(collector.automaticCycles, "count"),
        forced: quantity(collector.forcedCycles, "count"),
      }),
      statement("branch-allocation", {
        rate: quantity(collector.allocatedBytes / collector.seconds, "bytes/s"),
      }),
    );
  }
  return result;
}

function explainGrowth(evidence: Evidence, trend: Trend): Statement[] {
  const growth = trend.last - trend.first;
  if (trend.shape !== "growing" || growth <= 0 || evidence.heap === undefined) return [];
  const grown = evidence.clusters.reduce((sum, cluster) => sum + cluster.growthBytes, 0);
  return [statement("branch-sites", { explained: estimate(Math.min(1, grown / growth), "fraction") })];
}

/**
 * Time until the live heap alone fills the limit, as a range from the slope's interval. Earlier in truth, because the
 * collector lets the heap grow beyond what is live; never printed when the interval includes no growth.
 */
function forecast(evidence: Evidence, trend: Trend, collector: CollectorActivity | undefined): Statement[] {
  const { limitBytes } = evidence;
  if (limitBytes === undefined || trend.shape !== "growing" || !(trend.low > 0)) return [];
  // The heap is allowed to reach the next goal before it is collected: with GOGC=100 twice what is live.
  const overhang =
    collector !== undefined && Number.isFinite(collector.nextGcBytes) && trend.last > 0
      ? Math.min(2, Math.max(1, collector.nextGcBytes / trend.last))
      : 1;
  const room = Math.max(0, limitBytes / overhang - trend.last);
  return [
    statement("limit-reached-in", {
      low: estimate(room / trend.high, "seconds"),
      high: estimate(room / trend.low, "seconds"),
      limit: quantity(limitBytes, "bytes"),
    }),
  ];
}
