import type { CollectorLoad } from "../../analysis/collector-load.ts";
import { predictCollector } from "../../analysis/gc-cost-model.ts";
import type { GrowthSite } from "../../analysis/heap-growth.ts";
import type { LiveHeap } from "../../analysis/memory-series.ts";
import { estimate, quantity } from "../../lib/quantity.ts";
import { adviseGogc } from "../collector-advice.ts";
import { findCollectorFacts } from "../collector-facts.ts";
import type { Evidence } from "../evidence.ts";
import { clampConfidence } from "../judgement.ts";
import { findLeadingAllocation } from "../leading-allocation.ts";
import type { Pattern } from "../pattern.ts";
import { type Statement, statement } from "../statement.ts";

/** GC's share of the CPU available to the process (all of GOMAXPROCS) above which allocations are worth a change. */
const WORTH_CPU_SHARE = 0.05;
/**
 * A process that leaves most of its CPU idle may spend a third of what it uses on the collector and still be far below
 * that share: then the collector's restlessness tells, with a lower bound on what it costs.
 */
const RESTLESS_CYCLES_PER_SECOND = 20;
const LEAST_CPU_SHARE = 0.01;
/** Collections per second that only a heap much too small for its allocation rate reaches. */
const BUSY_CYCLES_PER_SECOND = 5;
/** The catalogue's measure: what is allocated in the window against what of it stays. */
const CHURN_RATIO = 100;
const DEFAULT_PERCENT = 100;
/** A GOGC that eases the collector until the code is changed. */
const EASING_PERCENT = 400;
/** Below this GOGC is somebody's choice or a limit's doing. */
const LOW_PERCENT = 75;
/** A site with less of the allocated bytes than this is not what keeps the collector busy. */
const LEADING_SHARE = 0.2;

/**
 * Short-lived allocations keep the collector busy while nothing leaks. Needs all three: a ratio of allocated to kept
 * bytes above 100, collections in quick succession, and a CPU share of the collector that hurts.
 */
export const allocChurn: Pattern = {
  id: "gc/alloc-churn",
  judge(evidence) {
    const { collector, heap, liveHeap } = evidence;
    if (collector === undefined || collector.seconds <= 0) return [];
    const cyclesPerSecond = collector.automaticCycles / collector.seconds;
    const allocatedPerSecond = collector.allocatedBytes / collector.seconds;
    const keptBytes = computeKeptBytes(liveHeap);
    if (collector.allocatedBytes < CHURN_RATIO * keptBytes) return [];
    // Collections that a small GOGC or a near limit makes are those patterns', whatever is allocated.
    const ownShare = computeShareByDefault(evidence);
    const ownCycles = ownShare * cyclesPerSecond;
    // A stop of the world counts as the collector's on all CPUs; long ones are no allocation's doing.
    const stoppedShare = evidence.gcCycles?.pauses.timeShare ?? 0;
    const cpuShare = ownShare * Math.max(0, collector.gcCpuFraction - (stoppedShare > 0 ? stoppedShare : 0));
    const hurts =
      cpuShare >= WORTH_CPU_SHARE || (ownCycles >= RESTLESS_CYCLES_PER_SECOND && cpuShare >= LEAST_CPU_SHARE);
    if (!hurts || ownCycles < BUSY_CYCLES_PER_SECOND) return [];
    const site = heap === undefined ? undefined : findLeadingAllocation(heap);
    if (site === undefined || site.share < LEADING_SHARE) return [];
    const statements: Statement[] = [
      keptBytes === 0
        ? statement("allocation-rate-nothing-stays", { rate: quantity(allocatedPerSecond, "bytes/s") })
        : statement("allocation-rate", {
            rate: quantity(allocatedPerSecond, "bytes/s"),
            ratio: quantity(Math.round(collector.allocatedBytes / keptBytes), "count"),
          }),
      statement("gc-cycles", {
        rate: quantity(cyclesPerSecond, "cycles/s"),
        cycles: quantity(collector.automaticCycles, "count"),
        span: quantity(collector.seconds, "seconds"),
      }),
      statement("gc-cpu", { share: quantity(collector.gcCpuFraction, "fraction") }),
      statement("churn-site", {
        site: site.site.site,
        rate: estimate(site.bytesPerSecond, "bytes/s"),
        share: estimate(site.share, "fraction"),
        operation: site.site.operation ?? "other",
      }),
    ];
    const rate = estimate(site.bytesPerSecond, "bytes/s");
    return [
      {
        claims: { clusters: [], groups: [] },
        finding: {
          pattern: "gc/alloc-churn",
          state: "confirmed",
          // A line of a library is nothing that its reader can change.
          severity: site.site.origin === "own" ? "warning" : "info",
          confidence: clampConfidence(
            0.7 + (collector.gcCpuFraction >= 0.1 ? 0.1 : 0) + (site.share >= 0.5 ? 0.1 : 0),
          ),
          site: site.site.site,
          callers: [],
          headline: statement("headline-alloc-churn", {
            site: site.site.site,
            share: estimate(site.share, "fraction"),
            rate: quantity(allocatedPerSecond, "bytes/s"),
          }),
          rate: { estimate: rate, low: rate, high: rate },
          evidence: statements,
          consequences: [],
          fix: fixFor(site.site, evidence.collectorLoad),
          next: [],
          series: [
            { label: "allocated", unit: "bytes", seconds: heap?.seconds ?? [], value: site.site.allocBytes },
          ],
        },
      },
    ];
  },
};

/** Of the collections there are, the share that GOGC=100 without a limit would need for the same allocations. */
function computeShareByDefault(evidence: Evidence): number {
  const facts = findCollectorFacts(evidence);
  if (facts === undefined || !(facts.isLimited || (facts.gogc?.value ?? DEFAULT_PERCENT) < LOW_PERCENT))
    return 1;
  const { cyclesPerSecond, workload } = facts.load;
  const byDefault = predictCollector(workload, {
    gogcPercent: DEFAULT_PERCENT,
    memoryLimitBytes: Number.POSITIVE_INFINITY,
  });
  return Math.min(1, byDefault.cyclesPerSecond / cyclesPerSecond);
}

/** How much the live heap rose; 0 where the rise is within noise. */
function computeKeptBytes(liveHeap: LiveHeap | undefined): number {
  if (liveHeap === undefined) return 0;
  const { shape, first, last } = liveHeap.trend;
  return shape === "flat" || shape === "periodic" || shape === "falling" ? 0 : Math.max(0, last - first);
}

/** What fits the operation; then how much a larger GOGC would ease it, where the cost of a collection is known. */
function fixFor({ operation }: GrowthSite, load: CollectorLoad | undefined): Statement[] {
  const tuned =
    load === undefined || Number.isNaN(load.workload.cpuSharePerCycle)
      ? []
      : [adviseGogc(load, EASING_PERCENT, Number.POSITIVE_INFINITY)];
  return [fixOperation(operation), statement("fix-churn-gogc", {}), ...tuned];
}

function fixOperation(operation: GrowthSite["operation"]): Statement {
  switch (operation) {
    case "string":
    case "string-concat":
      return statement("fix-churn-string", {});
    case "slice-growth":
    case "make-slice":
      return statement("fix-churn-slice", {});
    case "interface":
      return statement("fix-churn-boxing", {});
    default:
      return statement("fix-churn-reuse", {});
  }
}
