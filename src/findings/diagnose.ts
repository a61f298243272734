import { findPackagePath } from "../analysis/frame-origin.ts";
import type { GoroutineGroup } from "../analysis/goroutine-growth.ts";
import { findMainSite, type GrowthCluster } from "../analysis/growth-clusters.ts";
import { estimate, quantity } from "../lib/quantity.ts";
import { absorbDescriptors, absorbOutside } from "./descriptor-holders.ts";
import type { Evidence } from "./evidence.ts";
import type { Consequence, Finding, Severity } from "./finding.ts";
import { assessGoroutineCost } from "./goroutine-cost.ts";
import { isClosureOf, isHeldByGoroutines } from "./goroutine-holdings.ts";
import { findLockHolder } from "./lock-holder.ts";
import type { Candidate } from "./pattern.ts";
import { ALL_PATTERNS } from "./patterns/all-patterns.ts";
import { joinSamePlace } from "./same-place.ts";
import { statement } from "./statement.ts";

/**
 * Findings, most urgent first, one for each cause.
 *
 * Every pattern judges on its own; then causes take over their effects. What a leaked goroutine holds (its closure,
 * channel, buffers and stack) grows in the heap as well, and a connection that is never given back leaves goroutines
 * at both ends: those become consequences of the one finding.
 */
export function diagnose(evidence: Evidence): Finding[] {
  const candidates = preferRecognised(
    joinSamePlace(ALL_PATTERNS.flatMap((pattern) => pattern.judge(evidence))),
  );
  const heldHeap = new Map<Candidate, number>();
  const byGoroutines = absorbGoroutines(
    absorbClusters(absorbChurn(candidates), evidence, heldHeap),
    evidence,
  );
  const kept = absorbOutside(absorbDescriptors(byGoroutines, evidence), evidence);
  for (const candidate of kept) {
    addStackConsequence(candidate, evidence);
    const cost = assessGoroutineCost(candidate, heldHeap.get(candidate) ?? 0, evidence);
    if (cost === undefined) continue;
    candidate.finding.severity = cost.severity;
    candidate.finding.evidence.push(...cost.evidence);
  }
  return kept.map((candidate) => candidate.finding).sort(byUrgency);
}

const SEVERITY_RANK: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };

function byUrgency(a: Finding, b: Finding): number {
  return (
    SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] ||
    b.confidence - a.confidence ||
    (a.pattern < b.pattern ? -1 : 1)
  );
}

/**
 * A pattern that recognises the library or the call behind a cluster or a group knows more than one that knows the
 * container or the wait only. What both claim is the former's, unless it is less sure that there is anything at all.
 */
function preferRecognised(candidates: readonly Candidate[]): Candidate[] {
  const recognised = candidates.filter(isRecognised);
  return candidates.filter(
    (other) =>
      isRecognised(other) ||
      !recognised.some(
        ({ claims, finding }) =>
          SEVERITY_RANK[finding.severity] <= SEVERITY_RANK[other.finding.severity] &&
          (claims.groups.some((group) => other.claims.groups.includes(group)) ||
            claims.clusters.some((cluster) => other.claims.clusters.includes(cluster))),
      ),
  );
}

function isRecognised({ finding }: Candidate): boolean {
  return finding.pattern.startsWith("resource/") || finding.pattern.startsWith("gc/finalizer-");
}

/**
 * Churn at a line whose waste has a name of its own is that finding, with what it costs the collector.
 */
function absorbChurn(candidates: readonly Candidate[]): Candidate[] {
  const absorbed = new Set<Candidate>();
  for (const churn of candidates) {
    if (churn.finding.pattern !== "gc/alloc-churn") continue;
    const named = candidates.find(
      ({ finding }) =>
        (finding.pattern === "data/string-concat" || finding.pattern === "data/slice-growth-waste") &&
        finding.state === "confirmed" &&
        finding.site?.file === churn.finding.site?.file &&
        finding.site?.line === churn.finding.site?.line,
    )?.finding;
    if (named === undefined) continue;
    absorbed.add(churn);
    named.severity = churn.finding.severity;
    named.confidence = Math.max(named.confidence, churn.finding.confidence);
    named.evidence.push(...churn.finding.evidence.filter(({ id }) => id !== "churn-site"));
    named.fix.push(...churn.finding.fix.slice(1));
  }
  return candidates.filter((candidate) => !absorbed.has(candidate));
}

/** A heap cluster that a goroutine finding explains is no finding of its own. */
function absorbClusters(
  candidates: readonly Candidate[],
  evidence: Evidence,
  heldHeap: Map<Candidate, number>,
): Candidate[] {
  const { heap } = evidence;
  if (heap === undefined) return [...candidates];
  const byGoroutines = candidates.filter((c) => c.claims.groups.length > 0);
  const absorbed = new Set<GrowthCluster>();
  for (const candidate of byGoroutines) {
    for (const cluster of evidence.clusters) {
      if (absorbed.has(cluster)) continue;
      const explained =
        candidate.claims.clusters.includes(cluster) ||
        candidate.claims.groups.some((group) => isHeldByGoroutines(cluster, group, heap, evidence.retention));
      if (!explained) continue;
      absorbed.add(cluster);
      heldHeap.set(candidate, (heldHeap.get(candidate) ?? 0) + cluster.growthBytes);
      const site = findMainSite(cluster).site;
      candidate.finding.consequences.push({
        statement: statement("consequence-heap-site", {
          site,
          bytes: estimate(cluster.growthBytes, "bytes"),
        }),
        site,
      });
    }
  }
  return candidates.filter(
    (c) =>
      c.claims.groups.length > 0 ||
      c.claims.clusters.length === 0 ||
      !c.claims.clusters.some((x) => absorbed.has(x)),
  );
}

/** Groups that one finding claims as its effect, or that grow in step with its own, are not findings of their own. */
function absorbGoroutines(candidates: readonly Candidate[], evidence: Evidence): Candidate[] {
  const dropped = new Set<Candidate>();
  joinGroupsInStep(candidates, evidence, dropped);
  for (const owner of candidates) {
    if (owner.claims.groups.length < 2) continue;
    for (const other of candidates) {
      if (other === owner || dropped.has(owner)) continue;
      if (other.claims.groups.length !== 1 || !owner.claims.groups.includes(other.claims.groups[0]!))
        continue;
      dropped.add(other);
    }
    for (const group of owner.claims.groups.slice(1)) {
      const consequence: Consequence = {
        statement: statement("consequence-goroutines", {
          site: group.stack.at(-1) ?? group.site,
          state: group.state,
          grown: quantity(group.trend.last - group.trend.first, "count"),
        }),
      };
      owner.finding.consequences.push(consequence);
    }
  }
  return candidates.filter((candidate) => !dropped.has(candidate));
}

/**
 * Goroutines that pile up in step have one cause if they are of one package, or if one started the other: the stages of
 * a pipeline whose source was not closed, a request that waits for its workers. The others become consequences of the
 * likeliest cause (see rankAsCause).
 */
function joinGroupsInStep(
  candidates: readonly Candidate[],
  evidence: Evidence,
  dropped: Set<Candidate>,
): void {
  const single = candidates.filter(
    (c) => c.claims.groups.length === 1 && c.claims.clusters.length === 0 && c.finding.severity !== "info",
  );
  const groups = single.map((c) => c.claims.groups[0]!);
  const { goroutines, source } = evidence;
  const holders = new Map(
    groups.map((g) => [g, findLockHolder(g, goroutines?.groups ?? [], source)?.group] as const),
  );
  const rank = new Map(single.map((c, i) => [c, rankAsCause(groups[i]!, groups)]));
  single.sort((a, b) => rank.get(a)! - rank.get(b)!);
  for (const [i, cause] of single.entries()) {
    if (dropped.has(cause)) continue;
    const group = cause.claims.groups[0]!;
    for (const effect of single.slice(i + 1)) {
      const other = effect.claims.groups[0]!;
      if (dropped.has(effect)) continue;
      const related =
        isSamePackage(group, other) || startsTheOther(group, other) || startsTheOther(other, group);
      const together = related && isInStep(group.count, other.count);
      const isHolder = holders.get(other) === group;
      if (!together && !isHolder && !waitForSameLock(group, other)) continue;
      dropped.add(effect);
      cause.finding.consequences.push({
        statement: statement("consequence-goroutines", {
          site: other.site,
          state: other.state,
          grown: quantity(other.trend.last - other.trend.first, "count"),
        }),
        site: other.site,
      });
      cause.finding.consequences.push(...effect.finding.consequences);
    }
  }
}

/**
 * Lower is likelier the cause. Whoever waits for a lock is never it while another waits for something else, nor is
 * whoever waits for a WaitGroup or Cond, nor one that waits while what it has started waits too; then the larger group.
 */
function rankAsCause(group: GoroutineGroup, all: readonly GoroutineGroup[]): number {
  let rank = -(group.trend.last - group.trend.first);
  if (group.state === "lock") rank += 4e12;
  else if (group.state === "waitgroup" || group.state === "cond") rank += 2e12;
  if (all.some((other) => other !== group && startsTheOther(group, other))) rank += 1e12;
  return rank;
}

/** Does the `go` statement of `child` stand in a function that `parent` is inside of? */
function startsTheOther(parent: GoroutineGroup, child: GoroutineGroup): boolean {
  const starter = child.createdBy?.function;
  return (
    starter !== undefined &&
    starter !== "main.main" &&
    parent.stack.some((frame) => frame.function === starter || isClosureOf(frame, starter))
  );
}

/** Two methods of one type that both wait for a lock wait, as far as stacks can tell, for the same one. */
function waitForSameLock(a: GoroutineGroup, b: GoroutineGroup): boolean {
  const receiver = (group: GoroutineGroup) => /^.*\(\*?[\w.[\]]+\)/.exec(group.site.function)?.[0];
  return a.state === "lock" && b.state === "lock" && receiver(a) !== undefined && receiver(a) === receiver(b);
}

function isSamePackage(a: GoroutineGroup, b: GoroutineGroup): boolean {
  return findPackagePath(a.site.function) === findPackagePath(b.site.function);
}

/** Correlation of the two counts over the samples: 1 if one is always the same multiple of the other. */
const IN_STEP = 0.98;

function isInStep(a: readonly number[], b: readonly number[]): boolean {
  const pairs = a.map((x, i) => [x, b[i]!] as const).filter(([x, y]) => !Number.isNaN(x) && !Number.isNaN(y));
  const mean = (pick: (pair: readonly [number, number]) => number) =>
    pairs.reduce((sum, p) => sum + pick(p), 0) / pairs.length;
  const [ma, mb] = [mean((p) => p[0]), mean((p) => p[1])];
  const cov = pairs.reduce((sum, [x, y]) => sum + (x - ma) * (y - mb), 0);
  const va = pairs.reduce((sum, [x]) => sum + (x - ma) ** 2, 0);
  const vb = pairs.reduce((sum, [, y]) => sum + (y - mb) ** 2, 0);
  return va > 0 && vb > 0 && cov / Math.sqrt(va * vb) >= IN_STEP;
}

/** Stacks are outside the heap: their growth is told with the goroutines that own them. */
function addStackConsequence(candidate: Candidate, evidence: Evidence): void {
  if (candidate.claims.groups.length === 0 || evidence.stackBytes === undefined) return;
  const riseOf = ({ first, last }: { first: number; last: number }) => Math.max(0, last - first);
  const all = evidence.goroutines === undefined ? 0 : riseOf(evidence.goroutines.totalTrend);
  const own = candidate.claims.groups.reduce((sum, { trend }) => sum + riseOf(trend), 0);
  const share = all > 0 ? Math.min(1, own / all) : 1;
  const grown = share * riseOf(evidence.stackBytes);
  if (grown < 64 * 1024) return;
  candidate.finding.consequences.push({
    statement: statement("consequence-stacks", {
      bytes: share === 1 ? quantity(grown, "bytes") : estimate(grown, "bytes"),
    }),
  });
}
