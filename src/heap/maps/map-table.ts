import type { AddressSpace } from "../memory/address-space.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";
import type { MapShape } from "../types/go-types.ts";

/** A map as its header and tables describe it, before its keys are looked at. */
export interface MapTables {
  address: number;
  /** What len() says. */
  entries: number;
  /** Arrays of groups or buckets, current ones and those being moved out of. */
  arrays: { address: number; groups: number }[];
  /** Header, directory and tables: addresses of what is the map's own besides its groups. */
  parts: number[];
  /** Slots of all groups. */
  slots: number;
  isGrowing: boolean;
  isBeingWritten: boolean;
}

const MAX_DIRECTORY = 2 ** 26;
const MAX_BUCKETS_LOG = 36;
const GROUP_SLOTS = 8;
const SAME_SIZE_GROW = 8;
/** A process that could not be stopped goes on writing between its header's copy and its tables'; small maps must agree. */
const MOVING_SHARE = 1 / 16;

/** Undefined unless header, directory and tables agree with each other (internal/runtime/maps/map.go). */
export function readSwissMap(
  space: AddressSpace,
  layout: RuntimeLayout,
  address: number,
): MapTables | undefined {
  const { swissMap, swissTable } = layout.structs;
  const entries = space.u64(address + swissMap.used);
  const directory = space.u64(address + swissMap.dirPtr);
  const length = space.u64(address + swissMap.dirLen);
  const depth = space.u8(address + swissMap.globalDepth);
  const isBeingWritten = space.u8(address + swissMap.writing) !== 0;
  const map: MapTables = {
    address,
    entries,
    arrays: [],
    parts: [address],
    slots: 0,
    isGrowing: false,
    isBeingWritten,
  };
  if (length === 0) {
    if (!(entries <= GROUP_SLOTS) || depth !== 0) return undefined;
    if (directory === 0) return entries === 0 ? map : undefined;
    map.arrays.push({ address: directory, groups: 1 });
    map.slots = GROUP_SLOTS;
    return map;
  }
  if (!(length <= MAX_DIRECTORY) || length !== 2 ** depth || !space.has(directory, length * 8))
    return undefined;
  map.parts.push(directory);
  let used = 0;
  let last = 0;
  for (let i = 0; i < length; i++) {
    const table = space.u64(directory + i * 8);
    if (table === last) continue;
    last = table;
    const capacity = space.u16(table + swissTable.capacity);
    const groups = space.u64(table + swissTable.groups + 8) + 1;
    if (!(groups * GROUP_SLOTS === capacity) || space.u64(table + swissTable.index) !== i) return undefined;
    used += space.u16(table + swissTable.used);
    map.parts.push(table);
    map.arrays.push({ address: space.u64(table + swissTable.groups), groups });
    map.slots += capacity;
  }
  const isNear = Math.abs(used - entries) <= entries * MOVING_SHARE;
  return isNear || isBeingWritten ? map : undefined;
}

/** The same for the maps of Go 1.23 and before (runtime/map.go). */
export function readClassicMap(
  space: AddressSpace,
  layout: RuntimeLayout,
  address: number,
): MapTables | undefined {
  const { hmap } = layout.structs;
  const entries = space.u64(address + hmap.count);
  const flags = space.u8(address + hmap.flags);
  const log = space.u8(address + hmap.B);
  const buckets = space.u64(address + hmap.buckets);
  const old = space.u64(address + hmap.oldbuckets);
  if (!(flags < 16 && log < MAX_BUCKETS_LOG)) return undefined;
  const groups = 2 ** log;
  // 6.5 entries a bucket on average, 8 in the only one; a map that cannot grow at once may be a little over.
  if (!(entries <= groups * GROUP_SLOTS + GROUP_SLOTS) || (entries > 0 && !(buckets > 0))) return undefined;
  const map: MapTables = {
    address,
    entries,
    arrays: buckets > 0 ? [{ address: buckets, groups }] : [],
    parts: [address],
    slots: buckets > 0 ? groups * GROUP_SLOTS : 0,
    isGrowing: old > 0,
    isBeingWritten: (flags & 4) !== 0,
  };
  if (old > 0) {
    const oldGroups = (flags & SAME_SIZE_GROW) !== 0 ? groups : groups / 2;
    if (oldGroups < 1 || !(space.u64(address + hmap.nevacuate) <= oldGroups)) return undefined;
    map.arrays.push({ address: old, groups: oldGroups });
  }
  return map;
}

/** Calls `onEntry` with the addresses of each key and element, until it returns false. Returns how many there were. */
export function walkEntries(
  space: AddressSpace,
  map: MapTables,
  shape: Pick<
    MapShape,
    | "isSwiss"
    | "groupBytes"
    | "keysOffset"
    | "keyStride"
    | "elemsOffset"
    | "elemStride"
    | "indirectKey"
    | "indirectElem"
  >,
  onEntry: (key: number, elem: number) => boolean,
): number {
  let count = 0;
  const visit = (group: number, slot: number): boolean => {
    const key = group + shape.keysOffset + slot * shape.keyStride;
    const elem = group + shape.elemsOffset + slot * shape.elemStride;
    count++;
    return onEntry(shape.indirectKey ? space.u64(key) : key, shape.indirectElem ? space.u64(elem) : elem);
  };
  if (shape.isSwiss) {
    for (const { address, groups } of map.arrays) {
      for (let i = 0; i < groups; i++) {
        const group = address + i * shape.groupBytes;
        // What is not at hand has no end of its own to stop at.
        if (!space.has(group)) break;
        for (let slot = 0; slot < GROUP_SLOTS; slot++) {
          // The high bit is set on empty and deleted slots.
          if (space.u8(group + slot) < 0x80 && !visit(group, slot)) return count;
        }
      }
    }
    return count;
  }
  const [current, old] = map.arrays;
  if (current === undefined) return 0;
  for (let i = 0; i < current.groups && space.has(current.address + i * shape.groupBytes); i++)
    if (!walkBucket(space, current.address + i * shape.groupBytes, shape, visit)) return count;
  for (let i = 0; old !== undefined && i < old.groups; i++) {
    const bucket = old.address + i * shape.groupBytes;
    const first = space.u8(bucket);
    if (Number.isNaN(first)) break;
    // 2, 3 and 4: evacuated; its entries are in the new buckets.
    if (first >= 2 && first <= 4) continue;
    if (!walkBucket(space, bucket, shape, visit)) return count;
  }
  return count;
}

const EMPTY_REST = 0;
const MIN_TOP_HASH = 5;
/** Overflow buckets of one; a longer chain is a circle. */
const MAX_CHAIN = 10_000;

function walkBucket(
  space: AddressSpace,
  first: number,
  shape: { groupBytes: number },
  visit: (bucket: number, slot: number) => boolean,
): boolean {
  let bucket = first;
  for (let i = 0; bucket > 0 && i < MAX_CHAIN; i++) {
    for (let slot = 0; slot < GROUP_SLOTS; slot++) {
      const top = space.u8(bucket + slot);
      if (top === EMPTY_REST) return true;
      if (top >= MIN_TOP_HASH && !visit(bucket, slot)) return false;
    }
    bucket = space.u64(bucket + shape.groupBytes - 8);
  }
  return true;
}
