import type { BitSet } from "../../lib/bit-set.ts";
import type { AddressSpace } from "../memory/address-space.ts";
import type { PointerBits } from "../objects/heap-bitmap.ts";
import type { ObjectIndex } from "../objects/object-index.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";
import { PAGE_BYTES } from "../runtime/locate-heap.ts";
import type { UntypedObjects } from "../types/untyped-objects.ts";
import { type MapTables, readClassicMap, readSwissMap } from "./map-table.ts";

const HASH_WRITING = 4;
/** Both kinds of map have a header of 48 bytes, so its slots are of this size. */
const HEADER_BYTES = 48;
/** Which of the six words are pointers: dirPtr; buckets, oldbuckets and extra. */
const SWISS_POINTERS = 0b000100;
const CLASSIC_POINTERS = 0b101100;

export function readMap(space: AddressSpace, layout: RuntimeLayout, address: number): MapTables | undefined {
  return layout.structs.swissMap.size > 0
    ? readSwissMap(space, layout, address)
    : readClassicMap(space, layout, address);
}

/** Whether a goroutine was stopped while it changed the map, so that its parts may not agree. */
export function isBeingWritten(space: AddressSpace, layout: RuntimeLayout, address: number): boolean {
  const { swissMap, hmap } = layout.structs;
  return swissMap.size > 0
    ? space.u8(address + swissMap.writing) === 1
    : (space.u8(address + hmap.flags) & HASH_WRITING) !== 0;
}

/**
 * Every map of the heap, known by what it is made of rather than by its type: a header whose pointer words are just
 * those of a map's, and whose directory, tables, counts and sizes agree. Works on stripped binaries, and finds maps
 * that no typed path leads to.
 */
export function findMaps(
  space: AddressSpace,
  layout: RuntimeLayout,
  index: ObjectIndex,
  bitmap: PointerBits,
  reachable: BitSet,
): MapTables[] {
  const isSwiss = layout.structs.swissMap.size > 0;
  const wanted = isSwiss ? SWISS_POINTERS : CLASSIC_POINTERS;
  const { spans } = index;
  const found: MapTables[] = [];
  for (let span = 0; span < spans.length; span++) {
    if ((spans.spanClass[span]! & 1) !== 0 || spans.elementBytes[span] !== HEADER_BYTES) continue;
    const size = spans.pages[span]! * PAGE_BYTES;
    let bytes = space.peek(spans.start[span]!, size);
    if (bytes === undefined) {
      bytes = new Uint8Array(size);
      space.readInto(spans.start[span]!, bytes);
    }
    const bits = bitmap.ofSpan(span, bytes);
    if (bits === undefined) continue;
    for (let k = 0; k < spans.elements[span]!; k++) {
      if (!reachable.has(spans.firstObject[span]! + k) || pointerWords(bits, k * 6) !== wanted) continue;
      const map = readMap(space, layout, spans.start[span]! + k * HEADER_BYTES);
      if (map !== undefined && map.arrays.length > 0 && hasRoom(space, index, bitmap, map, isSwiss))
        found.push(map);
    }
  }
  return found;
}

/** Headers of maps that never held anything: the pointers of one, and nothing in it but the seed of its hash. */
export function findEmptyMaps(
  space: AddressSpace,
  layout: RuntimeLayout,
  index: ObjectIndex,
  bitmap: PointerBits,
  among: Pick<UntypedObjects, "visit">,
): number[] {
  const isSwiss = layout.structs.swissMap.size > 0;
  const wanted = isSwiss ? SWISS_POINTERS : CLASSIC_POINTERS;
  const { spans } = index;
  const found: number[] = [];
  let bitsOf = -1;
  let bits: Uint8Array | undefined;
  among.visit((object, span) => {
    if ((spans.spanClass[span]! & 1) !== 0 || spans.elementBytes[span] !== HEADER_BYTES) return;
    if (bitsOf !== span) {
      const bytes = new Uint8Array(spans.pages[span]! * PAGE_BYTES);
      space.readInto(spans.start[span]!, bytes);
      bits = bitmap.ofSpan(span, bytes);
      bitsOf = span;
    }
    const k = object - spans.firstObject[span]!;
    const address = spans.start[span]! + k * HEADER_BYTES;
    if (bits !== undefined && pointerWords(bits, k * 6) === wanted && isEmptyHeader(space, address, isSwiss))
      found.push(address);
  });
  return found;
}

/** The seed is the second word, or, of hmap, the second half of it: behind flags, B and noverflow. */
function isEmptyHeader(space: AddressSpace, address: number, isSwiss: boolean): boolean {
  for (const word of [0, 2, 3, 4, 5]) if (space.u64(address + word * 8) !== 0) return false;
  return isSwiss ? space.u64(address + 8) > 0 : space.u32(address + 8) === 0 && space.u32(address + 12) > 0;
}

/** Of headers that lie in frames of stacks those of maps that hold something in the heap. */
export function findStackMaps(
  space: AddressSpace,
  layout: RuntimeLayout,
  index: ObjectIndex,
  bitmap: PointerBits,
  headers: readonly { address: number }[],
): MapTables[] {
  const isSwiss = layout.structs.swissMap.size > 0;
  return headers.flatMap(({ address }) => {
    const map = readMap(space, layout, address);
    const isMap = map !== undefined && map.arrays.length > 0 && hasRoom(space, index, bitmap, map, isSwiss);
    return isMap ? [map] : [];
  });
}

function pointerWords(bits: Uint8Array, from: number): number {
  let words = 0;
  for (let i = 0; i < 6; i++) if ((bits[(from + i) >>> 3]! & (1 << ((from + i) & 7))) !== 0) words |= 1 << i;
  return words;
}

/** Whether the arrays lie in objects (or static data) large enough, and the first group's control bytes make sense. */
function hasRoom(
  space: AddressSpace,
  index: ObjectIndex,
  bitmap: PointerBits,
  map: MapTables,
  isSwiss: boolean,
): boolean {
  for (const { address, groups } of map.arrays) {
    const object = index.objectAt(address);
    if (object < 0) return false;
    const header = bitmap.headerBytes(index.spanOf(object));
    if (address !== index.addressOf(object) + header) return false;
    // A group has eight control bytes and, but for a set of nothing, slots.
    if (index.sizeOf(object) - header < groups * 8) return false;
  }
  if (!isSwiss || map.parts.length > 1) return true;
  // A lone group: its full slots are the map's entries.
  let full = 0;
  for (let slot = 0; slot < 8; slot++) if (space.u8(map.arrays[0]!.address + slot) < 0x80) full++;
  return full === map.entries;
}
