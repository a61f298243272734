import type { MapTables } from "../maps/map-table.ts";
import { walkEntries } from "../maps/map-table.ts";
import type { TypeIndex } from "./go-types.ts";
import { hasGroupsOf } from "./map-fit.ts";
import { ObjectPointers } from "./object-pointers.ts";
import { isShapedLikeArray, isShapedLikeValue, TypeShapes } from "./type-shape.ts";
import type { TypeWalk } from "./type-walk.ts";
import { ValueFit } from "./value-fit.ts";

/** Entries of a map that are compared. */
const PROBED_ENTRIES = 64;

/** Whether objects and maps may be of a type that something else than their contents speaks for. */
export class ObjectFit {
  readonly shapes: TypeShapes;
  readonly pointers: ObjectPointers;
  readonly values: ValueFit;
  readonly #walk: TypeWalk;

  constructor(walk: TypeWalk) {
    this.#walk = walk;
    this.shapes = new TypeShapes(walk.parts.types);
    this.pointers = new ObjectPointers(walk.parts);
    this.values = new ValueFit(walk, this.shapes, this.pointers);
  }

  /** Whether an object has the size and the pointers of a value of a type, or of an array of them. */
  isOf(object: number, type: TypeIndex, isArray: boolean): boolean {
    const { index, types } = this.#walk.parts;
    const { elementBytes, spanClass, firstObject } = index.spans;
    const span = index.spanOf(object);
    const slot = elementBytes[span]!;
    const { size, hasPointers } = types.get(type);
    if (size === 0 || size > slot || ((spanClass[span]! & 1) === 0) !== hasPointers) return false;
    const shape = this.shapes.of(type);
    if (!hasPointers) return isArray || shape.slot === slot;
    const found = this.pointers.of(span, object - firstObject[span]!);
    if (found === undefined) return false;
    return isArray ? isShapedLikeArray(shape, slot, found) : isShapedLikeValue(shape, slot, found);
  }

  /** Whether a map's tables can hold groups, keys and elements of a map type; without an entry nothing speaks for it. */
  isMapOf(map: MapTables, type: TypeIndex): boolean {
    const { index, types, space } = this.#walk.parts;
    const shape = types.mapShape(type);
    const groups = index.objectAt(map.arrays[0]?.address ?? 0);
    if (shape === undefined || groups < 0 || !hasGroupsOf(this.#walk, map, type)) return false;
    if (!this.isOf(groups, shape.group, true)) return false;
    const { words: key } = this.shapes.of(shape.key);
    const { words: elem } = this.shapes.of(shape.elem);
    let probed = 0;
    let agrees = true;
    walkEntries(space, map, shape, (keyAt, elemAt) => {
      agrees = this.values.holds(key, keyAt) && this.values.holds(elem, elemAt);
      probed++;
      return agrees && probed < PROBED_ENTRIES;
    });
    return agrees && probed > 0;
  }
}
