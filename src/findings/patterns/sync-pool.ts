import type { CodeSite } from "../../analysis/code-site.ts";
import type { GrowthCluster } from "../../analysis/growth-clusters.ts";
import type { GrowthSite, HeapGrowth } from "../../analysis/heap-growth.ts";
import { findOwnFrames } from "../../analysis/own-frames.ts";
import { findSizeRecords } from "../../analysis/size-records.ts";
import { estimate, quantity } from "../../lib/quantity.ts";
import { findPools, type PoolStatement, type PoolUse } from "../../source/pools.ts";
import type { HeapContents, PoolContents } from "../../tables/heap-contents.ts";
import { findLibraryFrame, listMembers } from "../cluster-share.ts";
import type { Evidence } from "../evidence.ts";
import { withoutTypeArguments } from "../heap-containers.ts";
import { foundInHeap, hasTrend, isNotable } from "../heap-suspects.ts";
import { clampConfidence, type Judgement, judgeCluster, rateOfCluster } from "../judgement.ts";
import type { Candidate, Pattern } from "../pattern.ts";
import { qualifySite } from "../qualified-site.ts";
import { type Statement, statement } from "../statement.ts";

/**
 * Values of a sync.Pool that only get larger: put back without being emptied, or however large one request has made
 * them. A profile does not know about pools, so that the source must say that the growing value is one of a pool's.
 *
 * Two things show it. What is kept grows, where the values are in use all the time. Or each part of the window has
 * values larger than any before: so also where collections take what lies in the pool (two without use empty it), which
 * those that are forced to look at the heap do, too.
 */
export const syncPool: Pattern = {
  id: "resource/sync-pool",
  judge(evidence) {
    const found = judgeProfile(evidence);
    return found.length > 0 ? found : judgeHeap(evidence);
  },
};

function judgeProfile(evidence: Evidence): Candidate[] {
  const { heap, source } = evidence;
  if (heap === undefined || source === undefined) return [];
  const pools = findPools(source).filter((pool) => pool.gets.length > 0 && pool.puts.length > 0);
  if (pools.length === 0) return [];
  const growing = pools.flatMap((pool) => judgeGrowing(pool, heap, evidence) ?? []);
  return growing.length > 0 ? growing : judgeLarge(pools, heap, evidence);
}

/** From here on values that are put back as they were are worth a word, if they are a good part of the heap. */
const LEAST_FILLED_BYTES = 4 * 1024 * 1024;
const LEAST_FILLED_SHARE = 0.25;

function isMuchOf(pool: PoolContents, contents: HeapContents): boolean {
  const bytes = pool.retainedBytes + pool.takenBytes;
  if (isNotable(contents, bytes)) return true;
  return (
    pool.filled > 0 &&
    pool.largestBytes >= LEAST_LARGEST_BYTES &&
    bytes >= LEAST_FILLED_BYTES &&
    bytes >= LEAST_FILLED_SHARE * contents.reachableBytes
  );
}

/** Pools that hold much of the heap, where only a look at it is there to tell. */
function judgeHeap(evidence: Evidence): Candidate[] {
  const { heapContents } = evidence;
  if (heapContents === undefined || hasTrend(evidence)) return [];
  return heapContents.pools
    .filter((pool) => isMuchOf(pool, heapContents))
    .map((pool) =>
      foundInHeap("resource/sync-pool", {
        state: "suspected",
        severity: "info",
        confidence: pool.filled > 0 ? 0.6 : 0.4,
        headline: statement("headline-heap-pool", {
          owner: pool.owner,
          values: quantity(pool.values, "count"),
          bytes: quantity(pool.retainedBytes, "bytes"),
          largest: quantity(pool.largestBytes, "bytes"),
        }),
        evidence: [...describeContents(pool, heapContents), statement("heap-one-look", {})],
        fix: [...(pool.filled > 0 ? [statement("fix-pool-reset", {})] : []), statement("fix-pool-bound", {})],
        next: [statement("next-prove-growth", {})],
      }),
    );
}

function describeContents(pool: PoolContents, { reachableBytes }: HeapContents): Statement[] {
  const { owner, type, filled, filledField, takenBytes } = pool;
  const values = quantity(pool.values, "count");
  const result = [
    statement("heap-pool-contents", {
      owner,
      type,
      values,
      bytes: quantity(pool.retainedBytes, "bytes"),
      largest: quantity(pool.largestBytes, "bytes"),
    }),
  ];
  if (takenBytes > 0) {
    const share = (pool.retainedBytes + takenBytes) / reachableBytes;
    result.push(
      statement("heap-pool-taken", {
        owner,
        bytes: estimate(takenBytes, "bytes"),
        share: estimate(share, "fraction"),
      }),
    );
  }
  if (filled > 0)
    result.push(
      statement("heap-pool-filled", { owner, field: filledField, filled: quantity(filled, "count"), values }),
    );
  return result;
}

/** What lies in the pool of this name when the heap is looked at. */
function seeContents(pool: PoolUse, { heapContents }: Evidence): Statement[] {
  const seen = heapContents?.pools.find(({ owner }) => {
    const name = withoutTypeArguments(owner);
    return name === pool.name || name.slice(name.indexOf(".") + 1) === pool.name;
  });
  return seen === undefined || heapContents === undefined ? [] : describeContents(seen, heapContents);
}

function judgeGrowing(pool: PoolUse, heap: HeapGrowth, evidence: Evidence): Candidate | undefined {
  const known = new Map<GrowthSite, boolean>();
  const isOfPool = (site: GrowthSite): boolean => {
    const before = known.get(site) ?? isPooled(site, pool, heap, evidence);
    known.set(site, before);
    return before;
  };
  const clusters = evidence.clusters.filter((cluster) => {
    const pooled = listMembers(cluster).filter(isOfPool);
    return pooled.reduce((sum, site) => sum + site.growthBytes, 0) >= 0.5 * cluster.growthBytes;
  });
  const [cluster] = clusters;
  const kept = cluster === undefined ? undefined : judgeCluster(cluster, evidence);
  const sites = heap.sites.filter((site) => allocatesLarge(site, heap) && isOfPool(site));
  const sizes = judgeSizes(pool, sites, heap, evidence);
  const best =
    sizes !== undefined && (kept === undefined || sizes.confidence > kept.confidence) ? sizes : kept;
  if (best === undefined) return undefined;
  const member = cluster === undefined ? undefined : listMembers(cluster).find(isOfPool);
  const main = member ?? sites.toSorted((a, b) => allocatedInWindow(b) - allocatedInWindow(a))[0];
  if (main === undefined) return undefined;
  const rate = kept === undefined || cluster === undefined ? undefined : rateOfCluster(cluster);
  const isSuspectedOnly = pool.resets && best.state === "confirmed";
  return {
    claims: { clusters, groups: [] },
    finding: {
      pattern: "resource/sync-pool",
      state: isSuspectedOnly ? "suspected" : best.state,
      severity: best.severity,
      confidence: clampConfidence(best.confidence + (pool.resets ? -0.15 : 0.1)),
      site: siteOf(pool.puts[0]!, heap),
      callers: [main.site, ...findOwnFrames(heap, main.node).slice(1)].slice(0, 5),
      headline: statement(pool.resets ? "headline-pool-oversized" : "headline-pool-unreset", {
        pool: pool.name,
        site: main.site,
      }),
      ...(rate === undefined ? {} : { rate }),
      evidence: [
        ...(kept?.evidence ?? []),
        ...(best === sizes ? sizes.evidence : []),
        ...describePool(pool, main, heap),
        ...seeContents(pool, evidence),
      ],
      consequences: [],
      fix: adviseFix(pool),
      next: best.next,
      series: [
        { label: "retained", unit: "bytes", seconds: heap.seconds, value: addInuse(sites, cluster, heap) },
      ],
    },
  };
}

function addInuse(
  sites: readonly GrowthSite[],
  cluster: GrowthCluster | undefined,
  heap: HeapGrowth,
): number[] {
  return (
    cluster?.inuseBytes ??
    heap.seconds.map((_, k) => sites.reduce((sum, site) => sum + site.inuseBytes[k]!, 0))
  );
}

/** Values that grow are large before they hurt; and smaller ones are sampled too seldom to say which was the largest. */
const LEAST_LARGEST_BYTES = 64 * 1024;
/** From its first value to its last so much larger. */
const LEAST_SIZE_RATIO = 2;
const LARGEST_CHANCE = 0.05;
/** A buffer that doubles has few sizes, far apart: three doublings, each in a part of the window of its own. */
const LARGEST_CHANCE_OF_DOUBLING = 0.2;
const LEAST_DOUBLING_RATIO = 8;
/** Below this at its peak, what the pool holds is not worth a warning. */
const NOTABLE_PEAK_BYTES = 1024 * 1024;

function allocatesLarge({ nodes }: GrowthSite, { columns }: HeapGrowth): boolean {
  const last = columns.at(-1);
  return last !== undefined && nodes.some((n) => last.largestBytes[n]! >= LEAST_LARGEST_BYTES);
}

function allocatedInWindow({ allocBytes }: GrowthSite): number {
  return (allocBytes.at(-1) ?? 0) - (allocBytes[0] ?? 0);
}

/**
 * By the sizes of what the pool's users allocate. Only where nobody empties the values: those that are emptied grow with
 * the largest request, which may well be larger and larger for a while.
 */
function judgeSizes(
  pool: PoolUse,
  sites: readonly GrowthSite[],
  heap: HeapGrowth,
  evidence: Evidence,
): Judgement | undefined {
  if (pool.resets || sites.length === 0) return undefined;
  const records = findSizeRecords(
    heap,
    sites.flatMap((site) => site.nodes),
    evidence.processAgeSeconds,
  );
  if (records === undefined || records.hasSettled) return undefined;
  const { chance, fromBytes, toBytes } = records;
  const ratio = toBytes / Math.max(LEAST_LARGEST_BYTES, fromBytes);
  const isSure = chance <= LARGEST_CHANCE && ratio >= LEAST_SIZE_RATIO;
  if (!isSure && !(chance <= LARGEST_CHANCE_OF_DOUBLING && ratio >= LEAST_DOUBLING_RATIO)) return undefined;
  const peak = Math.max(...addInuse(sites, undefined, heap));
  return {
    state: isSure ? "confirmed" : "suspected",
    severity: peak >= NOTABLE_PEAK_BYTES ? "warning" : "info",
    confidence: isSure ? (chance <= 0.01 ? 0.75 : 0.65) : 0.4,
    evidence: [
      statement("pool-size-records", {
        pool: pool.name,
        from: estimate(fromBytes, "bytes"),
        to: quantity(toBytes, "bytes"),
        records: quantity(records.records, "count"),
        parts: quantity(records.parts, "count"),
        chance: quantity(chance, "fraction"),
      }),
      statement("pool-size-peak", { bytes: estimate(peak, "bytes") }),
    ],
    next: isSure ? [] : [statement("next-longer-window", { span: quantity(4 * spanOf(heap), "seconds") })],
  };
}

function spanOf({ seconds }: HeapGrowth): number {
  return (seconds.at(-1) ?? 0) - (seconds[0] ?? 0);
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
          evidence: [...describePool(pool, site, heap), ...seeContents(pool, evidence)],
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

function describePool(pool: PoolUse, grown: GrowthSite, { columns }: HeapGrowth) {
  const put = pool.puts[0]!;
  const objectBytes =
    grown.objectBytes > 0
      ? grown.objectBytes
      : Math.max(...grown.nodes.map((n) => columns.at(-1)?.largestBytes[n] ?? 0));
  return [
    statement("pool-value-grows", {
      pool: pool.name,
      site: grown.site,
      objectBytes: estimate(objectBytes, "bytes"),
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
