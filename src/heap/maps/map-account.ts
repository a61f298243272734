import type { HeapMap, HeapSnapshot } from "../heap-snapshot.ts";
import { UNKNOWN_TYPE } from "../types/go-types.ts";
import { KIND } from "../types/rtype.ts";
import {
  describeNumberKeys,
  describeStringKeys,
  type KeyDistribution,
  MAX_SAMPLED,
} from "./key-distribution.ts";
import { walkEntries } from "./map-table.ts";

/** What a map is made of, in bytes of the heap. */
export interface MapAccount {
  /** "map[string]*main.Session"; "" if it was known by its structure alone. */
  type: string;
  address: number;
  entries: number;
  /** Full slots that were counted; null if the type is not known. Differs from `entries` in a map being written to. */
  counted: number | null;
  slots: number;
  isGrowing: boolean;
  /** Header, directory, tables, groups. */
  ownBytes: number;
  /** Of the groups alone: keys and elements that are stored in them, and empty slots. */
  groupBytes: number;
  /** What a map made anew with these entries would need less. */
  reclaimableBytes: number;
  keys: KeyDistribution | null;
}

const GROUP_SLOTS = 8;
/** Load at which maps grow: 7 of 8 slots since Go 1.24, 6.5 of 8 before. */
const SWISS_MAX_LOAD = 7;
const CLASSIC_MAX_LOAD = 6.5;
const MAX_KEY_BYTES = 4096;

export function accountOfMap(heap: HeapSnapshot, map: HeapMap): MapAccount {
  const { index, types, image, layout } = heap;
  const seen = new Set<number>();
  const sizeAt = (address: number): number => {
    const object = index.objectAt(address);
    if (object < 0 || seen.has(object)) return 0;
    seen.add(object);
    return index.sizeOf(object);
  };
  const groupBytes = map.arrays.reduce((total, { address }) => total + sizeAt(address), 0);
  const ownBytes = groupBytes + map.parts.reduce((total, address) => total + sizeAt(address), 0);
  const isSwiss = layout.structs.swissMap.size > 0;
  const groups = map.arrays.reduce((total, array) => total + array.groups, 0);
  const needed = groupsFor(map.entries, isSwiss ? SWISS_MAX_LOAD : CLASSIC_MAX_LOAD);
  const shape = map.type === UNKNOWN_TYPE ? undefined : types.mapShape(map.type);
  let counted: number | null = null;
  let keys: KeyDistribution | null = null;
  if (shape !== undefined) {
    const kind = types.get(shape.key).kind;
    const texts: string[] = [];
    const numbers: number[] = [];
    counted = walkEntries(image.space, map, shape, (key) => {
      if (texts.length + numbers.length >= MAX_SAMPLED) return true;
      if (kind === KIND.string) {
        const length = image.space.u64(key + 8);
        const text =
          length === 0 ? "" : image.space.text(image.space.u64(key), Math.min(length, MAX_KEY_BYTES));
        if (text !== undefined) texts.push(text);
      } else if (kind >= KIND.int && kind <= KIND.uintptr) {
        numbers.push(readInteger(heap, key, types.get(shape.key).size, kind));
      }
      return true;
    });
    if (texts.length > 0) keys = describeStringKeys(texts);
    else if (numbers.length > 0) keys = describeNumberKeys(numbers);
  }
  return {
    type: map.type === UNKNOWN_TYPE ? "" : types.get(map.type).name,
    address: map.address,
    entries: map.entries,
    counted,
    slots: map.slots,
    isGrowing: map.isGrowing,
    ownBytes,
    groupBytes,
    reclaimableBytes: groups <= needed ? 0 : Math.floor(groupBytes * (1 - needed / groups)),
    keys,
  };
}

function groupsFor(entries: number, load: number): number {
  if (entries <= GROUP_SLOTS) return entries === 0 ? 0 : 1;
  return 2 ** Math.ceil(Math.log2(entries / load));
}

function readInteger(heap: HeapSnapshot, address: number, size: number, kind: number): number {
  const { space } = heap.image;
  const signed = kind <= 6;
  switch (size) {
    case 1:
      return signed ? (space.u8(address) << 24) >> 24 : space.u8(address);
    case 2:
      return signed ? (space.u16(address) << 16) >> 16 : space.u16(address);
    case 4:
      return signed ? space.i32(address) : space.u32(address);
    default: {
      const high = space.u32(address + 4);
      return (signed ? high | 0 : high) * 2 ** 32 + space.u32(address);
    }
  }
}
