import { assert } from "../../lib/assert.ts";

/** Width of a bucket. What is due is told to the millisecond; the width only says how many share a list. */
const TICK_MS = 100;
/** 8192 × 100 ms: a turn takes 13.6 min, and what is due later waits in its bucket for as many turns. */
const BUCKETS = 8192;
const NONE = -1;

/**
 * A hashed timing wheel (Varghese and Lauck, 1987): putting in, taking out and moving on cost the same for ten entries
 * and for a hundred thousand. Entries are small integers of the caller's; each is in the wheel at most once.
 */
export class TimingWheel {
  readonly #head = new Int32Array(BUCKETS).fill(NONE);
  #next = new Int32Array(1024).fill(NONE);
  #previous = new Int32Array(1024).fill(NONE);
  #bucket = new Int32Array(1024).fill(NONE);
  #dueMs = new Float64Array(1024);
  /** The tick up to which everything due was taken out; entries of this very tick may remain. */
  #tick: number;

  constructor(nowMs: number) {
    this.#tick = Math.floor(nowMs / TICK_MS);
  }

  /** Moves the entry if it is in the wheel already. What is due in the past comes with the next `advance`. */
  put(entry: number, dueMs: number): void {
    assert(
      entry >= 0 && Number.isInteger(entry) && Number.isFinite(dueMs),
      "an entry has a number and a time",
    );
    this.remove(entry);
    this.#grow(entry + 1);
    const tick = Math.max(Math.floor(dueMs / TICK_MS), this.#tick);
    const bucket = tick % BUCKETS;
    const head = this.#head[bucket]!;
    this.#dueMs[entry] = dueMs;
    this.#bucket[entry] = bucket;
    this.#next[entry] = head;
    this.#previous[entry] = NONE;
    if (head !== NONE) this.#previous[head] = entry;
    this.#head[bucket] = entry;
  }

  remove(entry: number): void {
    const bucket = this.#bucket[entry] ?? NONE;
    if (bucket === NONE) return;
    const [next, previous] = [this.#next[entry]!, this.#previous[entry]!];
    if (previous === NONE) this.#head[bucket] = next;
    else this.#next[previous] = next;
    if (next !== NONE) this.#previous[next] = previous;
    this.#bucket[entry] = NONE;
  }

  /** Takes out everything due by `nowMs`, the longest overdue first. A time before the last one takes out nothing. */
  advance(nowMs: number): number[] {
    const last = Math.floor(nowMs / TICK_MS);
    const due: number[] = [];
    const turns = Math.min(last - this.#tick, BUCKETS - 1);
    for (let i = 0; i <= turns; i++) {
      for (let entry = this.#head[(last - i) % BUCKETS]!; entry !== NONE; ) {
        const next = this.#next[entry]!;
        if (this.#dueMs[entry]! <= nowMs) {
          this.remove(entry);
          due.push(entry);
        }
        entry = next;
      }
    }
    this.#tick = Math.max(this.#tick, last);
    return due.sort((a, b) => this.#dueMs[a]! - this.#dueMs[b]! || a - b);
  }

  /** Empties it and sets its hand, also back. */
  reset(nowMs: number): void {
    this.#head.fill(NONE);
    this.#bucket.fill(NONE);
    this.#tick = Math.floor(nowMs / TICK_MS);
  }

  /** When `advance` has something to give next, or `horizonMs` if nothing is due before. */
  nextDueMs(horizonMs: number): number {
    const last = Math.min(Math.floor(horizonMs / TICK_MS), this.#tick + BUCKETS - 1);
    for (let tick = this.#tick; tick <= last; tick++) {
      let earliest = horizonMs;
      for (let entry = this.#head[tick % BUCKETS]!; entry !== NONE; entry = this.#next[entry]!) {
        if (this.#dueMs[entry]! < (tick + 1) * TICK_MS) earliest = Math.min(earliest, this.#dueMs[entry]!);
      }
      if (earliest < horizonMs) return earliest;
    }
    return horizonMs;
  }

  #grow(size: number): void {
    if (size <= this.#next.length) return;
    const room = Math.max(size, this.#next.length * 2);
    this.#next = copyInto(new Int32Array(room).fill(NONE), this.#next);
    this.#previous = copyInto(new Int32Array(room).fill(NONE), this.#previous);
    this.#bucket = copyInto(new Int32Array(room).fill(NONE), this.#bucket);
    this.#dueMs = copyInto(new Float64Array(room), this.#dueMs);
  }
}

function copyInto<T extends Int32Array | Float64Array>(target: T, source: T): T {
  target.set(source);
  return target;
}
