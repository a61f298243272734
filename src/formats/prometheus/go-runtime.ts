import { toHeapGoal } from "../../tables/heap-goal.ts";
import type { MemStats } from "../../tables/mem-stats.ts";
import type { MetricSample } from "../../tables/metric-samples.ts";
import type {
  CpuClasses,
  DurationBuckets,
  QueueCounts,
  RuntimeMetrics,
} from "../../tables/runtime-metrics.ts";

/** What a scrape says about the Go process it came from. What it does not say is absent. */
export interface GoRuntimeMetrics extends RuntimeMetrics {
  /** "go1.26.8" */
  goVersion?: string;
  /** Path of the main module. */
  mainModule?: string;
  /** Seconds since 1970. */
  startTimeSeconds?: number;
  residentBytes?: number;
  openFds?: number;
  maxFds?: number;
  goroutines?: number;
  threads?: number;
  memStats: MemStats;
}

/**
 * Finds the Go runtime's numbers in a scrape by the names that client_golang gives them: the go_memstats_* and process_*
 * of its standard collectors, and the names made from runtime/metrics, which a program must ask for.
 *
 * A name that occurs with several label sets is passed over: the scrape then speaks of several processes.
 */
export function findGoRuntime(samples: readonly MetricSample[]): GoRuntimeMetrics {
  const metrics = indexSingles(samples);
  const value = (name: string) => metrics.get(name)?.value;
  const runtime: GoRuntimeMetrics = { memStats: findMemStats(value) };
  setIfKnown(runtime, "goVersion", metrics.get("go_info")?.labels.get("version"));
  setIfKnown(runtime, "mainModule", metrics.get("go_build_info")?.labels.get("path"));
  setIfKnown(runtime, "startTimeSeconds", value("process_start_time_seconds"));
  setIfKnown(runtime, "residentBytes", value("process_resident_memory_bytes"));
  setIfKnown(runtime, "openFds", value("process_open_fds"));
  setIfKnown(runtime, "maxFds", value("process_max_fds"));
  setIfKnown(runtime, "goroutines", value("go_sched_goroutines_goroutines") ?? value("go_goroutines"));
  setIfKnown(runtime, "threads", value("go_threads"));
  setIfKnown(runtime, "gomaxprocs", value("go_sched_gomaxprocs_threads"));
  setIfKnown(runtime, "liveHeapBytes", value("go_gc_heap_live_bytes"));
  setIfKnown(runtime, "scanStackBytes", value("go_gc_scan_stack_bytes"));
  setIfKnown(runtime, "scanGlobalsBytes", value("go_gc_scan_globals_bytes"));
  setIfKnown(runtime, "limiterLastEnabledCycle", value("go_gc_limiter_last_enabled_gc_cycle"));
  const finalizers = findQueue(value, "finalizers");
  if (finalizers !== undefined) runtime.finalizers = finalizers;
  const cleanups = findQueue(value, "cleanups");
  if (cleanups !== undefined) runtime.cleanups = cleanups;
  const cpu = findCpuClasses(value);
  if (cpu !== undefined) runtime.cpu = cpu;
  const pauses =
    findBuckets(samples, "go_sched_pauses_total_gc_seconds_bucket") ??
    findBuckets(samples, "go_gc_pauses_seconds_bucket");
  if (pauses !== undefined) runtime.gcPauses = pauses;
  setIfKnown(runtime, "gogcPercent", toSetting(value("go_gc_gogc_percent")));
  setIfKnown(runtime, "gomemlimitBytes", toSetting(value("go_gc_gomemlimit_bytes")));
  return runtime;
}

function findQueue(
  value: (name: string) => number | undefined,
  kind: "finalizers" | "cleanups",
): QueueCounts | undefined {
  const queued = value(`go_gc_${kind}_queued_${kind}_total`);
  const executed = value(`go_gc_${kind}_executed_${kind}_total`);
  return queued === undefined || executed === undefined ? undefined : { queued, executed };
}

/** `/cpu/classes/gc/total:cpu-seconds` is called go_cpu_classes_gc_total_cpu_seconds_total. */
const CPU_CLASS_NAMES: Record<keyof CpuClasses, string> = {
  total: "total",
  user: "user",
  idle: "idle",
  gcTotal: "gc_total",
  gcMarkIdle: "gc_mark_idle",
  gcMarkAssist: "gc_mark_assist",
  gcPause: "gc_pause",
  scavengeTotal: "scavenge_total",
};

function findCpuClasses(value: (name: string) => number | undefined): CpuClasses | undefined {
  const classes: Partial<CpuClasses> = {};
  for (const [key, name] of Object.entries(CPU_CLASS_NAMES) as [keyof CpuClasses, string][]) {
    const seconds = value(`go_cpu_classes_${name}_cpu_seconds_total`);
    if (seconds === undefined || Number.isNaN(seconds)) return undefined;
    classes[key] = seconds;
  }
  return classes as CpuClasses;
}

/** The runtime's histograms have a few hundred buckets; client_golang thins them. */
const MAX_BUCKETS = 2000;

/** The buckets of a histogram without labels of its own; undefined if it is not there, or of several processes. */
function findBuckets(samples: readonly MetricSample[], name: string): DurationBuckets | undefined {
  const buckets: [le: number, count: number][] = [];
  for (const sample of samples) {
    if (sample.name !== name) continue;
    const le = sample.labels.get("le");
    if (le === undefined || sample.labels.size > 1 || buckets.length >= MAX_BUCKETS) return undefined;
    buckets.push([le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le), sample.value]);
  }
  if (buckets.length === 0 || buckets.some(([le, count]) => Number.isNaN(le) || !(count >= 0)))
    return undefined;
  buckets.sort((a, b) => a[0] - b[0]);
  return { le: buckets.map(([le]) => le), count: buckets.map(([, count]) => count) };
}

/** The only sample of each name, or undefined where there are several. */
function indexSingles(samples: readonly MetricSample[]): Map<string, MetricSample | undefined> {
  const singles = new Map<string, MetricSample | undefined>();
  for (const sample of samples) {
    singles.set(sample.name, singles.has(sample.name) ? undefined : sample);
  }
  return singles;
}

/** GOGC=off is given as 2^64 - 1, no memory limit as 2^63 - 1. */
function toSetting(value: number | undefined): number | undefined {
  return value !== undefined && value >= 2 ** 62 ? Number.POSITIVE_INFINITY : value;
}

function setIfKnown<T, K extends keyof T>(record: T, key: K, value: T[K] | undefined): void {
  if (value === undefined || Number.isNaN(value)) return;
  record[key] = value;
}

/** Each field of MemStats as client_golang's standard Go collector calls it. */
const MEM_STATS_NAMES: readonly (readonly [keyof MemStats, string])[] = [
  ["alloc", "go_memstats_alloc_bytes"],
  ["totalAlloc", "go_memstats_alloc_bytes_total"],
  ["sys", "go_memstats_sys_bytes"],
  ["mallocs", "go_memstats_mallocs_total"],
  ["frees", "go_memstats_frees_total"],
  ["heapAlloc", "go_memstats_heap_alloc_bytes"],
  ["heapSys", "go_memstats_heap_sys_bytes"],
  ["heapIdle", "go_memstats_heap_idle_bytes"],
  ["heapInuse", "go_memstats_heap_inuse_bytes"],
  ["heapReleased", "go_memstats_heap_released_bytes"],
  ["heapObjects", "go_memstats_heap_objects"],
  ["stackInuse", "go_memstats_stack_inuse_bytes"],
  ["stackSys", "go_memstats_stack_sys_bytes"],
  ["mspanInuse", "go_memstats_mspan_inuse_bytes"],
  ["mspanSys", "go_memstats_mspan_sys_bytes"],
  ["mcacheInuse", "go_memstats_mcache_inuse_bytes"],
  ["mcacheSys", "go_memstats_mcache_sys_bytes"],
  ["buckHashSys", "go_memstats_buck_hash_sys_bytes"],
  ["gcSys", "go_memstats_gc_sys_bytes"],
  ["otherSys", "go_memstats_other_sys_bytes"],
  ["nextGC", "go_memstats_next_gc_bytes"],
  ["gcCPUFraction", "go_memstats_gc_cpu_fraction"],
];

/**
 * The same fields from runtime/metrics, as sums of names: `/memory/classes/heap/objects:bytes` is called
 * go_memory_classes_heap_objects_bytes. The identities are those of runtime.ReadMemStats.
 */
const MEM_STATS_SUMS: readonly (readonly [keyof MemStats, readonly string[]])[] = [
  ["alloc", ["go_memory_classes_heap_objects_bytes"]],
  ["totalAlloc", ["go_gc_heap_allocs_bytes_total"]],
  ["sys", ["go_memory_classes_total_bytes"]],
  ["mallocs", ["go_gc_heap_allocs_objects_total", "go_gc_heap_tiny_allocs_objects_total"]],
  ["frees", ["go_gc_heap_frees_objects_total", "go_gc_heap_tiny_allocs_objects_total"]],
  ["heapAlloc", ["go_memory_classes_heap_objects_bytes"]],
  [
    "heapSys",
    [
      "go_memory_classes_heap_objects_bytes",
      "go_memory_classes_heap_unused_bytes",
      "go_memory_classes_heap_free_bytes",
      "go_memory_classes_heap_released_bytes",
    ],
  ],
  ["heapIdle", ["go_memory_classes_heap_free_bytes", "go_memory_classes_heap_released_bytes"]],
  ["heapInuse", ["go_memory_classes_heap_objects_bytes", "go_memory_classes_heap_unused_bytes"]],
  ["heapReleased", ["go_memory_classes_heap_released_bytes"]],
  ["heapObjects", ["go_gc_heap_objects_objects"]],
  ["stackInuse", ["go_memory_classes_heap_stacks_bytes"]],
  ["stackSys", ["go_memory_classes_heap_stacks_bytes", "go_memory_classes_os_stacks_bytes"]],
  ["mspanInuse", ["go_memory_classes_metadata_mspan_inuse_bytes"]],
  [
    "mspanSys",
    ["go_memory_classes_metadata_mspan_inuse_bytes", "go_memory_classes_metadata_mspan_free_bytes"],
  ],
  ["mcacheInuse", ["go_memory_classes_metadata_mcache_inuse_bytes"]],
  [
    "mcacheSys",
    ["go_memory_classes_metadata_mcache_inuse_bytes", "go_memory_classes_metadata_mcache_free_bytes"],
  ],
  ["buckHashSys", ["go_memory_classes_profiling_buckets_bytes"]],
  ["gcSys", ["go_memory_classes_metadata_other_bytes"]],
  ["otherSys", ["go_memory_classes_other_bytes"]],
  ["nextGC", ["go_gc_heap_goal_bytes"]],
  ["numGC", ["go_gc_cycles_total_gc_cycles_total"]],
  ["numForcedGC", ["go_gc_cycles_forced_gc_cycles_total"]],
];

function findMemStats(value: (name: string) => number | undefined): MemStats {
  const memStats: MemStats = {};
  for (const [field, names] of MEM_STATS_SUMS) {
    let sum = 0;
    for (const name of names) sum += value(name) ?? Number.NaN;
    setIfKnown(memStats, field, sum);
  }
  for (const [field, name] of MEM_STATS_NAMES) setIfKnown(memStats, field, value(name));
  // The collector's summary of pauses counts every collection and adds up every pause.
  setIfKnown(memStats, "numGC", value("go_gc_duration_seconds_count"));
  setIfKnown(memStats, "pauseTotalNs", scale(value("go_gc_duration_seconds_sum")));
  setIfKnown(memStats, "lastGC", scale(value("go_memstats_last_gc_time_seconds")));
  if (memStats.nextGC !== undefined) memStats.nextGC = toHeapGoal(memStats.nextGC);
  return memStats;
}

function scale(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1e9);
}
