import type { GrowthSite, HeapGrowth } from "../analysis/heap-growth.ts";

/** The own or third-party line that allocated the most bytes in the window, and its share of all of them. */
export function findLeadingAllocation(
  heap: HeapGrowth,
): { site: GrowthSite; bytesPerSecond: number; share: number } | undefined {
  const span = (heap.seconds.at(-1) ?? 0) - (heap.seconds[0] ?? 0);
  const allocated = (site: GrowthSite) => (site.allocBytes.at(-1) ?? 0) - (site.allocBytes[0] ?? 0);
  const total = heap.sites.reduce((sum, site) => sum + allocated(site), 0);
  const best = heap.sites
    .filter((site) => site.origin === "own" || site.origin === "third-party")
    .sort((a, b) => allocated(b) - allocated(a))[0];
  if (best === undefined || total <= 0 || span <= 0) return undefined;
  return { site: best, bytesPerSecond: allocated(best) / span, share: allocated(best) / total };
}
