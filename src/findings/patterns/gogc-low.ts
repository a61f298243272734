import { predictCollector } from "../../analysis/gc-cost-model.ts";
import { quantity } from "../../lib/quantity.ts";
import { adviseGogc, describeCollecting, describeGoal, isCollectingCostly } from "../collector-advice.ts";
import { findCollectorFacts } from "../collector-facts.ts";
import { clampConfidence } from "../judgement.ts";
import type { Pattern } from "../pattern.ts";
import { statement } from "../statement.ts";

/** A setting below this is somebody's choice, or a limit's doing. */
const LOW_PERCENT = 75;
const DEFAULT_PERCENT = 100;
/** The default must save at least this share of the collector's CPU to be worth a change. */
const LEAST_SAVING = 0.4;
/** Fewer collections in the window are no habit; how many a second depends on the size of the heap. */
const LEAST_CYCLES = 5;
/** Without metrics a memory limit near the heap looks the same; one is likely where the process lives near its limit. */
const NEAR_LIMIT = 0.85;
const NO_LIMIT = Number.POSITIVE_INFINITY;

/**
 * GOGC so small that the collector runs far more often than the allocation rate asks for. It must cost: a small service
 * that collects often for next to nothing is as it should be.
 */
export const gogcLow: Pattern = {
  id: "gc/gogc-low",
  judge(evidence) {
    const facts = findCollectorFacts(evidence);
    if (facts === undefined || facts.isLimited || facts.gogc === undefined) return [];
    const { load, gogc } = facts;
    if (!(gogc.value < LOW_PERCENT) || load.cyclesPerSecond * load.seconds < LEAST_CYCLES) return [];
    if (!isCollectingCostly(load)) return [];
    const byDefault = predictCollector(load.workload, {
      gogcPercent: DEFAULT_PERCENT,
      memoryLimitBytes: NO_LIMIT,
    });
    if (byDefault.cyclesPerSecond > (1 - LEAST_SAVING) * load.cyclesPerSecond) return [];
    const { hardLimitBytes } = evidence;
    const isKnown = gogc.from !== "derived";
    if (!isKnown && hardLimitBytes !== undefined && load.heldMaxBytes > NEAR_LIMIT * hardLimitBytes)
      return [];
    const percent = quantity(Math.max(1, Math.round(gogc.value)), "count");
    const share = quantity(load.cpuShare, "fraction");
    return [
      {
        claims: { clusters: [], groups: [] },
        finding: {
          pattern: "gc/gogc-low",
          state: isKnown ? "confirmed" : "suspected",
          severity: "warning",
          confidence: clampConfidence((isKnown ? 0.85 : 0.65) + (load.cpuShare >= 0.1 ? 0.1 : 0)),
          ...(gogc.site === undefined ? {} : { site: gogc.site }),
          callers: [],
          headline:
            gogc.site === undefined
              ? statement("headline-gogc-low", { percent, share })
              : statement("headline-gogc-low-at", { percent, share, site: gogc.site }),
          evidence: [...describeGoal(facts), ...describeCollecting(load)],
          consequences: [],
          fix: [
            adviseGogc(load, DEFAULT_PERCENT, NO_LIMIT),
            ...(hardLimitBytes === undefined ? [] : [statement("fix-gogc-with-limit", {})]),
          ],
          next: isKnown ? [] : [statement("next-runtime-metrics", {})],
          series: [],
        },
      },
    ];
  },
};
