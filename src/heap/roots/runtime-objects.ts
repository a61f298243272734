import type { HeapGoroutine } from "../goroutines/goroutine-list.ts";
import type { AddressSpace } from "../memory/address-space.ts";
import type { ObjectIndex } from "../objects/object-index.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";
import { readSpecials } from "./specials.ts";

const MAX_CHAIN = 100_000;

/** What the runtime allocates in the heap for itself, as far as it is reached from what it knows. */
export function listRuntimeObjects(
  space: AddressSpace,
  layout: RuntimeLayout,
  index: ObjectIndex,
  goroutines: readonly HeapGoroutine[],
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
  return found;
}
