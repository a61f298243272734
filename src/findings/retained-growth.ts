import type { GrowthCluster } from "../analysis/growth-clusters.ts";
import { quantity } from "../lib/quantity.ts";
import type { PatternId } from "./catalogue.ts";
import { type ClusterKeeper, findClusterKeeper } from "./cluster-keeper.ts";
import type { Evidence } from "./evidence.ts";
import type { Finding, Series, Severity } from "./finding.ts";
import { askHeap } from "./heap-keeper.ts";
import { clampConfidence, type Judgement, judgeCluster, rateOfCluster } from "./judgement.ts";
import type { Candidate } from "./pattern.ts";
import type { Statement } from "./statement.ts";

/** What a data/* pattern adds to the judgement that all of them share. */
export interface RetainedGrowthRule {
  pattern: PatternId;
  /** Which keepers are this pattern's. */
  claims(keeper: ClusterKeeper, cluster: GrowthCluster): boolean;
  headline(keeper: ClusterKeeper, cluster: GrowthCluster): Statement;
  evidence?(keeper: ClusterKeeper, cluster: GrowthCluster, evidence: Evidence): Statement[];
  /** Where growth has an end of its own, what is to be thought of it. */
  severity?(
    judgement: Judgement,
    keeper: ClusterKeeper,
    cluster: GrowthCluster,
    evidence: Evidence,
  ): Severity;
  fix(keeper: ClusterKeeper, cluster: GrowthCluster, evidence: Evidence): Statement[];
}

/** How much the keeper's evidence changes what the growth alone supports. */
function adjustConfidence(judgement: Judgement, keeper: ClusterKeeper): number {
  if (keeper.corroborated) return judgement.confidence + 0.1;
  return keeper.kind === "unknown" ? judgement.confidence - 0.2 : judgement.confidence;
}

/** One candidate for each cluster that grows like a leak and whose keeper the rule claims. */
export function judgeRetainedGrowth(rule: RetainedGrowthRule, evidence: Evidence): Candidate[] {
  const { heap } = evidence;
  if (heap === undefined) return [];
  const candidates: Candidate[] = [];
  for (const cluster of evidence.clusters) {
    const judgement = judgeCluster(cluster, evidence);
    if (judgement === undefined) continue;
    const seen = findClusterKeeper(cluster, heap, evidence.retention);
    const keeper = askHeap(seen, cluster, evidence.heapContents);
    if (!rule.claims(keeper, cluster)) continue;
    const rate = rateOfLiveHeap(cluster, evidence) ?? rateOfCluster(cluster);
    candidates.push({
      claims: { clusters: [cluster], groups: [] },
      finding: {
        pattern: rule.pattern,
        state: keeper.kind === "unknown" && judgement.state === "confirmed" ? "suspected" : judgement.state,
        severity: rule.severity?.(judgement, keeper, cluster, evidence) ?? judgement.severity,
        confidence: clampConfidence(adjustConfidence(judgement, keeper)),
        site: keeper.site,
        callers: keeper.callers.slice(0, 5),
        headline: rule.headline(keeper, cluster),
        ...(rate === undefined ? {} : { rate }),
        evidence: [
          ...judgement.evidence,
          ...keeper.evidence,
          ...(rule.evidence?.(keeper, cluster, evidence) ?? []),
        ],
        consequences: [],
        fix: rule.fix(keeper, cluster, evidence),
        next: [...judgement.next, ...keeper.next],
        series: [clusterSeries(cluster, heap.seconds)],
      },
    });
  }
  return candidates;
}

/**
 * The live heap's own slope where this cluster is nearly all of its growth: read from MemStats after a collection it is
 * exact, while the profile's is sampled.
 */
function rateOfLiveHeap(cluster: GrowthCluster, { liveHeap }: Evidence): Finding["rate"] {
  if (liveHeap?.source !== "after-gc" || !(liveHeap.trend.low > 0)) return undefined;
  const { first, last, slope, low, high } = liveHeap.trend;
  if (cluster.growthBytes < NEARLY_ALL * (last - first)) return undefined;
  return {
    estimate: quantity(slope, "bytes/s"),
    low: quantity(low, "bytes/s"),
    high: quantity(high, "bytes/s"),
  };
}

const NEARLY_ALL = 0.75;

function clusterSeries(cluster: GrowthCluster, seconds: number[]): Series {
  return { label: "retained", unit: "bytes", seconds, value: cluster.inuseBytes };
}
