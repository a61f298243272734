import type { MemStats } from "../tables/mem-stats.ts";
import { computeTrend, type Trend } from "./trend.ts";

/** What one sample says about the whole process. */
export interface MemorySample {
  seconds: number;
  memStats?: MemStats | undefined;
  /** The MemStats were read right after a collection that the sample itself forced. */
  afterForcedGc: boolean;
  /** Sum of inuse_space of the sample's heap profile, an estimate from sampling. */
  profileInuseBytes?: number | undefined;
  residentBytes?: number | undefined;
}

/**
 * The live heap over the window. `exact` points are HeapAlloc read right after a collection; without any, the sums of
 * the heap profiles stand in (as of the last collection, but sampled), and failing those plain HeapAlloc, which
 * swings with the collector and therefore supports no more than a suspicion.
 */
export interface LiveHeap {
  source: "after-gc" | "profile" | "heap-alloc" | "gctrace";
  seconds: number[];
  bytes: number[];
  trend: Trend;
}

/** Below this a rise of the live heap is not told from the garbage made between the collection and the reading. */
const FLOOR_NOISE_BYTES = 512 * 1024;
/** Of a large heap, this share: it breathes in proportion, but what a collection leaves is counted exactly. */
const FLOOR_NOISE_SHARE = { "after-gc": 0.005, profile: 0.02, "heap-alloc": 0.02 };

export function computeLiveHeap(samples: readonly MemorySample[]): LiveHeap | undefined {
  const sources = [
    ["after-gc", (s: MemorySample) => (s.afterForcedGc ? s.memStats?.heapAlloc : undefined)],
    ["profile", (s: MemorySample) => s.profileInuseBytes],
    ["heap-alloc", (s: MemorySample) => s.memStats?.heapAlloc],
  ] as const;
  let best: LiveHeap | undefined;
  for (const [source, pick] of sources) {
    const points = samples.flatMap((s) => {
      const bytes = pick(s);
      return bytes === undefined ? [] : [[s.seconds, bytes] as const];
    });
    if (points.length === 0 || (best !== undefined && points.length <= best.bytes.length + 1)) continue;
    const seconds = points.map(([t]) => t);
    const bytes = points.map(([, b]) => b);
    const noise = Math.max(FLOOR_NOISE_BYTES, FLOOR_NOISE_SHARE[source] * bytes[0]!);
    best = { source, seconds, bytes, trend: computeTrend(seconds, bytes, { noise }) };
  }
  return best;
}

/**
 * First sample of the process that is there at the end: a counter that only ever rises (NumGC, TotalAlloc, Mallocs)
 * has fallen before it. 0 if the process was not restarted.
 */
export function findLastRestart(memStats: readonly (MemStats | undefined)[]): number {
  let restart = 0;
  let before: MemStats | undefined;
  for (const [k, stats] of memStats.entries()) {
    if (stats === undefined) continue;
    if (
      before !== undefined &&
      (fell(before.totalAlloc, stats.totalAlloc) || fell(before.numGC, stats.numGC))
    ) {
      restart = k;
    }
    before = stats;
  }
  return restart;
}

function fell(before: number | undefined, after: number | undefined): boolean {
  return before !== undefined && after !== undefined && after < before;
}

/** What the collector did between the first and the last MemStats of the window. */
export interface CollectorActivity {
  seconds: number;
  /** Collections the target ran by itself: all less the forced ones. */
  automaticCycles: number;
  forcedCycles: number;
  allocatedBytes: number;
  allocatedObjects: number;
  pauseNs: number;
  /** Automatic collections a second in the two halves of the window; undefined with fewer than four samples. */
  cyclesPerSecond: { early: number; late: number } | undefined;
  /** GC's share of the CPU since the process started, as of the last sample; NaN if not printed. */
  gcCpuFraction: number;
  /** Heap size that starts the next collection; Infinity when the collector is off. */
  nextGcBytes: number;
  lastHeapAllocBytes: number;
  /** What the process has from the OS for all but the heap (stacks, spans, tables), bytes; NaN if not printed. */
  outsideHeapBytes: number;
  /** Space in the heap's spans that no object takes, as a share of what objects take; NaN if not printed. */
  unusedHeapShare: number;
  /** Automatic collections since the process started. */
  automaticCyclesEver: number;
}

export function computeCollectorActivity(samples: readonly MemorySample[]): CollectorActivity | undefined {
  const known = samples.filter((s) => s.memStats?.numGC !== undefined && s.memStats.totalAlloc !== undefined);
  const first = known[0];
  const last = known[known.length - 1];
  if (first === undefined || last === undefined) return undefined;
  const a = first.memStats!;
  const b = last.memStats!;
  const rise = (x: number | undefined, y: number | undefined) => (y ?? 0) - (x ?? 0);
  const forced = rise(a.numForcedGC, b.numForcedGC);
  return {
    seconds: last.seconds - first.seconds,
    automaticCycles: Math.max(0, rise(a.numGC, b.numGC) - forced),
    forcedCycles: forced,
    allocatedBytes: rise(a.totalAlloc, b.totalAlloc),
    allocatedObjects: rise(a.mallocs, b.mallocs),
    pauseNs: rise(a.pauseTotalNs, b.pauseTotalNs),
    cyclesPerSecond: computeCycleRates(known),
    gcCpuFraction: b.gcCPUFraction ?? Number.NaN,
    nextGcBytes: b.nextGC ?? Number.NaN,
    lastHeapAllocBytes: b.heapAlloc ?? Number.NaN,
    outsideHeapBytes: (b.sys ?? Number.NaN) - (b.heapSys ?? Number.NaN),
    unusedHeapShare:
      ((b.heapInuse ?? Number.NaN) - (b.heapAlloc ?? Number.NaN)) / (b.heapAlloc ?? Number.NaN),
    automaticCyclesEver: Math.max(0, (b.numGC ?? 0) - (b.numForcedGC ?? 0)),
  };
}

function computeCycleRates(known: readonly MemorySample[]): CollectorActivity["cyclesPerSecond"] {
  if (known.length < 4) return undefined;
  const rate = (from: MemorySample, to: MemorySample) => {
    const rise = (to.memStats!.numGC ?? 0) - (from.memStats!.numGC ?? 0);
    const forced = (to.memStats!.numForcedGC ?? 0) - (from.memStats!.numForcedGC ?? 0);
    return to.seconds > from.seconds ? Math.max(0, rise - forced) / (to.seconds - from.seconds) : 0;
  };
  const middle = known[known.length >> 1]!;
  return { early: rate(known[0]!, middle), late: rate(middle, known.at(-1)!) };
}
