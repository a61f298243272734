import { objectStartingAt } from "../objects/object-start.ts";
import { slotOf } from "../objects/size-classes.ts";
import type { SpanTable } from "../objects/span-table.ts";
import type { TypeIndex } from "./go-types.ts";
import { ObjectPointers } from "./object-pointers.ts";
import { listPointerWords, type PointerWord } from "./pointer-words.ts";
import { KIND } from "./rtype.ts";
import { ANY_MAP, StructFit } from "./struct-fit.ts";
import type { TypeWalk } from "./type-walk.ts";
import { TYPED_BY } from "./typed-heap.ts";
import type { UntypedObjects } from "./untyped-objects.ts";

/** Larger objects carry their type, or lie in a span that knows it (since Go 1.22). */
const MAX_BYTES = 512;
const WORD = 8;
/** What one object leads to may be what tells the next: main's server, its store, the store's map. */
const MAX_ROUNDS = 8;
/** Objects looked at in a round: this is for the few that hold a service together, not for its data. */
const MAX_OBJECTS = 2_000_000;

interface StructShape {
  type: TypeIndex;
  words: readonly PointerWord[];
}

/**
 * Gives structs their type that no typed word leads to: a closure or a goroutine's stack holds them, and what these hold
 * is written nowhere. Such an object is recognised by what it points to: a map, a channel or an array of known type at
 * just the place where one struct of the program has such a field, in an object of just its size with just its pointers.
 * If several structs fit, none is taken.
 */
export function inferStructs(walk: TypeWalk, untyped: UntypedObjects): void {
  const { index, types } = walk.parts;
  const slots = new Set<number>();
  untyped.visit((_, span) => {
    if (isSmallStruct(index.spans, span)) slots.add(index.spans.elementBytes[span]!);
  });
  if (slots.size === 0) return;
  const shapes = new ShapeIndex(
    walk,
    types.listStructs((bytes) => slots.has(slotOf(bytes))),
  );
  if (shapes.isEmpty) return;
  const pointers = new ObjectPointers(walk.parts);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    if (!inferOnce(walk, untyped, shapes, pointers)) return;
    walk.run();
  }
}

/** Slots in which a struct with pointers may lie that says nothing of itself. */
function isSmallStruct({ spanClass, elementBytes }: SpanTable, span: number): boolean {
  return (spanClass[span]! & 1) === 0 && spanClass[span]! >> 1 !== 0 && elementBytes[span]! <= MAX_BYTES;
}

function inferOnce(
  walk: TypeWalk,
  untyped: UntypedObjects,
  shapes: ShapeIndex,
  pointers: ObjectPointers,
): boolean {
  const { spans } = walk.parts.index;
  let any = false;
  let seen = 0;
  untyped.visit((object, span) => {
    if (!isSmallStruct(spans, span) || seen++ > MAX_OBJECTS) return;
    const size = spans.elementBytes[span]!;
    const k = object - spans.firstObject[span]!;
    const start = spans.start[span]! + k * size;
    const candidates = shapes.find(start, size);
    if (candidates.length === 0) return;
    const mask = pointers.of(span, k);
    if (mask === undefined) return;
    const fitting = candidates.filter((shape) => shapes.fit.holds(shape.words, start, mask));
    const names = new Set(fitting.map(({ type }) => walk.parts.types.get(type).name));
    if (names.size !== 1) return;
    walk.assign(object, fitting[0]!.type, TYPED_BY.seed);
    any = true;
  });
  return any;
}

class ShapeIndex {
  readonly fit: StructFit;
  readonly #walk: TypeWalk;
  /** By what a word points to and where it stands. */
  readonly #byField = new Map<string, StructShape[]>();

  constructor(walk: TypeWalk, structs: Iterable<TypeIndex>) {
    this.#walk = walk;
    this.fit = new StructFit(walk);
    const { types } = walk.parts;
    for (const type of structs) {
      const { kind, size, name } = types.get(type);
      if (kind !== KIND.struct || size === 0 || size > MAX_BYTES || name.startsWith("runtime.")) continue;
      const words = listPointerWords(types, type, MAX_BYTES);
      const shape = { type, words };
      for (const { offset, kind: of, type: field } of words) {
        const { name: fieldName, elem } = types.get(field);
        if (of === KIND.map) {
          this.#add(`${fieldName} (header)@${offset}`, shape);
          this.#add(`${ANY_MAP}@${offset}`, shape);
        } else if (of === KIND.chan) this.#add(`chan ${types.get(elem).name} (channel)@${offset}`, shape);
        else if (of === KIND.slice && types.get(elem).kind === KIND.struct)
          this.#add(`${types.get(elem).name}@${offset}`, shape);
        else if (of === KIND.pointer && types.get(elem).kind === KIND.struct)
          this.#add(`${types.get(elem).name}@${offset}`, shape);
      }
    }
  }

  get isEmpty(): boolean {
    return this.#byField.size === 0;
  }

  /** Structs that have a field for what one of the object's words points to. */
  find(start: number, size: number): StructShape[] {
    const { space, index, types } = this.#walk.parts;
    for (let offset = 0; offset < size; offset += WORD) {
      const target = objectStartingAt(this.#walk.parts, space.u64(start + offset));
      if (target < 0) continue;
      const { name, kind } = types.get(this.#walk.type[target]!);
      if (name === "" || (kind !== 0 && kind !== KIND.struct)) continue;
      const found = this.#byField.get(`${name}@${offset}`);
      if (found === undefined) continue;
      const slot = index.sizeOf(index.objectAt(start));
      return found.filter(({ type }) => slotOf(types.get(type).size) === slot);
    }
    return [];
  }

  #add(key: string, shape: StructShape): void {
    const known = this.#byField.get(key);
    if (known === undefined) this.#byField.set(key, [shape]);
    else if (!known.includes(shape)) known.push(shape);
  }
}
