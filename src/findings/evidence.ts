import type { AllocationBurst } from "../analysis/allocation-burst.ts";
import type { CodeSite } from "../analysis/code-site.ts";
import type { CollectorLoad } from "../analysis/collector-load.ts";
import type { FdGroup } from "../analysis/fd-growth.ts";
import type { FinalizerStall } from "../analysis/finalizer-stalls.ts";
import type { GcCycles } from "../analysis/gc-cycles/gc-cycles.ts";
import type { GoroutineGroup, GoroutineGrowth } from "../analysis/goroutine-growth.ts";
import type { GrowthCluster } from "../analysis/growth-clusters.ts";
import type { HeapGrowth } from "../analysis/heap-growth.ts";
import type { CollectorActivity, LiveHeap } from "../analysis/memory-series.ts";
import type { ProcessGrowth } from "../analysis/process-growth.ts";
import type { CgoViolationKind } from "../tables/cgo-violations.ts";
import type { HeapContents } from "../tables/heap-contents.ts";
import type { LibraryLoads } from "../tables/library-loads.ts";
import type { MemoryClasses } from "../tables/memory-classes.ts";
import type { NativeLeakReport } from "../tables/native-leaks.ts";
import type { RuntimeMetrics } from "../tables/runtime-metrics.ts";
import type { RetentionFinder } from "./retention-finder.ts";

export interface MemoryClassSample {
  /** Since the first sample. */
  seconds: number;
  classes: MemoryClasses;
}

interface RuntimeMetricsSample {
  seconds: number;
  metrics: RuntimeMetrics;
}

/**
 * All that a pattern may judge from. Whatever was not captured is absent; a pattern that lacks its evidence stays
 * silent or says what to capture, it never guesses.
 */
export interface Evidence {
  liveHeap: LiveHeap | undefined;
  collector: CollectorActivity | undefined;
  /** How hard the collector works, and for what. */
  collectorLoad: CollectorLoad | undefined;
  /** A lasting step in what is allocated. */
  allocationBurst: AllocationBurst | undefined;
  /** The runtime's own division of its memory, at each sample that told all of it. */
  memoryClasses: readonly MemoryClassSample[];
  /** Settings of the collector, CPU and queues, at each sample that served them. */
  runtimeMetrics: readonly RuntimeMetricsSample[];
  /** What gctrace lines of the process say; their time may reach back far beyond the window's begin. */
  gcCycles: GcCycles | undefined;
  /** Reports of valgrind's memcheck on unfreed C memory, one for each process that ran under it. */
  nativeLeaks: readonly NativeLeakReport[];
  /** Shared objects that processes loaded, by LD_DEBUG=libs. */
  libraryLoads: readonly LibraryLoads[];
  /** Panics of cgo's pointer checks in the logs. */
  cgoFailures: readonly CgoCheckFailure[];
  heap: HeapGrowth | undefined;
  clusters: readonly GrowthCluster[];
  /** What is in the heap, by a look at the memory itself: a core, or the process behind the window. */
  heapContents: HeapContents | undefined;
  goroutines: GoroutineGrowth | undefined;
  /** Finalizers and cleanups that wait at the end of the window. */
  finalizerStalls: readonly FinalizerStall[];
  /** Bytes of goroutine stacks at the first and last sample. */
  stackBytes: { first: number; last: number } | undefined;
  limitBytes: number | undefined;
  /** The process as /proc and its cgroup show it: resident set by term, descriptors, mappings, threads. */
  process: ProcessGrowth | undefined;
  /** GOMEMLIMIT, where metrics tell it and it is set. */
  gomemlimitBytes?: number | undefined;
  /** The limit that the process is killed at, as the user or the container says; GOMEMLIMIT is none. */
  hardLimitBytes: number | undefined;
  /** Of the target, as far as anything tells: "go1.26.8". */
  goVersion: string | undefined;
  /** How long the process had run when the window began, where metrics tell. */
  processAgeSeconds: number | undefined;
  /** What the source says of growing sites; absent without source. */
  retention: RetentionFinder | undefined;
  /** Go source by the path that profiles print. */
  source: ReadonlyMap<string, string> | undefined;
}

/** Where cgo's checks stopped the program. */
export interface CgoCheckFailure {
  kind: CgoViolationKind;
  /** The runtime's words. */
  message: string;
  /** Of the goroutine that failed, innermost first; empty if the log does not hold it. */
  stack: CodeSite[];
}

/** What a candidate finding accounts for, so that one cause is reported once. */
export interface Claims {
  clusters: readonly GrowthCluster[];
  groups: readonly GoroutineGroup[];
  /** File descriptors that a finding about goroutines may account for. */
  descriptors?: FdGroup;
}
