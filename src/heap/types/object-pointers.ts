import type { AddressSpace } from "../memory/address-space.ts";
import type { PointerBits } from "../objects/heap-bitmap.ts";
import type { ObjectIndex } from "../objects/object-index.ts";
import { PAGE_BYTES } from "../runtime/locate-heap.ts";

const WORD = 8;
/** Of an object the pointers up to here are compared. */
export const MAX_COMPARED_BYTES = 32 * 1024;
/** 128 bytes each, mostly. */
const MAX_SPANS_KEPT = 50_000;

/** Where objects have pointers by the collector's bitmap, as offsets in bytes. Spans that were looked at are kept. */
export class ObjectPointers {
  readonly #space: AddressSpace;
  readonly #index: ObjectIndex;
  readonly #bitmap: PointerBits;
  readonly #bits = new Map<number, Uint8Array | undefined>();

  constructor({ space, index, bitmap }: { space: AddressSpace; index: ObjectIndex; bitmap: PointerBits }) {
    this.#space = space;
    this.#index = index;
    this.#bitmap = bitmap;
  }

  /**
   * Those of object `k` of a span, up to MAX_COMPARED_BYTES. Undefined if it can have none, if they are not at hand, and
   * for objects with a header: these say their type themselves.
   */
  of(span: number, k: number): readonly number[] | undefined {
    const { elementBytes } = this.#index.spans;
    const slot = elementBytes[span]!;
    const words = Math.min(slot, MAX_COMPARED_BYTES) / WORD;
    if (this.#isLarge(span)) {
      const bits = this.#bitmap.ofLarge(span, 0, words);
      return bits === undefined ? undefined : offsetsOf(bits, 0, words);
    }
    if (this.#bitmap.hasHeader(span)) return undefined;
    const bits = this.#bitsOf(span);
    return bits === undefined ? undefined : offsetsOf(bits, (k * slot) / WORD, words);
  }

  /** Those of `bytes` from an address within a small object; undefined if that cannot be told. */
  within(span: number, address: number, bytes: number): readonly number[] | undefined {
    if (this.#isLarge(span) || this.#bitmap.hasHeader(span) || address % WORD !== 0) return undefined;
    const bits = this.#bitsOf(span);
    if (bits === undefined) return [];
    return offsetsOf(bits, (address - this.#index.spans.start[span]!) / WORD, Math.ceil(bytes / WORD));
  }

  #isLarge(span: number): boolean {
    return this.#index.spans.spanClass[span]! >> 1 === 0;
  }

  #bitsOf(span: number): Uint8Array | undefined {
    const { spanClass, pages, start } = this.#index.spans;
    if ((spanClass[span]! & 1) !== 0) return undefined;
    let bits = this.#bits.get(span);
    if (bits === undefined && !this.#bits.has(span)) {
      const bytes = new Uint8Array(pages[span]! * PAGE_BYTES);
      this.#space.readInto(start[span]!, bytes);
      // What is at the end of a span is a view of all of it.
      bits = this.#bitmap.ofSpan(span, bytes)?.slice();
      if (this.#bits.size >= MAX_SPANS_KEPT) this.#bits.clear();
      this.#bits.set(span, bits);
    }
    return bits;
  }
}

/** Offsets of the pointers among `count` words from `from` on. */
function offsetsOf(bits: Uint8Array, from: number, count: number): number[] {
  const offsets: number[] = [];
  for (let i = 0; i < count; i++)
    if ((bits[(from + i) >>> 3]! & (1 << ((from + i) & 7))) !== 0) offsets.push(i * WORD);
  return offsets;
}
