import type { AddressSpace } from "../memory/address-space.ts";
import { KIND, RTYPE_BYTES, type Rtype, type RtypeReader } from "./rtype.ts";

/** Which words of a type are pointers: bit `i` of `bits` for word `i`, up to `words`; repeated every `size` bytes. */
export interface PointerMask {
  sizeWords: number;
  words: number;
  bits: Uint8Array;
}

/** A type of more words than this (a 1 GB array) is not expanded: its parts are walked instead. */
const MAX_MASK_WORDS = 2 ** 27;
const MAX_PROGRAM_BYTES = 2 ** 20;
/** Types contain types by value; none of real programs is deeper. */
const MAX_DEPTH = 64;

export class PointerMasks {
  readonly #space: AddressSpace;
  readonly #types: RtypeReader;
  readonly #masks = new Map<number, PointerMask | undefined>();

  constructor(space: AddressSpace, types: RtypeReader) {
    this.#space = space;
    this.#types = types;
  }

  /** The mask of the type at `address`; undefined if it is none, or its mask is not at hand. */
  of(address: number): PointerMask | undefined {
    let mask = this.#masks.get(address);
    if (mask === undefined && !this.#masks.has(address)) {
      const type = this.#types.read(address);
      mask = type === undefined ? this.#ofUnnamed(address) : this.#build(type);
      this.#masks.set(address, mask);
    }
    return mask;
  }

  #ofUnnamed(address: number): PointerMask | undefined {
    const type = this.#types.readMaskOnly(address);
    if (type === undefined || type.pointerBytes / 8 > MAX_MASK_WORDS) return undefined;
    const words = type.pointerBytes / 8;
    const bits = this.#space.bytes(type.gcData, Math.ceil(words / 8));
    return bits === undefined ? undefined : { sizeWords: type.size / 8, words, bits };
  }

  #build(type: Rtype): PointerMask | undefined {
    const words = type.pointerBytes / 8;
    const sizeWords = type.size / 8;
    if (words === 0) return { sizeWords, words: 0, bits: new Uint8Array(0) };
    if (words > MAX_MASK_WORDS) return undefined;
    const bytes = Math.ceil(words / 8);
    if (type.hasGcProgram) return this.#runProgram(type, sizeWords, words);
    const at = type.maskOnDemand ? this.#space.u64(type.gcData) : type.gcData;
    const bits = at > 0 ? this.#space.bytes(at, bytes) : undefined;
    if (bits !== undefined && !(type.maskOnDemand && this.#isInProgress(at, bits)))
      return { sizeWords, words, bits };
    const built = new Uint8Array(bytes);
    return this.#addType(built, type.address, 0, 0) ? { sizeWords, words, bits: built } : undefined;
  }

  /** The runtime puts the address of a byte in the place while somebody builds the mask: then it is all zero. */
  #isInProgress(_at: number, bits: Uint8Array): boolean {
    return bits.every((byte) => byte === 0);
  }

  /** Sets the bits of a type at `offset` from its structure; false if a part cannot be read. */
  #addType(bits: Uint8Array, address: number, offset: number, depth: number): boolean {
    const type = this.#types.read(address);
    if (type === undefined || depth > MAX_DEPTH) return false;
    if (type.pointerBytes === 0) return true;
    const extra = address + RTYPE_BYTES;
    switch (type.kind) {
      case KIND.array: {
        const element = this.#space.u64(extra);
        const count = this.#space.u64(extra + 16);
        const size = this.#types.read(element)?.size ?? 0;
        if (size === 0 || !(count * size <= type.size)) return false;
        // Behind the last pointer there is nothing to be set.
        for (let i = 0; i < count && offset + i * size < bits.length * 64; i++)
          if (!this.#addType(bits, element, offset + i * size, depth + 1)) return false;
        return true;
      }
      case KIND.struct: {
        const fields = this.#space.u64(extra + 8);
        const count = this.#space.u64(extra + 16);
        if (!(count < 65_536)) return false;
        for (let i = 0; i < count; i++) {
          const at = fields + i * 24;
          if (!this.#addType(bits, this.#space.u64(at + 8), offset + this.#space.u64(at + 16), depth + 1))
            return false;
        }
        return true;
      }
      case KIND.interface:
        setBit(bits, offset / 8);
        setBit(bits, offset / 8 + 1);
        return true;
      default:
        // Strings and slices begin with their pointer; all else that has one is one.
        setBit(bits, offset / 8);
        return true;
    }
  }

  /**
   * Runs a GC program (up to Go 1.23; runtime/mbitmap.go, runGCProg): literal bits, and repetitions of the last bits.
   */
  #runProgram(type: Rtype, sizeWords: number, words: number): PointerMask | undefined {
    const program = this.#space.bytes(
      type.gcData + 4,
      Math.min(this.#space.u32(type.gcData), MAX_PROGRAM_BYTES),
    );
    if (program === undefined) return undefined;
    const bits = new Uint8Array(Math.ceil(words / 8));
    let written = 0;
    let at = 0;
    const varint = () => {
      let value = 0;
      let scale = 1;
      for (let i = 0; i < 5; i++) {
        const byte = program[at++] ?? 0;
        value += (byte & 0x7f) * scale;
        if (byte < 0x80) break;
        scale *= 128;
      }
      return value;
    };
    while (at < program.length && written < words) {
      const instruction = program[at++]!;
      if (instruction === 0) break;
      let count = instruction & 0x7f;
      if (instruction < 0x80) {
        for (let i = 0; i < count && written < words; i++, written++) {
          if ((program[at + (i >> 3)]! & (1 << (i & 7))) !== 0) setBit(bits, written);
        }
        at += Math.ceil(count / 8);
        continue;
      }
      if (count === 0) count = varint();
      const repeat = varint();
      if (count === 0 || count > written) return undefined;
      for (let i = 0; i < count * repeat && written < words; i++, written++) {
        if (hasBit(bits, written - count)) setBit(bits, written);
      }
    }
    return { sizeWords, words, bits };
  }
}

export function hasBit(bits: Uint8Array, i: number): boolean {
  return (bits[i >>> 3]! & (1 << (i & 7))) !== 0;
}

function setBit(bits: Uint8Array, i: number): void {
  if (i >>> 3 < bits.length) bits[i >>> 3]! |= 1 << (i & 7);
}
