import type { Profile } from "../tables/profile.ts";
import { NameMatcher } from "./name-matcher.ts";
import type { Re2 } from "./re2.ts";
import { keepLines, SampleRewriter } from "./rewrite-tables.ts";

export interface FrameFilters {
  focus?: Re2 | undefined;
  ignore?: Re2 | undefined;
  hide?: Re2 | undefined;
  show?: Re2 | undefined;
}

export interface FilteredFrames {
  profile: Profile;
  /** Which of the filters matched anything. */
  matched: { focus: boolean; ignore: boolean; hide: boolean; show: boolean };
}

const FOCUSED = 1;
const IGNORED = 2;

/**
 * Keeps samples with a focused location and without an ignored one, and of these the lines that are shown and not
 * hidden (google/pprof, profile/filter.go, FilterSamplesByName).
 */
export function filterFrames(profile: Profile, filters: FrameFilters): FilteredFrames {
  const matched = { focus: false, ignore: false, hide: false, show: false };
  const { samples, locations } = profile;
  const [focus, ignore, hide, show] = [filters.focus, filters.ignore, filters.hide, filters.show].map(
    (expression) => (expression === undefined ? undefined : new NameMatcher(profile, expression)),
  );
  if (focus === undefined && ignore === undefined && hide === undefined && show === undefined) {
    return { profile, matched: { ...matched, focus: true } };
  }
  const choice = new Uint8Array(locations.length);
  const isHidden = new Uint8Array(locations.length);
  const isKept = new Uint8Array(locations.lineFunction.length).fill(1);
  let hidden = 0;
  for (let location = 0; location < locations.length; location++) {
    if (ignore?.matchesLocation(location)) {
      matched.ignore = true;
      choice[location] = IGNORED;
    } else if (focus === undefined || focus.matchesLocation(location)) {
      matched.focus = true;
      choice[location] = FOCUSED;
    }
    if (hideLines(location)) {
      isHidden[location] = 1;
      hidden++;
    }
  }
  const rewriter = new SampleRewriter(samples);
  for (let row = 0; row < samples.length; row++) {
    const start = samples.locationStart[row]!;
    const end = samples.locationStart[row + 1]!;
    if (!isFocused(start, end)) continue;
    let pushed = 0;
    for (let at = start; at < end; at++) {
      const location = samples.location[at]!;
      if (isHidden[location] === 1) continue;
      rewriter.pushLocation(location);
      pushed++;
    }
    // A sample of which nothing is left goes, but only if something was hidden at all.
    if (pushed > 0 || hidden === 0) rewriter.keep(row);
  }
  return {
    profile: { ...profile, locations: keepLines(locations, isKept), samples: rewriter.finish() },
    matched,
  };

  /** Drops the lines of a location that are not to be seen; true if the location goes with them. */
  function hideLines(location: number): boolean {
    const start = locations.lineStart[location]!;
    const end = locations.lineStart[location + 1]!;
    let left = end - start;
    let isGone = false;
    if (hide?.matchesLocation(location)) {
      matched.hide = true;
      const all = hide.matchesMapping(location);
      for (let row = start; row < end; row++) {
        if (!all && hide.matchesLine(row) !== true) continue;
        isKept[row] = 0;
        left--;
      }
      isGone = left === 0;
    }
    if (show === undefined) return isGone;
    if (!show.matchesMapping(location)) {
      for (let row = start; row < end; row++) {
        // A line without a function is never matched, and stays.
        if (isKept[row] === 0 || show.matchesLine(row) !== false) continue;
        isKept[row] = 0;
        left--;
      }
    }
    if (left > 0) matched.show = true;
    return isGone || left === 0;
  }

  function isFocused(start: number, end: number): boolean {
    let found = false;
    for (let at = start; at < end; at++) {
      const chosen = choice[samples.location[at]!]!;
      if (chosen === IGNORED) return false;
      if (chosen === FOCUSED) found = true;
    }
    return found;
  }
}

/**
 * Cuts off what lies above the outermost frame that matches, and drops samples without one (profile/filter.go,
 * ShowFrom).
 */
export function showFrom(profile: Profile, expression: Re2): { profile: Profile; matched: boolean } {
  const { samples, locations } = profile;
  const matcher = new NameMatcher(profile, expression);
  const isStart = new Uint8Array(locations.length);
  const isKept = new Uint8Array(locations.lineFunction.length).fill(1);
  let matched = false;
  for (let location = 0; location < locations.length; location++) {
    const start = locations.lineStart[location]!;
    let last = locations.lineStart[location + 1]! - 1;
    if (!matcher.matchesMapping(location)) {
      while (last >= start && matcher.matchesLine(last) !== true) last--;
      if (last < start) continue;
      isKept.fill(0, last + 1, locations.lineStart[location + 1]!);
    }
    isStart[location] = 1;
    matched = true;
  }
  const rewriter = new SampleRewriter(samples);
  for (let row = 0; row < samples.length; row++) {
    const start = samples.locationStart[row]!;
    let end = samples.locationStart[row + 1]!;
    while (end > start && isStart[samples.location[end - 1]!] === 0) end--;
    if (end === start) continue;
    rewriter.pushStack(start, end);
    rewriter.keep(row);
  }
  return {
    profile: { ...profile, locations: keepLines(locations, isKept), samples: rewriter.finish() },
    matched,
  };
}
