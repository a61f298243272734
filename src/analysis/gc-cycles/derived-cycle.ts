import type { GcCycle } from "../../tables/godebug-log.ts";

const MIB = 1024 * 1024;
/**
 * Heap sizes are printed in whole MiB: below this goal a ratio of two of them says nothing, and is NaN here.
 * https://go.dev/doc/gc-guide calls goals near 4 MiB the least there are.
 */
const LEAST_GOAL_MIB = 16;
/** The runtime forces a collection after two minutes without one (forcegcperiod in runtime/proc.go). */
const PERIODIC_MS = 120_000;
/** sysmon looks every 10 ms at least, and the goroutine that it wakes waits for a P. */
const PERIODIC_SLACK_MS = 1_500;
/** Room left between the live heap and the goal below which the collector gains almost nothing by running. */
const CRAMPED_SHARE = 0.1;
/** The collector runs for more than this share of the time. */
const BACK_TO_BACK_SHARE = 0.5;

/** What follows from one cycle and the one before it. NaN where it does not follow: first cycle, lines lost, small heap. */
export interface DerivedCycle {
  /** Cycles between this one and the one before whose lines are not in the log. */
  lost: number;
  /** From the start of the cycle before. */
  periodMs: number;
  /** From the start of the first stop to the end of the second. */
  durationUs: number;
  /** Both stops of the world. */
  stoppedUs: number;
  /** The cycle's CPU time (idle marking left out) of what the Ps had in the period before it, or while it ran if longer. */
  gcCpuShare: number;
  /** Allocated since the end of marking of the cycle before. */
  allocatedMib: number;
  /** Between two cycles, and while this one marked. */
  allocBytesPerSecond: number;
  allocBytesPerSecondMarking: number;
  /** Live heap, stacks and globals by CPU-second of marking. */
  markBytesPerCpuSecond: number;
  /** The GOGC that would give this goal; less than the setting where the memory limit rules. */
  effectiveGogc: number;
  /** Of marking that is not idle, what the mutators had to do themselves. */
  assistShare: number;
  /** Share of the CPU that marking took while it ran; 0.25 is what the runtime aims at. */
  markCpuShare: number;
  /** How far the heap went beyond the goal. */
  overshootMib: number;
  /** Started because two minutes had passed, not for allocations. */
  periodic: boolean;
  /** Little room above the live heap and hardly a pause between the cycles. */
  thrashing: boolean;
}

/** Fills `derived` from a cycle and the one before it of the same process; `before` is undefined for the first. */
export function deriveCycle(
  cycle: Readonly<GcCycle>,
  before: Readonly<GcCycle> | undefined,
  derived: DerivedCycle,
): void {
  const lost = before === undefined ? 0 : cycle.cycle - before.cycle - 1;
  const follows = before !== undefined && lost === 0;
  const isLarge = cycle.goalMib >= LEAST_GOAL_MIB;
  const durationUs = cycle.sweepTerminationUs + cycle.markUs + cycle.markTerminationUs;
  const gcCpuUs = cycle.stoppedCpuUs + cycle.assistCpuUs + cycle.backgroundCpuUs;
  const markCpuUs = cycle.assistCpuUs + cycle.backgroundCpuUs;
  derived.lost = lost;
  derived.durationUs = durationUs;
  derived.stoppedUs = cycle.sweepTerminationUs + cycle.markTerminationUs;
  derived.periodMs = follows ? cycle.startMs - before.startMs : Number.NaN;
  // A cycle that runs longer than its period, because the heap was suddenly in demand, never takes more than there is.
  derived.gcCpuShare = ratio(gcCpuUs, cycle.processors * Math.max(derived.periodMs * 1000, durationUs));
  derived.assistShare = ratio(cycle.assistCpuUs, markCpuUs);
  derived.markCpuShare = ratio(markCpuUs, cycle.processors * cycle.markUs);
  derived.overshootMib = isLarge ? Math.max(0, cycle.heapEndMib - cycle.goalMib) : Number.NaN;
  derived.allocatedMib = follows ? Math.max(0, cycle.heapEndMib - before.liveMib) : Number.NaN;
  const marked = cycle.liveMib + orZero(cycle.stacksMib) + orZero(cycle.globalsMib);
  derived.markBytesPerCpuSecond = isLarge
    ? ratio(marked * MIB, (markCpuUs + cycle.idleCpuUs) / 1e6)
    : Number.NaN;
  derived.allocBytesPerSecondMarking = isLarge
    ? ratio((cycle.heapEndMib - cycle.heapStartMib) * MIB, cycle.markUs / 1e6)
    : Number.NaN;
  if (follows && isLarge) {
    const endBeforeMs = before.startMs + durationOf(before) / 1000;
    const betweenMs = cycle.startMs - endBeforeMs;
    const scanned = before.liveMib + orZero(before.stacksMib) + orZero(before.globalsMib);
    derived.allocBytesPerSecond = ratio((cycle.heapStartMib - before.liveMib) * MIB, betweenMs / 1000);
    derived.effectiveGogc = ratio(100 * (cycle.goalMib - before.liveMib), scanned);
  } else {
    derived.allocBytesPerSecond = Number.NaN;
    derived.effectiveGogc = Number.NaN;
  }
  derived.periodic =
    follows && !cycle.forced && Math.abs(derived.periodMs - PERIODIC_MS) <= PERIODIC_SLACK_MS;
  derived.thrashing =
    follows &&
    isLarge &&
    !cycle.forced &&
    cycle.goalMib - cycle.liveMib < CRAMPED_SHARE * cycle.liveMib &&
    durationUs > BACK_TO_BACK_SHARE * derived.periodMs * 1000;
}

function durationOf(cycle: Readonly<GcCycle>): number {
  return cycle.sweepTerminationUs + cycle.markUs + cycle.markTerminationUs;
}

export function makeDerivedCycle(): DerivedCycle {
  return {
    lost: 0,
    periodMs: Number.NaN,
    durationUs: Number.NaN,
    stoppedUs: Number.NaN,
    gcCpuShare: Number.NaN,
    allocatedMib: Number.NaN,
    allocBytesPerSecond: Number.NaN,
    allocBytesPerSecondMarking: Number.NaN,
    markBytesPerCpuSecond: Number.NaN,
    effectiveGogc: Number.NaN,
    assistShare: Number.NaN,
    markCpuShare: Number.NaN,
    overshootMib: Number.NaN,
    periodic: false,
    thrashing: false,
  };
}

/** NaN unless both make sense: a difference of rounded numbers may be negative, a duration may be printed as 0. */
function ratio(amount: number, of: number): number {
  return amount >= 0 && of > 0 ? amount / of : Number.NaN;
}

function orZero(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}
