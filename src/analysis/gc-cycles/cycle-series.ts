import type { GcCycle } from "../../tables/godebug-log.ts";
import type { DerivedCycle } from "./derived-cycle.ts";

/** Twice what a chart can show; when all are used, neighbours are merged and each point stands for twice as many cycles. */
const MAX_POINTS = 1024;

/**
 * Cycles over time in at most 1024 points, whatever their number. A point holds the least live heap, the highest heap,
 * the longest stop and the sums of its cycles.
 */
export class CycleSeries {
  readonly #seconds = new Float64Array(MAX_POINTS);
  readonly #liveMib = new Float64Array(MAX_POINTS);
  readonly #peakMib = new Float64Array(MAX_POINTS);
  readonly #goalMib = new Float64Array(MAX_POINTS);
  readonly #stacksMib = new Float64Array(MAX_POINTS);
  readonly #sweepTerminationUs = new Float64Array(MAX_POINTS);
  readonly #markTerminationUs = new Float64Array(MAX_POINTS);
  readonly #gcCpuUs = new Float64Array(MAX_POINTS);
  /** CPU time that the Ps had in the periods of the point's cycles, or while they ran if longer. */
  readonly #availableUs = new Float64Array(MAX_POINTS);
  readonly #assistUs = new Float64Array(MAX_POINTS);
  readonly #markCpuUs = new Float64Array(MAX_POINTS);
  readonly #columns = [
    this.#seconds,
    this.#liveMib,
    this.#peakMib,
    this.#goalMib,
    this.#stacksMib,
    this.#sweepTerminationUs,
    this.#markTerminationUs,
    this.#gcCpuUs,
    this.#availableUs,
    this.#assistUs,
    this.#markCpuUs,
  ];
  #length = 0;
  #cyclesPerPoint = 1;
  #inLast = 0;

  add(cycle: Readonly<GcCycle>, derived: Readonly<DerivedCycle>): void {
    if (this.#length === 0 || this.#inLast === this.#cyclesPerPoint) {
      if (this.#length === MAX_POINTS) this.#merge();
      this.#length++;
      this.#inLast = 0;
    }
    const at = this.#length - 1;
    const isFirst = this.#inLast++ === 0;
    if (isFirst) {
      for (const column of this.#columns) column[at] = 0;
      this.#liveMib[at] = Number.POSITIVE_INFINITY;
    }
    this.#seconds[at] = cycle.startMs / 1000;
    this.#liveMib[at] = Math.min(this.#liveMib[at]!, cycle.liveMib);
    this.#peakMib[at] = Math.max(this.#peakMib[at]!, cycle.heapEndMib);
    this.#goalMib[at] = cycle.goalMib;
    this.#stacksMib[at] = cycle.stacksMib;
    this.#sweepTerminationUs[at] = Math.max(this.#sweepTerminationUs[at]!, cycle.sweepTerminationUs);
    this.#markTerminationUs[at] = Math.max(this.#markTerminationUs[at]!, cycle.markTerminationUs);
    this.#assistUs[at]! += cycle.assistCpuUs;
    this.#markCpuUs[at]! += cycle.assistCpuUs + cycle.backgroundCpuUs;
    if (derived.periodMs > 0) {
      this.#gcCpuUs[at]! += cycle.stoppedCpuUs + cycle.assistCpuUs + cycle.backgroundCpuUs;
      // As for the single cycle: one that outlasts its period has the CPUs for as long as it runs.
      this.#availableUs[at]! += cycle.processors * Math.max(derived.periodMs * 1000, derived.durationUs);
    }
  }

  #merge(): void {
    for (let to = 0; to < MAX_POINTS / 2; to++) {
      const [a, b] = [2 * to, 2 * to + 1];
      for (const column of [this.#seconds, this.#goalMib, this.#stacksMib]) column[to] = column[b]!;
      this.#liveMib[to] = Math.min(this.#liveMib[a]!, this.#liveMib[b]!);
      for (const column of [this.#peakMib, this.#sweepTerminationUs, this.#markTerminationUs]) {
        column[to] = Math.max(column[a]!, column[b]!);
      }
      for (const column of [this.#gcCpuUs, this.#availableUs, this.#assistUs, this.#markCpuUs]) {
        column[to] = column[a]! + column[b]!;
      }
    }
    this.#length = MAX_POINTS / 2;
    this.#cyclesPerPoint *= 2;
  }

  toSeries(): GcSeries {
    const list = (of: (at: number) => number) => Array.from({ length: this.#length }, (_, at) => of(at));
    return {
      cyclesPerPoint: this.#cyclesPerPoint,
      seconds: list((i) => this.#seconds[i]!),
      liveBytes: list((i) => this.#liveMib[i]! * MIB),
      peakBytes: list((i) => this.#peakMib[i]! * MIB),
      goalBytes: list((i) => this.#goalMib[i]! * MIB),
      stackBytes: list((i) => this.#stacksMib[i]! * MIB),
      sweepTerminationMs: list((i) => this.#sweepTerminationUs[i]! / 1000),
      markTerminationMs: list((i) => this.#markTerminationUs[i]! / 1000),
      gcCpuShare: list((i) => this.#gcCpuUs[i]! / this.#availableUs[i]!),
      assistShare: list((i) => this.#assistUs[i]! / this.#markCpuUs[i]!),
    };
  }
}

const MIB = 1024 * 1024;

/** The cycles of one process over time; all columns have the same length. NaN where a point has no such value. */
export interface GcSeries {
  cyclesPerPoint: number;
  /** Start of the point's last cycle, since the process started. */
  seconds: number[];
  /** Least live heap. */
  liveBytes: number[];
  /** Highest heap at the end of marking. */
  peakBytes: number[];
  goalBytes: number[];
  stackBytes: number[];
  /** Longest stop. */
  sweepTerminationMs: number[];
  markTerminationMs: number[];
  gcCpuShare: number[];
  assistShare: number[];
}
