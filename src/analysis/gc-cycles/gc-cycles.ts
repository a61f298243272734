import type { GcCycle, PacerCycle, Scavenge, SchedulerState } from "../../tables/godebug-log.ts";
import { computeTrend, type Trend } from "../trend.ts";
import { CycleSeries, type GcSeries } from "./cycle-series.ts";
import { type DerivedCycle, deriveCycle, makeDerivedCycle } from "./derived-cycle.ts";
import { modelPauses, type PauseModel } from "./pause-model.ts";
import { type Distribution, QuantileSketch } from "./quantile-sketch.ts";

/**
 * What gctrace lines tell of one process. Sizes are whole MiB in the log, hence multiples of 2^20 here; shares are 0 to
 * 1; NaN where the log does not say (lines lost, heap too small for ratios, too few cycles).
 */
export interface GcCycles {
  /** Prefix of the process's lines, without times; empty if they have none. */
  source: string;
  /** Cycles in the log. */
  cycles: number;
  /** Number of the first and the last cycle; the first is more than 1 if the log begins later than the process. */
  firstCycle: number;
  lastCycle: number;
  /** Cycles between those whose lines are missing. */
  lostCycles: number;
  forcedCycles: number;
  /** Started by the clock after two minutes of quiet. */
  periodicCycles: number;
  leakCheckCycles: number;
  /** Start of the first and the last cycle since the process started. */
  firstSeconds: number;
  lastSeconds: number;
  /** Wall clock of the first and last cycle, milliseconds since 1970. */
  firstWallMs: number;
  lastWallMs: number;
  /** GOMAXPROCS at the last cycle. */
  processors: number;
  cyclesPerSecond: number;
  /** Live heap after each collection: no saw-tooth, so its trend is that of what the program keeps. */
  liveHeap: { firstBytes: number; lastBytes: number; maxBytes: number; trend: Trend };
  /** Highest heap at the end of marking. */
  peakBytes: number;
  lastGoalBytes: number;
  stackBytes: number;
  globalsBytes: number;
  allocBytesPerSecond: number;
  /** Median of the cycles, while nothing marks and while it does: the second is lower where assists hold the program up. */
  allocBytesPerSecondIdle: number;
  allocBytesPerSecondMarking: number;
  /** CPU time of the collector (idle marking left out) of what GOMAXPROCS Ps had. */
  gcCpuShare: number;
  /** Share of the time in which a collection ran. */
  markingTimeShare: number;
  /** Of marking that is not idle, what the program's own goroutines had to do. */
  assistShare: number;
  /** Of the CPU while marking ran, what assists took; the runtime's own workers take 0.25. */
  assistCpuShareMarking: number;
  /** Assist CPU of a cycle, milliseconds. */
  assistCpuMs: Distribution;
  /** (assists + background) of the CPU while marking ran. */
  markCpuShare: number;
  /** CPU milliseconds of a cycle, idle marking left out. */
  cycleCpuMs: Distribution;
  cycleDurationMs: Distribution;
  periodMs: Distribution;
  markBytesPerCpuSecond: Distribution;
  /** GOGC as the goals show it. A memory limit or a small heap makes `p50` less than `setting`. */
  effectiveGogc: { setting: number; p50: number; last: number };
  /** Share of the cycles whose goal was well below what `effectiveGogc.setting` gives: the memory limit ruled. */
  belowSettingShare: number;
  /** Cycles with hardly room between live heap and goal, back to back. */
  thrashingCycles: number;
  overshootBytes: Distribution;
  pauses: GcPauses;
  pauseModel: PauseModel;
  /** Absent without scavtrace (or scvg) lines. */
  scavenger: { returnedBytes: number; releasedBytes: number; utilShare: number; forced: number } | undefined;
  /** Absent without gcpacertrace lines: what the goals look like in exact bytes. */
  pacer:
    | { cycles: number; lateCycles: number; worstPastGoalBytes: number; scanBytes: Distribution }
    | undefined;
  /** Absent without schedtrace lines. */
  scheduler:
    | { lines: number; maxThreads: number; runnable: Distribution; idleProcessorShare: number }
    | undefined;
  series: GcSeries;
}

/** Stops of the world in milliseconds; `total` is both stops of a cycle. */
interface GcPauses {
  sweepTermination: Distribution;
  markTermination: Distribution;
  total: Distribution;
  /** Stops longer than a millisecond, of two a cycle. */
  overOneMs: number;
  /** Stops longer than 20 ms: what a request notices. */
  overTwentyMs: number;
  /** Stops within a twentieth of a multiple of 100 ms: how a CPU quota that ran out shows. */
  nearQuotaPeriod: number;
  /** Share of the time in which the world stood still. */
  timeShare: number;
}

/** One cycle for a table; NaN where the log does not say. */
export interface CycleRow {
  cycle: number;
  /** Since the process started. */
  seconds: number;
  wallMs: number;
  periodMs: number;
  sweepTerminationMs: number;
  markMs: number;
  markTerminationMs: number;
  heapStartBytes: number;
  heapEndBytes: number;
  liveBytes: number;
  goalBytes: number;
  gcCpuShare: number;
  assistShare: number;
  processors: number;
  forced: boolean;
  periodic: boolean;
  thrashing: boolean;
  leakCheck: boolean;
  /** Cycles before this one whose lines are missing. */
  lost: number;
}

const MIB = 1024 * 1024;
const ONE_MS = 1000;
/** cfs_period_us of every container runtime. */
const QUOTA_PERIOD_US = 100_000;
/** Goals lower than this share of what the setting gives are not its doing. */
const BELOW_SETTING = 0.8;
/** Rounding moves each printed size by up to 1 MiB. */
const FLOOR_NOISE_MIB = 2;
const FLOOR_NOISE_SHARE = 0.02;

/** Takes the cycles of one process as they come, in memory that does not grow with their number. */
export class GcCyclesDigest {
  readonly source: string;
  readonly #keep: number;
  readonly #recent: CycleRow[] = [];
  readonly #first: GcCycle;
  readonly #before: GcCycle;
  readonly #derived: DerivedCycle = makeDerivedCycle();
  readonly #series = new CycleSeries();
  readonly #sweepTermination = new QuantileSketch();
  readonly #markTermination = new QuantileSketch();
  readonly #stopped = new QuantileSketch();
  /** Every stop by itself. */
  readonly #stops = new QuantileSketch();
  readonly #period = new QuantileSketch();
  readonly #duration = new QuantileSketch();
  readonly #cycleCpu = new QuantileSketch();
  readonly #assistCpu = new QuantileSketch();
  readonly #throughput = new QuantileSketch();
  readonly #gogc = new QuantileSketch();
  readonly #overshoot = new QuantileSketch();
  readonly #allocIdle = new QuantileSketch();
  readonly #allocMarking = new QuantileSketch();
  readonly #scanBytes = new QuantileSketch();
  readonly #runnable = new QuantileSketch();
  #cycles = 0;
  #lost = 0;
  #forced = 0;
  #periodic = 0;
  #leakChecks = 0;
  #thrashing = 0;
  #overOneMs = 0;
  #overTwentyMs = 0;
  #nearQuota = 0;
  #peakMib = 0;
  #maxLiveMib = 0;
  #lastGogc = Number.NaN;
  #firstWallMs = Number.NaN;
  #lastWallMs = Number.NaN;
  /** Sums over cycles whose period is known, so that their ratios do not suffer from lost lines. */
  #periodSumMs = 0;
  #availableUs = 0;
  #gcCpuUs = 0;
  #stoppedUs = 0;
  #durationUs = 0;
  #allocatedMib = 0;
  /** Sums over all cycles. */
  #assistUs = 0;
  #backgroundUs = 0;
  #markAvailableUs = 0;
  #scavenger: GcCycles["scavenger"];
  #pacerCycles = 0;
  #lateCycles = 0;
  #worstPastGoal = Number.NEGATIVE_INFINITY;
  #schedulerLines = 0;
  #maxThreads = 0;
  #idleProcessors = 0;
  #allProcessors = 0;

  /** The newest `keep` cycles are kept as rows. */
  constructor(first: Readonly<GcCycle>, source: string, keep: number) {
    this.source = source;
    this.#keep = keep;
    this.#first = { ...first };
    this.#before = { ...first };
  }

  get cycles(): number {
    return this.#cycles;
  }

  /** What follows from the cycle. The result is overwritten by the next call. */
  add(cycle: Readonly<GcCycle>): Readonly<DerivedCycle> {
    const derived = this.#derived;
    deriveCycle(cycle, this.#cycles === 0 ? undefined : this.#before, derived);
    this.#cycles++;
    this.#lost += derived.lost;
    if (cycle.forced) this.#forced++;
    if (cycle.leakCheck) this.#leakChecks++;
    if (derived.periodic) this.#periodic++;
    if (derived.thrashing) this.#thrashing++;
    this.#peakMib = Math.max(this.#peakMib, cycle.heapEndMib);
    this.#maxLiveMib = Math.max(this.#maxLiveMib, cycle.liveMib);
    if (!Number.isNaN(cycle.wallMs)) {
      if (Number.isNaN(this.#firstWallMs)) this.#firstWallMs = cycle.wallMs;
      this.#lastWallMs = cycle.wallMs;
    }
    this.#addPause(cycle.sweepTerminationUs, this.#sweepTermination);
    this.#addPause(cycle.markTerminationUs, this.#markTermination);
    this.#stopped.add(derived.stoppedUs / 1000);
    const gcCpuUs = cycle.stoppedCpuUs + cycle.assistCpuUs + cycle.backgroundCpuUs;
    this.#cycleCpu.add(gcCpuUs / 1000);
    this.#assistCpu.add(cycle.assistCpuUs / 1000);
    this.#duration.add(derived.durationUs / 1000);
    this.#assistUs += cycle.assistCpuUs;
    this.#backgroundUs += cycle.backgroundCpuUs;
    this.#markAvailableUs += cycle.processors * cycle.markUs;
    if (derived.periodMs > 0) {
      this.#period.add(derived.periodMs);
      this.#periodSumMs += derived.periodMs;
      this.#availableUs += cycle.processors * derived.periodMs * 1000;
      this.#gcCpuUs += gcCpuUs;
      this.#stoppedUs += derived.stoppedUs;
      this.#durationUs += derived.durationUs;
      this.#allocatedMib += derived.allocatedMib;
    }
    this.#throughput.add(derived.markBytesPerCpuSecond);
    this.#gogc.add(derived.effectiveGogc);
    if (derived.effectiveGogc >= 0) this.#lastGogc = derived.effectiveGogc;
    this.#overshoot.add(derived.overshootMib * MIB);
    this.#allocIdle.add(derived.allocBytesPerSecond);
    this.#allocMarking.add(derived.allocBytesPerSecondMarking);
    this.#series.add(cycle, derived);
    this.#recent.push(makeCycleRow(cycle, derived));
    if (this.#recent.length >= 2 * this.#keep) this.#recent.splice(0, this.#recent.length - this.#keep);
    Object.assign(this.#before, cycle);
    return derived;
  }

  #addPause(us: number, sketch: QuantileSketch): void {
    sketch.add(us / 1000);
    this.#stops.add(us / 1000);
    if (us > ONE_MS) this.#overOneMs++;
    if (us > 20 * ONE_MS) this.#overTwentyMs++;
    const periods = Math.round(us / QUOTA_PERIOD_US);
    if (periods >= 1 && Math.abs(us - periods * QUOTA_PERIOD_US) <= QUOTA_PERIOD_US / 20) this.#nearQuota++;
  }

  addScavenge(scavenge: Readonly<Scavenge>): void {
    this.#scavenger ??= { returnedBytes: 0, releasedBytes: 0, utilShare: Number.NaN, forced: 0 };
    this.#scavenger.returnedBytes += scavenge.workBytes;
    this.#scavenger.releasedBytes = scavenge.releasedBytes;
    this.#scavenger.utilShare = scavenge.utilShare;
    if (scavenge.forced) this.#scavenger.forced++;
  }

  addPacer(pacer: Readonly<PacerCycle>): void {
    this.#pacerCycles++;
    if (pacer.pastGoalBytes > 0) this.#lateCycles++;
    this.#worstPastGoal = Math.max(this.#worstPastGoal, pacer.pastGoalBytes);
    this.#scanBytes.add(pacer.scanBytes);
  }

  addScheduler(state: Readonly<SchedulerState>): void {
    this.#schedulerLines++;
    this.#maxThreads = Math.max(this.#maxThreads, state.threads);
    this.#runnable.add(state.runnable);
    this.#idleProcessors += state.idleProcessors;
    this.#allProcessors += state.processors;
  }

  /** The newest cycles, oldest first. */
  recent(): CycleRow[] {
    return this.#recent.slice(-this.#keep);
  }

  /** All that the cycles so far tell. */
  summary(): GcCycles {
    const first = this.#first;
    const last = this.#before;
    const series = this.#series.toSeries();
    const spanSeconds = (last.startMs - first.startMs) / 1000;
    const firstMib = first.liveMib;
    const cyclesPerSecond = spanSeconds > 0 ? (last.cycle - first.cycle) / spanSeconds : Number.NaN;
    const noise = Math.max(FLOOR_NOISE_MIB, FLOOR_NOISE_SHARE * firstMib) * MIB;
    const setting = findSetting(this.#gogc);
    return {
      source: this.source,
      cycles: this.#cycles,
      firstCycle: first.cycle,
      lastCycle: last.cycle,
      lostCycles: this.#lost,
      forcedCycles: this.#forced,
      periodicCycles: this.#periodic,
      leakCheckCycles: this.#leakChecks,
      firstSeconds: first.startMs / 1000,
      lastSeconds: last.startMs / 1000,
      firstWallMs: this.#firstWallMs,
      lastWallMs: this.#lastWallMs,
      processors: last.processors,
      cyclesPerSecond,
      liveHeap: {
        firstBytes: firstMib * MIB,
        lastBytes: last.liveMib * MIB,
        maxBytes: this.#maxLiveMib * MIB,
        trend: computeTrend(series.seconds, series.liveBytes, { noise }),
      },
      peakBytes: this.#peakMib * MIB,
      lastGoalBytes: last.goalMib * MIB,
      stackBytes: last.stacksMib * MIB,
      globalsBytes: last.globalsMib * MIB,
      allocBytesPerSecond: share(this.#allocatedMib * MIB, this.#periodSumMs / 1000),
      allocBytesPerSecondIdle: this.#allocIdle.quantile(0.5),
      allocBytesPerSecondMarking: this.#allocMarking.quantile(0.5),
      gcCpuShare: share(this.#gcCpuUs, this.#availableUs),
      markingTimeShare: share(this.#durationUs, this.#periodSumMs * 1000),
      assistShare: share(this.#assistUs, this.#assistUs + this.#backgroundUs),
      assistCpuShareMarking: share(this.#assistUs, this.#markAvailableUs),
      assistCpuMs: this.#assistCpu.summary(),
      markCpuShare: share(this.#assistUs + this.#backgroundUs, this.#markAvailableUs),
      cycleCpuMs: this.#cycleCpu.summary(),
      cycleDurationMs: this.#duration.summary(),
      periodMs: this.#period.summary(),
      markBytesPerCpuSecond: this.#throughput.summary(),
      effectiveGogc: { setting, p50: this.#gogc.quantile(0.5), last: this.#lastGogc },
      belowSettingShare: share(this.#gogc.countBelow(BELOW_SETTING * setting), this.#gogc.count),
      thrashingCycles: this.#thrashing,
      overshootBytes: this.#overshoot.summary(),
      pauses: {
        sweepTermination: this.#sweepTermination.summary(),
        markTermination: this.#markTermination.summary(),
        total: this.#stopped.summary(),
        overOneMs: this.#overOneMs,
        overTwentyMs: this.#overTwentyMs,
        nearQuotaPeriod: this.#nearQuota,
        timeShare: share(this.#stoppedUs, this.#periodSumMs * 1000),
      },
      pauseModel: modelPauses(this.#stops, { cyclesPerSecond, series }),
      scavenger: this.#scavenger,
      pacer:
        this.#pacerCycles === 0
          ? undefined
          : {
              cycles: this.#pacerCycles,
              lateCycles: this.#lateCycles,
              worstPastGoalBytes: this.#worstPastGoal,
              scanBytes: this.#scanBytes.summary(),
            },
      scheduler:
        this.#schedulerLines === 0
          ? undefined
          : {
              lines: this.#schedulerLines,
              maxThreads: this.#maxThreads,
              runnable: this.#runnable.summary(),
              idleProcessorShare: share(this.#idleProcessors, this.#allProcessors),
            },
      series,
    };
  }
}

/** Rounding blurs the goals of a heap of some tens of MiB: within this factor of the median all are the setting's. */
const SETTING_BLUR = 1.25;

/** GOGC as the highest goals show it; a memory limit only ever lowers them. */
function findSetting(gogc: QuantileSketch): number {
  if (gogc.count < 3) return Number.NaN;
  const [median, high] = [gogc.quantile(0.5), gogc.quantile(0.9)];
  return high <= SETTING_BLUR * median ? median : high;
}

export function makeCycleRow(cycle: Readonly<GcCycle>, derived: Readonly<DerivedCycle>): CycleRow {
  return {
    cycle: cycle.cycle,
    seconds: cycle.startMs / 1000,
    wallMs: cycle.wallMs,
    periodMs: derived.periodMs,
    sweepTerminationMs: cycle.sweepTerminationUs / 1000,
    markMs: cycle.markUs / 1000,
    markTerminationMs: cycle.markTerminationUs / 1000,
    heapStartBytes: cycle.heapStartMib * MIB,
    heapEndBytes: cycle.heapEndMib * MIB,
    liveBytes: cycle.liveMib * MIB,
    goalBytes: cycle.goalMib * MIB,
    gcCpuShare: derived.gcCpuShare,
    assistShare: derived.assistShare,
    processors: cycle.processors,
    forced: cycle.forced,
    periodic: derived.periodic,
    thrashing: derived.thrashing,
    leakCheck: cycle.leakCheck,
    lost: derived.lost,
  };
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : Number.NaN;
}
