import { type CensusGroup, type GoroutineCensus, takeCensus } from "../analysis/goroutine-census.ts";
import type { GoroutineSource } from "../analysis/stack-counts.ts";
import type { Damage } from "../bytes/decode-error.ts";
import { findLeakCandidates, type LeakCandidate } from "../findings/leak-candidates.ts";

/** One look at the goroutines: a dump, or a profile, or both of one moment. */
export interface GoroutineLook extends GoroutineSource {
  /** The file or URL, of a file with several dumps with its number. */
  name: string;
}

export interface GoroutineReport {
  looks: { name: string; kind: "dump" | "profile" | "leak profile"; goroutines: number }[];
  states: GoroutineCensus["states"];
  candidates: LeakCandidate[];
  /** Those that were asked for, most first. */
  groups: CensusGroup[];
  /** How many groups and goroutines of the last look there are beyond these. */
  rest: { groups: number; goroutines: number };
  damage: (Damage & { path: string })[];
}

export interface GoroutineSelection {
  /** Most groups to list. */
  top: number;
  /** Only states whose word contains this, in whatever case; "" for all. */
  state: string;
  /** Only groups with a frame, creator or label that this matches. */
  focus: RegExp | undefined;
}

/** Groups, states and leak candidates of one look or several, which are in the order of time. */
export function reportGoroutines(
  looks: readonly GoroutineLook[],
  damage: readonly (Damage & { path: string })[],
  { top, state, focus }: GoroutineSelection,
): GoroutineReport {
  const census = takeCensus(looks);
  const wanted = census.groups.filter((group) => isWanted(group, state.toLowerCase(), focus));
  const groups = wanted.slice(0, top);
  const rest = wanted.slice(top);
  return {
    looks: looks.map(({ name, dump, profile }, i) => ({
      name,
      kind: dump !== undefined ? "dump" : profile !== undefined ? "profile" : "leak profile",
      goroutines: census.totals[i]!,
    })),
    states: census.states,
    candidates: findLeakCandidates({ ...census, groups: wanted }),
    groups,
    rest: { groups: rest.length, goroutines: rest.reduce((sum, group) => sum + group.counts.at(-1)!, 0) },
    damage: [...damage],
  };
}

function isWanted(group: CensusGroup, state: string, focus: RegExp | undefined): boolean {
  if (state !== "" && !group.reason.toLowerCase().includes(state) && group.state !== state) return false;
  if (focus === undefined) return true;
  const frames = group.createdBy === undefined ? group.stack : [...group.stack, group.createdBy];
  return (
    frames.some(({ function: name, file, line }) => focus.test(name) || focus.test(`${file}:${line}`)) ||
    group.labels.some(({ text }) => focus.test(text))
  );
}
