import { forecastLimit } from "../analysis/limit-forecast.ts";
import { MIN_TREND_SAMPLES, type Trend } from "../analysis/trend.ts";
import { isLeak } from "../findings/catalogue.ts";
import type { Evidence } from "../findings/evidence.ts";
import type { Finding } from "../findings/finding.ts";
import { type Statement, statement } from "../findings/statement.ts";
import { estimate, quantity } from "../lib/quantity.ts";
import type { Verdict } from "./inspection.ts";
import { describeGoroutines, describeLiveHeap, sayHealthy, sayUndecided } from "./trend-statements.ts";

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
  const undecided = sayUndecided(live, routines);
  if (undecided !== undefined) return result("insufficient-data", undecided);
  return result("healthy", sayHealthy(live, routines));
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
      ...describeGoroutines(goroutines.totalTrend),
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
    result.push(
      ...describeLiveHeap(liveHeap.trend),
      ...explainGrowth(evidence, liveHeap.trend),
      ...sayForecast(evidence, liveHeap.trend),
    );
    if (shape === "flat" || shape === "periodic") {
      result.push(statement("detection-limit", { rate: quantity(liveHeap.trend.detectable, "bytes/s") }));
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

/** When growth ends in thrashing or a kill, as ranges; nothing where growth is not sure. */
function sayForecast({ collector, limitBytes, gomemlimitBytes }: Evidence, trend: Trend): Statement[] {
  const forecast = forecastLimit({ trend, collector, limitBytes, gomemlimitBytes });
  const result: Statement[] = [];
  if (forecast?.thrash !== undefined && gomemlimitBytes !== undefined) {
    const { low, high } = forecast.thrash;
    const limit = quantity(gomemlimitBytes, "bytes");
    result.push(
      statement("thrash-in", { low: estimate(low, "seconds"), high: estimate(high, "seconds"), limit }),
    );
  }
  if (forecast?.limit !== undefined && limitBytes !== undefined && limitBytes !== gomemlimitBytes) {
    const { low, high } = forecast.limit;
    const limit = quantity(limitBytes, "bytes");
    result.push(
      statement("limit-reached-in", {
        low: estimate(low, "seconds"),
        high: estimate(high, "seconds"),
        limit,
      }),
    );
  }
  return result;
}
