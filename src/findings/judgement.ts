import type { GrowthCluster } from "../analysis/growth-clusters.ts";
import { estimate, quantity } from "../lib/quantity.ts";
import type { Evidence } from "./evidence.ts";
import type { Finding, FindingState, Severity } from "./finding.ts";
import { type Statement, statement } from "./statement.ts";

/** State, severity and confidence with the statements that carry them. */
export interface Judgement {
  state: FindingState;
  severity: Severity;
  confidence: number;
  evidence: Statement[];
  next: Statement[];
}

/**
 * Growth of a site that rests on fewer than four sampled allocations (two standard deviations) may be chance, even
 * where the live heap surely grows: which site it is cannot be said yet.
 */
const LEAST_SIGMAS = 1.95;
/** A site too thinly sampled to judge is worth a hint only if it makes up this much of the growth. */
const NOTABLE_SHARE = 0.3;
/** From here on a site is what the live heap's growth is about. */
const MAIN_SHARE = 0.5;
/** Caches and pools of a process younger than this may still be filling in a straight line. */
const YOUNG_SECONDS = 120;
/** A leak that fills the limit within this time is critical. */
const CRITICAL_SECONDS = 3600;

/**
 * Is this cluster a leak? Two sources must agree: the live heap (exact, but without sites) and the heap profile
 * (sites, but sampled). Undefined if neither shows growth that lasts to the end of the window.
 */
export function judgeCluster(cluster: GrowthCluster, evidence: Evidence): Judgement | undefined {
  const live = evidence.liveHeap;
  if (live === undefined) return undefined;
  const { trend } = live;
  const growth = trend.last - trend.first;
  const share = growth > 0 ? cluster.growthBytes / growth : 0;
  const sigmas = cluster.growthBytes / Math.max(1, cluster.errorBytes);
  const evidenceStatements = [
    statement("live-heap-grew", {
      from: quantity(trend.first, "bytes"),
      to: quantity(trend.last, "bytes"),
      samples: quantity(trend.samples, "count"),
      span: quantity(trend.spanSeconds, "seconds"),
      chance: quantity(trend.pRising, "fraction"),
    }),
    statement("sites-grew", {
      bytes: estimate(cluster.growthBytes, "bytes"),
      error: quantity(cluster.errorBytes, "bytes"),
      sites: quantity(cluster.values.length + (cluster.container === undefined ? 0 : 1), "count"),
      share: estimate(Math.min(1, share), "fraction"),
    }),
  ];
  if (trend.shape === "insufficient") {
    if (growth <= 0 || share < 0.1) return undefined;
    return {
      state: "insufficient-data",
      severity: "info",
      confidence: 0.2,
      evidence: evidenceStatements,
      next: [statement("next-more-samples", { samples: quantity(6, "count") })],
    };
  }
  if (trend.shape === "undecided" && share >= NOTABLE_SHARE && !hasComeToRest(cluster)) {
    const span = trend.needs?.spanSeconds ?? 4 * trend.spanSeconds;
    return {
      state: "insufficient-data",
      severity: "info",
      confidence: 0.25,
      evidence: evidenceStatements,
      next: [statement("next-longer-window", { span: quantity(span, "seconds") })],
    };
  }
  if (trend.shape !== "growing" || share < 0.1) return undefined;
  if (cluster.trend.shape === "falling") return undefined;
  // Had the site with most of the growth stopped, the live heap would not climb on: that it looks so is sampling.
  if (hasComeToRest(cluster) && share < MAIN_SHARE) return undefined;
  const longer = statement("next-longer-window", { span: quantity(4 * trend.spanSeconds, "seconds") });
  const leads = live.source === "after-gc" && leadsObservedGrowth(cluster, evidence.clusters, growth);
  if (sigmas < LEAST_SIGMAS && !leads) {
    if (share < NOTABLE_SHARE) return undefined;
    return {
      state: "insufficient-data",
      severity: "info",
      confidence: 0.25,
      evidence: evidenceStatements,
      next: [longer],
    };
  }
  const hasValues = cluster.values.length > 0;
  if (hasValues && !Number.isNaN(cluster.kept)) {
    evidenceStatements.push(
      statement(cluster.kept >= NOTHING_FREED ? "nothing-freed" : "partly-freed", {
        kept: estimate(Math.max(0, Math.min(1, cluster.kept)), "fraction"),
      }),
    );
  }
  const exact = live.source === "after-gc";
  const confirmed = pilesUp(cluster, sigmas) && live.source !== "heap-alloc";
  let confidence = confirmed ? 0.6 : 0.4;
  if (exact) confidence += 0.1;
  if (sigmas >= 4) confidence += 0.1;
  if (share >= MAIN_SHARE) confidence += 0.05;
  if (cluster.kept >= 0.8) confidence += 0.1;
  if (cluster.kept < (hasValues ? 0.3 : LEAST_KEPT_BY_CONTAINER)) confidence -= 0.2;
  if (sigmas < LEAST_SIGMAS) confidence -= 0.1;
  const next = confirmed ? [] : [longer];
  const age = evidence.processAgeSeconds;
  if (age !== undefined && age < YOUNG_SECONDS) {
    evidenceStatements.push(statement("process-is-young", { age: quantity(age, "seconds") }));
    next.push(statement("next-settle-warm-up", {}));
    confidence -= 0.15;
  }
  return {
    state: confirmed ? "confirmed" : "suspected",
    severity:
      confirmed || share >= 0.5 || leads ? severityAgainstLimit(evidence, cluster.trend.slope) : "info",
    confidence: clampConfidence(confidence),
    evidence: evidenceStatements,
    next,
  };
}

/**
 * The profile counts in sampled allocations, two or three between two looks where a site leaks slowly: a look without one
 * is no rest. Where nothing at all was freed, growth that is beyond chance needs no straight line as well.
 */
function pilesUp({ trend, kept }: GrowthCluster, sigmas: number): boolean {
  if (trend.shape === "growing") return sigmas >= LEAST_SIGMAS;
  return trend.shape === "undecided" && trend.low > 0 && sigmas >= SURE_SIGMAS && kept >= NOTHING_FREED;
}

const SURE_SIGMAS = 3;
const NOTHING_FREED = 0.97;

/**
 * With few sampled allocations, what speaks for a site is that there is no other: the live heap grows for sure, somebody
 * keeps what was added, and an unseen site with all of that growth would have left samples of its own (none of four
 * expected ones: 1 time in 50).
 */
function leadsObservedGrowth(
  cluster: GrowthCluster,
  all: readonly GrowthCluster[],
  liveGrowthBytes: number,
): boolean {
  const sites = cluster.container === undefined ? cluster.values : [cluster.container, ...cluster.values];
  const weight = Math.max(...sites.map((site) => site.sampleWeightBytes));
  if (liveGrowthBytes < EXPECTED_SAMPLES * weight) return false;
  const observed = all.reduce((sum, other) => sum + Math.max(0, other.growthBytes), 0);
  const leastKept = cluster.values.length > 0 ? LEAST_KEPT : LEAST_KEPT_BY_CONTAINER;
  return cluster.growthBytes >= LEADING_SHARE * observed && !(cluster.kept < leastKept);
}

const EXPECTED_SAMPLES = 4;
const LEADING_SHARE = 0.6;
/** What is mostly freed again within the window does not add up. */
const LEAST_KEPT = 0.5;
/** A slice or map that doubles has freed as much as it holds, and may have begun with large arrays. */
const LEAST_KEPT_BY_CONTAINER = 0.15;

function hasComeToRest({ trend: { shape } }: GrowthCluster): boolean {
  return shape === "falling" || shape === "saturating" || shape === "step" || shape === "periodic";
}

/** Growth that reaches a known limit within the hour is critical; confirmed growth is a warning otherwise. */
export function severityAgainstLimit(evidence: Evidence, bytesPerSecond: number): Severity {
  const used = evidence.liveHeap?.trend.last;
  if (evidence.limitBytes === undefined || used === undefined || !(bytesPerSecond > 0)) return "warning";
  const seconds = Math.max(0, evidence.limitBytes - used) / bytesPerSecond;
  return seconds <= CRITICAL_SECONDS ? "critical" : "warning";
}

export function clampConfidence(confidence: number): number {
  return Math.round(Math.max(0.05, Math.min(0.98, confidence)) * 100) / 100;
}

/**
 * Rate of a cluster in bytes per second. The interval is the slope's, widened by the sampling error of the profile:
 * with few sampled allocations the points lie on a line by luck.
 */
export function rateOfCluster(cluster: GrowthCluster): Finding["rate"] {
  const { slope, low, high, spanSeconds } = cluster.trend;
  if (Number.isNaN(slope) || spanSeconds === 0) return undefined;
  const error = (1.645 * cluster.errorBytes) / spanSeconds;
  return {
    estimate: estimate(slope, "bytes/s"),
    low: estimate(Math.max(0, Math.min(low, slope - error)), "bytes/s"),
    high: estimate(Math.max(high, slope + error), "bytes/s"),
  };
}
