import { computeLimitGoal, findLimitForCpuShare, predictCollector } from "../../analysis/gc-cost-model.ts";
import { estimate, quantity } from "../../lib/quantity.ts";
import { describeCollecting, isCollectingCostly } from "../collector-advice.ts";
import { type CollectorFacts, findCollectorFacts } from "../collector-facts.ts";
import { clampConfidence } from "../judgement.ts";
import type { Pattern } from "../pattern.ts";
import { type Statement, statement } from "../statement.ts";

/** Room for garbage, of the live heap, below which the collector is squeezed. */
const SQUEEZED = 0.2;
const CRITICAL_SHARE = 0.25;
/** Fewer collections in the window are no habit; how many a second depends on the size of the heap. */
const LEAST_CYCLES = 5;
/** What the advised limit brings the collector down to. */
const WANTED_SHARE = 0.05;
/** Without metrics: the process lives at the limit that it was said to have. */
const AT_LIMIT = 0.85;
const MIB = 2 ** 20;

/**
 * The memory limit leaves so little above the live heap that the collector runs back to back. Nearness alone is not it:
 * the limit must set the goal, and collecting must cost.
 */
export const limitThrash: Pattern = {
  id: "gc/limit-thrash",
  judge(evidence) {
    const facts = findCollectorFacts(evidence);
    if (facts === undefined) return [];
    const { load } = facts;
    const limit = findBindingLimit(facts, evidence.hardLimitBytes);
    if (limit === undefined || load.cyclesPerSecond * load.seconds < LEAST_CYCLES) return [];
    const room = Math.max(0, load.goalBytes - load.workload.liveBytes);
    if (room > SQUEEZED * load.workload.liveBytes) return [];
    if (!isCollectingCostly(load)) return [];
    const live = quantity(load.workload.liveBytes, "bytes");
    const site = facts.memoryLimit?.site;
    const values = {
      limit: quantity(limit.bytes, "bytes"),
      live,
      share: quantity(load.cpuShare, "fraction"),
    };
    return [
      {
        claims: { clusters: [], groups: [] },
        finding: {
          pattern: "gc/limit-thrash",
          state: limit.isKnown ? "confirmed" : "suspected",
          severity: load.cpuShare >= CRITICAL_SHARE ? "critical" : "warning",
          confidence: clampConfidence(
            (limit.isKnown ? 0.85 : 0.6) +
              (load.isLimiterEngaged ? 0.1 : 0) +
              (load.cpuSpan === "window" ? 0.03 : 0),
          ),
          ...(site === undefined ? {} : { site }),
          callers: [],
          headline: limit.isKnown
            ? statement("headline-limit-thrash", values)
            : statement("headline-limit-thrash-suspected", values),
          evidence: [
            statement("limit-leaves", {
              limit: values.limit,
              live,
              room: quantity(room, "bytes"),
              rest: quantity(load.workload.restBytes, "bytes"),
            }),
            ...describeCollecting(load),
            ...(load.isLimiterEngaged ? [statement("gc-limiter-engaged", {})] : []),
          ],
          consequences: [],
          fix: advise(facts, evidence.hardLimitBytes),
          next: limit.isKnown ? [] : [statement("next-runtime-metrics", {})],
          series: [],
        },
      },
    ];
  },
};

interface BindingLimit {
  bytes: number;
  isKnown: boolean;
}

/** The limit that sets the goal: GOMEMLIMIT where it is known to, else the one given if the process lives at it. */
function findBindingLimit(
  { load, gogc, memoryLimit, isLimited }: CollectorFacts,
  hardLimitBytes: number | undefined,
): BindingLimit | undefined {
  if (isLimited) return { bytes: memoryLimit!.value, isKnown: true };
  if (memoryLimit !== undefined || hardLimitBytes === undefined) return undefined;
  if (gogc?.from !== "derived" || load.heldMaxBytes < AT_LIMIT * hardLimitBytes) return undefined;
  return load.heldMaxBytes > hardLimitBytes ? undefined : { bytes: hardLimitBytes, isKnown: false };
}

function advise({ load, gogc }: CollectorFacts, hardLimitBytes: number | undefined): Statement[] {
  const wanted = Math.ceil(findLimitForCpuShare(load.workload, WANTED_SHARE) / MIB) * MIB;
  const needed = Math.ceil((wanted + load.outsideBytes) / 0.9 / MIB) * MIB;
  const settings = { gogcPercent: gogc?.from === "metric" ? gogc.value : 100, memoryLimitBytes: wanted };
  const raise = statement("fix-limit-raise", {
    limit: quantity(wanted, "bytes"),
    share: estimate(predictCollector(load.workload, settings).cpuShare, "fraction"),
    room: estimate(computeLimitGoal(load.workload, wanted) - load.workload.liveBytes, "bytes"),
  });
  const container =
    hardLimitBytes !== undefined && needed > hardLimitBytes
      ? [statement("fix-container-raise", { limit: quantity(needed, "bytes") })]
      : [];
  return [raise, ...container, statement("fix-cut-live-heap", {})];
}
