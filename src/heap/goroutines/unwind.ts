import type { AddressSpace } from "../memory/address-space.ts";
import type { FunctionTable, GoFunction } from "../runtime/function-table.ts";

/** One frame of a goroutine's stack, innermost first, in the terms of runtime/traceback.go. */
export interface StackFrame {
  fn: GoFunction;
  /** Where it goes on: the pc of the innermost frame, return addresses for its callers. */
  pc: number;
  sp: number;
  fp: number;
  /** Top of the locals. */
  varp: number;
  /** Start of the arguments. */
  argp: number;
  /** Where it would continue: the same as pc, but after a fault; 0 if it never does. */
  continuePc: number;
  isInnermost: boolean;
}

const FLAG_TOP_FRAME = 1;
const FLAG_SP_WRITE = 2;
/** Functions that a signal handler makes the interrupted function appear to have called (isInjectedCall). */
const INJECTED_CALLS = new Set(["runtime.sigpanic", "runtime.asyncPreempt", "runtime.debugCallV2"]);
/** One word, and the stack stays aligned to sixteen (sys.StackAlign). */
const PUSHED_LR_BYTES = 16;
/** A stack is at most 1 GB, a frame at least a word or two; who is deeper is damaged. */
const MAX_FRAMES = 2_000_000;

/**
 * Walks a stack by the pcsp tables alone, as the collector does: frame pointers and debug information are not needed.
 * Stops at the goroutine's first function, at C code, or where the stack is damaged; `complete` tells which.
 */
export function unwind(
  space: AddressSpace,
  functions: FunctionTable,
  arch: "amd64" | "arm64",
  start: { pc: number; sp: number; lr: number; stackHigh: number },
  onFrame: (frame: StackFrame) => void,
): { complete: boolean } {
  const usesLr = arch === "arm64";
  let { pc, sp, lr } = start;
  let calleeIsSigpanic = false;
  let isFrameless = false;
  for (let depth = 0; depth < MAX_FRAMES; depth++) {
    const fn = functions.functionAt(pc);
    if (fn === undefined) return { complete: false };
    const delta = functions.valueAt(fn, fn.pcsp, pc);
    if (delta < 0 || delta % 8 !== 0) return { complete: false };
    const fp = sp + delta + (usesLr ? 0 : 8);
    if (!(fp <= start.stackHigh + 8) || fp < sp) return { complete: false };
    // Whoever called has a frame, of arm64 too; of two without one the stack leads round in a circle.
    if (fp === sp && isFrameless) return { complete: false };
    isFrameless = fp === sp;
    let varp = fp - (usesLr ? 0 : 8);
    // The saved frame pointer lies between the locals and the return address.
    if (varp > sp) varp -= 8;
    const continuePc = calleeIsSigpanic ? (fn.deferreturn === 0 ? 0 : fn.entry + fn.deferreturn + 1) : pc;
    onFrame({ fn, pc, sp, fp, varp, argp: fp + (usesLr ? 8 : 0), continuePc, isInnermost: depth === 0 });
    if ((fn.flag & FLAG_TOP_FRAME) !== 0) return { complete: true };
    if ((fn.flag & FLAG_SP_WRITE) !== 0 && depth > 0) return { complete: false };
    let next: number;
    if (usesLr) {
      // A leaf keeps its return address in the register, and has no frame to save it in.
      next = delta === 0 && lr !== 0 ? lr : depth === 0 && delta === 0 ? 0 : space.u64(sp);
      lr = 0;
    } else next = space.u64(fp - 8);
    if (!(next > 0)) return { complete: false };
    calleeIsSigpanic = fn.name === "runtime.sigpanic";
    pc = next;
    sp = fp;
    if (usesLr && INJECTED_CALLS.has(fn.name)) {
      // The signal handler pushed the link register of whom it interrupted before it made the call look like its own.
      const pushed = space.u64(sp);
      sp += PUSHED_LR_BYTES;
      const interrupted = functions.functionAt(pc);
      if (interrupted === undefined) pc = pushed;
      else if (functions.valueAt(interrupted, interrupted.pcsp, pc) === 0) lr = pushed;
    }
  }
  return { complete: false };
}
