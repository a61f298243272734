import { slotOf } from "../objects/size-classes.ts";
import type { TypeField, TypeIndex } from "./go-types.ts";
import { ObjectPointers } from "./object-pointers.ts";
import { listPointerWords, type PointerWord } from "./pointer-words.ts";
import { KIND } from "./rtype.ts";
import { StructFit } from "./struct-fit.ts";
import type { TypeWalk } from "./type-walk.ts";
import { visitObjects } from "./untyped-objects.ts";

/** What the compiler calls the structs that closures are (cmd/compile/internal/typecheck, ClosureType). */
const CONTEXTS = ["struct { F uintptr; ", "noalg.struct { F uintptr; "];
const CLOSURE = "closure of ";
const MAX_BYTES = 512;
/** Closures of one function that are compared; all are of one type. */
const MAX_COMPARED = 64;

interface Closure {
  object: number;
  start: number;
  mask: readonly number[];
}

/**
 * Finds out what closures captured where the debug information does not say it of the function (before Go 1.23): the
 * program has the struct of each closure, but not whose it is. Of a function's closures it is the one that has their
 * size and pointers, whose pointers lead to what is known to be there, and whose fields have types of variables of that
 * function. If several remain, none is taken.
 */
export function inferClosures(walk: TypeWalk): void {
  const { types, functions, space, locals } = walk.parts;
  const closures = collectClosures(walk);
  if (closures.size === 0) return;
  const fit = new StructFit(walk);
  const contexts = CONTEXTS.flatMap((prefix) => [...types.listStructsNamed(prefix)]).map((type) => ({
    type,
    slot: slotOf(types.get(type).size),
    words: listPointerWords(types, type, MAX_BYTES),
  }));
  for (const [type, found] of closures) {
    const { size } = types.get(type);
    const variables = locals.declaredIn(functions.functionAt(space.u64(found[0]!.start)));
    const isDeclared = (field: TypeField) => variables.some((variable) => variable.type === field.type);
    const candidates = contexts.filter(
      ({ type: context, slot, words }) =>
        slot === size &&
        found.every(({ start, mask }) => fit.holds(words, start, mask) && hasRoom(walk, words, start)) &&
        capturedFields(walk, context).every(isDeclared),
    );
    const names = new Set(candidates.map((candidate) => types.get(candidate.type).name));
    if (names.size !== 1) continue;
    const fields = capturedFields(walk, candidates[0]!.type).map((field) => {
      const same = variables.filter((variable) => variable.type === field.type);
      return same.length === 1 ? { ...field, name: same[0]!.name } : field;
    });
    types.setCaptured(type, fields);
    walk.followAgain(type);
  }
  walk.run();
}

function capturedFields({ parts: { types } }: TypeWalk, context: TypeIndex): TypeField[] {
  return types.fields(context).filter((field) => field.offset > 0);
}

/** What is pointed to is large enough for what it would be. */
function hasRoom(
  { parts: { types, index, space } }: TypeWalk,
  words: readonly PointerWord[],
  start: number,
): boolean {
  return words.every(({ kind, type, offset }) => {
    if (kind !== KIND.pointer) return true;
    const target = index.objectAt(space.u64(start + offset));
    return target < 0 || types.get(types.get(type).elem).size <= index.sizeOf(target);
  });
}

/** Closures with pointers whose captured variables are not known, some of each function. */
function collectClosures(walk: TypeWalk): Map<TypeIndex, Closure[]> {
  const { index, types, reachable } = walk.parts;
  const { spans } = index;
  const isWanted = Uint8Array.from({ length: types.length }, (_, type) => {
    const { name, kind } = types.get(type);
    return kind === 0 && name.startsWith(CLOSURE) ? 1 : 0;
  });
  const found = new Map<TypeIndex, Closure[]>();
  const pointers = new ObjectPointers(walk.parts);
  visitObjects(Uint32Array.from(walk.closures).sort(), spans, (object, span) => {
    const size = spans.elementBytes[span]!;
    const type = walk.type[object]!;
    if ((spans.spanClass[span]! & 1) !== 0 || spans.spanClass[span]! >> 1 === 0 || size > MAX_BYTES) return;
    if (isWanted[type] !== 1 || !reachable.has(object)) return;
    const known = found.get(type) ?? [];
    if (known.length >= MAX_COMPARED) return;
    const k = object - spans.firstObject[span]!;
    const mask = pointers.of(span, k);
    if (mask === undefined) return;
    known.push({ object, start: spans.start[span]! + k * size, mask });
    found.set(type, known);
  });
  return found;
}
