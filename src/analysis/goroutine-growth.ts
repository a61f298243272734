import type { BlockState } from "./block-state.ts";
import type { CodeSite } from "./code-site.ts";
import { FrameClassifier, type FrameOrigin, type ProgramLayout } from "./frame-origin.ts";
import { countLeaks, countStacks, type GoroutineSource, type StackCount } from "./stack-counts.ts";
import { computeTrend, type Trend } from "./trend.ts";

/** Goroutines of one moment. */
export interface GoroutineSnapshot extends GoroutineSource {
  seconds: number;
}

/** Goroutines in the same state at the same line, started by the same function. */
export interface GoroutineGroup {
  state: BlockState;
  /** First own frame from the leaf; the goroutine's entry function if none is own. */
  site: CodeSite;
  origin: FrameOrigin;
  /** A stack of the group, leaf first, without the runtime's parking frames. */
  stack: CodeSite[];
  /** Own frames above the site, innermost first. */
  callers: CodeSite[];
  /** The `go` statement, where a dump printed it, and whose code it is in. */
  createdBy: CodeSite | undefined;
  creatorOrigin: FrameOrigin | undefined;
  /** Goroutines per snapshot; NaN where the snapshot has neither profile nor dump. */
  count: number[];
  /** Longest wait printed in the last dump, minutes; 0 if none was. */
  waitMinutes: number;
  /** Goroutines that the runtime found to be leaked: marked in the last dump, or counted by a goroutineleak profile. */
  leaked: number;
  /** Most frames on a stack of it, of those that were printed, and how many of the last dump's had more than that. */
  depth: number;
  elided: number;
  /**
   * Of the goroutines that an early dump shows here and the next one still shows, the share that the last one shows, in
   * whatever state: 1 says that what does not end soon never ends. NaN without two dumps, or with fewer than
   * SURVIVOR_BASE of them.
   */
  survival: number;
  /** By how much all goroutines with the same entry function grew, in whatever state. */
  kinGrowth: number;
  trend: Trend;
}

export interface GoroutineGrowth {
  seconds: number[];
  total: number[];
  totalTrend: Trend;
  /** Largest growth first, then largest. */
  groups: GoroutineGroup[];
}

/** Fewer goroutines than this in a group say little when one leaves. */
const SURVIVOR_BASE = 5;
/** Counts are exact, but a service at rest still varies by a few requests in flight. */
const COUNT_NOISE = 5;

interface GroupDraft {
  state: BlockState;
  stack: CodeSite[];
  createdBy: CodeSite | undefined;
  /** By snapshot, and only of those that show it: many groups are seen once. */
  count: Map<number, number>;
  ids: Map<number, number[]>;
  waitMinutes: number;
  leaked: number;
  depth: number;
  elided: number;
}

export function computeGoroutineGrowth(
  snapshots: readonly GoroutineSnapshot[],
  layout: ProgramLayout,
): GoroutineGrowth {
  const hasAll = (s: GoroutineSnapshot) => s.profile !== undefined || s.dump !== undefined;
  // A leak profile counts some of the goroutines: it stands for them all only where nothing else is there.
  const isKnown = snapshots.some(hasAll)
    ? snapshots.map(hasAll)
    : snapshots.map((s) => s.leaks !== undefined);
  const counts = snapshots.map((s, k) => (isKnown[k] ? countStacks(s) : []));
  const frames = counts.flatMap((c) => c.flatMap((entry) => entry.stack));
  const classifier = new FrameClassifier(frames, layout);
  const drafts = new Map<string, GroupDraft>();
  const kin = new Map<string, number[]>();
  const idsOf = snapshots.map((): Set<number> => new Set());
  for (const [k, entries] of counts.entries()) {
    const lastDump = k === snapshots.findLastIndex((s) => s.dump !== undefined);
    for (const entry of entries) {
      const root = entry.stack[entry.stack.length - 1];
      const key = groupKey(entry, classifier);
      let draft = drafts.get(key);
      if (draft === undefined) {
        draft = {
          state: entry.state,
          stack: entry.stack,
          createdBy: undefined,
          count: new Map(),
          ids: new Map(),
          waitMinutes: 0,
          leaked: 0,
          depth: entry.stack.length,
          elided: 0,
        };
        drafts.set(key, draft);
      }
      draft.count.set(k, (draft.count.get(k) ?? 0) + entry.count);
      const entryFunction = root?.function ?? "";
      const kinCount = kin.get(entryFunction) ?? snapshots.map(() => 0);
      kin.set(entryFunction, kinCount);
      kinCount[k]! += entry.count;
      draft.createdBy ??= entry.createdBy;
      if (entry.ids !== undefined) {
        const ids = draft.ids.get(k) ?? [];
        draft.ids.set(k, ids);
        for (const id of entry.ids) ids.push(id);
        for (const id of entry.ids) idsOf[k]!.add(id);
      }
      if (lastDump) {
        for (const minutes of entry.waitMinutes) draft.waitMinutes = Math.max(draft.waitMinutes, minutes);
        draft.leaked += entry.leaked;
        draft.depth = Math.max(draft.depth, entry.stack.length);
        draft.elided += entry.elided;
      }
    }
  }
  markLeaks(drafts, snapshots, classifier);
  const seconds = snapshots.map((s) => s.seconds);
  const total = counts.map((entries, k) =>
    isKnown[k]! ? entries.reduce((sum, entry) => sum + entry.count, 0) : Number.NaN,
  );
  const groups = findLargest(drafts.values(), isKnown).map((draft) =>
    finishGroup(draft, { seconds, isKnown, kin, idsOf }, classifier),
  );
  const growthOf = (g: GoroutineGroup) => g.trend.last - g.trend.first;
  groups.sort((a, b) => growthOf(b) - growthOf(a) || b.trend.last - a.trend.last);
  return { seconds, total, totalTrend: computeCountTrend(seconds, total), groups };
}

/** Patterns compare every two groups and report readers see forty; the rest is in the total. */
const GROUPS_JUDGED = 300;

function findLargest(drafts: Iterable<GroupDraft>, isKnown: readonly boolean[]): GroupDraft[] {
  const [first, final] = [isKnown.indexOf(true), isKnown.lastIndexOf(true)];
  const measured = Array.from(drafts, (draft) => {
    const last = draft.count.get(final) ?? 0;
    return { draft, last, growth: last - (draft.count.get(first) ?? 0) };
  });
  measured.sort((a, b) => b.growth - a.growth || b.last - a.last);
  return measured.slice(0, GROUPS_JUDGED).map(({ draft }) => draft);
}

/** Growth of at least 5 goroutines and 2 % of what was there: a large pool breathes by more than five. */
function computeCountTrend(seconds: readonly number[], count: readonly number[]): Trend {
  const known = count.map((c, i) => [seconds[i]!, c] as const).filter(([, c]) => !Number.isNaN(c));
  const values = known.map(([, c]) => c);
  return computeTrend(
    known.map(([s]) => s),
    values,
    { noise: Math.max(COUNT_NOISE, 0.02 * (values[0] ?? 0)) },
  );
}

function finishGroup(
  draft: GroupDraft,
  {
    seconds,
    isKnown,
    kin,
    idsOf,
  }: {
    seconds: number[];
    isKnown: readonly boolean[];
    kin: ReadonlyMap<string, number[]>;
    /** Of each snapshot, all its goroutines' ids; none where there is no dump. */
    idsOf: readonly ReadonlySet<number>[];
  },
  classifier: FrameClassifier,
): GoroutineGroup {
  const count = isKnown.map((known, k) => (known ? (draft.count.get(k) ?? 0) : Number.NaN));
  const { site, origin, position } = findGroupSite(draft.stack, classifier);
  const kinCount = (kin.get(draft.stack.at(-1)?.function ?? "") ?? count).filter((_, k) => isKnown[k]);
  const callers = draft.stack
    .slice(position + 1)
    .filter((frame) => classifier.classify(frame.function, frame.file) === "own");
  return {
    state: draft.state,
    site,
    origin,
    stack: draft.stack,
    callers,
    createdBy: draft.createdBy,
    creatorOrigin:
      draft.createdBy === undefined
        ? undefined
        : classifier.classify(draft.createdBy.function, draft.createdBy.file),
    count,
    waitMinutes: draft.waitMinutes,
    leaked: draft.leaked,
    depth: draft.depth,
    elided: draft.elided,
    survival: computeSurvival(draft.ids, idsOf),
    kinGrowth: kinCount.length === 0 ? 0 : kinCount.at(-1)! - kinCount[0]!,
    trend: computeCountTrend(seconds, count),
  };
}

function groupKey(entry: StackCount, classifier: FrameClassifier): string {
  const { site } = findGroupSite(entry.stack, classifier);
  return `${entry.state}\0${site.function}\0${site.line}\0${entry.stack.at(-1)?.function ?? ""}`;
}

/** The goroutineleak profile comes last and counts on its own: its stacks are those of the groups. */
function markLeaks(
  drafts: ReadonlyMap<string, GroupDraft>,
  snapshots: readonly GoroutineSnapshot[],
  classifier: FrameClassifier,
): void {
  const profile = snapshots.findLast((s) => s.leaks !== undefined)?.leaks;
  if (profile === undefined) return;
  const counted = new Map<GroupDraft, number>();
  for (const entry of countLeaks(profile)) {
    const draft = drafts.get(groupKey(entry, classifier));
    if (draft !== undefined) counted.set(draft, (counted.get(draft) ?? 0) + entry.count);
  }
  for (const [draft, count] of counted) draft.leaked = Math.max(draft.leaked, count);
}

function findGroupSite(
  stack: readonly CodeSite[],
  classifier: FrameClassifier,
): { site: CodeSite; origin: FrameOrigin; position: number } {
  const own = stack.findIndex((frame) => classifier.classify(frame.function, frame.file) === "own");
  const position = own >= 0 ? own : Math.max(0, stack.length - 1);
  const site = stack[position] ?? { function: "(no stack)", file: "", line: 0 };
  return { site, origin: classifier.classify(site.function, site.file), position };
}

/**
 * Goroutines that are in the next dump as well have outlived one interval: what is only on its way through, a request
 * that takes a moment, does not hide that others stay for good.
 */
function computeSurvival(
  ids: ReadonlyMap<number, readonly number[]>,
  idsOf: readonly ReadonlySet<number>[],
): number {
  const dumps = idsOf.flatMap((all, k) => (all.size > 0 ? [k] : []));
  const last = dumps.at(-1);
  for (const [nth, k] of dumps.slice(0, -1).entries()) {
    const seen = ids.get(k) ?? [];
    const next = dumps[nth + 1]!;
    // With two dumps there is no other to go by.
    const base = next === last && nth === 0 ? seen : seen.filter((id) => idsOf[next]!.has(id));
    if (next === last && nth > 0) break;
    if (base.length < SURVIVOR_BASE) continue;
    return base.filter((id) => idsOf[last!]!.has(id)).length / base.length;
  }
  return Number.NaN;
}
