/**
 * The fields of Go's runtime.MemStats that analysis uses, in bytes, counts and nanoseconds as Go prints them.
 * Whatever carried them (heap?debug=1, expvar, Prometheus), absent fields are absent, never 0.
 * Counters fit a double: TotalAlloc reaches 2^53 after 9 PB.
 */
export interface MemStats {
  alloc?: number;
  totalAlloc?: number;
  sys?: number;
  mallocs?: number;
  frees?: number;
  heapAlloc?: number;
  heapSys?: number;
  heapIdle?: number;
  heapInuse?: number;
  heapReleased?: number;
  heapObjects?: number;
  stackInuse?: number;
  stackSys?: number;
  mspanInuse?: number;
  mspanSys?: number;
  mcacheInuse?: number;
  mcacheSys?: number;
  buckHashSys?: number;
  gcSys?: number;
  otherSys?: number;
  /** Infinity for the numbers near 2^63 and 2^64 that GOGC=off without a memory limit gives (`toHeapGoal`). */
  nextGC?: number;
  /** Nanoseconds since 1970, rounded to a double (exact to 256 ns). */
  lastGC?: number;
  pauseTotalNs?: number;
  numGC?: number;
  numForcedGC?: number;
  /** Share of the process's available CPU spent in GC since it started. */
  gcCPUFraction?: number;
  /** Peak resident set, printed by heap?debug=1 only. */
  maxRSS?: number;
}
