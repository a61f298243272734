import type { LocatedVariable } from "../../formats/dwarf/function-variables.ts";
import type { AddressSpace } from "../memory/address-space.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";
import { type GoTypes, type TypeIndex, UNKNOWN_TYPE } from "../types/go-types.ts";
import { areOfArray, listPointerWords, pointerOffsets, sameOffsets } from "../types/pointer-words.ts";
import { KIND } from "../types/rtype.ts";
import type { FramePiece } from "./frame-piece.ts";
import type { StackObject } from "./stack-objects.ts";

/** Larger values are not compared. */
const MAX_BYTES = 64 * 1024;
const WORD = 8;
/** Variables times objects of one frame that are compared. */
const MAX_PAIRS = 10_000;

interface Shape {
  kind: "target" | "elements" | "map-header" | "map-group";
  type: TypeIndex;
  size: number;
  words: readonly number[];
}

/**
 * What does not leave its function is put into the frame: the header of a map, a struct behind a pointer, the array
 * of a slice. The variable itself has no place then, since the compiler knows where it points to. They are joined if
 * just one such variable is of the size and the pointers of just one such object; otherwise nothing is said.
 *
 * @param objects stack objects that no variable is at, counted from the frame's canonical address
 */
export function matchStackObjects(
  parts: { space: AddressSpace; layout: RuntimeLayout; types: GoTypes },
  variables: readonly { variable: LocatedVariable; type: TypeIndex }[],
  objects: readonly StackObject[],
): FramePiece[] {
  if (variables.length * objects.length > MAX_PAIRS) return [];
  const masks = objects.map((object) => pointersOf(parts.space, object));
  const matches = variables.flatMap(({ variable, type }) =>
    shapesOf(parts, type).flatMap((shape) => {
      const fitting = objects.filter((object, i) => fits(shape, object, masks[i]!));
      return fitting.map((object) => ({ variable, shape, object, isOnly: fitting.length === 1 }));
    }),
  );
  return matches
    .filter(({ object, isOnly }) => isOnly && matches.filter((other) => other.object === object).length === 1)
    .map(({ variable, shape, object }) => ({
      at: object.start,
      end: object.start + object.size,
      variable,
      offset: 0,
      type: shape.type,
      kind: shape.kind,
    }));
}

/** What a variable of a type may point to. */
function shapesOf(
  { layout, types }: { layout: RuntimeLayout; types: GoTypes },
  type: TypeIndex,
): readonly Shape[] {
  const { kind, elem } = types.get(type);
  const shapeOf = (of: Shape["kind"], value: TypeIndex): Shape[] => {
    const { size } = types.get(value);
    return value === UNKNOWN_TYPE || size === 0 || size > MAX_BYTES
      ? []
      : [{ kind: of, type: value, size, words: pointerOffsets(listPointerWords(types, value, MAX_BYTES)) }];
  };
  if (kind === KIND.pointer) return shapeOf("target", elem);
  if (kind === KIND.slice) return shapeOf("elements", elem);
  if (kind !== KIND.map) return [];
  const group = types.mapShape(type)?.group ?? UNKNOWN_TYPE;
  return [{ kind: "map-header", type, ...mapHeader(layout) }, ...shapeOf("map-group", group)];
}

/** Whether an object of a frame has the size and the pointers of a map's header. */
export function isMapHeader(space: AddressSpace, layout: RuntimeLayout, object: StackObject): boolean {
  const { size, words } = mapHeader(layout);
  return object.size === size && sameOffsets(words, pointersOf(space, object));
}

function mapHeader({ structs: { swissMap, hmap } }: RuntimeLayout): Pick<Shape, "size" | "words"> {
  return swissMap.size > 0
    ? { size: swissMap.size, words: [swissMap.dirPtr] }
    : { size: hmap.size, words: [hmap.buckets, hmap.oldbuckets, hmap.extra] };
}

function fits(shape: Shape, { size }: StackObject, mask: readonly number[]): boolean {
  if (shape.kind !== "elements") return size === shape.size && sameOffsets(shape.words, mask);
  if (size % shape.size !== 0) return false;
  const count = size / shape.size;
  if (shape.words.length * count !== mask.length) return false;
  return areOfArray(shape.words, shape.size, mask);
}

/** Offsets of an object's pointers. */
function pointersOf(space: AddressSpace, { pointerWords, mask }: StackObject): number[] {
  const offsets: number[] = [];
  for (let i = 0; i < Math.min(pointerWords, MAX_BYTES / WORD); i++)
    if ((space.u8(mask + (i >>> 3)) & (1 << (i & 7))) !== 0) offsets.push(i * WORD);
  return offsets;
}
