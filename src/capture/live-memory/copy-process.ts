import { constants, getPriority, setPriority } from "node:os";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { CaptureError } from "../capture-error.ts";
import { findMemoryRoom } from "../process/memory-room.ts";
import { type CopiedRegion, CopySpace, regionOfBytes, regionOfZeros } from "./copied-memory.ts";
import { isAnonymous, type MemoryMapping } from "./memory-map.ts";
import { ProcessAccess } from "./process-access.ts";
import { type AddressRange, sumRanges } from "./resident-pages.ts";
import { startResumeGuard } from "./resume-guard.ts";
import type { ThreadPlace } from "./thread-place.ts";

/** The memory of a process at one moment. */
export interface ProcessCopy {
  /** What lies earlier goes over what lies later. */
  layers: CopiedRegion[][];
  threads: ThreadPlace[];
  /** AT_ENTRY: where the executable was loaded. */
  entry: number;
  copiedBytes: number;
  /** How long the process stood still for us; 0 if it was stopped before. */
  pauseMs: number;
  wasStopped: boolean;
  /** The process could not be stopped, and ran for so long while it was copied; 0 if the copy is of one moment. */
  copiedOverMs: number;
  /** Whether a collection was under way: its mark bits are then half done, which hurts no answer. */
  duringCollection: boolean;
}

export interface CopyOptions {
  /** The process is let go on after this, with or without a copy. */
  maxPauseMs: number;
  /** Address of runtime.gcphase, given where the executable was loaded; undefined if it is not known. */
  gcPhaseAddress(entry: number): number | undefined;
  signal: AbortSignal;
}

/** The first process of a pid namespace, our own, hears no SIGSTOP but from a namespace around it (pid_namespaces(7)). */
const UNSTOPPABLE_PID = 1;
const PIECE_BYTES = 4 * 1024 * 1024;
/** Between these, signals that ask us to end are heard. */
const TURN_BYTES = 32 * 1024 * 1024;
/** A collection is shorter than this but for the largest heaps; then it is copied as it is. */
const COLLECTION_MS = 2_000;
/** Of the file's start: there linkers put the build id. */
const HEAD_BYTES = 8192;
/** Memory may grow between looking and stopping. */
const SPARE_SHARE = 1.1;
/** What copying and reading took at most of services of 30 to 420 MB: a share of what was copied, and what Node takes. */
const READING_SHARE = 1.8;
const READING_BYTES = 180 * 1024 * 1024;
const SPARE_BYTES = 8 * 1024 * 1024;

/**
 * Copies the memory of a process. It is stopped by SIGSTOP only while that is done, and let go on in every case: when
 * we fail, are interrupted, or are killed (a guard process sees to that). One that was stopped before stays stopped. The
 * first process of a container, seen from within it, cannot be stopped, and is copied as it runs.
 *
 * @throws CaptureError if it may not be read, has ended, or would have to stand still for longer than allowed.
 */
export async function copyProcess(pid: number, options: CopyOptions): Promise<ProcessCopy> {
  checkProcess(pid);
  const access = new ProcessAccess(pid);
  try {
    const expected = expectedBytes(access);
    checkRoom(expected);
    const space = new CopySpace(expected * SPARE_SHARE + SPARE_BYTES);
    const phase = options.gcPhaseAddress(access.entry);
    const inCollection = () => phase !== undefined && access.u32(phase) > 0;
    const wasStopped = isStopped(access.stat().state);
    if (wasStopped) {
      const copied = await copyNow(access, space, options, Number.POSITIVE_INFINITY);
      return { ...copied, pauseMs: 0, wasStopped, copiedOverMs: 0, duringCollection: inCollection() };
    }
    if (pid === UNSTOPPABLE_PID) {
      await waitUntil(() => !inCollection(), COLLECTION_MS, options.signal);
      const restore = takePriority();
      const began = performance.now();
      try {
        const copied = await copyNow(access, space, options, Number.POSITIVE_INFINITY);
        const copiedOverMs = Math.max(1, performance.now() - began);
        return { ...copied, pauseMs: 0, wasStopped, copiedOverMs, duringCollection: inCollection() };
      } finally {
        restore();
      }
    }
    const guard = await startResumeGuard(pid, access.startTime, options.maxPauseMs);
    const resume = () => {
      try {
        access.signal("SIGCONT");
      } catch {
        // It has ended meanwhile.
      }
    };
    process.on("exit", resume);
    let copied: Awaited<ReturnType<typeof copyNow>>;
    let duringCollection: boolean;
    let stoppedAt: number;
    let pauseMs: number;
    let restorePriority = () => {};
    try {
      await waitUntil(() => !inCollection(), COLLECTION_MS, options.signal);
      restorePriority = takePriority();
      guard.arm();
      stoppedAt = performance.now();
      access.signal("SIGSTOP");
      try {
        const deadline = stoppedAt + options.maxPauseMs;
        await waitUntilStopped(access, deadline, options.signal);
        copied = await copyNow(access, space, options, deadline);
        duringCollection = inCollection();
        // If somebody else let it go on, the copy is of several moments.
        if (!access.threadStates().every(isStopped)) throw wasResumed(pid);
      } finally {
        resume();
        pauseMs = performance.now() - stoppedAt;
        restorePriority();
      }
    } finally {
      guard.dismiss();
      process.off("exit", resume);
    }
    return { ...copied, pauseMs, wasStopped, copiedOverMs: 0, duringCollection };
  } finally {
    access.close();
  }
}

/** Throws as `copyProcess` if the process is not there or may not be read. */
export function checkProcess(pid: number): void {
  if (pid === process.pid) {
    throw new CaptureError("bad-target", "gopatrol cannot stop itself", "give the pid of a Go service");
  }
  new ProcessAccess(pid).close();
}

async function copyNow(
  access: ProcessAccess,
  space: CopySpace,
  { signal, maxPauseMs }: CopyOptions,
  deadline: number,
): Promise<Pick<ProcessCopy, "layers" | "threads" | "entry" | "copiedBytes">> {
  const copied: CopiedRegion[] = [];
  const untouched: CopiedRegion[] = [];
  let copiedBytes = 0;
  let turnAt = TURN_BYTES;
  throwIfInterrupted(signal);
  for (const mapping of access.ownMappings()) {
    if (isAnonymous(mapping)) untouched.push(regionOfZeros(mapping.start, mapping.end));
    for (const range of rangesOf(access, mapping)) {
      for (let at = range.start; at < range.end; ) {
        const room = space.take(Math.min(PIECE_BYTES, range.end - at));
        const count = access.read(at, room);
        copied.push(regionOfBytes(at, room.subarray(0, count)));
        copiedBytes += count;
        at += room.length;
        if (performance.now() > deadline) throw tooLong(access.pid, maxPauseMs);
        if (copiedBytes < turnAt) continue;
        turnAt = copiedBytes + TURN_BYTES;
        await nextTurn();
        throwIfInterrupted(signal);
      }
    }
  }
  return {
    layers: [copied, untouched],
    threads: access.threadPlaces(),
    entry: access.entry,
    copiedBytes,
  };
}

/** What is resident, and of the executable's file the start, which says which build it is. */
function rangesOf(access: ProcessAccess, mapping: MemoryMapping): AddressRange[] {
  if (mapping.path === access.exeName && mapping.fileOffset === 0)
    return [{ start: mapping.start, end: Math.min(mapping.end, mapping.start + HEAD_BYTES) }];
  return mapping.executable && !mapping.writable ? [] : access.residentRanges(mapping);
}

function expectedBytes(access: ProcessAccess): number {
  let total = 0;
  for (const mapping of access.ownMappings()) total += sumRanges(rangesOf(access, mapping));
  return total;
}

/** A machine, or a pod, that is about to run out of memory must not be brought to it by our looking. */
function checkRoom(bytes: number): void {
  const room = findMemoryRoom();
  const wanted = bytes * READING_SHARE + READING_BYTES;
  if (room === undefined || wanted < room.bytes) return;
  const [needed, left] = [Math.ceil(wanted / 2 ** 20), Math.floor(room.bytes / 2 ** 20)];
  throw new CaptureError(
    "too-large",
    room.cgroup === undefined
      ? `a copy and reading it take about ${needed} MB of memory, and this machine has ${left} MB left`
      : `a copy and reading it take about ${needed} MB of memory, and gopatrol's cgroup ${room.cgroup} has ${left} MB left`,
    "take a core onto a disk with room (gcore PID) and read it elsewhere",
  );
}

/** On a busy machine most of the pause would be waiting for a turn. Only root may; for others nothing changes. */
function takePriority(): () => void {
  const before = getPriority();
  try {
    setPriority(constants.priority.PRIORITY_HIGHEST);
  } catch {
    return () => {};
  }
  return () => setPriority(before);
}

async function waitUntilStopped(access: ProcessAccess, deadline: number, signal: AbortSignal): Promise<void> {
  while (!access.threadStates().every(isStopped)) {
    throwIfInterrupted(signal);
    access.stat();
    if (performance.now() > deadline) {
      throw new CaptureError(
        "timeout",
        `process ${access.pid} did not stop: a thread is held by the kernel (waiting for a disk?)`,
        "it goes on; try again, or with a larger --max-pause",
      );
    }
    await sleep(1);
  }
}

async function waitUntil(isTrue: () => boolean, longestMs: number, signal: AbortSignal): Promise<void> {
  const end = performance.now() + longestMs;
  while (!isTrue() && performance.now() < end) {
    throwIfInterrupted(signal);
    await sleep(5);
  }
}

function isStopped(state: string): boolean {
  return state === "T" || state === "t";
}

function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted)
    throw new CaptureError("interrupted", "reading was interrupted", "the process goes on as before");
}

function tooLong(pid: number, maxPauseMs: number): CaptureError {
  return new CaptureError(
    "timeout",
    `copying the memory of process ${pid} took longer than ${maxPauseMs} ms, so it was let go on without`,
    "allow more with --max-pause, or read a core file",
  );
}

function wasResumed(pid: number): CaptureError {
  return new CaptureError(
    "timeout",
    `process ${pid} was let go on while its memory was copied`,
    "allow more with --max-pause; a debugger or a supervisor may have resumed it",
  );
}
