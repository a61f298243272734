import type { CoreThread } from "../../formats/elf/core-notes.ts";
import type { AddressSpace } from "../memory/address-space.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";

/** Of struct ucontext: uc_flags and uc_link come before it (include/uapi/asm-generic/ucontext.h, the same on both). */
const UC_STACK_OFFSET = 16;
/**
 * Registers of sigcontext from the start of ucontext (runtime/defs_linux_amd64.go, defs_linux_arm64.go): r8–r15 rdi rsi
 * rbp rbx rdx rax rcx rsp rip; and behind a signal mask of 128 bytes and the fault's address x0–x30 sp pc.
 */
const CONTEXTS = {
  amd64: { offset: 40, count: 17, sp: 15, pc: 16, lr: -1 },
  arm64: { offset: 184, count: 33, sp: 31, pc: 32, lr: 30 },
} as const;
/** runtime.malg(32 * 1024), and what a C library may give its threads; longer ones are damaged. */
const MAX_SIGNAL_STACK_BYTES = 2 ** 20;

/**
 * Where a thread stood when the signal came whose handler it is in: GOTRACEBACK=crash ends every running goroutine so.
 * The kernel puts the context onto the alternate stack, and that stack's own place into the context, by which it is
 * recognised. Undefined if the thread is in no handler.
 *
 * @param m address of the thread's runtime.m
 */
export function findInterruptedThread(
  space: AddressSpace,
  layout: RuntimeLayout,
  m: number,
  thread: CoreThread,
): CoreThread | undefined {
  const { g, m: ofM } = layout.structs;
  const stack = space.u64(m + ofM.gsignal) + g.stack;
  const low = space.u64(stack);
  const high = space.u64(stack + 8);
  if (!(low <= thread.sp && thread.sp < high && high - low <= MAX_SIGNAL_STACK_BYTES)) return undefined;
  const { offset, count, sp, pc, lr } = CONTEXTS[layout.arch];
  // The handler is below the context, and what earlier signals left is below the handler.
  for (let at = Math.ceil(thread.sp / 8) * 8; at + offset + count * 8 <= high; at += 8) {
    if (space.u64(at + UC_STACK_OFFSET) !== low || space.u64(at + UC_STACK_OFFSET + 16) !== high - low)
      continue;
    const word = (register: number) => space.u64(at + offset + register * 8);
    // A handler that was interrupted itself stood on this stack as well; whom the first one interrupted did not.
    if (word(sp) >= low && word(sp) < high) continue;
    return {
      id: thread.id,
      pc: word(pc),
      sp: word(sp),
      lr: lr < 0 ? 0 : word(lr),
      registers: Float64Array.from({ length: count }, (_, i) => word(i)),
    };
  }
  return undefined;
}
