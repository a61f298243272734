import { classifyCourse } from "../analysis/growth-course.ts";
import type { GrowthSite, HeapGrowth } from "../analysis/heap-growth.ts";
import { computeModuleGrowth, computePackageGrowth } from "../analysis/package-growth.ts";
import type { HeapDiff, SiteDiff } from "./diff.ts";
import type { LoadCounter } from "./load-counter.ts";

const SITES_KEPT = 100;
const PACKAGES_KEPT = 50;
/** Less than this at one site is not worth a word, however exact. */
const NOISE_BYTES = 64 * 1024;

export interface DiffContext {
  mainModule: string | undefined;
  isSameProcess: boolean;
  load: LoadCounter | undefined;
  isInOrder: boolean;
}

export function diffHeap(heap: HeapGrowth, context: DiffContext): HeapDiff {
  const total = (pick: (c: HeapGrowth["columns"][number]) => Float64Array) =>
    heap.columns.map((c) => pick(c).reduce((sum, n) => sum + n, 0));
  const series = total((c) => c.inuseBytes);
  const objects = total((c) => c.inuseObjects);
  const alloc = total((c) => c.allocBytes);
  const growthBytes = series.at(-1)! - series[0]!;
  const allocatedBytes = alloc.at(-1) === 0 ? null : allocatedBetween(alloc, context);
  const kept = context.isSameProcess ? growthBytes : series.at(-1)!;
  const load = context.load;
  const sites = heap.sites.map((site) => diffSite(site, heap, context)).filter(isWorthARow);
  sites.sort((a, b) => b.growthBytes - a.growthBytes);
  return {
    beforeBytes: series[0]!,
    afterBytes: series.at(-1)!,
    growthBytes,
    growthObjects: objects.at(-1)! - objects[0]!,
    allocatedBytes,
    survivors: shareOf(kept, allocatedBytes),
    growthPerUnit: load === undefined || !context.isSameProcess ? null : growthBytes / load.growth,
    allocatedPerUnit: load === undefined || allocatedBytes === null ? null : allocatedBytes / load.growth,
    course: classifyCourse(series, Math.max(NOISE_BYTES, 0.02 * series[0]!)),
    series,
    siteCount: heap.sites.length,
    newCount: sites.filter((s) => s.change === "new").length,
    goneCount: sites.filter((s) => s.change === "gone").length,
    sites: keepEnds(sites, SITES_KEPT),
    packages: keepEnds(computePackageGrowth(heap), PACKAGES_KEPT),
    modules: keepEnds(computeModuleGrowth(heap, context.mainModule), PACKAGES_KEPT),
  };
}

/** The first three quarters and the last quarter of what is kept: what grew most and what shrank most. */
export function keepEnds<T>(rows: T[], count: number): T[] {
  if (rows.length <= count) return rows;
  const tail = count >> 2;
  return [...rows.slice(0, count - tail), ...rows.slice(-tail)];
}

function isWorthARow({ growthBytes, change, allocatedBytes }: SiteDiff): boolean {
  return growthBytes !== 0 || change !== null || (allocatedBytes ?? 0) > 0;
}

/** Cumulative counters between the ends, or since the start of the second process. */
function allocatedBetween(series: readonly number[], { isSameProcess }: DiffContext): number {
  const last = series.at(-1) ?? 0;
  return Math.max(0, isSameProcess ? last - (series[0] ?? 0) : last);
}

function shareOf(growth: number, allocated: number | null): number | null {
  return allocated === null || !(allocated > 0) ? null : Math.max(0, Math.min(1, growth / allocated));
}

function diffSite(site: GrowthSite, heap: HeapGrowth, context: DiffContext): SiteDiff {
  const { growthBytes, inuseBytes } = site;
  const [beforeBytes, afterBytes] = [inuseBytes[0] ?? 0, inuseBytes.at(-1) ?? 0];
  const hasAlloc = site.allocBytes.some((bytes) => bytes > 0);
  const allocatedBytes = hasAlloc ? allocatedBetween(site.allocBytes, context) : null;
  // Objects that live through both are sampled once; of two processes each has its own samples.
  const uncertain = context.isSameProcess ? Math.abs(growthBytes) : beforeBytes + afterBytes;
  const isNew =
    afterBytes > 0 && beforeBytes === 0 && !(context.isSameProcess && (site.allocBytes[0] ?? 0) > 0);
  const span = (heap.seconds.at(-1) ?? 0) - (heap.seconds[0] ?? 0);
  return {
    site: site.site,
    origin: site.origin,
    operation: site.operation ?? null,
    beforeBytes,
    afterBytes,
    growthBytes,
    growthObjects: site.growthObjects,
    errorBytes: Math.sqrt(uncertain * site.sampleWeightBytes),
    change: isNew ? "new" : beforeBytes > 0 && afterBytes === 0 ? "gone" : null,
    course: classifyCourse(inuseBytes, Math.max(NOISE_BYTES, 2 * site.sampleWeightBytes)),
    allocatedBytes,
    allocatedPerGrowth: allocatedBytes === null || growthBytes <= 0 ? null : allocatedBytes / growthBytes,
    survivors: shareOf(context.isSameProcess ? growthBytes : afterBytes, allocatedBytes),
    growthPerUnit:
      context.load === undefined || !context.isSameProcess ? null : growthBytes / context.load.growth,
    bytesPerSecond: context.isInOrder && span > 0 ? growthBytes / span : null,
    series: inuseBytes,
  };
}
