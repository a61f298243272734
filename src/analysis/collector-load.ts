import { findMedian } from "../lib/median.ts";
import type { MemoryClasses } from "../tables/memory-classes.ts";
import type { RuntimeMetrics } from "../tables/runtime-metrics.ts";
import type { CollectorWorkload } from "./gc-cost-model.ts";
import type { CollectorActivity, MemorySample } from "./memory-series.ts";

/** How hard the collector works over the window, and for what: the input of every judgement about its settings. */
export interface CollectorLoad {
  seconds: number;
  /** Collections that the runtime started by itself, per second; ours are forced ones. */
  cyclesPerSecond: number;
  /** The largest live heap of the window: peaks are judged by it, CPU by the median in `workload`. */
  liveMaxBytes: number;
  /** Heap goal (MemStats.NextGC), median; Infinity where the collector is off. */
  goalBytes: number;
  /** GOGC that this goal amounts to, whatever set it. */
  effectiveGogcPercent: number;
  /** GOGC and GOMEMLIMIT as runtime/metrics give them; undefined where they were not served. */
  gogcPercent: number | undefined;
  memoryLimitBytes: number | undefined;
  /**
   * What the collections that the runtime started by itself take of the CPU available to the process (GOMAXPROCS);
   * marking on idle CPUs is no cost. NaN if nothing tells.
   */
  cpuShare: number;
  /**
   * The same with marking on idle CPUs, which other programs and a container's quota feel: of the CPU available, and of
   * what the process used. NaN without CPU classes.
   */
  burnedShare: number;
  burnedShareOfUsed: number;
  /** Whether `cpuShare` is of this window or of the whole life of the process, which is all that MemStats know. */
  cpuSpan: "window" | "since-start";
  /** The GC CPU limiter was on within the window. */
  isLimiterEngaged: boolean;
  /** The most that the runtime held of the system's memory at any reading. */
  heldMaxBytes: number;
  /** Resident memory that is not the runtime's; 0 where it is not known. */
  outsideBytes: number;
  workload: CollectorWorkload;
}

/** What the collector did, as far as its load is concerned. */
type CollectorCounts = Pick<
  CollectorActivity,
  "allocatedBytes" | "automaticCycles" | "forcedCycles" | "gcCpuFraction" | "seconds"
>;

export interface CollectorLoadInput {
  collector: CollectorCounts | undefined;
  samples: readonly MemorySample[];
  memoryClasses: readonly { classes: MemoryClasses }[];
  runtimeMetrics: readonly { metrics: RuntimeMetrics }[];
  processAgeSeconds: number | undefined;
}

/** Undefined if the live heap, the goal or the allocation rate is not known. */
export function computeCollectorLoad(input: CollectorLoadInput): CollectorLoad | undefined {
  const { collector, samples, memoryClasses, runtimeMetrics } = input;
  if (collector === undefined || !(collector.seconds > 0)) return undefined;
  const metrics = runtimeMetrics.map((sample) => sample.metrics);
  const last = metrics.at(-1);
  const live = findLiveBytes(samples, metrics);
  const goals = samples.flatMap((s) => s.memStats?.nextGC ?? []);
  if (live.length === 0 || goals.length === 0) return undefined;
  const liveBytes = findMedian(live);
  const goalBytes = findMedian(goals);
  const stacks = findMedian(samples.flatMap((s) => s.memStats?.stackInuse ?? []));
  // What is scanned of the stacks is less than what they take; half is near for parked goroutines.
  const rootBytes =
    (last?.scanStackBytes ?? (Number.isNaN(stacks) ? 0 : stacks / 2)) + (last?.scanGlobalsBytes ?? 0);
  const all = collector.automaticCycles + collector.forcedCycles;
  const cpu = measureCpu(input, collector);
  const own = all === 0 ? 0 : collector.automaticCycles / all;
  return {
    seconds: collector.seconds,
    cyclesPerSecond: collector.automaticCycles / collector.seconds,
    liveMaxBytes: Math.max(...live),
    goalBytes,
    effectiveGogcPercent: (100 * (goalBytes - liveBytes)) / (liveBytes + rootBytes),
    gogcPercent: last?.gogcPercent,
    memoryLimitBytes: last?.gomemlimitBytes,
    cpuShare: cpu.share * own,
    burnedShare: cpu.burned * own,
    burnedShareOfUsed: cpu.burnedOfUsed * own,
    cpuSpan: cpu.span,
    isLimiterEngaged: isLimiterEngaged(metrics, collector),
    heldMaxBytes: Math.max(0, ...memoryClasses.map(({ classes }) => classes.total - classes.heapReleased)),
    outsideBytes: measureOutside(samples),
    workload: {
      allocatedBytesPerSecond: collector.allocatedBytes / collector.seconds,
      liveBytes,
      rootBytes,
      cpuSharePerCycle: all === 0 ? Number.NaN : (cpu.share * collector.seconds) / all,
      ...measureOverhead(memoryClasses, goalBytes),
    },
  };
}

/** Exact points, however few: a process near its limit is asked for profiles no more, but has the same live heap. */
function findLiveBytes(samples: readonly MemorySample[], metrics: readonly RuntimeMetrics[]): number[] {
  const sources = [
    samples.flatMap((s) => (s.afterForcedGc ? (s.memStats?.heapAlloc ?? []) : [])),
    metrics.flatMap((m) => (m.liveHeapBytes === 0 ? [] : (m.liveHeapBytes ?? []))),
    samples.flatMap((s) => s.profileInuseBytes ?? []),
  ];
  return sources.find((points) => points.length > 0) ?? [];
}

interface CpuMeasured {
  share: number;
  burned: number;
  burnedOfUsed: number;
  span: CollectorLoad["cpuSpan"];
}

const UNKNOWN_BURNED = { burned: Number.NaN, burnedOfUsed: Number.NaN };

/** GC's CPU over all collections, forced ones included. CPU classes are the best, being of this window. */
function measureCpu(
  { samples, runtimeMetrics, processAgeSeconds }: CollectorLoadInput,
  collector: CollectorCounts,
): CpuMeasured {
  const classes = runtimeMetrics.flatMap(({ metrics }) => metrics.cpu ?? []);
  const [first, last] = [classes[0], classes.at(-1)];
  if (first !== undefined && last !== undefined && last.total > first.total) {
    const burned = last.gcTotal - first.gcTotal;
    const total = last.total - first.total;
    return {
      share: (burned - (last.gcMarkIdle - first.gcMarkIdle)) / total,
      burned: burned / total,
      burnedOfUsed: burned / (total - (last.idle - first.idle)),
      span: "window",
    };
  }
  const known = samples.filter((s) => s.memStats?.gcCPUFraction !== undefined);
  const [begin, end] = [known[0], known.at(-1)];
  if (
    begin !== undefined &&
    end !== undefined &&
    processAgeSeconds !== undefined &&
    end.seconds > begin.seconds
  ) {
    // The fraction is of all CPU since the start: two of them and the age give that of the time between.
    const [from, to] = [processAgeSeconds + begin.seconds, processAgeSeconds + end.seconds];
    const share = (end.memStats!.gcCPUFraction! * to - begin.memStats!.gcCPUFraction! * from) / (to - from);
    return { ...UNKNOWN_BURNED, share: Math.max(0, share), span: "window" };
  }
  return { ...UNKNOWN_BURNED, share: collector.gcCpuFraction, span: "since-start" };
}

function isLimiterEngaged(metrics: readonly RuntimeMetrics[], collector: CollectorCounts): boolean {
  const cycles = metrics.flatMap((m) => m.limiterLastEnabledCycle ?? []);
  const [first, last] = [cycles[0], cycles.at(-1)];
  return first !== undefined && last !== undefined && last > first && collector.automaticCycles > 0;
}

/** What lies between the runtime's own figure and the resident set, at the last sample that has both. */
function measureOutside(samples: readonly MemorySample[]): number {
  const gaps = samples.flatMap(({ residentBytes, memStats }) =>
    residentBytes === undefined || memStats?.sys === undefined || memStats.heapReleased === undefined
      ? []
      : residentBytes - (memStats.sys - memStats.heapReleased),
  );
  return Math.max(0, gaps.at(-1) ?? 0);
}

/** Free slots of partly used spans are filled before the peak; what stays is little, and seldom nothing. */
const LEAST_UNUSED_SHARE = 0.02;
const MOST_UNUSED_SHARE = 0.2;

function measureOverhead(
  memoryClasses: readonly { classes: MemoryClasses }[],
  goalBytes: number,
): Pick<CollectorWorkload, "unusedShare" | "restBytes"> {
  const last = memoryClasses.at(-1)?.classes;
  if (last === undefined) return { unusedShare: LEAST_UNUSED_SHARE, restBytes: 0 };
  const unused = Math.min(...memoryClasses.map(({ classes }) => classes.heapUnused));
  const share = Number.isFinite(goalBytes) && goalBytes > 0 ? unused / goalBytes : 0;
  return {
    unusedShare: Math.min(MOST_UNUSED_SHARE, Math.max(LEAST_UNUSED_SHARE, share)),
    restBytes: last.total - last.heapReleased - last.heapFree - last.heapObjects - last.heapUnused,
  };
}
