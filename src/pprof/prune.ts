import { NONE, type Profile } from "../tables/profile.ts";
import { EMPTY_STRING, type StringIndex } from "../tables/string-table.ts";
import { compileRe2, FOREIGN_LIMITS, type Re2 } from "./re2.ts";
import { keepLines, SampleRewriter } from "./rewrite-tables.ts";

const KEPT = 0;
/** The location goes, with all that it called. */
const PRUNED = 1;
/** The location stays, what it called goes. */
const PRUNED_BENEATH = 2;

const BRACKETS = /\(anonymous namespace\)|operator\(\)|\(/g;

/** A function's name without the arguments of C++ and the dot of PPC64 (google/pprof, profile/prune.go). */
function simplifyName(name: string): string {
  const text = name.startsWith(".") ? name.slice(1) : name;
  for (const match of text.matchAll(BRACKETS)) if (match[0] === "(") return text.slice(0, match.index);
  return text;
}

/** Asks once a function. */
function functionTest(
  profile: Profile,
  isWanted: (simpleName: string) => boolean,
): (line: number) => boolean {
  const { functions, locations, strings } = profile;
  const known = new Int8Array(functions.length).fill(-1);
  return (line) => {
    const fn = locations.lineFunction[line]!;
    if (fn === NONE) return false;
    if (known[fn] === -1) {
      const name = strings.get(functions.name[fn]! as StringIndex);
      known[fn] = name !== "" && isWanted(simplifyName(name)) ? 1 : 0;
    }
    return known[fn] === 1;
  };
}

/** Applies the profile's own drop_frames and keep_frames (profile/prune.go, RemoveUninteresting). */
export function pruneUninteresting(profile: Profile): Profile {
  const { strings, dropFrames, keepFrames } = profile;
  if (dropFrames === EMPTY_STRING || strings.get(dropFrames) === "") return profile;
  const drop = compileRe2(`^(${strings.get(dropFrames)})$`, "the profile's drop_frames", FOREIGN_LIMITS);
  const keepText = strings.get(keepFrames);
  const keep =
    keepText === "" ? undefined : compileRe2(`^(${keepText})$`, "the profile's keep_frames", FOREIGN_LIMITS);
  return prune(
    profile,
    functionTest(profile, (name) => drop.test(name) && !keep?.test(name)),
  );
}

/** Drops matching frames and what they called, but nothing before the first frame that does not match. */
function prune(profile: Profile, isDropped: (line: number) => boolean): Profile {
  const { locations, samples } = profile;
  const fate = new Uint8Array(locations.length);
  const isKept = new Uint8Array(locations.lineFunction.length).fill(1);
  for (let location = 0; location < locations.length; location++) {
    const start = locations.lineStart[location]!;
    const end = locations.lineStart[location + 1]!;
    let row = end - 1;
    while (row >= start && !isDropped(row)) row--;
    if (row < start) continue;
    fate[location] = row === end - 1 ? PRUNED : PRUNED_BENEATH;
    if (row < end - 1) isKept.fill(0, start, row + 1);
  }
  const rewriter = new SampleRewriter(samples);
  for (let sample = 0; sample < samples.length; sample++) {
    const end = samples.locationStart[sample + 1]!;
    let start = samples.locationStart[sample]!;
    let hasUserFrame = false;
    for (let at = end - 1; at >= start; at--) {
      const happens = fate[samples.location[at]!]!;
      if (happens === KEPT) hasUserFrame = true;
      else if (hasUserFrame) start = happens === PRUNED ? at + 1 : at;
    }
    rewriter.pushStack(start, end);
    rewriter.keep(sample);
  }
  return { ...profile, locations: keepLines(locations, isKept), samples: rewriter.finish() };
}

/** The option prune_from: drops what the innermost matching frame called (profile/prune.go, PruneFrom). */
export function pruneFrom(profile: Profile, expression: Re2): Profile {
  const { locations, samples } = profile;
  const matches = functionTest(profile, (name) => expression.test(name));
  const isEnd = new Uint8Array(locations.length);
  const isKept = new Uint8Array(locations.lineFunction.length).fill(1);
  for (let location = 0; location < locations.length; location++) {
    const start = locations.lineStart[location]!;
    const end = locations.lineStart[location + 1]!;
    let row = start;
    while (row < end && !matches(row)) row++;
    if (row === end) continue;
    isEnd[location] = 1;
    isKept.fill(0, start, row);
  }
  const rewriter = new SampleRewriter(samples);
  for (let sample = 0; sample < samples.length; sample++) {
    const first = samples.locationStart[sample]!;
    const end = samples.locationStart[sample + 1]!;
    let start = first;
    while (start < end && isEnd[samples.location[start]!] === 0) start++;
    rewriter.pushStack(start === end ? first : start, end);
    rewriter.keep(sample);
  }
  return { ...profile, locations: keepLines(locations, isKept), samples: rewriter.finish() };
}
