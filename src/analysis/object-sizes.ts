import type { Profile } from "../tables/profile.ts";
import type { StringIndex } from "../tables/string-table.ts";
import type { NodeIndex } from "./stack-interner.ts";

/** Objects by their size in bytes, as Go rounds it: how many were ever allocated, how many are in use. */
export type ObjectSizes = ReadonlyMap<number, { allocated: number; inuse: number }>;

/**
 * Sizes of the objects of each group of stacks, from the label `bytes` that Go's heap samples carry (runtime/pprof's
 * protomem.go). Empty for profiles without it.
 */
export function collectObjectSizes(
  profile: Profile,
  sampleNode: Int32Array,
  groupOfNode: ReadonlyMap<NodeIndex, number>,
): Map<number, ObjectSizes> {
  const bySite = new Map<number, Map<number, { allocated: number; inuse: number }>>();
  const bytesKey = findString(profile, "bytes");
  if (bytesKey < 0) return bySite;
  const { label, columns } = profile.samples;
  const at = (type: string) => profile.sampleTypes.findIndex((t) => profile.strings.get(t.type) === type);
  const allocObjects = columns[at("alloc_objects")]?.value;
  const inuseObjects = columns[at("inuse_objects")]?.value;
  if (allocObjects === undefined || inuseObjects === undefined) return bySite;
  for (let s = 0; s < sampleNode.length; s++) {
    const site = groupOfNode.get(sampleNode[s]! as NodeIndex);
    if (site === undefined) continue;
    for (let row = label.start[s]!; row < label.start[s + 1]!; row++) {
      if (label.key[row] !== bytesKey) continue;
      const size = Number(label.num[row]!);
      const sizes = bySite.get(site) ?? new Map<number, { allocated: number; inuse: number }>();
      bySite.set(site, sizes);
      const entry = sizes.get(size) ?? { allocated: 0, inuse: 0 };
      entry.allocated += allocObjects[s]!;
      entry.inuse += inuseObjects[s]!;
      sizes.set(size, entry);
    }
  }
  return bySite;
}

function findString(profile: Profile, text: string): number {
  for (let i = 0; i < profile.strings.length; i++) {
    if (profile.strings.get(i as StringIndex) === text) return i;
  }
  return -1;
}
