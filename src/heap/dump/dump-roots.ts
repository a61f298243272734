import type { DumpedMemory, HeapDump } from "../../formats/heap-dump/heap-dump.ts";
import type { FrameVariables } from "../goroutines/frame-variables.ts";
import type { HeapGoroutine } from "../goroutines/goroutine-list.ts";
import { listFrames, type ScannedFrame } from "../goroutines/scan-stack.ts";
import { readStackObjects } from "../goroutines/stack-objects.ts";
import type { ObjectEdges } from "../graph/build-edges.ts";
import type { AddressSpace } from "../memory/address-space.ts";
import type { ObjectIndex } from "../objects/object-index.ts";
import type { Roots } from "../roots/collect-roots.ts";
import { findVariable, type GlobalVariables } from "../roots/global-variables.ts";
import { LocalRootsBuilder } from "../roots/local-roots.ts";
import { RootTableBuilder } from "../roots/root-table.ts";
import { StackRoots } from "../roots/stack-roots.ts";
import type { FunctionTable } from "../runtime/function-table.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";

const MAX_DEFERS = 1_000_000;

/** The roots as the runtime listed them in a dump: words of the data, the bss and each frame, finalizers. */
export function collectDumpRoots(parts: {
  dump: HeapDump;
  space: AddressSpace;
  layout: RuntimeLayout;
  index: ObjectIndex;
  edges: ObjectEdges;
  /** Those of the dump, each with its row there. */
  goroutines: readonly { goroutine: HeapGoroutine; row: number }[];
  variables: GlobalVariables;
  /** Without the executable it knows no function, and no frame is told apart. */
  functions: FunctionTable;
  frameVariables: FrameVariables;
}): Roots {
  const { dump, space, layout, index, edges, variables, functions } = parts;
  const table = new RootTableBuilder();
  const locals = new LocalRootsBuilder();
  const objectAt = (value: number): number => {
    const object = value > 4096 ? index.objectAt(value) : -1;
    return object >= 0 && index.allocated.has(object) ? object : -1;
  };
  const addValue = (group: number, value: number, holder = 0) => {
    const object = objectAt(value);
    if (object >= 0) table.add(group, object, holder);
  };

  const groupOf = new Map<number, number>();
  eachPointer(dump.segments, 0, dump.segments.length, (holder) => {
    const object = objectAt(space.u64(holder));
    if (object < 0) return;
    const variable = findVariable(variables, holder);
    const address = variable >= 0 ? variables.address[variable]! : holder;
    let group = groupOf.get(address);
    if (group === undefined) {
      const name = variable >= 0 ? variables.name[variable]! : `global at 0x${holder.toString(16)}`;
      group = table.addGroup({ kind: "global", name, address, goroutine: -1 });
      groupOf.set(address, group);
    }
    table.add(group, object, holder);
  });

  const stacks = parts.goroutines.map(({ goroutine, row }, number) => {
    const { firstFrame, endFrame } = dump.goroutines[row]!;
    const { address, id } = goroutine;
    const group = table.addGroup({ kind: "goroutine", name: `goroutine ${id}`, address, goroutine: number });
    const { frameVariables } = parts;
    const stack = new StackRoots({ space, layout, frameVariables, table, locals, objectAt }, group, 0);
    const { frames } = listFrames(space, layout, functions, goroutine);
    for (const frame of frames)
      for (const object of readStackObjects(space, functions, frame)) stack.onObject(object, frame);
    const { stackLow, stackHigh } = goroutine;
    eachPointer(dump.stack, firstFrame, endFrame, (holder) => {
      const value = space.u64(holder);
      const frame = frameOf(frames, holder);
      if (value >= stackLow && value < stackHigh) stack.onStackPointer(value, frame, holder);
      else stack.onWord(value, frame, holder);
    });
    stack.finish();
    stack.addValue(goroutine.schedContext);
    stack.addValue(goroutine.panic);
    let record = goroutine.defer;
    for (let i = 0; record > 0 && i < MAX_DEFERS; i++) {
      stack.addValue(record);
      stack.addValue(space.u64(record + layout.structs.defer.fn));
      record = space.u64(record + layout.structs.defer.link);
    }
    return { frames: dump.frames.slice(firstFrame, endFrame), complete: true };
  });

  const counts = { finalizers: 0, cleanups: 0, weakHandles: 0, queued: 0 };
  const runtimeGroup = (kind: "finalizer" | "queued", name: string) =>
    table.addGroup({ kind, name, address: 0, goroutine: -1 });
  const finalizers = runtimeGroup("finalizer", "finalizers");
  const queued = runtimeGroup("queued", "finalizers and cleanups that are due");
  for (const { object, fn, fint, ot, isQueued } of dump.finalizers) {
    if (isQueued) {
      counts.queued++;
      for (const value of [object, fn, fint, ot]) addValue(queued, value);
      continue;
    }
    counts.finalizers++;
    addValue(finalizers, fn);
    // What the object points to stays, the object itself does not.
    const row = objectAt(object);
    if (row < 0) continue;
    for (let edge = edges.start[row]!; edge < edges.start[row + 1]!; edge++)
      table.add(finalizers, edges.target[edge]!, 0);
  }
  for (const { address } of dump.otherRoots) addValue(queued, address);
  return { table: table.build(), locals: locals.build(parts.frameVariables), stacks, counts };
}

/** The frame that a word belongs to: arguments lie in the caller's, and are the callee's. */
function frameOf(frames: readonly ScannedFrame[], address: number): ScannedFrame | undefined {
  let low = 0;
  let high = frames.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (frames[middle]!.sp <= address) low = middle + 1;
    else high = middle - 1;
  }
  const callee = frames[high - 1];
  if (callee !== undefined && address >= callee.argp && address < callee.argp + callee.fn.argumentBytes)
    return callee;
  const frame = frames[high];
  return frame !== undefined && address < frame.fp ? frame : undefined;
}

/** Addresses of the pointer words of rows [first, end). */
function eachPointer(
  { address, fieldStart, field }: DumpedMemory,
  first: number,
  end: number,
  onWord: (address: number) => void,
): void {
  for (let row = first; row < end; row++) {
    for (let i = fieldStart[row]!; i < fieldStart[row + 1]!; i++) onWord(address[row]! + field[i]!);
  }
}
