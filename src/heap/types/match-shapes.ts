import type { MapTables } from "../maps/map-table.ts";
import { type TypeIndex, UNKNOWN_TYPE } from "./go-types.ts";
import { listMentionedTypes } from "./mentioned-types.ts";
import type { ObjectFit } from "./object-fit.ts";
import { KIND } from "./rtype.ts";
import { isShapedLikeArray, isShapedLikeValue, type TypeShape } from "./type-shape.ts";
import type { TypeWalk } from "./type-walk.ts";
import { TYPED_BY } from "./typed-heap.ts";
import type { UntypedObjects } from "./untyped-objects.ts";

/** Objects looked at in a round. */
const MAX_OBJECTS = 2_000_000;
/** Where so many types have the same pointers (a lone one, say), contents do not tell them apart. */
const MAX_CANDIDATES = 48;
const GENERIC_SHAPE = "go.shape.";

/** Objects of one size whose pointers are at the same places. */
interface ObjectShape {
  /** What they can be of the types that the code names. */
  candidates: readonly TypeShape[];
  /** One of them is of a type that the code does not name. */
  isForeign: boolean;
}

/** Types objects and maps by their contents, where of all the types that the code names just one fits. */
export class ShapeMatcher {
  readonly #walk: TypeWalk;
  readonly #fit: ObjectFit;
  /** Of values with pointers. */
  readonly #values: TypeShape[] = [];
  readonly #maps: TypeIndex[] = [];
  readonly #byMask = new Map<string, ObjectShape>();

  /** @param mentioned addresses of the rtypes that the code names */
  constructor(walk: TypeWalk, fit: ObjectFit, mentioned: ReadonlySet<number>) {
    this.#walk = walk;
    this.#fit = fit;
    const { types } = walk.parts;
    for (const type of listMentionedTypes(types, mentioned)) {
      const { kind, size, hasPointers } = types.get(type);
      if (kind === KIND.map) this.#maps.push(type);
      if (hasPointers && size > 0) this.#values.push(fit.shapes.of(type));
    }
  }

  /** Follows those maps that nothing has typed yet. Returns whether there was one. */
  typeMaps(maps: readonly MapTables[]): boolean {
    const known = new Set(this.#walk.maps.map(({ address }) => address));
    let any = false;
    for (const map of maps) {
      if (known.has(map.address) || map.entries === 0) continue;
      const type = this.#mapTypeOf(map);
      if (type === UNKNOWN_TYPE) continue;
      this.#walk.followMap(map.address, type);
      any = true;
    }
    return any;
  }

  /**
   * An object whose size and pointers some types have, but which none of them can be, shows that there is another type
   * of that shape, which the code does not name (reflect and generic functions take theirs from tables): then nothing of
   * that shape is known. Returns whether an object got a type.
   */
  typeObjects(untyped: UntypedObjects): boolean {
    const { spans } = this.#walk.parts.index;
    const found: { object: number; type: TypeIndex; shape: ObjectShape }[] = [];
    let seen = 0;
    untyped.visit((object, span) => {
      if ((spans.spanClass[span]! & 1) !== 0 || seen++ >= MAX_OBJECTS) return;
      const k = object - spans.firstObject[span]!;
      const shape = this.#shapeOf(span, k);
      if (shape === undefined || shape.isForeign) return;
      const type = this.#typeOf(shape, span, k);
      if (type !== UNKNOWN_TYPE) found.push({ object, type, shape });
    });
    let any = false;
    for (const { object, type, shape } of found) {
      if (shape.isForeign) continue;
      this.#walk.assign(object, type, TYPED_BY.seed);
      any = true;
    }
    return any;
  }

  /** The only map type of the code whose groups, keys and elements a map's tables can hold. */
  #mapTypeOf(map: MapTables): TypeIndex {
    const { types } = this.#walk.parts;
    let found = UNKNOWN_TYPE;
    for (const type of this.#maps) {
      if (!this.#fit.isMapOf(map, type)) continue;
      if (found !== UNKNOWN_TYPE && types.get(found).name !== types.get(type).name) return UNKNOWN_TYPE;
      found = type;
    }
    return found;
  }

  /** What the code names that is shaped like the object; undefined if nothing, or too much, is. */
  #shapeOf(span: number, k: number): ObjectShape | undefined {
    const slot = this.#walk.parts.index.spans.elementBytes[span]!;
    const mask = this.#fit.pointers.of(span, k);
    if (mask === undefined || mask.length === 0) return undefined;
    const key = `${slot} ${mask.join()}`;
    let shape = this.#byMask.get(key);
    if (shape === undefined) {
      const single = this.#values.filter((value) => isShapedLikeValue(value, slot, mask));
      const others = this.#values.filter(
        (value) => !single.includes(value) && isShapedLikeArray(value, slot, mask),
      );
      shape = { candidates: [...single, ...others], isForeign: false };
      this.#byMask.set(key, shape);
    }
    return shape.candidates.length > 0 && shape.candidates.length <= MAX_CANDIDATES ? shape : undefined;
  }

  /** The only type of that shape that an object can be of. */
  #typeOf(shape: ObjectShape, span: number, k: number): TypeIndex {
    const { index, bitmap, types } = this.#walk.parts;
    const slot = index.spans.elementBytes[span]!;
    const start = index.spans.start[span]! + k * slot + bitmap.headerBytes(span);
    let found = UNKNOWN_TYPE;
    let isUnique = true;
    for (const candidate of shape.candidates) {
      if (!this.#fit.values.holdsAll(candidate, start, slot)) continue;
      const [known, name] = [types.get(found).name, types.get(candidate.type).name];
      if (found === UNKNOWN_TYPE || isInstanceOf(name, known)) found = candidate.type;
      else if (known !== name && !isInstanceOf(known, name)) isUnique = false;
    }
    if (found === UNKNOWN_TYPE) shape.isForeign = true;
    return isUnique ? found : UNKNOWN_TYPE;
  }
}

/** The code of generic functions names types by the shape of their arguments; an instance of the same type tells more. */
function isInstanceOf(name: string, generic: string): boolean {
  const bracket = generic.indexOf("[");
  return (
    generic.includes(GENERIC_SHAPE) &&
    !name.includes(GENERIC_SHAPE) &&
    name.startsWith(generic.slice(0, bracket + 1))
  );
}
