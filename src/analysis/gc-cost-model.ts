/**
 * What the Go collector would do under other settings: heap goal, collections per second, CPU and peak memory. After
 * "A Guide to the Go Garbage Collector" and the runtime's mgcpacer.go (1.19 to 1.26). Estimates for a steady program:
 * the same allocation rate and the same live heap as measured.
 */

const MIB = 2 ** 20;
/** The smallest goal at GOGC=100 (heapMinimum); it scales with GOGC. */
const LEAST_GOAL_BYTES = 4 * MIB;
/** What the runtime keeps free below the memory limit: 3 %, at least 1 MiB. */
const LIMIT_HEADROOM_SHARE = 0.03;
const LEAST_LIMIT_HEADROOM_BYTES = MIB;
/** sysmon forces a collection when there was none for two minutes. */
const LEAST_CYCLES_PER_SECOND = 1 / 120;
/** The GC CPU limiter keeps the collector to about half of the CPU; beyond that memory passes the limit. */
const MOST_CPU_SHARE = 0.5;

/** A program as measured at one setting. */
export interface CollectorWorkload {
  allocatedBytesPerSecond: number;
  /** Heap that survives a collection. */
  liveBytes: number;
  /** Goroutine stacks and globals, which are scanned as well and count for the goal. */
  rootBytes: number;
  /** Share of the CPU available to the process that one collection per second takes; NaN if it was not measured. */
  cpuSharePerCycle: number;
  /** Internal fragmentation: heap/unused for each byte of objects. */
  unusedShare: number;
  /** Stacks, metadata and the like: what the runtime holds beside the heap's objects, free and unused pages. */
  restBytes: number;
}

export interface CollectorSettings {
  /** GOGC; Infinity for off. */
  gogcPercent: number;
  /** GOMEMLIMIT; Infinity for none. */
  memoryLimitBytes: number;
}

export interface CollectorPrediction {
  goalBytes: number;
  cyclesPerSecond: number;
  /** Of the CPU available to the process; NaN if the cost of a collection is not known. */
  cpuShare: number;
  /** What the runtime holds when the heap is at its goal, without memory outside of Go. */
  peakBytes: number;
  /** The memory limit sets the goal, not GOGC. */
  isLimited: boolean;
  /** The collector would need more CPU than its limiter allows: memory passes the limit instead. */
  isThrashing: boolean;
}

/** The goal that GOGC alone sets: live heap plus its share of live heap, stacks and globals (Go ≥ 1.18). */
export function computeGogcGoal(
  { liveBytes, rootBytes }: Pick<CollectorWorkload, "liveBytes" | "rootBytes">,
  gogcPercent: number,
): number {
  const growth = gogcPercent / 100;
  return Math.max(LEAST_GOAL_BYTES * growth, liveBytes + (liveBytes + rootBytes) * growth);
}

/** The goal that the memory limit alone sets, at least the live heap (mgcpacer.go, memoryLimitHeapGoal). */
export function computeLimitGoal(
  { liveBytes, unusedShare, restBytes }: Pick<CollectorWorkload, "liveBytes" | "unusedShare" | "restBytes">,
  memoryLimitBytes: number,
): number {
  if (memoryLimitBytes === Number.POSITIVE_INFINITY) return memoryLimitBytes;
  // Fragmentation grows with the goal and counts against the limit: H + u·H + rest = limit, less headroom.
  const room = (memoryLimitBytes - restBytes) / (1 + unusedShare);
  if (!(room > 0)) return liveBytes;
  const headroom = Math.max(LEAST_LIMIT_HEADROOM_BYTES, LIMIT_HEADROOM_SHARE * room);
  return Math.max(liveBytes, room < 2 * headroom ? headroom : room - headroom);
}

export function predictCollector(
  workload: CollectorWorkload,
  { gogcPercent, memoryLimitBytes }: CollectorSettings,
): CollectorPrediction {
  const byGogc = computeGogcGoal(workload, gogcPercent);
  const byLimit = computeLimitGoal(workload, memoryLimitBytes);
  const goalBytes = Math.min(byGogc, byLimit);
  // At a goal of the live heap the collector would run without end; the limiter ends that.
  const runway = Math.max(goalBytes - workload.liveBytes, 1);
  const cyclesPerSecond = Math.max(workload.allocatedBytesPerSecond / runway, LEAST_CYCLES_PER_SECOND);
  const wanted = cyclesPerSecond * workload.cpuSharePerCycle;
  const isThrashing = wanted > MOST_CPU_SHARE;
  return {
    goalBytes,
    cyclesPerSecond: isThrashing ? MOST_CPU_SHARE / workload.cpuSharePerCycle : cyclesPerSecond,
    cpuShare: isThrashing ? MOST_CPU_SHARE : wanted,
    peakBytes: goalBytes * (1 + workload.unusedShare) + workload.restBytes,
    isLimited: byLimit < byGogc,
    isThrashing,
  };
}

/** The smallest GOGC whose predicted GC CPU is at most `cpuShare`; NaN without the cost of a collection. */
export function findGogcForCpuShare(workload: CollectorWorkload, cpuShare: number): number {
  const runway = (workload.allocatedBytesPerSecond * workload.cpuSharePerCycle) / cpuShare;
  return gogcForRunway(workload, runway);
}

/** The largest GOGC whose predicted peak is at most `peakBytes`; negative where even the live heap does not fit. */
export function findGogcForPeak(workload: CollectorWorkload, peakBytes: number): number {
  const goal = (peakBytes - workload.restBytes) / (1 + workload.unusedShare);
  return (100 * (goal - workload.liveBytes)) / (workload.liveBytes + workload.rootBytes);
}

/** The smallest memory limit under which, with GOGC off, the predicted GC CPU is at most `cpuShare`. */
export function findLimitForCpuShare(workload: CollectorWorkload, cpuShare: number): number {
  const runway = (workload.allocatedBytesPerSecond * workload.cpuSharePerCycle) / cpuShare;
  const goal = workload.liveBytes + runway;
  const room = Math.max(goal / (1 - LIMIT_HEADROOM_SHARE), goal + LEAST_LIMIT_HEADROOM_BYTES);
  return room * (1 + workload.unusedShare) + workload.restBytes;
}

function gogcForRunway({ liveBytes, rootBytes }: CollectorWorkload, runwayBytes: number): number {
  const byLive = (100 * runwayBytes) / (liveBytes + rootBytes);
  // A small heap is held by the smallest goal: 4 MiB at GOGC=100.
  const byFloor = (100 * (liveBytes + runwayBytes)) / LEAST_GOAL_BYTES;
  return Math.min(byLive, byFloor);
}
