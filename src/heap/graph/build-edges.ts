import type { AddressSpace } from "../memory/address-space.ts";
import type { PointerBits } from "../objects/heap-bitmap.ts";
import type { ObjectIndex } from "../objects/object-index.ts";
import { PAGE_BYTES } from "../runtime/locate-heap.ts";

/** Who points to whom, in compressed sparse rows: the targets of object `i` are `target[start[i] … start[i + 1])`. */
export interface ObjectEdges {
  start: Uint32Array;
  /** In the order of the words, a target as often as it is named. */
  target: Uint32Array;
  /** Values in pointer words that are neither nil nor the address of an object, static data or a stack. */
  badPointers: number;
  /** Bytes of spans that the core does not hold. */
  missingBytes: number;
}

/** Calls `onTarget` for every pointer of an object, in the order of its words. */
export function visitTargets(
  { start, target }: ObjectEdges,
  object: number,
  onTarget: (target: number) => void,
): void {
  for (let edge = start[object]!; edge < start[object + 1]!; edge++) onTarget(target[edge]!);
}

/** Words of a large object that are looked at together. */
const CHUNK_WORDS = 128 * 1024;
const FIRST_EDGES = 1 << 16;
const MIN_LEGAL_POINTER = 4096;

/**
 * Reads the heap once, span by span in the order of addresses, and keeps only the edges: a core larger than memory
 * needs no more than its objects and pointers do.
 */
export function buildEdges(
  space: AddressSpace,
  index: ObjectIndex,
  bitmap: PointerBits,
  onProgress: (doneSpans: number) => void = () => {},
): ObjectEdges {
  const builder = new EdgeBuilder(index);
  const { spans } = index;
  let missingBytes = 0;
  const reader = new SpanReader(space, index);
  for (let span = 0; span < spans.length; span++) {
    if ((span & 0x3fff) === 0) onProgress(span);
    const first = spans.firstObject[span]!;
    const count = spans.elements[span]!;
    if ((spans.spanClass[span]! & 1) !== 0) {
      builder.skip(count);
      continue;
    }
    const start = spans.start[span]!;
    if (spans.spanClass[span]! >> 1 === 0) {
      if (index.allocated.has(first)) missingBytes += scanLarge(space, index, bitmap, span, builder);
      builder.skip(1);
      continue;
    }
    const size = spans.pages[span]! * PAGE_BYTES;
    const bytes = reader.read(start, size);
    const bits = bitmap.ofSpan(span, bytes);
    if (bits === undefined) builder.skip(count);
    else builder.scanSpan(span, new Uint32Array(bytes.buffer, bytes.byteOffset, size / 4), bits);
  }
  return { ...builder.finish(), missingBytes: missingBytes + reader.missingBytes };
}

/** Heaps up to this size stay in the space's windows, from which their types are read next. */
const MAX_KEPT_BYTES = 128 * 1024 * 1024;
const CHUNK_BYTES = 1 << 20;

/** The contents of spans in the order of addresses; those of a large heap are read in chunks and not kept. */
class SpanReader {
  missingBytes = 0;
  readonly #space: AddressSpace;
  readonly #keeps: boolean;
  #chunk = new Uint8Array(0);
  #chunkStart = 0;
  #chunkEnd = 0;

  constructor(space: AddressSpace, { spans }: ObjectIndex) {
    this.#space = space;
    let bytes = 0;
    for (let span = 0; span < spans.length; span++) bytes += spans.pages[span]! * PAGE_BYTES;
    this.#keeps = bytes <= MAX_KEPT_BYTES;
  }

  /** Valid until the next one is read; begins at a multiple of four within its buffer. */
  read(start: number, size: number): Uint8Array {
    const kept = this.#keeps ? this.#space.peek(start, size) : undefined;
    if (kept !== undefined) return kept;
    if (!(start >= this.#chunkStart && start + size <= this.#chunkEnd)) {
      const length = Math.max(CHUNK_BYTES, size);
      if (this.#chunk.length < length) this.#chunk = new Uint8Array(length);
      this.#chunkStart = start;
      this.#chunkEnd = start + length;
      // What lies behind the span may be no part of the heap, and need not be there.
      if (this.#space.readInto(start, this.#chunk.subarray(0, length)) < length) {
        this.#chunkEnd = start + size;
        this.missingBytes += size - this.#space.readInto(start, this.#chunk.subarray(0, size));
      }
    }
    const at = start - this.#chunkStart;
    return this.#chunk.subarray(at, at + size);
  }
}

function scanLarge(
  space: AddressSpace,
  index: ObjectIndex,
  bitmap: PointerBits,
  span: number,
  builder: EdgeBuilder,
): number {
  const { spans } = index;
  const words = Math.floor(spans.elementBytes[span]! / 8);
  const chunk = new Uint8Array(Math.min(words, CHUNK_WORDS) * 8);
  let missing = 0;
  for (let from = 0; from < words; from += CHUNK_WORDS) {
    const count = Math.min(CHUNK_WORDS, words - from);
    const bits = bitmap.ofLarge(span, from, count);
    if (bits === undefined) return missing;
    const bytes = chunk.subarray(0, count * 8);
    missing += bytes.length - space.readInto(spans.start[span]! + from * 8, bytes);
    builder.scanWords(new Uint32Array(chunk.buffer, 0, count * 2), bits, 0, count);
  }
  return missing;
}

class EdgeBuilder {
  readonly #index: ObjectIndex;
  readonly #start: Uint32Array;
  #target = new Uint32Array(FIRST_EDGES);
  #edges = 0;
  #object = 0;
  badPointers = 0;

  constructor(index: ObjectIndex) {
    this.#index = index;
    this.#start = new Uint32Array(index.length + 1);
  }

  /** The next `count` objects have no (more) edges. */
  skip(count: number): void {
    const end = this.#object + count;
    this.#start.fill(this.#edges, this.#object + 1, end + 1);
    this.#object = end;
  }

  /** All objects of a span; `words` are its contents in halves. */
  scanSpan(span: number, words: Uint32Array, bits: Uint8Array): void {
    const { spans, allocated } = this.#index;
    const slotWords = spans.elementBytes[span]! / 8;
    const first = spans.firstObject[span]!;
    const count = spans.elements[span]!;
    for (let k = 0; k < count; k++) {
      if (allocated.has(first + k)) this.scanWords(words, bits, k * slotWords, (k + 1) * slotWords);
      this.#start[first + k + 1] = this.#edges;
    }
    this.#object = first + count;
  }

  /** Words [from, to) of the current object. */
  scanWords(words: Uint32Array, bits: Uint8Array, from: number, to: number): void {
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
      const target = index.objectAt(value);
      if (target < 0 || !allocated.has(target)) {
        if (target >= 0 || value < MIN_LEGAL_POINTER) this.badPointers++;
        continue;
      }
      if (this.#edges === this.#target.length) this.#grow();
      this.#target[this.#edges++] = target;
    }
  }

  finish(): { start: Uint32Array; target: Uint32Array; badPointers: number } {
    return { start: this.#start, target: this.#target.slice(0, this.#edges), badPointers: this.badPointers };
  }

  #grow(): void {
    const larger = new Uint32Array(this.#target.length * 2);
    larger.set(this.#target);
    this.#target = larger;
  }
}
