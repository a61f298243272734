import { findGogcForPeak } from "../../analysis/gc-cost-model.ts";
import { estimate, quantity } from "../../lib/quantity.ts";
import {
  adviseGogc,
  adviseMemoryLimit,
  computeMemoryLimit,
  describeCollecting,
  describeGoal,
  LEAST_CPU_SHARE,
  predictPeakBytes,
} from "../collector-advice.ts";
import { type CollectorFacts, findCollectorFacts } from "../collector-facts.ts";
import type { Finding } from "../finding.ts";
import type { Pattern } from "../pattern.ts";
import { statement } from "../statement.ts";

/** Twice and four times the default with room are sound choices. */
const HIGH_PERCENT = 300;
const DEFAULT_PERCENT = 100;
const NO_LIMIT = Number.POSITIVE_INFINITY;
/** Of the limit the process is killed at: a peak beyond it is a matter of time. */
const FULL = 1;
/** Without a limit: room for garbage that nobody needs, at a collector that hardly runs. */
const WASTEFUL_PERCENT = 800;
const WASTEFUL_BYTES = 256 * 2 ** 20;

/**
 * GOGC so large that the garbage allowed between two collections does not fit the limit the process is killed at, where
 * the default would. Without a limit to hurt, a heap goal many times the live heap is a hint at most.
 */
export const gogcHigh: Pattern = {
  id: "gc/gogc-high",
  judge(evidence) {
    const facts = findCollectorFacts(evidence);
    if (facts?.gogc === undefined || facts.isLimited || !(facts.gogc.value >= HIGH_PERCENT)) return [];
    const { load, gogc, memoryLimit } = facts;
    const { hardLimitBytes } = evidence;
    if (hardLimitBytes === undefined) return judgeWithoutLimit(facts);
    // A GOMEMLIMIT below the limit bounds the peak, whatever GOGC is.
    if (memoryLimit !== undefined && memoryLimit.value < hardLimitBytes) return [];
    const peakAt = (gogcPercent: number) =>
      predictPeakBytes(load, { gogcPercent, memoryLimitBytes: NO_LIMIT });
    const peakBytes = peakAt(gogc.value);
    if (peakBytes <= FULL * hardLimitBytes || peakAt(DEFAULT_PERCENT) > FULL * hardLimitBytes) return [];
    const newLimit = computeMemoryLimit(load, hardLimitBytes);
    const workload = { ...load.workload, liveBytes: load.liveMaxBytes };
    const fitting = Math.max(DEFAULT_PERCENT, findGogcForPeak(workload, newLimit));
    const percent = estimate(Math.round(gogc.value), "count");
    const values = {
      percent: gogc.from === "derived" ? percent : quantity(gogc.value, "count"),
      peak: estimate(peakBytes, "bytes"),
      limit: quantity(hardLimitBytes, "bytes"),
    };
    return [
      {
        claims: { clusters: [], groups: [] },
        finding: {
          ...common(facts),
          state: "confirmed",
          severity: "warning",
          confidence: gogc.from === "derived" ? 0.75 : 0.9,
          headline:
            gogc.site === undefined
              ? statement("headline-gogc-high", values)
              : statement("headline-gogc-high-at", { ...values, site: gogc.site }),
          fix: [
            adviseMemoryLimit(load, gogc.value, newLimit),
            adviseGogc(load, Math.floor(fitting / 10) * 10, NO_LIMIT),
          ],
        },
      },
    ];
  },
};

function judgeWithoutLimit(facts: CollectorFacts) {
  const { load, gogc, memoryLimit } = facts;
  const garbageBytes = load.goalBytes - load.workload.liveBytes;
  const isWasteful =
    gogc!.value >= WASTEFUL_PERCENT && garbageBytes >= WASTEFUL_BYTES && load.cpuShare < LEAST_CPU_SHARE;
  if (!isWasteful || (memoryLimit !== undefined && Number.isFinite(memoryLimit.value))) return [];
  return [
    {
      claims: { clusters: [], groups: [] },
      finding: {
        ...common(facts),
        state: "suspected" as const,
        severity: "info" as const,
        confidence: 0.5,
        headline: statement("headline-gogc-high-unbounded", {
          percent: estimate(Math.round(gogc!.value), "count"),
          garbage: estimate(garbageBytes, "bytes"),
        }),
        fix: [adviseGogc(load, 200, NO_LIMIT)],
        next: [statement("next-give-limit", {})],
      },
    },
  ];
}

function common(
  facts: CollectorFacts,
): Pick<Finding, "callers" | "consequences" | "evidence" | "next" | "pattern" | "series" | "site"> {
  const { load, gogc } = facts;
  return {
    pattern: "gc/gogc-high",
    ...(gogc?.site === undefined ? {} : { site: gogc.site }),
    callers: [],
    evidence: [...describeGoal(facts), ...describeCollecting(load)],
    consequences: [],
    next: [],
    series: [],
  };
}
