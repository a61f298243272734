import { type GoroutineTable, LEAKED, NO_FRAME, type StackIndex } from "../tables/goroutine-table.ts";
import { findSampleType, type Profile } from "../tables/profile.ts";
import type { StringIndex } from "../tables/string-table.ts";
import { type BlockState, findBlockState } from "./block-state.ts";
import type { CodeSite } from "./code-site.ts";
import { FrameClassifier, type FrameOrigin, type ProgramLayout } from "./frame-origin.ts";
import { elideTypeArguments } from "./function-name.ts";
import { type NodeIndex, StackInterner } from "./stack-interner.ts";
import { computeTrend, type Trend } from "./trend.ts";

/** Goroutines of one moment: a dump tells more, a profile always exists. */
export interface GoroutineSnapshot {
  seconds: number;
  profile?: Profile | undefined;
  dump?: GoroutineTable | undefined;
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
  /** Goroutines marked "(leaked)" in the last dump. */
  leaked: number;
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
}

/** One kind of goroutine in one snapshot: same stack, same state. */
interface StackCount {
  state: BlockState;
  stack: CodeSite[];
  count: number;
  createdBy?: CodeSite | undefined;
  ids?: number[];
  waitMinutes?: number;
  leaked?: number;
}

export function computeGoroutineGrowth(
  snapshots: readonly GoroutineSnapshot[],
  layout: ProgramLayout,
): GoroutineGrowth {
  const counts = snapshots.map(buildStackCounts);
  const frames = counts.flatMap((c) => c.flatMap((entry) => entry.stack));
  const classifier = new FrameClassifier(frames, layout);
  const drafts = new Map<string, GroupDraft>();
  const kin = new Map<string, number[]>();
  const idsOf = snapshots.map((): Set<number> => new Set());
  const isKnown = snapshots.map((s) => s.profile !== undefined || s.dump !== undefined);
  for (const [k, entries] of counts.entries()) {
    const lastDump = k === snapshots.findLastIndex((s) => s.dump !== undefined);
    for (const entry of entries) {
      const site = findGroupSite(entry.stack, classifier).site;
      const root = entry.stack[entry.stack.length - 1];
      const key = `${entry.state}\0${site.function}\0${site.line}\0${root?.function ?? ""}`;
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
        draft.waitMinutes = Math.max(draft.waitMinutes, entry.waitMinutes ?? 0);
        draft.leaked += entry.leaked ?? 0;
      }
    }
  }
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
    survival: computeSurvival(draft.ids, idsOf),
    kinGrowth: kinCount.length === 0 ? 0 : kinCount.at(-1)! - kinCount[0]!,
    trend: computeCountTrend(seconds, count),
  };
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

function buildStackCounts(snapshot: GoroutineSnapshot): StackCount[] {
  if (snapshot.dump !== undefined) return countDump(snapshot.dump);
  return snapshot.profile === undefined ? [] : countProfile(snapshot.profile);
}

function countProfile(profile: Profile): StackCount[] {
  const interner = new StackInterner();
  const { node } = interner.internProfile(profile, { keepRuntimeLeaf: true });
  const count = (findSampleType(profile, "goroutine") ?? profile.samples.columns[0])?.value;
  const byNode = new Map<number, number>();
  for (let s = 0; s < node.length; s++) byNode.set(node[s]!, (byNode.get(node[s]!) ?? 0) + (count?.[s] ?? 0));
  return [...byNode].map(([n, total]) => {
    const stack = interner.stackOf(n as NodeIndex);
    const names = stack.map((frame) => frame.function);
    const parked = names.findIndex((name) => !isParkingFrame(name));
    return {
      state: findBlockState(undefined, names),
      stack: parked > 0 ? stack.slice(parked) : stack,
      count: total,
    };
  });
}

/** Dumps hide these frames; cutting them here gives both sources the same stacks. */
function isParkingFrame(name: string): boolean {
  return name.startsWith("runtime.") && name !== "runtime.main";
}

function countDump(table: GoroutineTable): StackCount[] {
  const byKey = new Map<string, StackCount>();
  const stackFrames = new Map<number, CodeSite[]>();
  for (let row = 0; row < table.length; row++) {
    const key = `${table.stack[row]!}|${table.state[row]!}|${table.createdBy[row]!}`;
    let entry = byKey.get(key);
    if (entry === undefined) {
      let stack = stackFrames.get(table.stack[row]!);
      if (stack === undefined) {
        stack = readStack(table, table.stack[row]! as StackIndex);
        stackFrames.set(table.stack[row]!, stack);
      }
      const reason = table.strings.get(table.state[row]! as StringIndex);
      const creator = table.createdBy[row]!;
      entry = {
        state: findBlockState(
          reason,
          stack.map((frame) => frame.function),
        ),
        stack,
        count: 0,
        createdBy: creator === NO_FRAME ? undefined : readFrame(table, creator),
        ids: [],
        waitMinutes: 0,
        leaked: 0,
      };
      byKey.set(key, entry);
    }
    entry.count++;
    entry.ids!.push(table.id[row]!);
    entry.waitMinutes = Math.max(entry.waitMinutes!, table.waitMinutes[row]!);
    if ((table.flags[row]! & LEAKED) !== 0) entry.leaked!++;
  }
  return [...byKey.values()];
}

function readStack(table: GoroutineTable, stack: StackIndex): CodeSite[] {
  const frames: CodeSite[] = [];
  for (let i = table.stacks.frameStart[stack]!; i < table.stacks.frameStart[stack + 1]!; i++) {
    frames.push(readFrame(table, table.stacks.frame[i]!));
  }
  return frames;
}

function readFrame(table: GoroutineTable, frame: number): CodeSite {
  return {
    function: elideTypeArguments(table.strings.get(table.frames.function[frame]! as StringIndex)),
    file: table.strings.get(table.frames.file[frame]! as StringIndex),
    line: table.frames.line[frame]!,
  };
}
