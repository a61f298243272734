import type { GoRuntimeMetrics } from "../formats/prometheus/go-runtime.ts";
import type { CheckResult } from "../patrol/check.ts";

interface ReadingContext {
  atMs: number;
  /** Of the target's own setting. */
  limitBytes: number | null;
  previous: Pick<CheckResult, "metrics" | "atMs"> | null;
}

/**
 * The runtime's numbers by the names of the `runtime` check, whatever source had them. What is not known is NaN.
 * Rates are of the time since the previous reading, and not known across a restart.
 */
export function computeRuntimeMetrics(
  runtime: GoRuntimeMetrics,
  { atMs, limitBytes, previous }: ReadingContext,
): Record<string, number> {
  const { memStats: stats, startTimeSeconds = Number.NaN } = runtime;
  const metrics: Record<string, number> = {
    heap_live_bytes: findLiveHeap(runtime),
    heap_goal_bytes: known(stats.nextGC),
    heap_alloc_bytes: known(stats.heapAlloc),
    heap_inuse_bytes: known(stats.heapInuse),
    heap_idle_bytes: known(stats.heapIdle),
    heap_objects: known(stats.heapObjects),
    stack_bytes: known(stats.stackInuse),
    sys_bytes: known(stats.sys),
    released_bytes: known(stats.heapReleased),
    rss_bytes: known(runtime.residentBytes),
    goroutines: known(runtime.goroutines),
    threads: known(runtime.threads),
    open_fds: known(runtime.openFds),
    fd_share: known(runtime.openFds) / known(runtime.maxFds),
    gc_cycles: known(stats.numGC),
    gc_pause_seconds: known(stats.pauseTotalNs) / 1e9,
    gc_cpu_fraction: known(stats.gcCPUFraction),
    alloc_bytes: known(stats.totalAlloc),
    process_start_seconds: startTimeSeconds,
    process_age_seconds: atMs / 1000 - startTimeSeconds,
  };
  const { cpu } = runtime;
  if (cpu !== undefined) {
    // Marking on idle processors takes nothing from the program.
    metrics["gc_cpu_seconds"] = cpu.gcTotal - cpu.gcMarkIdle;
    metrics["cpu_available_seconds"] = cpu.total;
    metrics["gc_cpu_fraction"] = metrics["gc_cpu_seconds"] / cpu.total;
  }
  Object.assign(metrics, computeShare(metrics, limitBytes, runtime.gomemlimitBytes));
  if (previous !== null) Object.assign(metrics, computeRates(metrics, previous, atMs));
  return metrics;
}

function computeShare(
  metrics: Record<string, number>,
  given: number | null,
  gomemlimitBytes: number | undefined,
): Record<string, number> {
  const held = metrics["sys_bytes"]! - metrics["released_bytes"]!;
  if (given !== null) {
    const rss = metrics["rss_bytes"]!;
    return { memory_limit_bytes: given, memory_share: (Number.isNaN(rss) ? held : rss) / given };
  }
  // GOMEMLIMIT bounds what the runtime holds, and not the resident set.
  const limit = known(gomemlimitBytes);
  return { memory_limit_bytes: limit, memory_share: Number.isFinite(limit) ? held / limit : Number.NaN };
}

/** Starting times are told in ticks of 10 ms, and worked out anew by some exporters. */
const SAME_START_SECONDS = 2;

function computeRates(
  now: Readonly<Record<string, number>>,
  previous: Pick<CheckResult, "metrics" | "atMs">,
  atMs: number,
): Record<string, number> {
  const seconds = (atMs - previous.atMs) / 1000;
  const before = (name: string): number => known(previous.metrics[name]);
  const delta = (name: string): number => now[name]! - before(name);
  const hasRestarted =
    Math.abs(delta("process_start_seconds")) > SAME_START_SECONDS ||
    delta("alloc_bytes") < 0 ||
    delta("gc_cycles") < 0;
  if (hasRestarted) return { restarted: 1 };
  if (!(seconds > 0)) return {};
  const rates: Record<string, number> = {
    gc_per_minute: (60 * delta("gc_cycles")) / seconds,
    gc_pause_ms_per_minute: (60_000 * delta("gc_pause_seconds")) / seconds,
    alloc_bytes_per_second: delta("alloc_bytes") / seconds,
    heap_growth_bytes_per_second: delta("heap_live_bytes") / seconds,
  };
  if (Number.isFinite(delta("alloc_bytes")) || Number.isFinite(delta("process_start_seconds"))) {
    rates["restarted"] = 0;
  }
  // The runtime brings these up to date at the end of a collection only.
  const available = delta("cpu_available_seconds");
  if (available > 0) rates["gc_cpu_fraction"] = delta("gc_cpu_seconds") / available;
  return rates;
}

/** The heap goal is never below this × GOGC/100 (runtime/mgcpacer.go, defaultHeapMinimum), whatever is live. */
const MIN_HEAP_BYTES = 4 * 2 ** 20;

/**
 * The live heap as the last collection marked it. Where it is not exported, the goal is worked back:
 * goal = live + (live + stacks + globals) × GOGC/100 (runtime/mgcpacer.go). Not known without GOGC, at the smallest goal, and where the
 * memory limit sets the goal.
 */
function findLiveHeap(runtime: GoRuntimeMetrics): number {
  const { liveHeapBytes, gogcPercent, memStats, gomemlimitBytes = Number.POSITIVE_INFINITY } = runtime;
  if (liveHeapBytes !== undefined) return liveHeapBytes;
  const { nextGC, stackInuse = 0 } = memStats;
  if (gogcPercent === undefined || nextGC === undefined || !Number.isFinite(nextGC)) return Number.NaN;
  const share = gogcPercent / 100;
  if (!(share > 0) || nextGC <= MIN_HEAP_BYTES * share) return Number.NaN;
  if (nextGC > 0.8 * gomemlimitBytes) return Number.NaN;
  const outside = (runtime.scanStackBytes ?? stackInuse) + (runtime.scanGlobalsBytes ?? 0);
  return Math.max(0, (nextGC - outside * share) / (1 + share));
}

function known(value: number | undefined): number {
  return value ?? Number.NaN;
}
