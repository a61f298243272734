import { dwarfRegister } from "../goroutines/dwarf-registers.ts";
import type { FrameVariables } from "../goroutines/frame-variables.ts";
import { isMapHeader } from "../goroutines/match-stack-objects.ts";
import type { ScannedFrame, StackVisitor } from "../goroutines/scan-stack.ts";
import { findStackObject, type StackObject } from "../goroutines/stack-objects.ts";
import type { AddressSpace } from "../memory/address-space.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";
import type { LocalRootsBuilder } from "./local-roots.ts";
import type { RootTableBuilder } from "./root-table.ts";

export interface StackRootParts {
  space: AddressSpace;
  layout: RuntimeLayout;
  frameVariables: FrameVariables;
  table: RootTableBuilder;
  locals: LocalRootsBuilder;
  /** The live object at an address, or -1. */
  objectAt: (value: number) => number;
}

interface Word {
  frame: ScannedFrame;
  address: number;
}

/** Pointers from one variable of a frame to the next: map to header to group; more is a circle. */
const MAX_STEPS = 8;

/** Collects what the stack of one goroutine keeps, each object once, with the local variable that holds it. */
export class StackRoots implements StackVisitor {
  readonly #parts: StackRootParts;
  readonly #group: number;
  /** How many registers the goroutine's thread has. */
  readonly #registers: number;
  readonly #rowOf = new Map<number, number>();
  readonly #headers: Word[] = [];
  readonly #objects: StackObject[] = [];
  /** Where a pointer to a place in the stack itself stands. */
  readonly #pointers = new Map<number, Word>();
  /** Words that no variable is at: what points to them may tell more, once all are known. */
  readonly #unnamed: (Word & { value: number; object: number })[] = [];

  constructor(parts: StackRootParts, group: number, registers: number) {
    this.#parts = parts;
    this.#group = group;
    this.#registers = registers;
  }

  onWord(value: number, frame: ScannedFrame | undefined, address: number): void {
    const { frameVariables, objectAt } = this.#parts;
    const object = objectAt(value);
    if (object < 0) return;
    const local = frame === undefined ? -1 : frameVariables.placeOf(frame, address);
    if (frame === undefined || this.#isNamed(local)) this.#add(object, local, value, frame);
    else this.#unnamed.push({ frame, address, value, object });
  }

  onStackPointer(value: number, frame: ScannedFrame | undefined, address: number): void {
    if (frame !== undefined && !this.#pointers.has(value)) this.#pointers.set(value, { frame, address });
  }

  onObject(object: StackObject, frame: ScannedFrame): void {
    const { space, layout } = this.#parts;
    this.#objects.push(object);
    if (isMapHeader(space, layout, object)) this.#headers.push({ frame, address: object.start });
  }

  onRegister(value: number, frame: ScannedFrame | undefined, register: number): void {
    const { frameVariables, layout, objectAt } = this.#parts;
    const object = objectAt(value);
    if (object < 0) return;
    const number = dwarfRegister(layout.arch, this.#registers, register);
    const local = frame === undefined || number < 0 ? -1 : frameVariables.placeOfRegister(frame, number);
    this.#add(object, local, value, frame);
  }

  /** What the goroutine keeps otherwise. */
  addValue(value: number): void {
    const object = this.#parts.objectAt(value);
    if (object >= 0) this.#add(object, -1, value, undefined);
  }

  /** To be called when the stack has been scanned. */
  finish(): void {
    const { space, layout, locals, objectAt } = this.#parts;
    this.#objects.sort((a, b) => a.start - b.start);
    for (const word of this.#unnamed) this.#add(word.object, this.#placeOf(word, 0), word.value, word.frame);
    const { swissMap, hmap } = layout.structs;
    for (const { address, frame } of this.#headers) {
      const pointer = address + (swissMap.size > 0 ? swissMap.dirPtr : hmap.buckets);
      // What a header that is no longer in use points to is no root.
      if (this.#rowOf.has(objectAt(space.u64(pointer))))
        locals.addMapHeader(address, this.#placeOf({ frame, address: pointer }, 0), this.#group);
    }
  }

  /** A word in what another variable of the stack points to goes by that one's name. */
  #placeOf({ frame, address }: Word, step: number): number {
    const { frameVariables } = this.#parts;
    const own = frameVariables.placeOf(frame, address);
    if (this.#isNamed(own) || step > MAX_STEPS) return own;
    const object = findStackObject(this.#objects, address);
    const pointer = object === undefined ? undefined : this.#pointers.get(object.start);
    if (object === undefined || pointer === undefined) return own;
    const holder = this.#placeOf(pointer, step + 1);
    return this.#isNamed(holder) ? frameVariables.placeBehind(holder, address - object.start, own) : own;
  }

  #add(object: number, local: number, value: number, frame: ScannedFrame | undefined): void {
    const { table, locals, frameVariables, space } = this.#parts;
    const row = this.#rowOf.get(object);
    if (row === undefined) this.#rowOf.set(object, table.add(this.#group, object, 0, local));
    // Of several words that hold it, one that has a name in the source says more.
    else if (this.#isNamed(local) && !this.#isNamed(table.localOf(row))) table.setLocal(row, local);
    const place = local < 0 ? undefined : frameVariables.places[local];
    if (place?.step === undefined || frame === undefined) return;
    const { typeWord } = place;
    locals.add(local, value, Number.isNaN(typeWord) ? typeWord : space.u64(frame.fp + typeWord));
  }

  #isNamed(local: number): boolean {
    return local >= 0 && this.#parts.frameVariables.places[local]!.variable !== "";
  }
}
