import { assert } from "../../lib/assert.ts";
import type { Lane } from "./lane.ts";
import { offsetOf } from "./slots.ts";
import { TimingWheel } from "./timing-wheel.ts";

/** A clock that was set back by less is waited for; by more, the schedule begins anew from where the clock is. */
const STEP_BACK_MS = 300_000;
/** A run out of turn this shortly before the lane's own slot would only take its place. */
const SOON_MS = 60_000;
/** How long the caller may sleep at most before it asks again. */
const LONGEST_SLEEP_MS = 60_000;

export interface PlannedTarget {
  id: string;
  lanes: readonly Lane[];
  /** Slots after this moment are its own: now for a new target, the end of the last process for one known before. */
  sinceMs: number;
}

/** Why slots went by without a run. `down`: the patrol was not running; `late`: it could not keep up. */
export type MissReason = "running" | "late" | "paused" | "down";

export type SlotEvent =
  | { kind: "start"; target: string; lane: Lane; slotMs: number; dueMs: number; runId: string }
  | {
      kind: "missed";
      target: string;
      lane: Lane;
      /** The first and the last of them. */
      fromMs: number;
      toMs: number;
      count: number;
      reason: MissReason;
      /** Of the last. */
      runId: string;
    }
  | { kind: "stepped-back"; byMs: number };

export interface Overdue {
  target: string;
  lane: Lane;
  /** Slots without a result since the last one that had one. */
  slots: number;
  /** The last slot with a result; null if there was none yet. */
  lastSlotMs: number | null;
}

interface Entry {
  readonly index: number;
  readonly target: string;
  lane: Lane;
  offsetMs: number;
  nextSlotMs: number;
  /** Slots up to this one have a result or were none of this entry's. */
  settledSlotMs: number;
  hasResult: boolean;
  /** Why slots behind it, if there are any, were missed. */
  lateBecause: MissReason;
}

export function runIdOf(target: string, slotMs: number, lane: string): string {
  return `${target}@${new Date(slotMs).toISOString()}/${lane}`;
}

/**
 * Decides what begins when. Pure: it is told the time, and answers with slots to start and slots that were missed.
 * Every slot of every target and lane comes out exactly once, as one or the other. A lane never runs twice at once on a
 * target, and of the slots that went by it starts the newest at most.
 */
export class Scheduler {
  readonly #wheel: TimingWheel;
  readonly #entries = new Map<string, Entry>();
  #byIndex: (Entry | undefined)[] = [];
  readonly #freeIndexes: number[] = [];
  /** Keys of what runs; outlives a reload, so that a lane that went and came back does not run twice. */
  readonly #running = new Set<string>();
  #nowMs: number;
  #paused = false;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
    this.#wheel = new TimingWheel(nowMs);
  }

  get running(): number {
    return this.#running.size;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Takes a whole new plan. What was in the old one too goes on as it was. */
  replace(targets: Iterable<PlannedTarget>, nowMs: number): void {
    const wanted = new Set<string>();
    for (const { id, lanes, sinceMs } of targets) {
      for (const lane of lanes) {
        const key = keyOf(id, lane.name);
        wanted.add(key);
        this.#plan(key, id, lane, Math.min(sinceMs, nowMs), nowMs);
      }
    }
    for (const [key, entry] of this.#entries) {
      if (wanted.has(key)) continue;
      this.#entries.delete(key);
      this.#wheel.remove(entry.index);
      this.#byIndex[entry.index] = undefined;
      this.#freeIndexes.push(entry.index);
    }
  }

  #plan(key: string, target: string, lane: Lane, sinceMs: number, nowMs: number): void {
    const known = this.#entries.get(key);
    const offsetMs = offsetOf(target, lane.name, lane.slots.spreadMs);
    if (known !== undefined) {
      known.lane = lane;
      if (known.offsetMs !== offsetMs) {
        known.offsetMs = offsetMs;
        this.#wheel.put(known.index, known.nextSlotMs + offsetMs);
      }
      return;
    }
    const index = this.#freeIndexes.pop() ?? this.#byIndex.length;
    const settledSlotMs = lane.slots.latest(sinceMs - offsetMs);
    const nextSlotMs = lane.slots.next(sinceMs - offsetMs);
    const lateBecause: MissReason = nextSlotMs + offsetMs <= nowMs ? "down" : "late";
    const entry = { index, target, lane, offsetMs, nextSlotMs, settledSlotMs, hasResult: false, lateBecause };
    this.#entries.set(key, entry);
    this.#byIndex[index] = entry;
    this.#putBack(entry);
  }

  /** A cron expression may have no moment left; then its entry just stays out of the wheel. */
  #putBack(entry: Entry): void {
    if (Number.isFinite(entry.nextSlotMs)) this.#wheel.put(entry.index, entry.nextSlotMs + entry.offsetMs);
  }

  /** What is to be done by now. Each start is to be answered by `finished`. */
  advance(nowMs: number): SlotEvent[] {
    const events: SlotEvent[] = [];
    if (nowMs < this.#nowMs - STEP_BACK_MS) {
      events.push({ kind: "stepped-back", byMs: this.#nowMs - nowMs });
      this.#beginAnew(nowMs);
    }
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    if (this.#paused) return events;
    for (const index of this.#wheel.advance(this.#nowMs)) {
      const entry = this.#byIndex[index];
      assert(entry !== undefined, "what is in the wheel has an entry");
      this.#advanceEntry(entry, events);
    }
    return events;
  }

  #advanceEntry(entry: Entry, events: SlotEvent[]): void {
    const { target, lane, offsetMs } = entry;
    const key = keyOf(target, lane.name);
    const first = entry.nextSlotMs;
    const latest = lane.slots.latest(this.#nowMs - offsetMs);
    const isRunning = this.#running.has(key);
    // Of several that are due the newest is still worth a run, if none is under way.
    const lastMissed = isRunning ? latest : lane.slots.latest(latest - 1);
    if (lastMissed >= first) {
      events.push({
        kind: "missed",
        target,
        lane,
        fromMs: first,
        toMs: lastMissed,
        count: lane.slots.count(first - 1, lastMissed),
        reason: isRunning ? "running" : entry.lateBecause,
        runId: runIdOf(target, lastMissed, lane.name),
      });
    }
    if (!isRunning) {
      this.#running.add(key);
      const runId = runIdOf(target, latest, lane.name);
      events.push({ kind: "start", target, lane, slotMs: latest, dueMs: latest + offsetMs, runId });
    }
    entry.lateBecause = "late";
    entry.nextSlotMs = lane.slots.next(latest);
    this.#putBack(entry);
  }

  /**
   * A run out of turn, for a target that became suspect: undefined while the lane runs on it already, or if the target
   * has no such lane, or if its slot is about to come. The run's slot is this very moment.
   */
  trigger(
    target: string,
    laneName: string,
    nowMs: number,
    { evenIfSoon = false }: { evenIfSoon?: boolean } = {},
  ): Extract<SlotEvent, { kind: "start" }> | undefined {
    const key = keyOf(target, laneName);
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#paused || this.#running.has(key)) return undefined;
    // The slot that comes anyway is soon enough, and would be missed for a run that is still under way.
    const intervalMs = entry.lane.slots.next(entry.nextSlotMs) - entry.nextSlotMs;
    const isSoon = entry.nextSlotMs + entry.offsetMs - nowMs < Math.min(SOON_MS, intervalMs / 4);
    if (isSoon && !evenIfSoon) return undefined;
    this.#running.add(key);
    const runId = runIdOf(target, nowMs, laneName);
    return { kind: "start", target, lane: entry.lane, slotMs: nowMs, dueMs: nowMs, runId };
  }

  /** The run of this slot has ended; `hasResult`: the target was looked at, or there is a notice why not. */
  finished(target: string, laneName: string, slotMs: number, hasResult: boolean): void {
    const key = keyOf(target, laneName);
    this.#running.delete(key);
    const entry = this.#entries.get(key);
    if (entry === undefined || !hasResult) return;
    entry.settledSlotMs = Math.max(entry.settledSlotMs, slotMs);
    entry.hasResult = true;
  }

  /** When to call `advance` next. */
  nextWakeMs(nowMs: number): number {
    const horizonMs = nowMs + LONGEST_SLEEP_MS;
    return this.#paused ? horizonMs : this.#wheel.nextDueMs(horizonMs);
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Nothing starts any more; what runs goes on. */
  pause(): void {
    this.#paused = true;
  }

  /** What went by in the meantime comes out of the next `advance` as missed, but for the newest slot. */
  resume(nowMs: number): void {
    this.#paused = false;
    for (const entry of this.#entries.values()) {
      if (entry.nextSlotMs + entry.offsetMs <= nowMs) entry.lateBecause = "paused";
    }
  }

  /** Lanes of targets that have had no result for so many slots. While it is paused nothing is overdue. */
  overdue(nowMs: number, atLeast: number): Overdue[] {
    if (this.#paused) return [];
    const found: Overdue[] = [];
    for (const entry of this.#entries.values()) {
      const { target, lane, settledSlotMs, hasResult } = entry;
      const slots = lane.slots.count(Math.max(settledSlotMs, 0), nowMs - entry.offsetMs);
      if (slots < atLeast) continue;
      found.push({ target, lane, slots, lastSlotMs: hasResult ? settledSlotMs : null });
    }
    return found;
  }

  /** The wheel does not turn back: everything is planned again from where the clock is now. */
  #beginAnew(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#wheel.reset(nowMs);
    for (const entry of this.#entries.values()) {
      entry.nextSlotMs = entry.lane.slots.next(nowMs - entry.offsetMs);
      entry.settledSlotMs = entry.lane.slots.latest(nowMs - entry.offsetMs);
      this.#putBack(entry);
    }
  }
}

function keyOf(target: string, lane: string): string {
  return `${target}\n${lane}`;
}
