import type { HeapSnapshot } from "../heap-snapshot.ts";
import { type GoTypes, type TypeIndex, UNKNOWN_TYPE } from "../types/go-types.ts";
import { KIND } from "../types/rtype.ts";

/** A field, a variable or a word of an array in which a value of variable size is held. */
export interface HeldPlace {
  kind: "string" | "slice" | "map" | "channel" | "sync-map" | "pool";
  /** Type that holds it with the field: "main.Session.Notes", or the variable's name with it. */
  holder: string;
  /** Of the held value. */
  type: TypeIndex;
  /** From the start of the holding value. */
  offset: number;
  elementBytes: number;
}

/** A value that was found in a typed object or variable. */
export interface HeldValue {
  place: HeldPlace;
  /** The object that the word lies in; -1 for a variable. */
  object: number;
  /** What it points to: a string's bytes, an array, a header; of a sync.Map and a sync.Pool the address of itself. */
  pointer: number;
  /** Of strings and slices; 0 for others. */
  length: number;
  /** The length again for strings. */
  capacity: number;
}

/** Fields of one type that are looked at: a large array of structs is cut here. */
const MAX_PLACES = 4096;
const MAX_DEPTH = 32;

/**
 * Calls `onValue` for each string and slice that is not empty, each map, channel, sync.Map and sync.Pool in variables and
 * then in reachable objects of known type.
 */
export function visitHeldValues(heap: HeapSnapshot, onValue: (value: HeldValue) => void): void {
  const visitor = new HeldValueVisitor(heap);
  visitor.visitVariables(onValue);
  visitor.visitObjects(onValue);
}

export class HeldValueVisitor {
  readonly #heap: HeapSnapshot;
  readonly #placesOf = new Map<TypeIndex, HeldPlace[]>();

  constructor(heap: HeapSnapshot) {
    this.#heap = heap;
  }

  /** Variables, then what composite literals at package level made beside them. */
  visitVariables(onValue: (value: HeldValue) => void): void {
    const { types, variables, typed } = this.#heap;
    for (const { name, address, type } of variables) {
      const places = listPlaces(types, type, name);
      this.#visit(places, types.get(type).size, -1, address, address + types.get(type).size, onValue);
    }
    for (const { address, type } of typed.statics) {
      const { size } = types.get(type);
      this.#visit(this.placesOf(type), size, -1, address, address + size, onValue);
    }
  }

  /** Objects of the types that `wants` names, or all. */
  visitObjects(
    onValue: (value: HeldValue) => void,
    wants: (type: TypeIndex, object: number) => boolean = () => true,
  ): void {
    const { index, reachable, typed, types, bitmap } = this.#heap;
    const { spans } = index;
    for (let span = 0; span < spans.length; span++) {
      if ((spans.spanClass[span]! & 1) !== 0) continue;
      const size = spans.elementBytes[span]!;
      const header = bitmap.headerBytes(span);
      for (let k = 0; k < spans.elements[span]!; k++) {
        const object = spans.firstObject[span]! + k;
        const type = typed.type[object]!;
        if (type === UNKNOWN_TYPE || !reachable.has(object) || !wants(type, object)) continue;
        const start = spans.start[span]! + k * size;
        this.#visit(this.placesOf(type), types.get(type).size, object, start + header, start + size, onValue);
      }
    }
  }

  placesOf(type: TypeIndex): readonly HeldPlace[] {
    let places = this.#placesOf.get(type);
    if (places === undefined) {
      const { types } = this.#heap;
      places = listPlaces(types, type, types.get(type).name);
      this.#placesOf.set(type, places);
    }
    return places;
  }

  #visit(
    places: readonly HeldPlace[],
    size: number,
    object: number,
    from: number,
    to: number,
    onValue: (value: HeldValue) => void,
  ): void {
    if (places.length === 0 || size === 0) return;
    const { space } = this.#heap.image;
    for (let at = from; at + size <= to; at += size) {
      for (const place of places) {
        const word = at + place.offset;
        if (place.kind === "pool" || place.kind === "sync-map") {
          onValue({ place, object, pointer: word, length: 0, capacity: 0 });
          continue;
        }
        const pointer = space.u64(word);
        if (!(pointer > 4096)) continue;
        if (place.kind === "map" || place.kind === "channel") {
          onValue({ place, object, pointer, length: 0, capacity: 0 });
          continue;
        }
        const length = space.u64(word + 8);
        const capacity = place.kind === "string" ? length : space.u64(word + 16);
        if (capacity >= length && capacity > 0) onValue({ place, object, pointer, length, capacity });
      }
    }
  }
}

function listPlaces(types: GoTypes, type: TypeIndex, name: string): HeldPlace[] {
  const places: HeldPlace[] = [];
  addPlaces(types, type, 0, name, places, 0);
  return places;
}

function addPlaces(
  types: GoTypes,
  type: TypeIndex,
  offset: number,
  holder: string,
  places: HeldPlace[],
  depth: number,
): void {
  const { kind, elem, count, hasPointers, name } = types.get(type);
  if (!hasPointers || depth > MAX_DEPTH || places.length >= MAX_PLACES) return;
  const add = (of: HeldPlace["kind"], elementBytes: number) =>
    places.push({ kind: of, holder, type, offset, elementBytes });
  if (kind === KIND.string) add("string", 1);
  else if (kind === KIND.slice) add("slice", types.get(elem).size);
  else if (kind === KIND.map) add("map", 0);
  else if (kind === KIND.chan) add("channel", 0);
  else if (kind === KIND.struct && name === "sync.Pool") add("pool", 0);
  else if (kind === KIND.struct && name === "sync.Map" && !hasDirtyMap(types, type)) add("sync-map", 0);
  else if (kind === KIND.struct) {
    for (const field of types.fields(type))
      addPlaces(types, field.type, offset + field.offset, `${holder}.${field.name}`, places, depth + 1);
  } else if (kind === KIND.array) {
    const { size } = types.get(elem);
    const before = places.length;
    for (let i = 0; i < count && places.length < MAX_PLACES; i++) {
      addPlaces(types, elem, offset + i * size, `${holder}[…]`, places, depth + 1);
      if (places.length === before) return;
    }
  }
}

/** Up to Go 1.23 a sync.Map is two maps, which are found as such. */
function hasDirtyMap(types: GoTypes, type: TypeIndex): boolean {
  return types.fields(type).some((field) => field.name === "dirty");
}
