import type { Profile } from "../../tables/profile.ts";

/**
 * Addresses of the locations without a line: in a heap text those of the runtime frames that Go hides at the leaf.
 * `/debug/pprof/symbol` has their names, which tell the growth of a map from that of a slice.
 */
export function findUnsymbolizedAddresses(profile: Profile): BigUint64Array {
  const { length, address, lineStart } = profile.locations;
  const found: bigint[] = [];
  for (let location = 0; location < length; location++) {
    if (lineStart[location] === lineStart[location + 1]) found.push(address[location]!);
  }
  return BigUint64Array.from(found);
}
