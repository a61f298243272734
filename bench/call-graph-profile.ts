import type { Profile } from "../src/tables/profile.ts";
import { makeHeapProfile, makeRandom, type ProfileSize } from "./synthetic-profile.ts";

const ROOTS = 64;
const CALL_SITES = 3;

/**
 * A heap profile whose stacks are walks through one call graph, as a service's are: a function calls a few others, some
 * far more often. (`makeHeapProfile` draws every frame on its own, which gives call graphs that no program has.)
 * `seed` makes other samples of the same program.
 */
export function makeCallGraphProfile(size: ProfileSize, seed: number): Profile {
  const profile = makeHeapProfile(size, seed);
  const random = makeRandom(seed);
  const { locationStart, location } = profile.samples;
  const perFunction = Math.max(1, Math.floor(size.locations / size.functions));
  for (let sample = 0; sample < size.samples; sample++) {
    let fn = Math.floor(random() ** 2 * ROOTS) % size.functions;
    // Leaf first: the root is the last of a sample's locations.
    for (let at = locationStart[sample + 1]! - 1; at >= locationStart[sample]!; at--) {
      const callSite = Math.floor(random() ** 2 * CALL_SITES);
      location[at] = (fn + (callSite % perFunction) * size.functions) % size.locations;
      // The same call always goes to the same function.
      fn = (Math.imul(fn * CALL_SITES + callSite + 1, 0x9e3779b1) >>> 0) % size.functions;
    }
  }
  return profile;
}
