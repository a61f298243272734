import type { BlockState } from "./block-state.ts";
import type { CodeSite } from "./code-site.ts";
import { FrameClassifier, type FrameOrigin } from "./frame-origin.ts";
import { countLeaks, countStacks, type GoroutineSource, type StackCount } from "./stack-counts.ts";

/** Goroutines with the same state, stack and `go` statement, over all looks. */
export interface CensusGroup {
  state: BlockState;
  /** Go's own word for the state; from profiles, which have none, the state's. */
  reason: string;
  /** Leaf first, without the runtime's parking frames. */
  stack: CodeSite[];
  /** First own frame, the entry function if none is. */
  site: CodeSite;
  origin: FrameOrigin;
  createdBy: CodeSite | undefined;
  /** Goroutines at each look, in the order given. */
  counts: number[];
  /** Minutes waited, of the last look; undefined from profiles, which do not tell. Less than one counts as 0. */
  wait: { min: number; median: number; max: number } | undefined;
  /** Of the last look. */
  lockedToThread: number;
  leaked: number;
  /** How many have more frames than Go prints. */
  elided: number;
  /** pprof labels as printed, most frequent first. */
  labels: { text: string; count: number }[];
  /**
   * Of the goroutines that the first look shows here (and the second still shows, if there are more than two), the share
   * that is there at the last, in whatever state; NaN without ids. What is only on its way through does not count.
   */
  survival: number;
}

export interface GoroutineCensus {
  /** Goroutines at each look. */
  totals: number[];
  /** Of the last look, most first. */
  states: { reason: string; state: BlockState; count: number }[];
  /** Most first, by the last look. */
  groups: CensusGroup[];
}

/** Different labels kept of a group: a label may hold a request's id. */
const LABELS_KEPT = 20;

/** Counts goroutines by state and stack in one look or several, which are in the order of time. */
export function takeCensus(looks: readonly GoroutineSource[]): GoroutineCensus {
  const counted = looks.map(countStacks);
  const classifier = new FrameClassifier(counted.flatMap((entries) => entries.flatMap(({ stack }) => stack)));
  const last = looks.length - 1;
  const byKey = new Map<
    string,
    { entry: StackCount; counts: number[]; seen: StackCount | undefined; ids: number[] }
  >();
  for (const [look, entries] of counted.entries()) {
    for (const entry of entries) {
      const key = keyOf(entry);
      let group = byKey.get(key);
      if (group === undefined) {
        group = { entry, counts: looks.map(() => 0), seen: undefined, ids: [] };
        byKey.set(key, group);
      }
      group.counts[look]! += entry.count;
      if (look === 0) group.ids = entry.ids;
      if (look === last) group.seen = entry;
    }
  }
  const idsAt = (look: number) => new Set(counted[look]!.flatMap(({ ids }) => ids));
  const lastIds = looks.length > 1 ? idsAt(last) : new Set<number>();
  const secondIds = looks.length > 2 ? idsAt(1) : undefined;
  const leaks = countLeaksByStack(looks[last]);
  const groups = [...byKey.values()].map(({ entry, counts, seen, ids }): CensusGroup => {
    const own = entry.stack.find(({ function: name, file }) => classifier.classify(name, file) === "own");
    const site = own ?? entry.stack.at(-1) ?? { function: "", file: "", line: 0 };
    return {
      state: entry.state,
      reason: entry.reason === "" ? entry.state : entry.reason,
      stack: entry.stack,
      site,
      origin: classifier.classify(site.function, site.file),
      createdBy: entry.createdBy,
      counts,
      wait: seen === undefined ? undefined : summarizeWait(seen.waitMinutes),
      lockedToThread: seen?.lockedToThread ?? 0,
      leaked: Math.max(seen?.leaked ?? 0, leaks.get(stackKey(entry)) ?? 0),
      elided: seen?.elided ?? 0,
      labels: [...(seen?.labels ?? [])]
        .map(([text, count]) => ({ text, count }))
        .sort((a, b) => b.count - a.count)
        .slice(0, LABELS_KEPT),
      survival: computeSurvival(
        secondIds === undefined ? ids : ids.filter((id) => secondIds.has(id)),
        lastIds,
      ),
    };
  });
  groups.sort((a, b) => b.counts[last]! - a.counts[last]! || b.counts[0]! - a.counts[0]!);
  return {
    totals: counted.map((entries) => entries.reduce((sum, { count }) => sum + count, 0)),
    states: countStates(groups, last),
    groups,
  };
}

function computeSurvival(ids: readonly number[], lastIds: ReadonlySet<number>): number {
  if (ids.length === 0 || lastIds.size === 0) return Number.NaN;
  return ids.filter((id) => lastIds.has(id)).length / ids.length;
}

function countStates(groups: readonly CensusGroup[], look: number): GoroutineCensus["states"] {
  const byReason = new Map<string, GoroutineCensus["states"][number]>();
  for (const { reason, state, counts } of groups) {
    if (counts[look] === 0) continue;
    const known = byReason.get(reason) ?? { reason, state, count: 0 };
    known.count += counts[look]!;
    byReason.set(reason, known);
  }
  return [...byReason.values()].sort((a, b) => b.count - a.count);
}

/** A leak profile beside a dump or a profile of the same moment: how many of each stack it counts. */
function countLeaksByStack(look: GoroutineSource | undefined): Map<string, number> {
  const counts = new Map<string, number>();
  if (look?.leaks === undefined) return counts;
  for (const entry of countLeaks(look.leaks)) {
    counts.set(stackKey(entry), (counts.get(stackKey(entry)) ?? 0) + entry.count);
  }
  return counts;
}

function stackKey({ stack }: StackCount): string {
  return stack.map((frame) => `${frame.function}\0${frame.line}`).join("\n");
}

function keyOf(entry: StackCount): string {
  const by = entry.createdBy;
  return `${entry.reason}\n${entry.state}\n${by === undefined ? "" : `${by.function}\0${by.line}`}\n${stackKey(entry)}`;
}

function summarizeWait(minutes: readonly number[]): CensusGroup["wait"] {
  if (minutes.length === 0) return undefined;
  const sorted = Float64Array.from(minutes).sort();
  return { min: sorted[0]!, median: sorted[sorted.length >> 1]!, max: sorted.at(-1)! };
}
