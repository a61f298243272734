import { readMap } from "../maps/find-maps.ts";
import { walkEntries } from "../maps/map-table.ts";
import { UNKNOWN_TYPE } from "./go-types.ts";
import { KIND } from "./rtype.ts";
import type { TypeWalk } from "./type-walk.ts";
import { TYPED_BY } from "./typed-heap.ts";

/** Follows variables of the standard library that are unsafe.Pointers, and of which its source tells what they are. */
export function typeHiddenValues(walk: TypeWalk): void {
  const { variables, space, types } = walk.parts;
  for (const { name, address, type } of variables) {
    if (name === "sync.expunged") {
      // Up to Go 1.19 unsafe.Pointer(new(any)).
      const step = { offset: 0, kind: KIND.pointer, type, elem: types.named("interface {}") };
      walk.followWord(step, space.u64(address), Number.NaN);
    } else if (name === "runtime.reflectOffs") {
      const field = types.fields(type).find((each) => each.name === "m");
      if (field !== undefined) typeReflectedNames(walk, space.u64(address + field.offset), field.type);
    }
  }
}

/** reflectOffs.m, a map[int32]unsafe.Pointer: types that reflect made, which have a type of their own, and their names. */
function typeReflectedNames(walk: TypeWalk, address: number, type: number): void {
  const { space, layout, types, index } = walk.parts;
  const map = address > 4096 ? readMap(space, layout, address) : undefined;
  const shape = types.mapShape(type);
  if (map === undefined || shape === undefined) return;
  walkEntries(space, map, shape, (_, elem) => {
    const target = space.u64(elem);
    const object = target > 4096 ? index.objectAt(target) : -1;
    const isBytes = object >= 0 && (index.spans.spanClass[index.spanOf(object)]! & 1) !== 0;
    if (isBytes && walk.type[object] === UNKNOWN_TYPE) walk.assign(object, walk.bytesType, TYPED_BY.reached);
    return true;
  });
}
