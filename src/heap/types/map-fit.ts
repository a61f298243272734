import type { MapTables } from "../maps/map-table.ts";
import type { TypeIndex } from "./go-types.ts";
import type { TypeWalk } from "./type-walk.ts";

/** Whether the arrays of a map are as large as its type needs them; the allocator rounds up, and adds spare buckets. */
export function hasGroupsOf(
  { parts: { index, types } }: TypeWalk,
  { arrays }: MapTables,
  type: TypeIndex,
): boolean {
  const shape = types.mapShape(type);
  return (
    shape !== undefined &&
    arrays.every(({ address, groups }) => {
      const object = index.objectAt(address);
      const bytes = groups * shape.groupBytes;
      return object >= 0 && bytes <= index.sizeOf(object) && index.sizeOf(object) <= 1.3 * bytes + 64;
    })
  );
}
