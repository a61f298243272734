import type { AddressSpace } from "../memory/address-space.ts";
import type { FunctionTable, GoFunction } from "../runtime/function-table.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";
import type { HeapGoroutine } from "./goroutine-list.ts";
import { findStackObject, readStackObjects, type StackObject } from "./stack-objects.ts";
import { type StackFrame, unwind } from "./unwind.ts";

const PCDATA_STACK_MAP_INDEX = 1;
const FUNCDATA_ARGS_POINTER_MAPS = 0;
const FUNCDATA_LOCALS_POINTER_MAPS = 1;
const MAX_MAP_BITS = 2 ** 26;
/** Frames whose liveness the maps do not tell, and their callers: they were stopped between two calls. */
const ASYNC = new Set(["runtime.asyncPreempt", "runtime.asyncPreempt2", "runtime.debugCallV2"]);
/** Their argument maps depend on the call. */
const REFLECT_CALLS = new Set(["reflect.makeFuncStub", "reflect.methodValueCall"]);

interface FrameObject extends StackObject {
  /** Number of the frame it is in. */
  frame: number;
  scanned: boolean;
}

/** Gets every value that the collector would follow, with where it stands. */
export interface StackVisitor {
  /** @param frame in which the word is, as far as known; its `codePc` tells what the word is there */
  onWord(value: number, frame: ScannedFrame | undefined, address: number): void;
  /** A word that points into the stack itself. */
  onStackPointer(value: number, frame: ScannedFrame | undefined, address: number): void;
  /** A variable of a frame whose address is taken, live or not. */
  onObject(object: StackObject, frame: ScannedFrame): void;
  /** @param register its number among the thread's registers */
  onRegister(value: number, frame: ScannedFrame | undefined, register: number): void;
}

export interface ScannedFrame extends StackFrame {
  /** The instruction at which it was left: within a call, not behind it. */
  codePc: number;
}

export interface StackScan {
  /** Innermost first. */
  frames: readonly Pick<StackFrame, "pc">[];
  /** The unwinder reached the goroutine's first function. */
  complete: boolean;
}

/**
 * Finds the words of a goroutine's stack that the collector takes for pointers (runtime/stkframe.go and mgcstack.go):
 * locals and arguments by the stack maps of each frame, stack objects once something live points to them, and word by
 * word where no map holds.
 */
export function scanStack(
  space: AddressSpace,
  layout: RuntimeLayout,
  functions: FunctionTable,
  goroutine: HeapGoroutine,
  visitor: StackVisitor,
): StackScan {
  const { frames, complete } = listFrames(space, layout, functions, goroutine);
  const scan = new Scan(space, functions, goroutine, frames, visitor);
  for (const [number, value] of goroutine.registers?.entries() ?? []) scan.visitRegister(value, number);
  if (goroutine.position === "unknown" || frames.length === 0) {
    scan.words(goroutine.stackLow, goroutine.stackHigh, -1);
    return { frames: frames.map(({ pc }) => ({ pc })), complete };
  }
  let conservative = goroutine.position === "running";
  for (const [i, frame] of frames.entries()) {
    const isAsync = ASYNC.has(frame.fn.name);
    if (conservative || isAsync) scan.frameByWords(frame, i);
    else scan.frame(frame, i);
    scan.addStackObjects(frame, i);
    // Whoever was interrupted stopped anywhere; its callers stand at a call.
    conservative = isAsync;
  }
  // Frames beyond the last that was understood are there all the same.
  if (!complete && frames.length > 0) scan.words(frames.at(-1)!.fp, goroutine.stackHigh, frames.length - 1);
  scan.finishStackObjects();
  return { frames: frames.map(({ pc }) => ({ pc })), complete };
}

/** The frames of a goroutine, innermost first, each with the instruction at which it was left. */
export function listFrames(
  space: AddressSpace,
  layout: RuntimeLayout,
  functions: FunctionTable,
  goroutine: HeapGoroutine,
): { frames: ScannedFrame[]; complete: boolean } {
  const frames: ScannedFrame[] = [];
  let isAnywhere = goroutine.position === "running";
  const isOnStack = goroutine.sp >= goroutine.stackLow && goroutine.sp < goroutine.stackHigh;
  if (!isOnStack) return { frames, complete: false };
  const { complete } = unwind(space, functions, layout.arch, goroutine, (frame) => {
    const { fn, pc, sp, fp, varp, argp, continuePc, isInnermost } = frame;
    const isExact = isAnywhere || pc === fn.entry || continuePc !== pc;
    const codePc = isExact ? pc : pc - 1;
    frames.push({ fn, pc, sp, fp, varp, argp, continuePc, isInnermost, codePc });
    isAnywhere = ASYNC.has(fn.name);
  });
  return { frames, complete };
}

class Scan {
  readonly #space: AddressSpace;
  readonly #functions: FunctionTable;
  readonly #low: number;
  readonly #high: number;
  readonly #frames: readonly ScannedFrame[];
  readonly #visitor: StackVisitor;
  #objects: FrameObject[] = [];
  /** Pointers into the stack itself. */
  #pending: number[] = [];

  constructor(
    space: AddressSpace,
    functions: FunctionTable,
    goroutine: HeapGoroutine,
    frames: readonly ScannedFrame[],
    visitor: StackVisitor,
  ) {
    this.#space = space;
    this.#functions = functions;
    this.#low = goroutine.stackLow;
    this.#high = goroutine.stackHigh;
    this.#frames = frames;
    this.#visitor = visitor;
  }

  visitRegister(value: number, register: number): void {
    if (!this.#isOutside(value)) return;
    this.#visitor.onRegister(value, this.#frames[0], register);
  }

  /** @param frame its number from the innermost; -1 if it is not known */
  #visit(address: number, frame: number): void {
    const value = this.#space.u64(address);
    if (this.#isOutside(value)) this.#visitor.onWord(value, this.#frames[frame], address);
    else if (value >= this.#low) this.#visitor.onStackPointer(value, this.#frames[frame], address);
  }

  /** Whether a value may point into the heap; one into the stack itself waits for its object. */
  #isOutside(value: number): boolean {
    if (!(value >= 4096)) return false;
    if (value < this.#low || value >= this.#high) return true;
    this.#pending.push(value);
    return false;
  }

  words(from: number, to: number, frame: number): void {
    // A damaged stack may claim a gigabyte that is not there.
    for (const part of this.#space.partsWithin(from, to))
      for (let at = Math.ceil(part.from / 8) * 8; at + 8 <= part.to; at += 8) this.#visit(at, frame);
  }

  /** Its caller's map does not tell of arguments that it was given in registers and put where its caller left room. */
  frameByWords({ fn, sp, fp, argp }: StackFrame, number: number): void {
    this.words(sp, fp, number);
    this.words(argp, Math.min(argp + fn.argumentBytes, this.#high), number);
  }

  frame(frame: StackFrame, number: number): void {
    const { fn, continuePc } = frame;
    if (continuePc === 0) return;
    const pc = continuePc === fn.entry ? continuePc : continuePc - 1;
    const index = Math.max(0, this.#functions.pcdata(fn, PCDATA_STACK_MAP_INDEX, pc));
    const locals = this.#mapOf(fn, FUNCDATA_LOCALS_POINTER_MAPS, index);
    // At its entry a function has no frame yet: what its map tells of is not there (getStackMap).
    if (locals !== undefined && frame.varp > frame.sp)
      this.#bits(frame.varp - locals.bits * 8, locals, number);
    if (REFLECT_CALLS.has(fn.name)) this.words(frame.sp, frame.fp, number);
    const args = this.#mapOf(fn, FUNCDATA_ARGS_POINTER_MAPS, index);
    if (args !== undefined) this.#bits(frame.argp, args, number);
  }

  /** Remembers the frame's stack objects, to be scanned when something live points to them. */
  addStackObjects(frame: StackFrame, number: number): void {
    for (const object of readStackObjects(this.#space, this.#functions, frame)) {
      const { start, size } = object;
      if (!(size > 0 && start >= this.#low && start + size <= this.#high)) continue;
      this.#objects.push({ ...object, frame: number, scanned: false });
      this.#visitor.onObject(object, this.#frames[number]!);
    }
  }

  finishStackObjects(): void {
    this.#objects.sort((a, b) => a.start - b.start);
    while (this.#pending.length > 0) {
      const object = findStackObject(this.#objects, this.#pending.pop()!);
      if (object === undefined || object.scanned) continue;
      object.scanned = true;
      if (object.pointerWords < 0) this.words(object.start, object.start + object.size, object.frame);
      else this.#bits(object.start, { bits: object.pointerWords, address: object.mask }, object.frame);
    }
  }

  #bits(start: number, map: { bits: number; address: number }, frame: number): void {
    // A damaged map may have any length; what it tells of lies on the stack.
    const first = Math.max(0, Math.ceil((this.#low - start) / 8));
    const end = Math.min(map.bits, Math.ceil((this.#high - start) / 8));
    for (let i = first; i < end; i++) {
      const byte = this.#space.u8(map.address + (i >>> 3));
      if ((byte & (1 << (i & 7))) !== 0) this.#visit(start + i * 8, frame);
    }
  }

  /** Bitmap `index` of a stackmap {n, nbit, bytes}. */
  #mapOf(fn: GoFunction, funcdata: number, index: number): { bits: number; address: number } | undefined {
    const map = this.#functions.funcdata(fn, funcdata);
    if (map === 0) return undefined;
    const count = this.#space.i32(map);
    const bits = this.#space.i32(map + 4);
    if (!(bits > 0 && bits < MAX_MAP_BITS) || index >= count) return undefined;
    return { bits, address: map + 8 + index * Math.floor((bits + 7) / 8) };
  }
}
