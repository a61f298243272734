/**
 * What GODEBUG makes the Go runtime say on stderr, one record a line. A decoder of a log fills the same record again
 * and again: whoever keeps something of it copies it. Numbers that a version of Go does not print are NaN.
 */

/** Where in the log a line was. */
export interface LogPlace {
  /** Byte offset of the line's text in the whole input. */
  offset: number;
  /** Which prefix the line had (a container's name, a unit and pid): dense index in order of appearance. */
  source: number;
  /** Wall clock from the line's prefix, or of the line before; milliseconds since 1970, NaN if none has one. */
  wallMs: number;
}

/** One garbage collection, a gctrace line. Durations have two significant digits; MiB are rounded down. */
export interface GcCycle extends LogPlace {
  cycle: number;
  /** Start of sweep termination since the runtime's initialisation. */
  startMs: number;
  /** GC's share of the CPU since the process started. */
  cumulativePercent: number;
  /** The collection also looked for leaked goroutines (Go 1.26 and later). */
  leakCheck: boolean;
  /** First stop of the world, time to stop included. */
  sweepTerminationUs: number;
  /** Concurrent marking, wall clock. */
  markUs: number;
  /** Second stop of the world; printed before the world runs again, so somewhat short. */
  markTerminationUs: number;
  /** CPU time of both stops: their length times the Ps. */
  stoppedCpuUs: number;
  assistCpuUs: number;
  /** Dedicated and fractional mark workers. */
  backgroundCpuUs: number;
  /** Marking on Ps that had nothing else to do: no cost. */
  idleCpuUs: number;
  heapStartMib: number;
  heapEndMib: number;
  /** Marked, hence live at the end of the cycle. */
  liveMib: number;
  goalMib: number;
  /** Since Go 1.18. */
  stacksMib: number;
  globalsMib: number;
  processors: number;
  /** runtime.GC, debug.FreeOSMemory or a profile with gc=1. */
  forced: boolean;
}

/** What the scavenger gave back to the OS since its last line (scavtrace, or scvg up to Go 1.13). */
export interface Scavenge extends LogPlace {
  workBytes: number;
  /** Given back and not taken again, as of now. */
  releasedBytes: number;
  /** Heap in use, of what is held from the OS. */
  utilShare: number;
  forced: boolean;
}

/** The pacer's account of a cycle in exact bytes (gcpacertrace). */
export interface PacerCycle extends LogPlace {
  /** Share of the CPU that marking took while it ran. */
  cpuShare: number;
  /** Heap size at which the cycle was started. */
  triggerBytes: number;
  /** Heap size when marking ended. */
  endBytes: number;
  /** `endBytes` less the goal: negative if the cycle was done in time. */
  pastGoalBytes: number;
  /** Bytes scanned; heap alone before Go 1.18. */
  scanBytes: number;
}

/** The scheduler at one moment (schedtrace). */
export interface SchedulerState extends LogPlace {
  uptimeMs: number;
  processors: number;
  idleProcessors: number;
  threads: number;
  idleThreads: number;
  /** Runnable goroutines in the global queue and in the queues of the Ps. */
  runnable: number;
}

/** Initialisation of one package (inittrace, since Go 1.16). */
export interface PackageInit extends LogPlace {
  package: string;
  startUs: number;
  clockUs: number;
  allocBytes: number;
  allocs: number;
}

/** How the collector scanned one cycle's objects (gctrace=2 since Go 1.25); spans are Green Tea's. */
export interface ScanCounts extends LogPlace {
  objects: number;
  /** Objects scanned one at a time. */
  sparseObjects: number;
  spans: number;
}

/** Takes the lines of a log as they are read. */
export interface GodebugSink {
  cycle(cycle: Readonly<GcCycle>): void;
  scavenge(scavenge: Readonly<Scavenge>): void;
  pacer(pacer: Readonly<PacerCycle>): void;
  scheduler(state: Readonly<SchedulerState>): void;
  packageInit(init: Readonly<PackageInit>): void;
  scan(scan: Readonly<ScanCounts>): void;
}
