import type { TypeIndex } from "./go-types.ts";
import type { TypeWalk } from "./type-walk.ts";
import { TYPED_BY } from "./typed-heap.ts";

const MAX_DIRECTORY = 2 ** 26;

/**
 * Types what a map is made of: its header, and its buckets (runtime/map.go, up to Go 1.23) or its directory, tables and
 * groups (internal/runtime/maps). The walk follows keys and elements from there.
 */
export function typeMapParts(walk: TypeWalk, address: number, type: TypeIndex): void {
  const { index, types, layout } = walk.parts;
  const { swissMap, hmap } = layout.structs;
  const shape = types.mapShape(type);
  const { name } = types.get(type);
  const header = shape?.isSwiss === true ? swissMap : hmap;
  walk.assignStart(address, types.make(`${name} (header)`, header.size));
  if (shape === undefined) return;
  const assignGroups = (pointer: number) => {
    const object = pointer > 4096 ? index.objectAt(pointer) : -1;
    if (object >= 0) walk.assign(object, shape.group, TYPED_BY.reached);
  };
  if (shape.isSwiss) typeTables(walk, address, name, assignGroups);
  else typeBuckets(walk, address, name, assignGroups);
}

/** A small map has one group in the place of its directory. */
function typeTables(
  walk: TypeWalk,
  address: number,
  name: string,
  onGroups: (pointer: number) => void,
): void {
  const { space, types, layout } = walk.parts;
  const { swissMap, swissTable } = layout.structs;
  const directory = space.u64(address + swissMap.dirPtr);
  const length = space.u64(address + swissMap.dirLen);
  if (length === 0) {
    onGroups(directory);
    return;
  }
  if (!(length <= MAX_DIRECTORY && space.has(directory, length * 8))) return;
  walk.assignStart(directory, types.make(`${name} (directory)`, 8));
  let last = 0;
  for (let i = 0; i < length; i++) {
    const table = space.u64(directory + i * 8);
    if (!(table > 0) || table === last) continue;
    last = table;
    walk.assignStart(table, types.make(`${name} (table)`, swissTable.size));
    onGroups(space.u64(table + swissTable.groups));
  }
}

function typeBuckets(
  walk: TypeWalk,
  address: number,
  name: string,
  onBuckets: (pointer: number) => void,
): void {
  const { space, layout } = walk.parts;
  const { hmap } = layout.structs;
  for (const field of [hmap.buckets, hmap.oldbuckets]) onBuckets(space.u64(address + field));
  typeOverflow(walk, space.u64(address + hmap.extra), name, onBuckets);
}

/** mapextra {overflow, oldoverflow *[]*bmap; nextOverflow *bmap}: in use by maps whose buckets have no pointers. */
function typeOverflow(
  walk: TypeWalk,
  extra: number,
  name: string,
  onBucket: (pointer: number) => void,
): void {
  if (!(extra > 4096)) return;
  const { space, types } = walk.parts;
  const part = types.make(`${name} (overflow list)`, 8);
  walk.assignStart(extra, part);
  for (const field of [0, 8]) {
    const list = space.u64(extra + field);
    if (!(list > 4096)) continue;
    walk.assignStart(list, part);
    const array = space.u64(list);
    walk.assignStart(array, part);
    const length = space.u64(list + 8);
    if (!space.has(array, length * 8)) continue;
    for (let i = 0; i < length; i++) onBucket(space.u64(array + i * 8));
  }
  onBucket(space.u64(extra + 16));
}
