import { BitSet } from "../../lib/bit-set.ts";
import type { AddressSpace } from "../memory/address-space.ts";
import type { PointerBits } from "../objects/heap-bitmap.ts";
import type { ObjectIndex } from "../objects/object-index.ts";
import { PendingObjects } from "../objects/pending-objects.ts";
import type { RootTable } from "../roots/root-table.ts";
import { PAGE_BYTES } from "../runtime/locate-heap.ts";

/** Words of a large object that are looked at together. */
const CHUNK_WORDS = 128 * 1024;

/**
 * What the collector's mark phase finds, for whoever only wants to know which objects live: no edges are kept. Objects
 * are looked at span by span in the order of addresses, as Green Tea does it, so that memory is read as it lies.
 */
export class HeapMarker {
  readonly #space: AddressSpace;
  readonly #index: ObjectIndex;
  readonly #bitmap: PointerBits;
  readonly #reachable: BitSet;
  readonly #pending: PendingObjects;
  /** The span that was looked at last, its contents in halves of words, and its pointer bits. */
  #span = -1;
  #words: Uint32Array = new Uint32Array(0);
  #bits: Uint8Array | undefined;

  constructor(space: AddressSpace, index: ObjectIndex, bitmap: PointerBits) {
    this.#space = space;
    this.#index = index;
    this.#bitmap = bitmap;
    this.#reachable = new BitSet(index.length);
    this.#pending = new PendingObjects(index.spans);
  }

  /** The objects that can be reached from `roots`. */
  mark(roots: RootTable): BitSet {
    const { spans } = this.#index;
    const reachable = this.#reachable.words;
    const mark = (object: number, span: number) => {
      const bit = 1 << (object & 31);
      if ((reachable[object >>> 5]! & bit) !== 0) return;
      reachable[object >>> 5]! |= bit;
      if ((spans.spanClass[span]! & 1) === 0) this.#pending.add(object, span);
    };
    for (let i = 0; i < roots.length; i++) mark(roots.object[i]!, this.#index.spanOf(roots.object[i]!));
    this.#pending.drain((object, span) => this.#visit(object, span, mark));
    return this.#reachable;
  }

  /** Calls `onTarget` for every pointer of an object, in the order of its words. */
  visitTargets(object: number, onTarget: (target: number) => void): void {
    this.#visit(object, this.#index.spanOf(object), onTarget);
  }

  #visit(object: number, span: number, onTarget: (target: number, span: number) => void): void {
    const { spans } = this.#index;
    if ((spans.spanClass[span]! & 1) !== 0) return;
    if (spans.spanClass[span]! >> 1 === 0) {
      this.#visitLarge(span, onTarget);
      return;
    }
    if (span !== this.#span) this.#enter(span);
    if (this.#bits === undefined) return;
    const slotWords = spans.elementBytes[span]! / 8;
    const from = (object - spans.firstObject[span]!) * slotWords;
    this.#visitWords(this.#words, this.#bits, from, from + slotWords, onTarget);
  }

  #enter(span: number): void {
    const { spans } = this.#index;
    const size = spans.pages[span]! * PAGE_BYTES;
    let bytes = this.#space.peek(spans.start[span]!, size);
    if (bytes === undefined) {
      bytes = new Uint8Array(size);
      this.#space.readInto(spans.start[span]!, bytes);
    }
    this.#span = span;
    this.#words = new Uint32Array(bytes.buffer, bytes.byteOffset, size / 4);
    this.#bits = this.#bitmap.ofSpan(span, bytes);
  }

  #visitLarge(span: number, onTarget: (target: number, span: number) => void): void {
    const { spans } = this.#index;
    const words = Math.floor(spans.elementBytes[span]! / 8);
    const chunk = new Uint8Array(Math.min(words, CHUNK_WORDS) * 8);
    for (let from = 0; from < words; from += CHUNK_WORDS) {
      const count = Math.min(CHUNK_WORDS, words - from);
      const bits = this.#bitmap.ofLarge(span, from, count);
      if (bits === undefined) return;
      this.#space.readInto(spans.start[span]! + from * 8, chunk.subarray(0, count * 8));
      this.#visitWords(new Uint32Array(chunk.buffer, 0, count * 2), bits, 0, count, onTarget);
    }
  }

  #visitWords(
    words: Uint32Array,
    bits: Uint8Array,
    from: number,
    to: number,
    onTarget: (target: number, span: number) => void,
  ): void {
    const index = this.#index;
    const allocated = index.allocated;
    for (let word = from; word < to; word++) {
      const byte = bits[word >>> 3]!;
      if (byte === 0) {
        // No pointer in the rest of these eight words.
        word |= 7;
        continue;
      }
      if ((byte & (1 << (word & 7))) === 0) continue;
      const value = words[word * 2]! + words[word * 2 + 1]! * 0x1_0000_0000;
      if (value === 0) continue;
      const span = index.spanAt(value);
      if (span < 0) continue;
      const target = index.objectIn(span, value);
      if (target >= 0 && allocated.has(target)) onTarget(target, span);
    }
  }
}
