import { Cron } from "croner";
import { finishHash, mixHash } from "../../lib/hash.ts";
import type { Schedule } from "../config/patrol-config.ts";

/** The moments of a schedule, the same for every target and every process: they depend on the clock alone. */
export interface Slots {
  /** The first slot after `afterMs`; Infinity if there is none any more. */
  next(afterMs: number): number;
  /** The last slot at or before `atMs`; -Infinity if there was none. */
  latest(atMs: number): number;
  /** How many slots lie after `afterMs` up to and with `toMs`. */
  count(afterMs: number, toMs: number): number;
  /** How long targets are spread out after each slot. */
  readonly spreadMs: number;
}

export function buildSlots(schedule: Schedule): Slots {
  return schedule.kind === "interval"
    ? new IntervalSlots(schedule.everyMs, schedule.jitterMs)
    : new CronSlots(schedule.expression, schedule.timeZone, schedule.splayMs);
}

/**
 * How long after a slot this target is due: a fixed share of the spread, so that its runs are evenly apart, that ten
 * thousand targets do not begin at once, and that a restart changes nothing.
 */
export function offsetOf(target: string, lane: string, spreadMs: number): number {
  let hash = 0;
  for (const text of [target, "\n", lane]) {
    for (let i = 0; i < text.length; i++) hash = mixHash(hash, text.charCodeAt(i));
  }
  return Math.floor((finishHash(hash) / 0x1_0000_0000) * spreadMs);
}

/** Multiples of the interval since 1970, so that every replica has the same. */
class IntervalSlots implements Slots {
  readonly #everyMs: number;
  readonly spreadMs: number;

  constructor(everyMs: number, jitterMs: number) {
    this.#everyMs = everyMs;
    // A longer one would let a slot begin behind the one after it.
    this.spreadMs = Math.min(jitterMs, everyMs);
  }

  next(afterMs: number): number {
    return (Math.floor(afterMs / this.#everyMs) + 1) * this.#everyMs;
  }

  latest(atMs: number): number {
    return Math.floor(atMs / this.#everyMs) * this.#everyMs;
  }

  count(afterMs: number, toMs: number): number {
    return Math.max(0, Math.floor(toMs / this.#everyMs) - Math.floor(afterMs / this.#everyMs));
  }
}

/** A patrol that slept for months need not count each of its minutes. */
const MOST_COUNTED = 100_000;

/**
 * The moments of a cron expression in its time zone, summer time by croner's rules: a fixed time that the clock jumps
 * over is run right behind the jump, one that comes twice is run once, and "every …" keeps to real hours.
 */
class CronSlots implements Slots {
  readonly #cron: Cron;
  readonly spreadMs: number;
  // The targets of a lane ask one after the other for the same neighbourhood.
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;

  constructor(expression: string, timeZone: string, splayMs: number) {
    this.#cron = new Cron(expression, { timezone: timeZone, paused: true });
    this.spreadMs = splayMs;
  }

  next(afterMs: number): number {
    if (!(this.#from <= afterMs && afterMs < this.#to)) this.#look(afterMs);
    return this.#to;
  }

  latest(atMs: number): number {
    if (!(this.#from <= atMs && atMs < this.#to)) this.#look(atMs);
    return this.#from;
  }

  count(afterMs: number, toMs: number): number {
    let count = 0;
    for (let slot = this.next(afterMs); slot <= toMs && count < MOST_COUNTED; slot = this.next(slot)) count++;
    return count;
  }

  /** Finds the two slots between which the moment lies. */
  #look(atMs: number): void {
    this.#to = this.#cron.nextRun(new Date(atMs))?.getTime() ?? Number.POSITIVE_INFINITY;
    // previousRuns gives what is before its reference; a slot at this very moment counts as the latest.
    const [before] = this.#cron.previousRuns(1, new Date(atMs + 1000));
    let from = before?.getTime() ?? Number.NEGATIVE_INFINITY;
    if (from > atMs)
      from = this.#cron.previousRuns(1, new Date(atMs))[0]?.getTime() ?? Number.NEGATIVE_INFINITY;
    this.#from = from;
  }
}
