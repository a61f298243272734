import {
  ELIDED_FRAMES,
  type GoroutineTable,
  LEAKED,
  LOCKED_TO_THREAD,
  NO_FRAME,
  NO_WAIT,
  type StackIndex,
} from "../tables/goroutine-table.ts";
import { findSampleType, type Profile } from "../tables/profile.ts";
import type { StringIndex } from "../tables/string-table.ts";
import { type BlockState, findBlockState } from "./block-state.ts";
import type { CodeSite } from "./code-site.ts";
import { elideTypeArguments } from "./function-name.ts";
import { type NodeIndex, StackInterner } from "./stack-interner.ts";

/** What tells of the goroutines of one moment: a dump tells more, a profile always exists. */
export interface GoroutineSource {
  profile?: Profile | undefined;
  dump?: GoroutineTable | undefined;
  /** The goroutineleak profile: those that the collector found to be blocked for good. */
  leaks?: Profile | undefined;
}

/** Goroutines of one moment with the same stack, the same state and the same `go` statement. */
export interface StackCount {
  state: BlockState;
  /** Go's own word for the state, "" from a profile. */
  reason: string;
  /** Leaf first, without the runtime's parking frames. */
  stack: CodeSite[];
  count: number;
  createdBy: CodeSite | undefined;
  /** Empty from a profile; else one for each goroutine. */
  ids: number[];
  /** Minutes that each has waited, 0 for less than one; empty from a profile. */
  waitMinutes: number[];
  leaked: number;
  lockedToThread: number;
  /** How many have more frames than were printed. */
  elided: number;
  /** pprof labels as printed, with their counts. */
  labels: Map<string, number>;
}

/** Counted by stack, in order of first appearance. */
export function countStacks({ profile, dump, leaks }: GoroutineSource): StackCount[] {
  if (dump !== undefined) return countDump(dump);
  if (profile !== undefined) return countProfile(profile, "goroutine");
  return leaks === undefined ? [] : countLeaks(leaks);
}

export function countLeaks(profile: Profile): StackCount[] {
  return countProfile(profile, "goroutineleak").map((entry) => ({ ...entry, leaked: entry.count }));
}

function countProfile(profile: Profile, type: string): StackCount[] {
  const interner = new StackInterner();
  const { node } = interner.internProfile(profile, { keepRuntimeLeaf: true });
  const count = (findSampleType(profile, type) ?? profile.samples.columns[0])?.value;
  const byNode = new Map<number, { count: number; labels: Map<string, number> }>();
  for (let s = 0; s < node.length; s++) {
    let entry = byNode.get(node[s]!);
    if (entry === undefined) {
      entry = { count: 0, labels: new Map() };
      byNode.set(node[s]!, entry);
    }
    entry.count += count?.[s] ?? 0;
    const labels = readLabels(profile, s);
    if (labels !== "") entry.labels.set(labels, (entry.labels.get(labels) ?? 0) + (count?.[s] ?? 0));
  }
  return [...byNode].map(([n, entry]) => {
    const stack = interner.stackOf(n as NodeIndex);
    const names = stack.map((frame) => frame.function);
    const parked = names.findIndex((name) => !isParkingFrame(name));
    return {
      state: findBlockState(undefined, names),
      reason: "",
      stack: parked > 0 ? stack.slice(parked) : stack,
      count: entry.count,
      createdBy: undefined,
      ids: [],
      waitMinutes: [],
      leaked: 0,
      lockedToThread: 0,
      elided: 0,
      labels: entry.labels,
    };
  });
}

/** As Go prints them in a dump: `k: v, k2: v2`. */
function readLabels({ samples, strings }: Profile, sample: number): string {
  const { start, key, str } = samples.label;
  const labels: string[] = [];
  for (let i = start[sample] ?? 0; i < (start[sample + 1] ?? 0); i++) {
    labels.push(`${strings.get(key[i]! as StringIndex)}: ${strings.get(str[i]! as StringIndex)}`);
  }
  return labels.join(", ");
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
        reason,
        stack,
        count: 0,
        createdBy: creator === NO_FRAME ? undefined : readFrame(table, creator),
        ids: [],
        waitMinutes: [],
        leaked: 0,
        lockedToThread: 0,
        elided: 0,
        labels: new Map(),
      };
      byKey.set(key, entry);
    }
    entry.count++;
    entry.ids.push(table.id[row]!);
    const minutes = table.waitMinutes[row]!;
    entry.waitMinutes.push(minutes === NO_WAIT ? 0 : minutes);
    const flags = table.flags[row]!;
    if ((flags & LEAKED) !== 0) entry.leaked++;
    if ((flags & LOCKED_TO_THREAD) !== 0) entry.lockedToThread++;
    if ((flags & ELIDED_FRAMES) !== 0) entry.elided++;
    if (table.labels[row] !== 0) {
      const labels = table.strings.get(table.labels[row]! as StringIndex);
      entry.labels.set(labels, (entry.labels.get(labels) ?? 0) + 1);
    }
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
