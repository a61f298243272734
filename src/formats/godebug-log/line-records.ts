import { decodeText, isDigit, SPACE, startsWith } from "../../lib/ascii.ts";
import type {
  GcCycle,
  GodebugSink,
  LogPlace,
  PacerCycle,
  PackageInit,
  ScanCounts,
  Scavenge,
  SchedulerState,
} from "../../tables/godebug-log.ts";
import {
  GC_LINE,
  GC_LINE_GO15,
  INIT_TAIL,
  PACER_END,
  PACER_END_GO15,
  PACER_START,
  PACER_SWEEP,
  SCAN_LINE,
  SCAV_LINE,
  SCAV_LINE_NUMBERED,
  SCAV_LINE_TOTAL,
  SCHED_HEAD,
  SCVG_HEAP,
  SCVG_RELEASED,
} from "./lines.ts";

const SCAV_LINES = [SCAV_LINE, SCAV_LINE_TOTAL, SCAV_LINE_NUMBERED] as const;

const KIB = 1024;
const MIB = 1024 * 1024;

/** Reads one line of the runtime into the record of its kind and hands that to the sink. */
export class LineRecords {
  readonly #sink: GodebugSink;
  /** Of the line that is read next: copied into its record. */
  readonly place: LogPlace = { offset: 0, source: 0, wallMs: Number.NaN };
  readonly #cycle = { ...this.place } as GcCycle;
  readonly #scavenge = { ...this.place } as Scavenge;
  readonly #pacer = { ...this.place } as PacerCycle;
  readonly #scheduler = { ...this.place } as SchedulerState;
  readonly #init = { ...this.place } as PackageInit;
  readonly #scan = { ...this.place } as ScanCounts;
  /** What the last scvg line without a state of the heap gave back. */
  #scvgReleased = 0;

  constructor(sink: GodebugSink) {
    this.#sink = sink;
  }

  /** Offset behind what was read of the text that begins at `at`, or -1 if it is no line of the runtime. */
  read(bytes: Uint8Array, at: number, end: number): number {
    switch (bytes[at]) {
      case 0x67: // g
        return this.#readCycle(bytes, at, end);
      case 0x69: // i
        return this.#readInit(bytes, at, end);
      case 0x70: // p
        return this.#readPacer(bytes, at, end);
      case 0x53: // S
        return this.#readScheduler(bytes, at, end);
      default:
        return startsWith(bytes, at, end, "scan")
          ? this.#readScan(bytes, at, end)
          : this.#readScavenge(bytes, at, end);
    }
  }

  #readCycle(bytes: Uint8Array, at: number, end: number): number {
    let behind = GC_LINE.match(bytes, at, end);
    const cycle = this.#cycle;
    const line = behind >= 0 ? GC_LINE : GC_LINE_GO15;
    if (behind < 0) {
      behind = GC_LINE_GO15.match(bytes, at, end);
      if (behind < 0) return -1;
    }
    Object.assign(cycle, this.place);
    cycle.cycle = line.get("cycle");
    cycle.startMs = line.get("startMs");
    cycle.cumulativePercent = line.get("cumulativePercent");
    cycle.leakCheck = line.get("leakCheck") === 1;
    cycle.sweepTerminationUs = line.get("sweepTermination");
    cycle.markUs = line.get("mark");
    cycle.markTerminationUs = line.get("markTermination");
    cycle.stoppedCpuUs = line.get("sweepTerminationCpu") + line.get("markTerminationCpu");
    cycle.assistCpuUs = line.get("assistCpu");
    cycle.backgroundCpuUs = line.get("backgroundCpu");
    cycle.idleCpuUs = line.get("idleCpu");
    cycle.heapStartMib = line.get("heapStartMib");
    cycle.heapEndMib = line.get("heapEndMib");
    cycle.liveMib = line.get("liveMib");
    cycle.goalMib = line.get("goalMib");
    cycle.stacksMib = line.get("stacksMib");
    cycle.globalsMib = line.get("globalsMib");
    cycle.processors = line.get("processors");
    cycle.forced = line.get("forced") === 1;
    if (line === GC_LINE_GO15) {
      cycle.markUs += GC_LINE_GO15.get("scan") + GC_LINE_GO15.get("installBarrier");
      cycle.backgroundCpuUs += GC_LINE_GO15.get("scanCpu") + GC_LINE_GO15.get("installBarrierCpu");
    }
    this.#sink.cycle(cycle);
    return behind;
  }

  #readInit(bytes: Uint8Array, at: number, end: number): number {
    const nameStart = at + "init ".length;
    const nameEnd = bytes.indexOf(SPACE, nameStart);
    if (nameEnd < 0 || nameEnd >= end) return -1;
    const behind = INIT_TAIL.match(bytes, nameEnd, end);
    if (behind < 0) return -1;
    const init = this.#init;
    Object.assign(init, this.place);
    init.package = decodeText(bytes, nameStart, nameEnd);
    init.startUs = INIT_TAIL.get("start");
    init.clockUs = INIT_TAIL.get("clock");
    init.allocBytes = INIT_TAIL.get("bytes");
    init.allocs = INIT_TAIL.get("allocs");
    this.#sink.packageInit(init);
    return behind;
  }

  #readPacer(bytes: Uint8Array, at: number, end: number): number {
    let behind = PACER_START.match(bytes, at, end);
    if (behind < 0) behind = PACER_SWEEP.match(bytes, at, end);
    if (behind >= 0) return behind;
    const pacer = this.#pacer;
    Object.assign(pacer, this.place);
    behind = PACER_END.match(bytes, at, end);
    if (behind >= 0) {
      pacer.cpuShare = PACER_END.get("cpuPercent") / 100;
      pacer.triggerBytes = PACER_END.get("triggerBytes");
      pacer.endBytes = PACER_END.get("endBytes");
      pacer.pastGoalBytes = PACER_END.get("pastGoalBytes");
      pacer.scanBytes =
        PACER_END.get("heapScanBytes") + PACER_END.get("stackScanBytes") + PACER_END.get("globalsScanBytes");
      this.#sink.pacer(pacer);
      return behind;
    }
    behind = PACER_END_GO15.match(bytes, at, end);
    if (behind < 0) return -1;
    pacer.cpuShare = PACER_END_GO15.get("cpuShare");
    pacer.triggerBytes = PACER_END_GO15.get("triggerBytes");
    pacer.endBytes = PACER_END_GO15.get("endBytes");
    pacer.pastGoalBytes = pacer.endBytes - PACER_END_GO15.get("goalBytes");
    pacer.scanBytes = PACER_END_GO15.get("scanBytes");
    this.#sink.pacer(pacer);
    return behind;
  }

  #readScheduler(bytes: Uint8Array, at: number, end: number): number {
    const behind = SCHED_HEAD.match(bytes, at, end);
    if (behind < 0) return -1;
    const state = this.#scheduler;
    Object.assign(state, this.place);
    state.uptimeMs = SCHED_HEAD.get("uptimeMs");
    state.processors = SCHED_HEAD.get("processors");
    state.idleProcessors = SCHED_HEAD.get("idleProcessors");
    state.threads = SCHED_HEAD.get("threads");
    state.idleThreads = SCHED_HEAD.get("idleThreads");
    const queues = readList(bytes, behind, end);
    state.runnable = SCHED_HEAD.get("runQueue") + queues.sum;
    this.#sink.scheduler(state);
    return queues.behind;
  }

  #readScavenge(bytes: Uint8Array, at: number, end: number): number {
    const scavenge = this.#scavenge;
    for (const line of SCAV_LINES) {
      const behind = line.match(bytes, at, end);
      if (behind < 0) continue;
      Object.assign(scavenge, this.place);
      scavenge.workBytes =
        line.get("workKib") * KIB + (line === SCAV_LINE ? SCAV_LINE.get("eagerKib") * KIB : 0);
      scavenge.releasedBytes = line.get("releasedKib") * KIB;
      scavenge.utilShare = line.get("utilPercent") / 100;
      scavenge.forced = line.get("forced") === 1;
      this.#sink.scavenge(scavenge);
      return behind;
    }
    let behind = SCVG_RELEASED.match(bytes, at, end);
    if (behind >= 0) {
      this.#scvgReleased += SCVG_RELEASED.get("releasedMib") * MIB;
      return behind;
    }
    behind = SCVG_HEAP.match(bytes, at, end);
    if (behind < 0) return -1;
    Object.assign(scavenge, this.place);
    scavenge.workBytes = this.#scvgReleased;
    this.#scvgReleased = 0;
    scavenge.releasedBytes = SCVG_HEAP.get("releasedMib") * MIB;
    scavenge.utilShare = SCVG_HEAP.get("inuseMib") / SCVG_HEAP.get("consumedMib");
    scavenge.forced = SCVG_HEAP.get("numbered") === 1 && SCVG_HEAP.get("number") < 0;
    this.#sink.scavenge(scavenge);
    return behind;
  }

  #readScan(bytes: Uint8Array, at: number, end: number): number {
    const behind = SCAN_LINE.match(bytes, at, end);
    if (behind < 0) return -1;
    // The lines of the size classes add up to the total.
    if (SCAN_LINE.get("isTotal") !== 1) return behind;
    const scan = this.#scan;
    Object.assign(scan, this.place);
    scan.sparseObjects = SCAN_LINE.get("sparseObjects");
    const all = SCAN_LINE.get("objects");
    scan.objects = Number.isNaN(all) ? scan.sparseObjects : all;
    scan.spans = SCAN_LINE.get("allSpans");
    this.#sink.scan(scan);
    return behind;
  }
}

const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** " [0 1 0]" or " [ 0 1 0 ]": the sum of its numbers, and the offset behind it. */
function readList(bytes: Uint8Array, at: number, end: number): { sum: number; behind: number } {
  let next = at;
  if (bytes[next] === SPACE) next++;
  if (next >= end || bytes[next] !== OPEN_BRACKET) return { sum: 0, behind: at };
  let sum = 0;
  let value = 0;
  for (next++; next < end; next++) {
    const byte = bytes[next]!;
    if (isDigit(byte)) value = value * 10 + (byte - 0x30);
    else {
      sum += value;
      value = 0;
      if (byte === CLOSE_BRACKET) return { sum, behind: next + 1 };
      if (byte !== SPACE) break;
    }
  }
  return { sum, behind: next };
}
