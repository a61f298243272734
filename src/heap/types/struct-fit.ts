import { objectStartingAt } from "../objects/object-start.ts";
import type { TypeIndex } from "./go-types.ts";
import { type PointerWord, pointerOffsets, sameOffsets } from "./pointer-words.ts";
import { KIND } from "./rtype.ts";
import type { TypeWalk } from "./type-walk.ts";

const WORD = 8;
/** What a map is called that is only known by its structure. */
export const ANY_MAP = "map (header)";

/** Whether objects without a type may be a struct, by what they point to. */
export class StructFit {
  readonly #walk: TypeWalk;

  constructor(walk: TypeWalk) {
    this.#walk = walk;
  }

  /** The same words are pointers, and each points to what its field is of. */
  holds(words: readonly PointerWord[], start: number, mask: readonly number[]): boolean {
    if (!sameOffsets(pointerOffsets(words), mask)) return false;
    const { space } = this.#walk.parts;
    return words.every((word) => this.#agrees(word, space.u64(start + word.offset), start));
  }

  #agrees({ kind, type, offset }: PointerWord, value: number, start: number): boolean {
    const { types, space } = this.#walk.parts;
    const { name, elem } = types.get(type);
    if (value === 0) return true;
    const target = objectStartingAt(this.#walk.parts, value);
    const found = target < 0 ? undefined : types.get(this.#walk.type[target]!);
    const known = found === undefined || found.name === "" ? undefined : found;
    switch (kind) {
      case KIND.map:
        if (known?.name === ANY_MAP) return this.#fitsBuckets(value, type);
        return known === undefined || known.name === `${name} (header)`;
      case KIND.chan:
        return known === undefined || known.name === `chan ${types.get(elem).name} (channel)`;
      case KIND.func:
        return target < 0 || known === undefined || known.name.startsWith("closure of ");
      case KIND.slice: {
        const [length, capacity] = [space.u64(start + offset + 8), space.u64(start + offset + 16)];
        return length <= capacity && (known?.kind !== KIND.struct || known.name === types.get(elem).name);
      }
      case KIND.pointer:
        return known?.kind !== KIND.struct || known.name === types.get(elem).name || value % WORD !== 0;
      default:
        return true;
    }
  }

  /** A map that is known by its structure alone (up to Go 1.21): its buckets are as large as those of the type. */
  #fitsBuckets(address: number, type: TypeIndex): boolean {
    const { space, index, types, layout } = this.#walk.parts;
    const { hmap } = layout.structs;
    const shape = types.mapShape(type);
    if (shape === undefined || shape.isSwiss) return false;
    const object = index.objectAt(space.u64(address + hmap.buckets));
    if (object < 0) return false;
    const bytes = 2 ** space.u8(address + hmap.B) * shape.groupBytes;
    // The allocator rounds up, and there may be an eighth of spare buckets for those that overflow.
    return bytes <= index.sizeOf(object) && index.sizeOf(object) <= 1.3 * bytes;
  }
}
