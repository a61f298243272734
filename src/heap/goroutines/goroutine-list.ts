import type { CoreThread } from "../../formats/elf/core-notes.ts";
import type { AddressSpace } from "../memory/address-space.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";
import { findInterruptedThread } from "./signal-context.ts";

/** runtime.g's status without its scan bit (runtime/runtime2.go). */
const GOROUTINE_STATUS = [
  "idle",
  "runnable",
  "running",
  "syscall",
  "waiting",
  "moribund",
  "dead",
  "enqueue",
  "copystack",
  "preempted",
  "leaked",
  "deadextra",
] as const;
type GoroutineStatus = (typeof GOROUTINE_STATUS)[number];

export interface HeapGoroutine {
  /** Address of its runtime.g, which is a heap object itself. */
  address: number;
  id: number;
  status: GoroutineStatus;
  /** "chan receive", "select" …; "" unless it waits. */
  waitReason: string;
  /** Nanoseconds of the runtime's clock; 0 until a collection saw it waiting. */
  waitSinceNs: number;
  stackLow: number;
  stackHigh: number;
  /** Where to begin unwinding. */
  pc: number;
  sp: number;
  lr: number;
  /** Registers of the thread it runs on, if they are its own: they hold pointers too. */
  registers: Float64Array | null;
  /**
   * `parked`: at a call, so that stack maps hold for every frame. `running`: anywhere, so the innermost frame is
   * scanned word by word. `unknown`: its thread is not at hand; all of its stack is scanned word by word.
   */
  position: "parked" | "running" | "unknown";
  startPc: number;
  createdByPc: number;
  schedContext: number;
  defer: number;
  panic: number;
}

const MAX_GOROUTINES = 20_000_000;
/** runtime.maxstacksize: what claims more is damaged, and would be scanned word by word. */
const MAX_STACK_BYTES = 2 ** 30;
const SCAN_BIT = 0x1000;
const WAITING = 4;

/** Every goroutine of allgs that is not dead. */
export function readGoroutines(
  space: AddressSpace,
  layout: RuntimeLayout,
  allgs: number,
  threads: readonly CoreThread[],
): HeapGoroutine[] {
  if (allgs === 0) return [];
  const array = space.u64(allgs);
  const length = Math.min(space.u64(allgs + 8), MAX_GOROUTINES);
  const goroutines: HeapGoroutine[] = [];
  for (let i = 0; i < length; i++) {
    const address = space.u64(array + i * 8);
    const goroutine = address > 0 ? readGoroutine(space, layout, address, threads) : undefined;
    if (goroutine !== undefined) goroutines.push(goroutine);
  }
  return goroutines;
}

/** One goroutine by the address of its runtime.g; undefined if it is dead, or its g is not at hand. */
export function readGoroutine(
  space: AddressSpace,
  layout: RuntimeLayout,
  address: number,
  threads: readonly CoreThread[],
): HeapGoroutine | undefined {
  const { g, gobuf } = layout.structs;
  const code = space.u32(address + g.atomicstatus) & ~SCAN_BIT;
  const status = GOROUTINE_STATUS[code];
  if (status === undefined || status === "dead" || status === "idle" || status === "deadextra")
    return undefined;
  const stackLow = space.u64(address + g.stack);
  const stackHigh = space.u64(address + g.stack + 8);
  if (!(stackLow > 0 && stackLow < stackHigh && stackHigh - stackLow <= MAX_STACK_BYTES)) return undefined;
  const sched = address + g.sched;
  const syscallSp = space.u64(address + g.syscallsp);
  const onThread = space.u64(address + g.m);
  const stopped =
    status === "running" ? findThread(space, layout, onThread, { stackLow, stackHigh }, threads) : undefined;
  const thread =
    stopped === undefined ? undefined : (findInterruptedThread(space, layout, onThread, stopped) ?? stopped);
  const isOnStack = (sp: number) => sp >= stackLow && sp < stackHigh;
  const schedSp = space.u64(sched + gobuf.sp);
  let start: Pick<HeapGoroutine, "pc" | "sp" | "lr" | "position" | "registers">;
  if (syscallSp > 0 && status !== "running") {
    start = {
      pc: space.u64(address + g.syscallpc),
      sp: syscallSp,
      lr: 0,
      position: "parked",
      registers: null,
    };
  } else if (thread !== undefined && isOnStack(thread.sp)) {
    start = {
      pc: thread.pc,
      sp: thread.sp,
      lr: thread.lr,
      position: "running",
      registers: thread.registers,
    };
  } else {
    start = {
      pc: space.u64(sched + gobuf.pc),
      sp: schedSp,
      lr: gobuf.lr < 0 ? 0 : space.u64(sched + gobuf.lr),
      position:
        status !== "running" || isOnSystemStack(space, layout, onThread, thread) ? "parked" : "unknown",
      registers: null,
    };
  }
  return {
    address,
    id: space.u64(address + g.goid),
    status,
    waitReason: code === WAITING ? (layout.waitReasons[space.u8(address + g.waitreason)] ?? "") : "",
    waitSinceNs: code === WAITING ? space.u64(address + g.waitsince) : 0,
    stackLow,
    stackHigh,
    ...start,
    startPc: space.u64(address + g.startpc),
    createdByPc: space.u64(address + g.gopc),
    schedContext: space.u64(sched + gobuf.ctxt),
    defer: space.u64(address + g._defer),
    panic: space.u64(address + g._panic),
  };
}

/**
 * The thread on which a goroutine runs: the one that stands on its stack, or on one of the two that its m has, else the
 * one whose number its m has. Numbers alone do not do: the runtime knows those of its container, and who looks from
 * outside others.
 */
function findThread(
  space: AddressSpace,
  layout: RuntimeLayout,
  m: number,
  { stackLow, stackHigh }: Pick<HeapGoroutine, "stackLow" | "stackHigh">,
  threads: readonly CoreThread[],
): CoreThread | undefined {
  const stacks = [
    { low: stackLow, high: stackHigh },
    stackOf(space, layout, m, layout.structs.m.g0),
    stackOf(space, layout, m, layout.structs.m.gsignal),
  ];
  const id = space.u64(m + layout.structs.m.procid);
  return (
    threads.find(({ sp }) => stacks.some(({ low, high }) => sp >= low && sp < high)) ??
    threads.find((thread) => thread.id === id)
  );
}

/** Code of the runtime that a running goroutine called on its thread's own stack: what it kept in sched holds. */
function isOnSystemStack(
  space: AddressSpace,
  layout: RuntimeLayout,
  m: number,
  thread: CoreThread | undefined,
): boolean {
  if (thread === undefined) return false;
  const { low, high } = stackOf(space, layout, m, layout.structs.m.g0);
  return thread.sp >= low && thread.sp < high;
}

/** Of one of an m's own goroutines; `field` is the offset of its pointer. */
function stackOf(
  space: AddressSpace,
  layout: RuntimeLayout,
  m: number,
  field: number,
): { low: number; high: number } {
  const stack = space.u64(m + field) + layout.structs.g.stack;
  return { low: space.u64(stack), high: space.u64(stack + 8) };
}
