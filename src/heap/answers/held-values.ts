import type { HeapSnapshot } from "../heap-snapshot.ts";
import { type GoTypes, type TypeIndex, UNKNOWN_TYPE } from "../types/go-types.ts";
import { KIND } from "../types/rtype.ts";

/** A string or slice header that was found in a typed object or variable. */
export interface HeldValue {
  kind: "string" | "slice";
  /** Type that holds it with the field: "main.Session.Notes", or the variable's name. */
  holder: string;
  pointer: number;
  length: number;
  /** The length again for strings. */
  capacity: number;
  elementBytes: number;
}

interface Place {
  offset: number;
  kind: HeldValue["kind"];
  path: string;
  elementBytes: number;
}

/** Fields of one type that are looked at: a large array of structs is cut here. */
const MAX_PLACES = 4096;
const MAX_DEPTH = 32;

/** Calls `onValue` for each string and slice in reachable objects of known type and in variables. */
export function visitHeldValues(heap: HeapSnapshot, onValue: (value: HeldValue) => void): void {
  const { index, reachable, typed, types, bitmap, image, variables } = heap;
  const { space } = image;
  const placesOf = new Map<TypeIndex, Place[]>();
  const visit = (type: TypeIndex, from: number, to: number, name: string) => {
    let places = placesOf.get(type);
    if (places === undefined) {
      places = [];
      addPlaces(types, type, 0, "", places, 0);
      placesOf.set(type, places);
    }
    const { size } = types.get(type);
    if (places.length === 0 || size === 0) return;
    for (let at = from; at + size <= to; at += size) {
      for (const { offset, kind, path, elementBytes } of places) {
        const pointer = space.u64(at + offset);
        const length = space.u64(at + offset + 8);
        if (!(pointer > 4096 && length > 0)) continue;
        const capacity = kind === "string" ? length : space.u64(at + offset + 16);
        if (capacity >= length)
          onValue({ kind, holder: name + path, pointer, length, capacity, elementBytes });
      }
    }
  };
  const { spans } = index;
  for (let span = 0; span < spans.length; span++) {
    if ((spans.spanClass[span]! & 1) !== 0) continue;
    const size = spans.elementBytes[span]!;
    const header = bitmap.headerBytes(span);
    for (let k = 0; k < spans.elements[span]!; k++) {
      const object = spans.firstObject[span]! + k;
      const type = typed.type[object]!;
      if (type === UNKNOWN_TYPE || !reachable.has(object)) continue;
      const start = spans.start[span]! + k * size;
      visit(type, start + header, start + size, types.get(type).name);
    }
  }
  for (const { name, address, type } of variables) visit(type, address, address + types.get(type).size, name);
}

function addPlaces(
  types: GoTypes,
  type: TypeIndex,
  offset: number,
  path: string,
  places: Place[],
  depth: number,
): void {
  const { kind, elem, count, hasPointers } = types.get(type);
  if (!hasPointers || depth > MAX_DEPTH || places.length >= MAX_PLACES) return;
  if (kind === KIND.string) places.push({ offset, kind: "string", path, elementBytes: 1 });
  else if (kind === KIND.slice)
    places.push({ offset, kind: "slice", path, elementBytes: types.get(elem).size });
  else if (kind === KIND.struct) {
    for (const field of types.fields(type))
      addPlaces(types, field.type, offset + field.offset, `${path}.${field.name}`, places, depth + 1);
  } else if (kind === KIND.array) {
    const { size } = types.get(elem);
    for (let i = 0; i < count && places.length < MAX_PLACES; i++)
      addPlaces(types, elem, offset + i * size, `${path}[…]`, places, depth + 1);
  }
}
