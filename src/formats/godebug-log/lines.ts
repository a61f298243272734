import { float, LineTemplate, ms, optional, seconds, unsigned, whole } from "./line-template.ts";

/**
 * Every line that GODEBUG makes the runtime print about memory, as its print statements spell it (runtime/mgc.go,
 * mgcpacer.go, mgcsweep.go, mgcscavenge.go, proc.go of Go 1.5 to 1.27). "MB" are whole mebibytes.
 */

const heapAndProcessors = [
  unsigned("heapStartMib"),
  "->",
  unsigned("heapEndMib"),
  "->",
  unsigned("liveMib"),
  " MB, ",
  unsigned("goalMib"),
  " MB goal, ",
  // Since 1.18.
  optional("scans", unsigned("stacksMib"), " MB stacks, ", unsigned("globalsMib"), " MB globals, "),
  unsigned("processors"),
  " P",
  optional("forced", " (forced)"),
] as const;

const cycleStart = [
  "gc ",
  unsigned("cycle"),
  " @",
  seconds("startMs"),
  "s ",
  unsigned("cumulativePercent"),
  "%",
  // Since 1.26, while a goroutineleak profile is taken.
  optional("leakCheck", " (checking for goroutine leaks)"),
  ": ",
] as const;

/** gctrace=1 since Go 1.6. */
export const GC_LINE = new LineTemplate(
  ...cycleStart,
  ms("sweepTermination"),
  "+",
  ms("mark"),
  "+",
  ms("markTermination"),
  " ms clock, ",
  ms("sweepTerminationCpu"),
  "+",
  ms("assistCpu"),
  "/",
  ms("backgroundCpu"),
  "/",
  ms("idleCpu"),
  "+",
  ms("markTerminationCpu"),
  " ms cpu, ",
  ...heapAndProcessors,
);

/** gctrace=1 of Go 1.5: concurrent scan and the synchronisation of Ps stand apart from marking. */
export const GC_LINE_GO15 = new LineTemplate(
  ...cycleStart,
  ms("sweepTermination"),
  "+",
  ms("scan"),
  "+",
  ms("installBarrier"),
  "+",
  ms("mark"),
  "+",
  ms("markTermination"),
  " ms clock, ",
  ms("sweepTerminationCpu"),
  "+",
  ms("scanCpu"),
  "+",
  ms("installBarrierCpu"),
  "+",
  ms("assistCpu"),
  "/",
  ms("backgroundCpu"),
  "/",
  ms("idleCpu"),
  "+",
  ms("markTerminationCpu"),
  " ms cpu, ",
  ...heapAndProcessors,
);

/** inittrace=1, since 1.16; the package's name stands before it. */
export const INIT_TAIL = new LineTemplate(
  " @",
  ms("start"),
  " ms, ",
  ms("clock"),
  " ms clock, ",
  whole("bytes"),
  " bytes, ",
  whole("allocs"),
  " allocs",
);

const scavTotal = [
  whole("workKib"),
  " KiB work, ",
  whole("releasedKib"),
  " KiB total, ",
  whole("utilPercent"),
  "% util",
  optional("forced", " (forced)"),
  optional("controllerReset", " [controller reset]"),
] as const;

/** scavtrace=1 of Go 1.14 to 1.18, with the number of the collection before. */
export const SCAV_LINE_NUMBERED = new LineTemplate("scav ", whole("cycle"), " ", ...scavTotal);

/** scavtrace=1 of Go 1.19 and 1.20. */
export const SCAV_LINE_TOTAL = new LineTemplate("scav ", ...scavTotal);

/** scavtrace=1 since 1.21. */
export const SCAV_LINE = new LineTemplate(
  "scav ",
  whole("workKib"),
  " KiB work (bg), ",
  whole("eagerKib"),
  " KiB work (eager), ",
  whole("releasedKib"),
  " KiB now, ",
  whole("utilPercent"),
  "% util",
  optional("forced", " (forced)"),
  optional("controllerReset", " [controller reset]"),
);

/** gctrace=1 up to 1.13: what the scavenger gave back, numbered up to 1.12 (-1 for FreeOSMemory). */
export const SCVG_RELEASED = new LineTemplate(
  "scvg",
  optional("numbered", whole("number")),
  ": ",
  whole("releasedMib"),
  " MB released",
);
export const SCVG_HEAP = new LineTemplate(
  "scvg",
  optional("numbered", whole("number")),
  ": inuse: ",
  whole("inuseMib"),
  ", idle: ",
  whole("idleMib"),
  ", sys: ",
  whole("sysMib"),
  ", released: ",
  whole("releasedMib"),
  ", consumed: ",
  whole("consumedMib"),
  " (MB)",
);

/** gcpacertrace=1 at the start of a cycle. */
export const PACER_START = new LineTemplate(
  "pacer: assist ratio=",
  float("assistRatio"),
  " (scan ",
  whole("scanMib"),
  " MB in ",
  whole("heapMib"),
  "->",
  whole("goalMib"),
  " MB) workers=",
  whole("dedicatedWorkers"),
  "+",
  float("fractionalWorkers"),
);

/** gcpacertrace=1 at the end of a cycle since 1.18: exact bytes. */
export const PACER_END = new LineTemplate(
  "pacer: ",
  whole("cpuPercent"),
  "% CPU (",
  whole("expectedCpuPercent"),
  " exp.) for ",
  whole("heapScanBytes"),
  "+",
  whole("stackScanBytes"),
  "+",
  whole("globalsScanBytes"),
  " B work (",
  whole("expectedScanBytes"),
  " B exp.) in ",
  whole("triggerBytes"),
  " B -> ",
  whole("endBytes"),
  // UTF-8 of "∆", as bytes: templates compare byte for byte.
  " B (\u00e2\u0088\u0086goal ",
  whole("pastGoalBytes"),
  ", cons/mark ",
  float("consMark"),
  ")",
  optional("controllerReset", "[controller reset]"),
);

/** gcpacertrace=1 at the end of a cycle, Go 1.5 to 1.17: h_ are ratios, H_ bytes, u_ shares of CPU, W_ scan work. */
export const PACER_END_GO15 = new LineTemplate(
  "pacer: H_m_prev=",
  whole("previousLiveBytes"),
  " h_t=",
  float("triggerRatio"),
  " H_T=",
  whole("triggerBytes"),
  " h_a=",
  float("actualRatio"),
  " H_a=",
  whole("endBytes"),
  " h_g=",
  float("goalRatio"),
  " H_g=",
  whole("goalBytes"),
  " u_a=",
  float("cpuShare"),
  " u_g=",
  float("expectedCpuShare"),
  " W_a=",
  whole("scanBytes"),
  " goal\u00ce\u0094=",
  float("goalDelta"),
  " actual\u00ce\u0094=",
  float("actualDelta"),
  " u_a/u_g=",
  float("cpuRatio"),
);

/** gcpacertrace=1 when sweeping is done. */
export const PACER_SWEEP = new LineTemplate(
  "pacer: sweep done at heap size ",
  whole("heapMib"),
  "MB; allocated ",
  whole("allocatedMib"),
  "MB",
  optional("ofSpans", " of spans"),
  optional("duringSweep", " during sweep"),
  "; swept ",
  whole("pages"),
  " pages at ",
  float("pagesPerByte"),
  " pages/byte",
);

/** schedtrace=N: the head; the run queue of each P follows in brackets. */
export const SCHED_HEAD = new LineTemplate(
  "SCHED ",
  whole("uptimeMs"),
  "ms: gomaxprocs=",
  whole("processors"),
  " idleprocs=",
  whole("idleProcessors"),
  " threads=",
  whole("threads"),
  " spinningthreads=",
  whole("spinningThreads"),
  // Since 1.20.
  optional("needs", " needspinning=", whole("needSpinning")),
  " idlethreads=",
  whole("idleThreads"),
  " runqueue=",
  whole("runQueue"),
);

/** gctrace=2 since 1.25: objects that the collector scanned one by one, sparsely and densely within spans. */
export const SCAN_LINE = new LineTemplate(
  "scan: ",
  optional("isTotal", "total "),
  optional("isLarge", "class L "),
  optional("isClass", "class ", whole("classBytes"), "B "),
  whole("sparseObjects"),
  optional("spans", "+", whole("sparseSpanObjects"), "+", whole("denseSpanObjects"), "=", whole("objects")),
  " objs",
  optional(
    "spanCounts",
    ", ",
    whole("sparseSpans"),
    "+",
    whole("denseSpans"),
    "=",
    whole("allSpans"),
    " spans",
  ),
);
