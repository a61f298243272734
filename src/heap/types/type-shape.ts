import { slotOf } from "../objects/size-classes.ts";
import { PAGE_BYTES } from "../runtime/locate-heap.ts";
import type { GoTypes, TypeIndex } from "./go-types.ts";
import { MAX_COMPARED_BYTES } from "./object-pointers.ts";
import {
  areOfArray,
  listPointerWords,
  type PointerWord,
  pointerOffsets,
  sameOffsets,
} from "./pointer-words.ts";

/** What the allocator and the collector see of a type: its size, and where its pointers are. */
export interface TypeShape {
  type: TypeIndex;
  size: number;
  /** Bytes that the allocator takes for one value. */
  slot: number;
  words: readonly PointerWord[];
  /** Offsets of pointers as the collector has them. */
  mask: readonly number[];
}

/** The shapes of types, each made when it is first asked for. */
export class TypeShapes {
  readonly #types: GoTypes;
  readonly #known = new Map<TypeIndex, TypeShape>();

  constructor(types: GoTypes) {
    this.#types = types;
  }

  of(type: TypeIndex): TypeShape {
    let shape = this.#known.get(type);
    if (shape === undefined) {
      const { size } = this.#types.get(type);
      const words = listPointerWords(this.#types, type, MAX_COMPARED_BYTES);
      shape = { type, size, slot: slotBytes(size), words, mask: pointerOffsets(words) };
      this.#known.set(type, shape);
    }
    return shape;
  }
}

/** Whether an object's slot and pointers are those of one value. */
export function isShapedLikeValue(shape: TypeShape, slot: number, found: readonly number[]): boolean {
  return shape.slot === slot && sameOffsets(shape.mask, found);
}

/** Whether an object's pointers are those of an array, as many elements as its slot was taken for. */
export function isShapedLikeArray(
  { size, mask }: TypeShape,
  slot: number,
  found: readonly number[],
): boolean {
  if (mask.length === 0 || size === 0 || size > slot) return false;
  const elements = Math.floor(found.at(-1)! / size) + 1;
  const isCut = slot > MAX_COMPARED_BYTES;
  if (!isCut && slotBytes(elements * size) !== slot) return false;
  return areOfArray(mask, size, found) && (isCut || found.length === elements * mask.length);
}

/** The slot that the allocator takes for `size` bytes; beyond its classes whole pages. */
function slotBytes(size: number): number {
  return slotOf(size) || Math.ceil(size / PAGE_BYTES) * PAGE_BYTES;
}
