import type { ObjectSizes } from "./object-sizes.ts";

/** Least number of reallocations that make a pattern: two sizes in ratio 1.25 are chance. */
const LEAST_STEPS = 4;
/** append grows by 2× when small and by 1.25× when large, rounded up to a size class (runtime.nextslicecap). */
const LEAST_RATIO = 1.1;
const MOST_RATIO = 2.2;
/** Below this, size classes are coarser than the growth steps. */
const LEAST_BYTES = 16 * 1024;

/**
 * Sites that look like one slice being appended to: a chain of ever larger arrays, each allocated about once, of
 * which all but the newest are freed. Works on the sizes of Go's heap samples alone, so also where the runtime's frames
 * are hidden and /debug/pprof/symbol does not answer, and for Go < 1.23, whose stacks leave runtime.growslice out.
 */
export function findSliceGrowth(sizesBySite: ReadonlyMap<number, ObjectSizes>): Set<number> {
  const found = new Set<number>();
  for (const [site, sizes] of sizesBySite) {
    if (isGrowthChain(sizes)) found.add(site);
  }
  return found;
}

function isGrowthChain(sizes: ObjectSizes): boolean {
  const ascending = [...sizes.entries()].filter(([size]) => size >= LEAST_BYTES).sort((a, b) => a[0] - b[0]);
  let steps = 0;
  for (let i = 1; i < ascending.length; i++) {
    const ratio = ascending[i]![0] / ascending[i - 1]![0];
    if (ratio < LEAST_RATIO || ratio > MOST_RATIO) steps = 0;
    else steps++;
  }
  if (steps < LEAST_STEPS) return false;
  const chain = ascending.slice(-steps - 1);
  const older = chain.slice(0, -1);
  const freed = older.filter(([, count]) => count.inuse === 0).length;
  return freed >= older.length * 0.6;
}
