import type { GcCycle } from "../../tables/godebug-log.ts";

/** A run without a cycle for this many cycles of others on the same stream has ended. */
const IDLE_CYCLES = 64;
/** Processes that print to one stream at the same time. */
const MAX_OPEN = 8;
/** The pace of the clock may be off by what a line waited in a pipe. */
const CLOCK_SLACK_MS = 5;

interface OpenRun<T> {
  value: T;
  cycle: number;
  startMs: number;
  /** How many cycles its source had shown by its last. */
  seen: number;
}

/**
 * Tells the processes of a log apart: by their prefix, and within one prefix by the numbers and times of their cycles,
 * which only ever rise within a process. A restart begins again at 1.
 */
export class ProcessRuns<T> {
  readonly #bySource = new Map<number, { open: OpenRun<T>[]; seen: number }>();
  readonly #begin: (cycle: Readonly<GcCycle>) => T;

  constructor(begin: (cycle: Readonly<GcCycle>) => T) {
    this.#begin = begin;
  }

  /** The run that the cycle belongs to: the one it continues, or a new one. */
  find(cycle: Readonly<GcCycle>): T {
    let source = this.#bySource.get(cycle.source);
    if (source === undefined) {
      source = { open: [], seen: 0 };
      this.#bySource.set(cycle.source, source);
    }
    const seen = ++source.seen;
    // Newest first: of several that fit, the one that spoke last.
    source.open = source.open.filter((run) => seen - run.seen <= IDLE_CYCLES || source.open.length === 1);
    const fitting = source.open.filter(
      (run) => cycle.cycle > run.cycle && cycle.startMs >= run.startMs - CLOCK_SLACK_MS,
    );
    let run = fitting.find((candidate) => cycle.cycle === candidate.cycle + 1) ?? fitting[0];
    if (run === undefined) {
      run = { value: this.#begin(cycle), cycle: 0, startMs: 0, seen };
      if (source.open.length >= MAX_OPEN) source.open.pop();
    } else source.open.splice(source.open.indexOf(run), 1);
    source.open.unshift(run);
    run.cycle = cycle.cycle;
    run.startMs = cycle.startMs;
    run.seen = seen;
    return run.value;
  }

  /** The run of a source that spoke last, for lines that carry no number. */
  latest(source: number): T | undefined {
    return this.#bySource.get(source)?.open[0]?.value;
  }
}
