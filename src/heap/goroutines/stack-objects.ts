import type { AddressSpace } from "../memory/address-space.ts";
import type { FunctionTable } from "../runtime/function-table.ts";
import type { StackFrame } from "./unwind.ts";

const FUNCDATA_STACK_OBJECTS = 2;
const STACK_OBJECT_BYTES = 16;
const MAX_STACK_OBJECTS = 65_536;

/** A variable whose address is taken, living in a frame: live only if a live pointer to it is found. */
export interface StackObject {
  start: number;
  size: number;
  /** Words that its mask tells of; -1 if it has none, and every word may be a pointer. */
  pointerWords: number;
  /** Address of its mask, a bit a word. */
  mask: number;
}

/** The stack objects of a frame (runtime/stkframe.go, stackObjectRecord). */
export function readStackObjects(
  space: AddressSpace,
  functions: FunctionTable,
  { fn, varp, argp }: Pick<StackFrame, "fn" | "varp" | "argp">,
): StackObject[] {
  const table = functions.funcdata(fn, FUNCDATA_STACK_OBJECTS);
  const count = table === 0 ? 0 : space.u64(table);
  const objects: StackObject[] = [];
  if (!(count <= MAX_STACK_OBJECTS)) return objects;
  for (let i = 0; i < count; i++) {
    const at = table + 8 + i * STACK_OBJECT_BYTES;
    const offset = space.i32(at);
    const pointerBytes = space.i32(at + 8);
    objects.push({
      start: (offset < 0 ? varp : argp) + offset,
      size: space.i32(at + 4),
      // Negative: a GC program (up to Go 1.23), for types of 128 KiB and more; those are scanned word by word.
      pointerWords: pointerBytes < 0 ? -1 : pointerBytes / 8,
      mask: fn.module.rodata + space.u32(at + 12),
    });
  }
  return objects;
}

/** Of objects in the order of their addresses, the one around an address. */
export function findStackObject<T extends StackObject>(
  objects: readonly T[],
  address: number,
): T | undefined {
  let low = 0;
  let high = objects.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (objects[middle]!.start <= address) low = middle + 1;
    else high = middle - 1;
  }
  const object = objects[high];
  return object !== undefined && address < object.start + object.size ? object : undefined;
}
