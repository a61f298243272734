import type { HeapGoroutine } from "../goroutines/goroutine-list.ts";
import type { AddressSpace } from "../memory/address-space.ts";
import type { ObjectIndex } from "../objects/object-index.ts";
import type { CodeTable } from "../runtime/function-table.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";
import type { RootTable } from "./root-table.ts";
import { readSpecials } from "./specials.ts";

const MAX_CHAIN = 100_000;
/** gcBgMarkWorkerNode {node lfnode; gp guintptr; m muintptr}: the goroutine whose it is, behind a node of two words. */
const WORKER_NODE_GP_OFFSET = 16;
const WORKER = /^runtime\.gcBgMark/;

/** What the runtime allocates in the heap for itself, as far as it is reached from what it knows. */
export function listRuntimeObjects(
  space: AddressSpace,
  layout: RuntimeLayout,
  index: ObjectIndex,
  goroutines: readonly HeapGoroutine[],
  roots: RootTable,
  functions: Pick<CodeTable, "functionAt">,
): { address: number; name: string; size: number }[] {
  const { g, m, sudog, defer, specialWeakHandle, specialCleanup } = layout.structs;
  const found: { address: number; name: string; size: number }[] = [];
  const add = (address: number, name: string, size: number) => {
    if (address > 4096) found.push({ address, name, size });
  };
  for (const goroutine of goroutines) {
    add(goroutine.address, "runtime.g", g.size);
    add(space.u64(goroutine.address + g.m), "runtime.m", m.size);
    let waiting = space.u64(goroutine.address + g.waiting);
    for (let i = 0; waiting > 0 && i < MAX_CHAIN; i++) {
      add(waiting, "runtime.sudog", sudog.size);
      waiting = space.u64(waiting + sudog.waitlink);
    }
    let record = goroutine.defer;
    for (let i = 0; record > 0 && i < MAX_CHAIN; i++) {
      add(record, "runtime._defer", defer.size);
      record = space.u64(record + defer.link);
    }
  }
  readSpecials(space, layout, index.spans, (special) => {
    if (special.kind === "weak-handle")
      add(space.u64(special.address + specialWeakHandle.handle), "weak pointer's handle", 8);
    else if (special.kind === "cleanup") {
      const words = specialCleanup.cleanup >= 0 ? 3 : 1;
      const start =
        special.address + (specialCleanup.cleanup >= 0 ? specialCleanup.cleanup : specialCleanup.fn);
      for (let i = 0; i < words; i++) add(space.u64(start + i * 8), "cleanup's argument", 8);
    }
  });
  for (let row = 0; row < roots.length; row++) {
    const { kind, goroutine: number, address } = roots.groups[roots.group[row]!]!;
    if (kind !== "goroutine") continue;
    const start = index.addressOf(roots.object[row]!);
    // What a mark worker hands to the scheduler names the worker itself.
    if (space.u64(start + WORKER_NODE_GP_OFFSET) !== address) continue;
    const fn = functions.functionAt(goroutines[number]!.startPc);
    if (fn !== undefined && WORKER.test(fn.name))
      add(start, "runtime.gcBgMarkWorkerNode", index.sizeOf(roots.object[row]!));
  }
  return found;
}
