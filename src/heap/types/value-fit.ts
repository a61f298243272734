import { type TypeIndex, UNKNOWN_TYPE } from "./go-types.ts";
import type { ObjectPointers } from "./object-pointers.ts";
import { type PointerWord, sameOffsets } from "./pointer-words.ts";
import { KIND, RTYPE_BYTES } from "./rtype.ts";
import { ANY_MAP } from "./struct-fit.ts";
import type { TypeShape, TypeShapes } from "./type-shape.ts";
import type { TypeWalk } from "./type-walk.ts";

const WORD = 8;
/** Elements of an array that are compared. */
const PROBED_ELEMENTS = 16;
const PROBED_WORDS = 64;
/** Structs within each other. */
const MAX_DEPTH = 8;
/** More than any string or slice has. */
const MAX_LENGTH = 2 ** 40;
/** Of abi.InterfaceType: {Type, PkgPath, Methods []Imethod}. */
const METHODS_LENGTH_OFFSET = RTYPE_BYTES + 16;
/** Both of runtime.hmap and of internal/runtime/maps.Map. */
const MAP_HEADER_BYTES = 48;

/** Whether memory can hold values of a type: each of their pointers finds what it must. False only for what is ruled out. */
export class ValueFit {
  readonly #walk: TypeWalk;
  readonly #shapes: TypeShapes;
  readonly #pointers: ObjectPointers;

  constructor(walk: TypeWalk, shapes: TypeShapes, pointers: ObjectPointers) {
    this.#walk = walk;
    this.#shapes = shapes;
    this.#pointers = pointers;
  }

  /** Whether the first of as many values as have room in `bytes` can be there. */
  holdsAll({ words, size }: TypeShape, start: number, bytes: number): boolean {
    for (let i = 0; i < PROBED_ELEMENTS && (i + 1) * size <= bytes; i++)
      if (!this.holds(words, start + i * size)) return false;
    return true;
  }

  /** Whether a value with these pointers can be there. */
  holds(words: readonly PointerWord[], start: number): boolean {
    for (let i = 0; i < words.length && i < PROBED_WORDS; i++)
      if (!this.#agrees(words[i]!, start + words[i]!.offset)) return false;
    return true;
  }

  #agrees({ kind, type }: PointerWord, at: number): boolean {
    if (kind === KIND.interface) return this.#isInterface(type, at);
    const { space, index } = this.#walk.parts;
    const value = space.u64(at);
    const length = kind === KIND.string || kind === KIND.slice ? space.u64(at + WORD) : 0;
    if (value === 0) return length === 0;
    if (!(value > 4096)) return false;
    const span = index.spanAt(value);
    const object = span < 0 ? -1 : index.objectIn(span, value);
    if (object >= 0) return this.#pointsTo(kind, type, at, { value, length, span, object });
    // Static data, or a stack: nothing is known of it.
    return kind === KIND.func ? this.#walk.isCode(space.u64(value)) : length < MAX_LENGTH;
  }

  #isInterface(type: TypeIndex, at: number): boolean {
    const { types, space } = this.#walk.parts;
    const value = space.u64(at);
    if (value === 0) return space.u64(at + WORD) === 0;
    const { rtype } = types.get(type);
    const hasMethods = space.u64(rtype + METHODS_LENGTH_OFFSET) > 0;
    // The first word of one with methods is an itab, which begins with the interface's type; of others a type.
    return hasMethods ? space.u64(value) === rtype : types.ofRtype(value) !== UNKNOWN_TYPE;
  }

  /** Whether the object that a word of a type points to is one of those that it may point to. */
  #pointsTo(
    kind: number,
    type: TypeIndex,
    at: number,
    { value, length, span, object }: { value: number; length: number; span: number; object: number },
  ): boolean {
    const { types, space, index } = this.#walk.parts;
    const { start, firstObject, elementBytes, spanClass } = index.spans;
    const base = start[span]! + (object - firstObject[span]!) * elementBytes[span]!;
    const room = base + elementBytes[span]! - value;
    const isNoscan = (spanClass[span]! & 1) !== 0;
    const { elem, name } = types.get(type);
    const target = types.get(elem);
    const isOpaque = elem === UNKNOWN_TYPE || target.size === 0;
    switch (kind) {
      case KIND.string:
        return isNoscan && length > 0 && length <= room;
      case KIND.slice: {
        const capacity = space.u64(at + 2 * WORD);
        if (length > capacity || capacity * target.size > room) return false;
        if (isOpaque || capacity === 0) return true;
        if (!this.#isLaidOut(span, value, this.#shapes.of(elem))) return false;
        return !target.hasPointers || value !== base || this.#isOrBeginsWith(object, target.name);
      }
      case KIND.pointer:
        if (isOpaque) return true;
        if (target.size > room || !this.#isLaidOut(span, value, this.#shapes.of(elem))) return false;
        return value !== base || this.#isOrBeginsWith(object, target.name);
      case KIND.map:
        return value === base && this.#isMapHeader(object, name);
      case KIND.chan:
        return value === base && !isNoscan;
      case KIND.func:
        return value === base && this.#walk.isCode(space.u64(value));
      default:
        return true;
    }
  }

  /** Whether memory of a small object has its pointers where a value of the type has them. */
  #isLaidOut(span: number, address: number, { size, mask }: TypeShape): boolean {
    const found = this.#pointers.within(span, address, size);
    return found === undefined || sameOffsets(found, mask);
  }

  /** An object whose type is known already has no other; a part of it that comes first may have. */
  #isOrBeginsWith(object: number, name: string): boolean {
    const { types } = this.#walk.parts;
    let known = this.#walk.type[object]!;
    for (let depth = 0; known !== UNKNOWN_TYPE && depth < MAX_DEPTH; depth++) {
      const type = types.get(known);
      if (type.name === name) return true;
      if (type.kind !== KIND.struct) return false;
      const [first] = types.fields(known);
      if (first === undefined || first.offset !== 0) return false;
      known = first.type;
    }
    return true;
  }

  #isMapHeader(object: number, map: string): boolean {
    const { types, index } = this.#walk.parts;
    const known = this.#walk.type[object]!;
    if (known === UNKNOWN_TYPE) return index.sizeOf(object) === MAP_HEADER_BYTES;
    const { name } = types.get(known);
    return name === ANY_MAP || name === `${map} (header)`;
  }
}
