import type { GrowthCluster } from "../analysis/growth-clusters.ts";
import type { GrowthSite, HeapGrowth } from "../analysis/heap-growth.ts";
import { type NodeIndex, ROOT } from "../analysis/stack-interner.ts";

/** Container and values of a cluster. */
export function listMembers({ container, values }: GrowthCluster): readonly GrowthSite[] {
  return container === undefined ? values : [container, ...values];
}

/** Share of a cluster's growth that comes from stacks of some kind, 0 to 1. */
export function computeShare(
  cluster: GrowthCluster,
  heap: HeapGrowth,
  isWanted: (node: NodeIndex) => boolean,
): number {
  const [first, last] = [heap.columns[0], heap.columns[heap.columns.length - 1]];
  if (first === undefined || last === undefined) return 0;
  let [wanted, total] = [0, 0];
  for (const site of listMembers(cluster)) {
    for (const node of site.nodes) {
      const growth = last.inuseBytes[node]! - first.inuseBytes[node]!;
      total += growth;
      if (isWanted(node)) wanted += growth;
    }
  }
  return total > 0 ? wanted / total : 0;
}

/** The library function of that kind that a stack passes before it comes to the program's own code. */
export function findLibraryFrame(heap: HeapGrowth, node: NodeIndex, functions: RegExp): string | undefined {
  const { interner, originOfFrame } = heap;
  let found: string | undefined;
  for (let at = node; at !== ROOT; at = interner.parentOf(at)) {
    const frame = interner.frameIndexOf(at);
    if (originOfFrame[frame] === "own") return found;
    const name = interner.frames()[frame]!.function;
    if (functions.test(name)) found = name;
  }
  return found;
}
