import { findRise } from "../analysis/evolution.ts";
import { forecastLimit } from "../analysis/limit-forecast.ts";
import { MIN_TREND_SAMPLES, type Trend } from "../analysis/trend.ts";
import { isLeak } from "../findings/catalogue.ts";
import type { Evidence } from "../findings/evidence.ts";
import type { Finding } from "../findings/finding.ts";
import { type Statement, statement } from "../findings/statement.ts";
import { estimate, quantity } from "../lib/quantity.ts";
import { decide } from "./decision-tree.ts";
import type { Verdict } from "./inspection.ts";
import { sayHealthy, sayUndecided } from "./trend-statements.ts";

/** One sentence for the whole inspection, and the branches that led to it with their numbers. */
export function reachVerdict(
  evidence: Evidence,
  findings: readonly Finding[],
  window: { samples: number; restartedAt: number },
): Verdict {
  const reached = { reasoning: reason(evidence, window.restartedAt), decision: decide(evidence) };
  const main = findings.findIndex((f) => f.severity !== "info");
  if (main >= 0) {
    const { pattern, headline } = findings[main]!;
    return { outcome: isLeak(pattern) ? "leak" : "problem", headline, finding: main, ...reached };
  }
  const finding = findings.length > 0 ? 0 : null;
  const result = (outcome: Verdict["outcome"], headline: Statement): Verdict => ({
    outcome,
    headline,
    // A hint of waste is told below; it is not what a good verdict is about.
    finding: outcome === "healthy" ? null : finding,
    ...reached,
  });
  const live = evidence.liveHeap?.trend;
  // A log cannot be watched for longer, nor does it know who allocates.
  const isLog = evidence.liveHeap?.source === "gctrace";
  const routines = evidence.goroutines?.totalTrend;
  if (live === undefined && routines === undefined) {
    return result(...(judgeHeapLook(evidence, findings) ?? judgeResidentSet(evidence)));
  }
  if (window.samples === 1) {
    const headline = judgeHeapLook(evidence, findings)?.[1] ?? statement("verdict-looked-once", {});
    return result("insufficient-data", headline);
  }
  if ((live ?? routines)!.shape === "insufficient") {
    return result(
      "insufficient-data",
      statement("verdict-insufficient", {
        samples: quantity((live ?? routines)!.samples, "count"),
        needed: quantity(MIN_TREND_SAMPLES, "count"),
      }),
    );
  }
  if (routines?.shape === "growing" && isNotable(routines)) {
    return result(
      "attention",
      statement("verdict-goroutines-without-pattern", { rate: quantity(routines.slope, "count/s") }),
    );
  }
  if (live?.shape === "growing") {
    return result(
      "attention",
      statement(isLog ? "verdict-growth-in-log" : "verdict-growth-without-pattern", {
        rate: quantity(live.slope, "bytes/s"),
      }),
    );
  }
  if (reached.decision.leaf === "outside-go") return result(...judgeResidentSet(evidence));
  const undecided = sayUndecided(live, routines, { isLog });
  if (undecided !== undefined) return result("insufficient-data", undecided);
  return result("healthy", sayHealthy(live, routines));
}

/** What one look at the heap tells where there is nothing over time: who keeps much of it, which is no growth yet. */
function judgeHeapLook(
  { heapContents, process }: Evidence,
  findings: readonly Finding[],
): [outcome: Verdict["outcome"], headline: Statement] | undefined {
  const isWatched = process?.rss !== undefined && process.rss.trend.shape !== "insufficient";
  if (heapContents === undefined || isWatched) return undefined;
  const bytes = quantity(heapContents.reachableBytes, "bytes");
  return ["insufficient-data", findings[0]?.headline ?? statement("verdict-heap-spread", { bytes })];
}

/** What the resident set alone tells: where there is no pprof, or where it grows and the heap does not. */
function judgeResidentSet({ process }: Evidence): [outcome: Verdict["outcome"], headline: Statement] {
  const rss = process?.rss;
  if (process === undefined || rss === undefined)
    return ["insufficient-data", statement("verdict-nothing-readable", {})];
  const { shape, samples, slope, spanSeconds } = rss.trend;
  if (samples === 1) return ["insufficient-data", statement("verdict-looked-once", {})];
  if (shape === "insufficient") {
    const needed = quantity(MIN_TREND_SAMPLES, "count");
    return [
      "insufficient-data",
      statement("verdict-rss-insufficient", { samples: quantity(samples, "count"), needed }),
    ];
  }
  if (shape === "growing") {
    const [largest] = process.terms.toSorted((a, b) => findRise(b.bytes) - findRise(a.bytes));
    return [
      "attention",
      statement("verdict-rss-growing", {
        rate: quantity(slope, "bytes/s"),
        term: largest?.id ?? "",
        rise: quantity(largest === undefined ? Number.NaN : findRise(largest.bytes), "bytes"),
      }),
    ];
  }
  return [
    "healthy",
    statement("verdict-rss-level", {
      samples: quantity(samples, "count"),
      span: quantity(spanSeconds, "seconds"),
    }),
  ];
}

/** What is to be known beside the way to the verdict: what was left out, how far it reaches, how long there is. */
function reason(evidence: Evidence, restartedAt: number): Statement[] {
  const result: Statement[] = [];
  if (restartedAt > 0)
    result.push(statement("branch-restart", { sample: quantity(restartedAt + 1, "count") }));
  const { liveHeap } = evidence;
  if (liveHeap === undefined) return result;
  const { trend } = liveHeap;
  result.push(...sayForecast(evidence, trend));
  if (trend.shape === "flat" || trend.shape === "periodic") {
    result.push(statement("detection-limit", { rate: quantity(trend.detectable, "bytes/s") }));
  }
  return result;
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

/**
 * Goroutines that no pattern claims are a library's. A pool of keep-alive connections that fills up has two or three for
 * each, and fills slowly: in a short window so few say nothing.
 */
function isNotable({ first, last, spanSeconds }: Trend): boolean {
  return last - first >= NOTABLE_GOROUTINES || spanSeconds >= LONG_WINDOW_SECONDS;
}

const NOTABLE_GOROUTINES = 20;
const LONG_WINDOW_SECONDS = 600;
