import type { Profile } from "../tables/profile.ts";
import type { StringIndex } from "../tables/string-table.ts";
import type { NodeIndex } from "./stack-interner.ts";

/** Least number of reallocations that make a pattern: two sizes in ratio 1.25 are chance. */
const LEAST_STEPS = 4;
/** append grows by 2× when small and by 1.25× when large, rounded up to a size class (runtime.nextslicecap). */
const LEAST_RATIO = 1.1;
const MOST_RATIO = 2.2;
/** Below this, size classes are coarser than the growth steps. */
const LEAST_BYTES = 16 * 1024;

/**
 * Sites that look like one slice being appended to: a chain of ever larger arrays, each allocated about once, of
 * which all but the newest are freed. Works on the `bytes` label of Go's heap samples alone, so also where the
 * runtime's frames are hidden and /debug/pprof/symbol does not answer, and for Go < 1.23, whose stacks leave
 * runtime.growslice out.
 */
export function findSliceGrowth(
  profile: Profile,
  sampleNode: Int32Array,
  siteOfNode: ReadonlyMap<NodeIndex, number>,
): Set<number> {
  const bytesKey = findString(profile, "bytes");
  const found = new Set<number>();
  if (bytesKey < 0) return found;
  const { label, columns } = profile.samples;
  const at = (type: string) => profile.sampleTypes.findIndex((t) => profile.strings.get(t.type) === type);
  const allocObjects = columns[at("alloc_objects")]?.value;
  const inuseObjects = columns[at("inuse_objects")]?.value;
  if (allocObjects === undefined || inuseObjects === undefined) return found;
  const sizesBySite = new Map<number, Map<number, { allocated: number; inuse: number }>>();
  for (let s = 0; s < sampleNode.length; s++) {
    const site = siteOfNode.get(sampleNode[s]! as NodeIndex);
    if (site === undefined) continue;
    for (let row = label.start[s]!; row < label.start[s + 1]!; row++) {
      if (label.key[row] !== bytesKey) continue;
      const size = Number(label.num[row]!);
      if (size < LEAST_BYTES) continue;
      const sizes = sizesBySite.get(site) ?? new Map<number, { allocated: number; inuse: number }>();
      sizesBySite.set(site, sizes);
      const entry = sizes.get(size) ?? { allocated: 0, inuse: 0 };
      entry.allocated += allocObjects[s]!;
      entry.inuse += inuseObjects[s]!;
      sizes.set(size, entry);
    }
  }
  for (const [site, sizes] of sizesBySite) {
    if (isGrowthChain(sizes)) found.add(site);
  }
  return found;
}

function isGrowthChain(sizes: ReadonlyMap<number, { allocated: number; inuse: number }>): boolean {
  const ascending = [...sizes.entries()].sort((a, b) => a[0] - b[0]);
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

function findString(profile: Profile, text: string): number {
  for (let i = 0; i < profile.strings.length; i++) {
    if (profile.strings.get(i as StringIndex) === text) return i;
  }
  return -1;
}
