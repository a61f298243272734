import type { CodeSite } from "../../analysis/code-site.ts";
import type { GrowthCluster } from "../../analysis/growth-clusters.ts";
import type { GrowthSite, HeapGrowth } from "../../analysis/heap-growth.ts";
import { findOwnFrames } from "../../analysis/own-frames.ts";
import { estimate } from "../../lib/quantity.ts";
import { findPools, type PoolStatement, type PoolUse } from "../../source/pools.ts";
import { findLibraryFrame, listMembers } from "../cluster-share.ts";
import type { Evidence } from "../evidence.ts";
import { clampConfidence, judgeCluster, rateOfCluster } from "../judgement.ts";
import type { Candidate, Pattern } from "../pattern.ts";
import { qualifySite } from "../qualified-site.ts";
import { statement } from "../statement.ts";

/**
 * Values of a sync.Pool that only get larger: put back without being emptied, or however large one request has made
 * them. A pool is emptied by two collections without use, so that only pools in steady use keep what they grew to; and
 * a profile does not know about pools, so that the source must say that the growing value is one of a pool's.
 */
export const syncPool: Pattern = {
  id: "resource/sync-pool",
  judge(evidence) {
    const { heap, source } = evidence;
    if (heap === undefined || source === undefined) return [];
    const pools = findPools(source).filter((pool) => pool.gets.length > 0 && pool.puts.length > 0);
    if (pools.length === 0) return [];
    const growing = evidence.clusters.flatMap((cluster) => judgeGrowing(cluster, pools, heap, evidence));
    return growing.length > 0 ? growing : judgeLarge(pools, heap, evidence);
  },
};

function judgeGrowing(
  cluster: GrowthCluster,
  pools: readonly PoolUse[],
  heap: HeapGrowth,
  evidence: Evidence,
): Candidate[] {
  const member = listMembers(cluster).find((site) => site.growthBytes >= 0.5 * cluster.growthBytes);
  const pool = member && pools.find((candidate) => isPooled(member, candidate, heap, evidence));
  if (member === undefined || pool === undefined) return [];
  const judgement = judgeCluster(cluster, evidence);
  if (judgement === undefined) return [];
  const rate = rateOfCluster(cluster);
  const confidence = judgement.confidence + (pool.resets ? -0.15 : 0.1);
  return [
    {
      claims: { clusters: [cluster], groups: [] },
      finding: {
        pattern: "resource/sync-pool",
        state: pool.resets && judgement.state === "confirmed" ? "suspected" : judgement.state,
        severity: judgement.severity,
        confidence: clampConfidence(confidence),
        site: siteOf(pool.puts[0]!, heap),
        callers: [member.site, ...findOwnFrames(heap, member.node).slice(1)].slice(0, 5),
        headline: statement(pool.resets ? "headline-pool-oversized" : "headline-pool-unreset", {
          pool: pool.name,
          site: member.site,
        }),
        ...(rate === undefined ? {} : { rate }),
        evidence: [...judgement.evidence, ...describePool(pool, member)],
        consequences: [],
        fix: adviseFix(pool),
        next: judgement.next,
        series: [{ label: "retained", unit: "bytes", seconds: heap.seconds, value: cluster.inuseBytes }],
      },
    },
  ];
}

/** A pool worth a hint though nothing grows: large values, and much of what is live. */
const LARGE_VALUE_BYTES = 64 * 1024;
const LARGE_POOL_BYTES = 8 * 1024 * 1024;
const LARGE_POOL_SHARE = 0.3;

function judgeLarge(pools: readonly PoolUse[], heap: HeapGrowth, evidence: Evidence): Candidate[] {
  const live = evidence.liveHeap?.trend.last ?? 0;
  for (const site of heap.sites) {
    const bytes = site.inuseBytes.at(-1) ?? 0;
    if (bytes < LARGE_POOL_BYTES || bytes < LARGE_POOL_SHARE * live || site.objectBytes < LARGE_VALUE_BYTES)
      continue;
    const pool = pools.find((candidate) => !candidate.bounds && isPooled(site, candidate, heap, evidence));
    if (pool === undefined) continue;
    return [
      {
        claims: { clusters: [], groups: [] },
        finding: {
          pattern: "resource/sync-pool",
          state: "suspected",
          severity: "info",
          confidence: 0.4,
          site: siteOf(pool.puts[0]!, heap),
          callers: [site.site],
          headline: statement("headline-pool-large", { pool: pool.name, bytes: estimate(bytes, "bytes") }),
          evidence: describePool(pool, site),
          consequences: [],
          fix: adviseFix(pool),
          next: [],
          series: [{ label: "retained", unit: "bytes", seconds: heap.seconds, value: site.inuseBytes }],
        },
      },
    ];
  }
  return [];
}

/** Is what a site allocates part of a pool's values: by the field that keeps it, or by the type that grows? */
function isPooled(site: GrowthSite, pool: PoolUse, heap: HeapGrowth, { retention }: Evidence): boolean {
  const store = retention?.findPath(site)?.store;
  const type = pool.pooledType.slice(pool.pooledType.lastIndexOf("/") + 1);
  if (type !== "" && store?.owner.startsWith(`${type}.`) === true) return true;
  const dot = type.lastIndexOf(".");
  if (dot > 0) {
    // "bytes.Buffer" grows in "bytes.(*Buffer).grow".
    const home = pool.pooledType.slice(0, pool.pooledType.lastIndexOf("."));
    const method = new RegExp(`^${quotePattern(home)}\\.\\(\\*?${quotePattern(type.slice(dot + 1))}\\)\\.`);
    const isGrown = findLibraryFrame(heap, site.node, method) !== undefined;
    if (isGrown && takesFrom(pool, findOwnFrames(heap, site.node))) return true;
  }
  if (type.startsWith("[]")) {
    const isGrown = site.operation === "slice-growth" || site.operation === "make-slice";
    return isGrown && takesFrom(pool, findOwnFrames(heap, site.node));
  }
  return false;
}

/** Does one of the stack's functions take values from the pool? */
function takesFrom(pool: PoolUse, frames: readonly CodeSite[]): boolean {
  return frames.some((frame) =>
    pool.gets.some(
      (get) =>
        frame.function.endsWith(`.${get.function}`) &&
        (frame.file === get.file || get.file.endsWith(frame.file) || frame.file.endsWith(get.file)),
    ),
  );
}

function quotePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function siteOf({ function: name, file, line }: PoolStatement, heap: HeapGrowth): CodeSite {
  return qualifySite({ function: name, file, line }, heap.interner.frames());
}

function describePool(pool: PoolUse, grown: GrowthSite) {
  const put = pool.puts[0]!;
  return [
    statement("pool-value-grows", {
      pool: pool.name,
      site: grown.site,
      objectBytes: estimate(grown.objectBytes, "bytes"),
    }),
    statement("source-pool-put", {
      text: put.text,
      site: { function: put.function, file: put.file, line: put.line },
    }),
    ...(pool.resets ? [] : [statement("source-pool-no-reset", { pool: pool.name })]),
    ...(pool.bounds ? [] : [statement("source-pool-no-bound", { pool: pool.name })]),
  ];
}

function adviseFix(pool: PoolUse) {
  return [
    ...(pool.resets ? [] : [statement("fix-pool-reset", {})]),
    ...(pool.bounds ? [] : [statement("fix-pool-bound", {})]),
  ];
}
