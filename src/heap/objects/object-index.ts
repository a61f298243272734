import { BitSet } from "../../lib/bit-set.ts";
import type { AddressSpace } from "../memory/address-space.ts";
import { PAGE_BYTES } from "../runtime/locate-heap.ts";
import type { SpanTable } from "./span-table.ts";

const ARENA_BYTES = 64 * 1024 * 1024;
const ARENA_PAGES = ARENA_BYTES / PAGE_BYTES;
const ARENA_PAGES_LOG = Math.log2(ARENA_PAGES);
/** A heap whose arenas lie further apart than this many (1 TiB) is looked up by search instead. */
const MAX_DENSE_ARENAS = 16_384;

/** From addresses to objects and back, and which slots hold one. */
export class ObjectIndex {
  readonly spans: SpanTable;
  /** Slots that are allocated: in use, or dead and not swept yet. */
  readonly allocated: BitSet;
  /** Of the address space: the first of the first arena with spans. */
  readonly #firstPage: number;
  /** Span + 1 of each page of each arena that has spans. */
  readonly #pages: (Int32Array | undefined)[];

  constructor(spans: SpanTable, allocated: BitSet) {
    this.spans = spans;
    this.allocated = allocated;
    const last = spans.length - 1;
    const firstArena = spans.length === 0 ? 0 : Math.floor(spans.start[0]! / ARENA_BYTES);
    const lastArena =
      spans.length === 0
        ? -1
        : Math.floor((spans.start[last]! + spans.pages[last]! * PAGE_BYTES - 1) / ARENA_BYTES);
    const arenas = lastArena - firstArena + 1;
    this.#firstPage = firstArena * ARENA_PAGES;
    this.#pages = arenas <= MAX_DENSE_ARENAS ? new Array(arenas).fill(undefined) : [];
    if (this.#pages.length > 0) for (let span = 0; span < spans.length; span++) this.#addPages(span);
  }

  /** Number of slots: ids are below it. */
  get length(): number {
    return this.spans.firstObject[this.spans.length]!;
  }

  /** The span that holds `address`, or -1. */
  spanAt(address: number): number {
    if (this.#pages.length === 0) return this.#searchSpan(address);
    const page = Math.floor(address / PAGE_BYTES) - this.#firstPage;
    if (!(page >= 0 && page < this.#pages.length * ARENA_PAGES)) return -1;
    const pages = this.#pages[page >>> ARENA_PAGES_LOG];
    return pages === undefined ? -1 : pages[page & (ARENA_PAGES - 1)]! - 1;
  }

  /** The object that `address` points into, or -1: not into the heap, or between the objects of a span. */
  objectAt(address: number): number {
    const span = this.spanAt(address);
    return span < 0 ? -1 : this.objectIn(span, address);
  }

  /** The same for an address that lies in `span`. */
  objectIn(span: number, address: number): number {
    const slot = Math.floor((address - this.spans.start[span]!) / this.spans.elementBytes[span]!);
    return slot < this.spans.elements[span]! ? this.spans.firstObject[span]! + slot : -1;
  }

  spanOf(object: number): number {
    const first = this.spans.firstObject;
    let low = 0;
    let high = this.spans.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (first[middle]! <= object) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  addressOf(object: number): number {
    const span = this.spanOf(object);
    return (
      this.spans.start[span]! + (object - this.spans.firstObject[span]!) * this.spans.elementBytes[span]!
    );
  }

  sizeOf(object: number): number {
    return this.spans.elementBytes[this.spanOf(object)]!;
  }

  #addPages(span: number): void {
    const first = this.spans.start[span]! / PAGE_BYTES - this.#firstPage;
    for (let page = first; page < first + this.spans.pages[span]!; page++) {
      const at = page >>> ARENA_PAGES_LOG;
      this.#pages[at] ??= new Int32Array(ARENA_PAGES);
      this.#pages[at][page & (ARENA_PAGES - 1)] = span + 1;
    }
  }

  #searchSpan(address: number): number {
    const { start, pages, length } = this.spans;
    let low = 0;
    let high = length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (start[middle]! <= address) low = middle + 1;
      else high = middle - 1;
    }
    return high >= 0 && address < start[high]! + pages[high]! * PAGE_BYTES ? high : -1;
  }
}

/** Slot `k` holds an object if `k < freeindex` or its bit in allocBits is set (runtime/mbitmap.go, isFree). */
export function readAllocated(space: AddressSpace, spans: SpanTable): BitSet {
  const allocated = new BitSet(spans.firstObject[spans.length]!);
  for (let span = 0; span < spans.length; span++) {
    const first = spans.firstObject[span]!;
    const count = spans.elements[span]!;
    const free = Math.min(spans.freeIndex[span]!, count);
    for (let k = 0; k < free; k++) allocated.add(first + k);
    if (free === count) continue;
    const bits =
      spans.allocBits[span]! === 0 ? undefined : space.bytes(spans.allocBits[span]!, Math.ceil(count / 8));
    if (bits === undefined) continue;
    for (let k = free; k < count; k++) if ((bits[k >>> 3]! & (1 << (k & 7))) !== 0) allocated.add(first + k);
  }
  return allocated;
}
