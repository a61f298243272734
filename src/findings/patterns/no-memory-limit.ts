import { predictCollector } from "../../analysis/gc-cost-model.ts";
import { estimate, quantity } from "../../lib/quantity.ts";
import {
  adviseMemoryLimit,
  computeMemoryLimit,
  describeGoal,
  predictPeakBytes,
} from "../collector-advice.ts";
import { findCollectorFacts } from "../collector-facts.ts";
import { clampConfidence } from "../judgement.ts";
import type { Pattern } from "../pattern.ts";
import { type Statement, statement } from "../statement.ts";

const DEFAULT_PERCENT = 100;
/** Above this GOGC is the cause: gc/gogc-high. */
const HIGH_PERCENT = 300;
const NO_LIMIT = Number.POSITIVE_INFINITY;
/** Under a limit, a live heap above this share of its goal is too much for it: the collector would run without end. */
const MOST_LIVE_SHARE = 0.8;

/**
 * The process is killed at a limit that its runtime does not know of. A hint where the heap has room; a warning where
 * the peak that GOGC allows passes the limit, which GOMEMLIMIT would prevent.
 */
export const noMemoryLimit: Pattern = {
  id: "gc/no-memory-limit",
  judge(evidence) {
    const { hardLimitBytes } = evidence;
    const facts = findCollectorFacts(evidence);
    if (hardLimitBytes === undefined || facts?.gogc === undefined || facts.isLimited) return [];
    const { load, gogc, memoryLimit } = facts;
    if (memoryLimit !== undefined && memoryLimit.value < hardLimitBytes) return [];
    const gogcPercent = gogc.value;
    const peakBytes = predictPeakBytes(load, { gogcPercent, memoryLimitBytes: NO_LIMIT });
    const passes = peakBytes > hardLimitBytes;
    const byDefault = predictPeakBytes(load, {
      gogcPercent: DEFAULT_PERCENT,
      memoryLimitBytes: NO_LIMIT,
    });
    if (passes && gogcPercent >= HIGH_PERCENT && byDefault <= hardLimitBytes) return [];
    // A live heap beyond the limit is no matter of settings.
    if (load.liveMaxBytes + load.workload.restBytes + load.outsideBytes > hardLimitBytes) return [];
    // Without metrics the goal alone shows that no limit holds it, and only where it passes the limit.
    if (!passes && memoryLimit === undefined) return [];
    const limit = quantity(hardLimitBytes, "bytes");
    const peak = estimate(peakBytes, "bytes");
    const evidenceStatements: Statement[] = [
      memoryLimit === undefined
        ? statement("memory-limit-not-felt", {})
        : statement("memory-limit-by-metric", { limit: quantity(memoryLimit.value, "bytes") }),
      ...describeGoal(facts),
      statement("peak-predicted", {
        peak,
        live: quantity(load.liveMaxBytes, "bytes"),
        rest: quantity(load.workload.restBytes + load.outsideBytes, "bytes"),
      }),
    ];
    return [
      {
        claims: { clusters: [], groups: [] },
        finding: {
          pattern: "gc/no-memory-limit",
          state: "confirmed",
          severity: passes ? "warning" : "info",
          confidence: clampConfidence(memoryLimit === undefined ? 0.7 : 0.9),
          callers: [],
          headline: passes
            ? statement("headline-no-memory-limit-peak", { peak, limit })
            : statement("headline-no-memory-limit", { peak, limit }),
          evidence: evidenceStatements,
          consequences: [],
          fix: advise(),
          next: [],
          series: [],
        },
      },
    ];

    function advise(): Statement[] {
      const newLimit = computeMemoryLimit(load, hardLimitBytes!);
      const workload = { ...load.workload, liveBytes: load.liveMaxBytes };
      const { goalBytes } = predictCollector(workload, { gogcPercent, memoryLimitBytes: newLimit });
      const first = adviseMemoryLimit(load, gogcPercent, newLimit);
      return load.liveMaxBytes > MOST_LIVE_SHARE * goalBytes
        ? [first, statement("fix-limit-too-small-for-live", { live: quantity(load.liveMaxBytes, "bytes") })]
        : [first];
    }
  },
};
