import type { Evidence } from "../../src/findings/evidence.ts";

/** Evidence of an inspection that captured nothing: tests put in what they are about. */
export const NO_EVIDENCE: Evidence = {
  liveHeap: undefined,
  collector: undefined,
  gcCycles: undefined,
  nativeLeaks: [],
  libraryLoads: [],
  cgoFailures: [],
  collectorLoad: undefined,
  allocationBurst: undefined,
  memoryClasses: [],
  runtimeMetrics: [],
  heap: undefined,
  clusters: [],
  heapContents: undefined,
  goroutines: undefined,
  finalizerStalls: [],
  stackBytes: undefined,
  limitBytes: undefined,
  process: undefined,
  hardLimitBytes: undefined,
  goVersion: undefined,
  processAgeSeconds: undefined,
  retention: undefined,
  source: undefined,
};
