import { assert } from "../lib/assert.ts";
import type { Brand } from "../lib/brand.ts";
import type { StringIndex, StringTable } from "./string-table.ts";

export type StackIndex = Brand<number, "StackIndex">;
export type FrameIndex = Brand<number, "FrameIndex">;
/** A goroutine whose creator was not printed (the main goroutine, the runtime's own). */
export const NO_FRAME = -1 as FrameIndex;
/** No wait time was printed: the goroutine has waited for less than a minute. */
export const NO_WAIT = -1;

/** Bits of `GoroutineTable.flags`. */
export const LOCKED_TO_THREAD = 1;
/** Go ≥ 1.26 marks goroutines found unreachable by the goroutineleak profile. */
export const LEAKED = 2;
/** "...additional frames elided...": the stack is cut at 100 frames. */
export const ELIDED_FRAMES = 4;
/** The dump ended inside this goroutine. */
export const CUT_OFF = 8;
/** Registers were printed ("rax 0x…" after a SIGQUIT), or cgo frames appear. */
export const HAS_REGISTERS = 16;

/** Distinct code positions: `line` 0 means that no file was printed (a cgo frame). */
interface FrameTable {
  length: number;
  function: Uint32Array;
  file: Uint32Array;
  line: Uint32Array;
}

/** Interned stacks, leaf first: `frame[frameStart[s] … frameStart[s + 1] - 1]`. */
interface StackTable {
  length: number;
  frameStart: Uint32Array;
  frame: Uint32Array;
}

/** One goroutine dump (debug=2 or SIGQUIT): a row per goroutine, in the order printed. */
export interface GoroutineTable {
  length: number;
  strings: StringTable;
  frames: FrameTable;
  stacks: StackTable;
  /** Go's goroutine ids start at 1 and fit a double. */
  id: Float64Array;
  /** The state or wait reason as Go prints it, without "(scan)", "(leaked)" and the wait time: "chan send". */
  state: Uint32Array;
  /** Whole minutes, or NO_WAIT. */
  waitMinutes: Int32Array;
  flags: Uint8Array;
  stack: Uint32Array;
  /** The `go` statement that started it: index into `frames`, or NO_FRAME. */
  createdBy: Int32Array;
  /** Id of the creating goroutine (Go ≥ 1.21), 0 if not printed. */
  createdById: Float64Array;
  /** pprof labels as printed (`{"k": "v"}` of Go ≥ 1.27, without the braces), or "". */
  labels: Uint32Array;
}

export function findString(table: GoroutineTable, column: Uint32Array, row: number): string {
  return table.strings.get(column[row]! as StringIndex);
}

/** Walks every foreign key; a failure is a decoder's bug. */
export function checkGoroutines(table: GoroutineTable): void {
  const { frames, stacks, strings } = table;
  for (const [name, column, limit] of [
    ["frame.function", frames.function, strings.length],
    ["frame.file", frames.file, strings.length],
    ["stack.frame", stacks.frame, frames.length],
    ["goroutine.state", table.state, strings.length],
    ["goroutine.stack", table.stack, stacks.length],
    ["goroutine.labels", table.labels, strings.length],
  ] as const) {
    for (let row = 0; row < column.length; row++) {
      assert(column[row]! < limit, `${name}[${row}] is ${column[row]}, outside 0 to ${limit - 1}`);
    }
  }
  assert(
    stacks.frameStart.length === stacks.length + 1,
    "frameStart has one entry more than there are stacks",
  );
  for (let row = 0; row < table.length; row++) {
    const creator = table.createdBy[row]!;
    assert(creator >= NO_FRAME && creator < frames.length, `goroutine.createdBy[${row}] is ${creator}`);
  }
}
