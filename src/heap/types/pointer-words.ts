import type { GoTypes, TypeIndex } from "./go-types.ts";
import { KIND } from "./rtype.ts";

/** A word of a value that points somewhere. */
export interface PointerWord {
  offset: number;
  kind: number;
  /** Of the field. */
  type: TypeIndex;
}

const WORD = 8;
const MAX_DEPTH = 16;

/**
 * The pointers of a value of a type, in the order of their offsets. An interface is one, of which the collector looks at
 * the second word alone (cmd/compile/internal/typebits). Those of arrays are told up to `maxBytes` from the start.
 */
export function listPointerWords(types: GoTypes, type: TypeIndex, maxBytes: number): PointerWord[] {
  const words: PointerWord[] = [];
  addWords(types, type, 0, words, maxBytes, 0);
  return words;
}

function addWords(
  types: GoTypes,
  type: TypeIndex,
  offset: number,
  words: PointerWord[],
  maxBytes: number,
  depth: number,
): void {
  const { kind, elem, count, hasPointers } = types.get(type);
  if (!hasPointers || depth > MAX_DEPTH) return;
  if (kind === KIND.struct) {
    for (const field of types.fields(type))
      addWords(types, field.type, offset + field.offset, words, maxBytes, depth + 1);
  } else if (kind === KIND.array) {
    const { size } = types.get(elem);
    for (let i = 0; size > 0 && i < count && i * size < maxBytes; i++)
      addWords(types, elem, offset + i * size, words, maxBytes, depth + 1);
  } else words.push({ offset, kind, type });
}

/** Offsets of those words that the collector takes for pointers. */
export function pointerOffsets(words: readonly PointerWord[]): number[] {
  return words.map(({ offset, kind }) => (kind === KIND.interface ? offset + WORD : offset));
}

export function sameOffsets(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((offset, i) => offset === b[i]);
}

/** Whether `found` are the pointers of an array from its start on, by the `offsets` of those of an element. */
export function areOfArray(
  offsets: readonly number[],
  elementBytes: number,
  found: readonly number[],
): boolean {
  const { length } = offsets;
  return found.every((offset, i) => offset === Math.floor(i / length) * elementBytes + offsets[i % length]!);
}
