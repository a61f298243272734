import type { AllocationOperation } from "./allocation-operation.ts";
import type { GrowthSite, HeapGrowth } from "./heap-growth.ts";
import { collectObjectSizes } from "./object-sizes.ts";
import type { NodeIndex } from "./stack-interner.ts";

/** What one line allocated in the window for one operation, such as appending. */
export interface AllocationCost {
  site: GrowthSite;
  bytes: number;
  objects: number;
  /** Of all that the profile saw allocated in the window. */
  share: number;
  bytesPerSecond: number;
  /** Objects allocated in the window by size, ascending; empty where the profile does not tell. */
  sizes: { bytes: number; objects: number }[];
  /** False where the runtime's frames do not say that it was this operation (append under Go before 1.23). */
  isCertain: boolean;
}

/** Less than this share of what is allocated is not worth a change. */
const NOTABLE_COST_SHARE = 0.15;
/** Shares of next to nothing mean nothing: a service that allocates less than this has no cost to save. */
const LEAST_TOTAL_BYTES_PER_SECOND = 1024 * 1024;

/**
 * Lines of the program that allocate a notable share for the operation, the largest first. Lines whose operation is not
 * known are among them, marked as not certain.
 */
export function findAllocationCosts(heap: HeapGrowth, operation: AllocationOperation): AllocationCost[] {
  const { columns, seconds, operations, interner, ends } = heap;
  const first = columns[0];
  const last = columns[columns.length - 1];
  const span = (seconds.at(-1) ?? 0) - (seconds[0] ?? 0);
  if (first === undefined || last === undefined || ends === undefined || span <= 0) return [];
  const allocated = (n: number): number => Math.max(0, last.allocBytes[n]! - first.allocBytes[n]!);
  let total = 0;
  for (let n = 1; n < interner.nodeCount; n++) total += allocated(n);
  if (total < LEAST_TOTAL_BYTES_PER_SECOND * span) return [];
  const costs: AllocationCost[] = [];
  for (const site of heap.sites) {
    if (site.origin !== "own") continue;
    const nodes = site.nodes.filter((node) => operations[node] === operation);
    const unknown = site.nodes.filter((node) => operations[node] === undefined && isLeaf(heap, node, site));
    const isCertain = nodes.length > 0;
    const counted = isCertain ? nodes : unknown;
    const bytes = counted.reduce((sum, node) => sum + allocated(node), 0);
    if (bytes < NOTABLE_COST_SHARE * total) continue;
    costs.push({
      site,
      bytes,
      objects: counted.reduce(
        (sum, n) => sum + Math.max(0, last.allocObjects[n]! - first.allocObjects[n]!),
        0,
      ),
      share: bytes / total,
      bytesPerSecond: bytes / span,
      sizes: measureSizes(heap, counted),
      isCertain,
    });
  }
  return costs.sort((a, b) => b.bytes - a.bytes);
}

/** The line itself allocates, no library function that it calls. */
function isLeaf({ interner }: HeapGrowth, node: NodeIndex, { site }: GrowthSite): boolean {
  const frame = interner.frameOf(node);
  return frame.function === site.function && frame.line === site.line;
}

function measureSizes(heap: HeapGrowth, nodes: readonly NodeIndex[]): { bytes: number; objects: number }[] {
  const { first, last } = heap.ends!;
  const group = new Map(nodes.map((node) => [node, 0]));
  const before = collectObjectSizes(first.profile, first.node, group).get(0);
  const after = collectObjectSizes(last.profile, last.node, group).get(0);
  return [...(after ?? [])]
    .map(([bytes, { allocated }]) => ({ bytes, objects: allocated - (before?.get(bytes)?.allocated ?? 0) }))
    .filter(({ objects }) => objects > 0)
    .sort((a, b) => a.bytes - b.bytes);
}
