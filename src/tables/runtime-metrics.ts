/** CPU-seconds since the process started, by what they went to (Go ≥ 1.20). Updated at the end of a collection only. */
export interface CpuClasses {
  total: number;
  user: number;
  idle: number;
  gcTotal: number;
  /** Marking on CPUs that had nothing else to do: no cost to the program. */
  gcMarkIdle: number;
  gcMarkAssist: number;
  gcPause: number;
  scavengeTotal: number;
}

/** How many finalizers or cleanups became due and how many of them ran, since the process started (Go ≥ 1.25). */
export interface QueueCounts {
  queued: number;
  executed: number;
}

/** A histogram as Prometheus tells it: how many values so far were `le` seconds or less, ascending, the last all of them. */
export interface DurationBuckets {
  le: number[];
  count: number[];
}

/** What package runtime/metrics tells of the collector beyond MemStats. What was not exported is absent. */
export interface RuntimeMetrics {
  /** GOGC; Infinity for off. */
  gogcPercent?: number;
  /** GOMEMLIMIT; Infinity if there is none. */
  gomemlimitBytes?: number;
  gomaxprocs?: number;
  /** Heap marked by the last collection (Go ≥ 1.21). */
  liveHeapBytes?: number;
  /** What the last collection scanned outside of the heap (Go ≥ 1.21): both count for the heap goal. */
  scanStackBytes?: number;
  scanGlobalsBytes?: number;
  /** Number of the collection in which the GC CPU limiter was last on; 0 for never. */
  limiterLastEnabledCycle?: number;
  finalizers?: QueueCounts;
  cleanups?: QueueCounts;
  cpu?: CpuClasses;
  /** Stops of the world for the collector, each from when the stop was asked for (Go ≥ 1.22, else /gc/pauses). */
  gcPauses?: DurationBuckets;
}
