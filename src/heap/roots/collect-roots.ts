import type { FrameVariables } from "../goroutines/frame-variables.ts";
import type { HeapGoroutine } from "../goroutines/goroutine-list.ts";
import { type StackScan, scanStack } from "../goroutines/scan-stack.ts";
import type { AddressSpace } from "../memory/address-space.ts";
import type { ObjectIndex } from "../objects/object-index.ts";
import type { FunctionTable } from "../runtime/function-table.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";
import type { RuntimeGlobals } from "../runtime/locate-heap.ts";
import type { GoModule } from "../runtime/modules.ts";
import { findVariable, type GlobalVariables } from "./global-variables.ts";
import { type LocalRoots, LocalRootsBuilder } from "./local-roots.ts";
import { type RootTable, RootTableBuilder } from "./root-table.ts";
import { readSpecials } from "./specials.ts";
import { StackRoots } from "./stack-roots.ts";

export interface RootParts {
  space: AddressSpace;
  layout: RuntimeLayout;
  modules: readonly GoModule[];
  functions: FunctionTable;
  globals: RuntimeGlobals;
  index: ObjectIndex;
  /** Calls `onTarget` for every pointer of an object, in the order of its words. */
  visitTargets(object: number, onTarget: (target: number) => void): void;
  goroutines: readonly HeapGoroutine[];
  variables: GlobalVariables;
  frameVariables: FrameVariables;
}

export interface Roots {
  table: RootTable;
  locals: LocalRoots;
  /** Of each goroutine. */
  stacks: StackScan[];
  counts: { finalizers: number; cleanups: number; weakHandles: number; queued: number };
}

/** All that the collector starts from (runtime/mgcmark.go, markroot), in groups with names. */
export function collectRoots(parts: RootParts): Roots {
  const collector = new RootCollector(parts);
  for (const module of parts.modules) collector.addModule(module);
  const stacks = parts.goroutines.map((goroutine, i) => collector.addGoroutine(goroutine, i));
  collector.addSpecials();
  collector.addQueues();
  const locals = collector.locals.build(parts.frameVariables);
  return { table: collector.table.build(), locals, stacks, counts: collector.counts };
}

class RootCollector {
  readonly table = new RootTableBuilder();
  readonly locals = new LocalRootsBuilder();
  readonly counts = { finalizers: 0, cleanups: 0, weakHandles: 0, queued: 0 };
  readonly #parts: RootParts;
  readonly #groupOfVariable = new Map<number, number>();

  constructor(parts: RootParts) {
    this.#parts = parts;
  }

  addModule(module: GoModule): void {
    this.#addMasked(module.data, module.gcdatamask);
    this.#addMasked(module.bss, module.gcbssmask);
  }

  addGoroutine(goroutine: HeapGoroutine, number: number): StackScan {
    const { space, layout, functions, frameVariables } = this.#parts;
    const group = this.table.addGroup({
      kind: "goroutine",
      name: `goroutine ${goroutine.id}`,
      address: goroutine.address,
      goroutine: number,
    });
    const { table, locals } = this;
    const objectAt = (value: number) => this.#objectAt(value);
    const registers = goroutine.registers?.length ?? 0;
    const stack = new StackRoots(
      { space, layout, frameVariables, table, locals, objectAt },
      group,
      registers,
    );
    const scan = scanStack(space, layout, functions, goroutine, stack);
    stack.finish();
    stack.addValue(goroutine.schedContext);
    const records = new Set<number>();
    for (let record = goroutine.defer; record > 0 && !records.has(record); ) {
      records.add(record);
      stack.addValue(record);
      stack.addValue(space.u64(record + layout.structs.defer.fn));
      record = space.u64(record + layout.structs.defer.link);
    }
    stack.addValue(goroutine.panic);
    return scan;
  }

  /** What specials keep: the functions, and for a finalizer what its object points to, but not the object. */
  addSpecials(): void {
    const { space, layout, index } = this.#parts;
    const { specialfinalizer, specialCleanup, specialWeakHandle } = layout.structs;
    const group = {
      finalizer: this.#runtimeGroup("finalizer", "finalizers"),
      cleanup: this.#runtimeGroup("cleanup", "cleanups"),
      weak: this.#runtimeGroup("weak-handle", "weak pointers' handles"),
    };
    readSpecials(space, layout, index.spans, (special) => {
      if (special.kind === "finalizer") {
        this.counts.finalizers++;
        this.#addWord(group.finalizer, special.address + specialfinalizer.fn);
        const object = index.objectAt(index.spans.start[special.span]! + special.offset);
        if (object >= 0)
          this.#parts.visitTargets(object, (target) => this.table.add(group.finalizer, target, 0));
      } else if (special.kind === "cleanup") {
        this.counts.cleanups++;
        if (specialCleanup.cleanup >= 0) {
          // Three words since Go 1.26: {call, fn, arg}.
          for (let word = 0; word < 3; word++)
            this.#addWord(group.cleanup, special.address + specialCleanup.cleanup + word * 8);
        } else this.#addWord(group.cleanup, special.address + specialCleanup.fn);
      } else if (special.kind === "weak-handle") {
        this.counts.weakHandles++;
        this.#addWord(group.weak, special.address + specialWeakHandle.handle);
      }
    });
  }

  /** Finalizers and cleanups whose objects are dead, and that have not run yet. */
  addQueues(): void {
    const { space, layout, globals } = this.#parts;
    const { finblock, finalizer, cleanupQueue, cleanupBlock, cleanupBlockHeader } = layout.structs;
    const group = this.#runtimeGroup("queued", "finalizers and cleanups that are due");
    // A block that comes twice closes a circle.
    const seen = new Set<number>();
    let block = globals.allfin === 0 ? 0 : space.u64(globals.allfin);
    while (block > 0 && !seen.has(block)) {
      seen.add(block);
      const count = Math.min(space.u32(block + finblock.cnt), 101);
      for (let k = 0; k < count; k++) {
        this.counts.queued++;
        const entry = block + finblock.fin + k * finalizer.size;
        for (const field of [finalizer.fn, finalizer.arg, finalizer.fint, finalizer.ot])
          this.#addWord(group, entry + field);
      }
      block = space.u64(block + finblock.alllink);
    }
    if (globals.gcCleanups === 0 || cleanupQueue.all < 0) return;
    block = space.u64(globals.gcCleanups + cleanupQueue.all);
    const words = layout.structs.specialCleanup.cleanup >= 0 ? 3 : 1;
    while (block > 0 && !seen.has(block)) {
      seen.add(block);
      const header = block + cleanupBlock.cleanupBlockHeader;
      const count = Math.min(space.u32(header + cleanupBlockHeader.n), 512 / (words * 8));
      for (let k = 0; k < count * words; k++) this.#addWord(group, block + cleanupBlock.cleanups + k * 8);
      this.counts.queued += count;
      block = space.u64(header + cleanupBlockHeader.alllink);
    }
  }

  #addMasked(start: number, mask: { bits: number; address: number }): void {
    const { space, variables } = this.#parts;
    const bytes = space.bytes(mask.address, Math.ceil(mask.bits / 8));
    if (bytes === undefined) return;
    for (let i = 0; i < mask.bits; i++) {
      if ((bytes[i >>> 3]! & (1 << (i & 7))) === 0) continue;
      const holder = start + i * 8;
      const object = this.#objectAt(space.u64(holder));
      if (object < 0) continue;
      const variable = findVariable(variables, holder);
      this.table.add(this.#groupOfGlobal(variable, holder), object, holder);
    }
  }

  #groupOfGlobal(variable: number, holder: number): number {
    const { variables } = this.#parts;
    const key = variable >= 0 ? variables.address[variable]! : holder;
    let group = this.#groupOfVariable.get(key);
    if (group === undefined) {
      const name = variable >= 0 ? variables.name[variable]! : `global at 0x${holder.toString(16)}`;
      group = this.table.addGroup({ kind: "global", name, address: key, goroutine: -1 });
      this.#groupOfVariable.set(key, group);
    }
    return group;
  }

  #runtimeGroup(kind: "finalizer" | "cleanup" | "weak-handle" | "queued", name: string): number {
    return this.table.addGroup({ kind, name, address: 0, goroutine: -1 });
  }

  #addWord(group: number, holder: number): void {
    const object = this.#objectAt(this.#parts.space.u64(holder));
    if (object >= 0) this.table.add(group, object, holder);
  }

  #objectAt(value: number): number {
    const { index } = this.#parts;
    if (!(value > 4096)) return -1;
    const object = index.objectAt(value);
    return object >= 0 && index.allocated.has(object) ? object : -1;
  }
}
