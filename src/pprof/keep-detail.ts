import { HAS_INLINE_FRAMES, type Profile } from "../tables/profile.ts";
import type { FrameDetail } from "./granularity.ts";
import { keepLines } from "./rewrite-tables.ts";

/**
 * A profile at address granularity with the lines that its detail keeps: what `raw` and `proto` show of -noinlines
 * (google/pprof, profile/profile.go, Aggregate).
 */
export function keepDetail(profile: Profile, detail: FrameDetail): Profile {
  if (detail.inlines) return profile;
  const { locations, mappings } = profile;
  const isKept = new Uint8Array(locations.lineFunction.length);
  for (let location = 0; location < locations.length; location++) {
    const end = locations.lineStart[location + 1]!;
    if (end > locations.lineStart[location]!) isKept[end - 1] = 1;
  }
  const kept = keepLines(locations, isKept);
  return {
    ...profile,
    locations: detail.column ? kept : { ...kept, column: new Float64Array(kept.column.length) },
    mappings: { ...mappings, has: mappings.has.map((bits) => bits & ~HAS_INLINE_FRAMES) },
  };
}
