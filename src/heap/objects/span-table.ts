import { DecodeError } from "../../bytes/decode-error.ts";
import type { AddressSpace } from "../memory/address-space.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";
import { PAGE_BYTES } from "../runtime/locate-heap.ts";
import { SIZE_CLASS_BYTES, SIZE_CLASS_PAGES } from "./size-classes.ts";

const SPAN_IN_USE = 1;
const SPAN_MANUAL = 2;

/**
 * Every span of the heap that is in use, by address, and what the runtime keeps of it. An object is a slot of a span:
 * slot `k` of span `s` has the id `firstObject[s] + k`, so ids are in the order of addresses and free slots have ids
 * too. `firstObject` has one entry more than there are spans: the number of all slots.
 */
export interface SpanTable {
  length: number;
  start: Float64Array;
  pages: Uint32Array;
  elementBytes: Float64Array;
  elements: Uint32Array;
  /** Size class × 2, +1 if the objects have no pointers. Class 0 is one large object. */
  spanClass: Uint8Array;
  freeIndex: Uint32Array;
  sweepGeneration: Uint32Array;
  allocBits: Float64Array;
  markBits: Float64Array;
  /** First of the list of specials; 0 if none. */
  specials: Float64Array;
  /** rtype of a large object (since Go 1.22); 0 if none. */
  largeType: Float64Array;
  isUserArena: Uint8Array;
  firstObject: Uint32Array;
  /** Of mheap_. */
  sweepGenerationNow: number;
  /** Pages of spans that hold stacks and other things the runtime manages by hand. */
  manualPages: number;
  /** Spans in use that were left out, since what the runtime has of them cannot be. */
  damaged: number;
}

const MAX_SPANS = 100_000_000;
const MAX_OBJECTS = 2 ** 31;
/** A larger object whose end is not in the core (it was cut, or its size is damaged) is not looked into. */
const MAX_MISSING_BYTES = 2 ** 28;

/** Reads mheap_.allspans. Throws DecodeError if the list is not at hand, damaged, or longer than can be. */
export function readSpans(space: AddressSpace, layout: RuntimeLayout, mheap: number): SpanTable {
  const { mheap: heap, mspan } = layout.structs;
  const length = space.u64(mheap + heap.allspans + 8);
  const array = space.bytes(space.u64(mheap + heap.allspans), length * 8);
  if (!(length < MAX_SPANS) || array === undefined) {
    throw damagedHeap(`the list of ${length} spans is not in the core`, mheap + heap.allspans);
  }
  const pointers = new DataView(array.buffer);
  const narrow = layout.structs.mspan.nelems - layout.structs.mspan.freeindex === 2;
  const rows: Row[] = [];
  let manualPages = 0;
  let damaged = 0;
  const record = new Uint8Array(mspan.size);
  const view = new DataView(record.buffer);
  const word = (at: number) => view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000;
  for (let i = 0; i < length; i++) {
    const address = pointers.getUint32(i * 8, true) + pointers.getUint32(i * 8 + 4, true) * 0x1_0000_0000;
    // A window read of each: spans lie side by side in the allocator's chunks.
    const state = space.u8(address + mspan.state);
    if (state !== SPAN_IN_USE && state !== SPAN_MANUAL) continue;
    if (space.readInto(address, record) < record.length) {
      damaged++;
      continue;
    }
    const pages = word(mspan.npages);
    const start = word(mspan.startAddr);
    if (state === SPAN_MANUAL) {
      if (isPages(start, pages)) manualPages += pages;
      continue;
    }
    const elementBytes = word(mspan.elemsize);
    const elements = narrow ? view.getUint16(mspan.nelems, true) : word(mspan.nelems);
    const spanClass = record[mspan.spanclass]!;
    if (!isPages(start, pages) || !isSound(space, { start, pages, elementBytes, elements, spanClass })) {
      damaged++;
      continue;
    }
    rows.push({
      start,
      pages,
      elementBytes,
      elements,
      spanClass,
      freeIndex: narrow ? view.getUint16(mspan.freeindex, true) : word(mspan.freeindex),
      sweepGeneration: view.getUint32(mspan.sweepgen, true),
      allocBits: word(mspan.allocBits),
      markBits: word(mspan.gcmarkBits),
      specials: word(mspan.specials),
      largeType: mspan.largeType < 0 ? 0 : word(mspan.largeType),
      isUserArena: mspan.isUserArenaChunk < 0 ? 0 : record[mspan.isUserArenaChunk]!,
    });
  }
  rows.sort((a, b) => a.start - b.start);
  const sound = rows.filter(
    (row, i) => i === 0 || rows[i - 1]!.start + rows[i - 1]!.pages * PAGE_BYTES <= row.start,
  );
  damaged += rows.length - sound.length;
  const firstObject = new Uint32Array(sound.length + 1);
  let objects = 0;
  for (const [i, row] of sound.entries()) {
    firstObject[i] = objects;
    objects += row.elements;
    if (objects > MAX_OBJECTS) throw damagedHeap("there are more objects than 2^31", mheap);
  }
  firstObject[sound.length] = objects;
  return {
    length: sound.length,
    start: Float64Array.from(sound, (r) => r.start),
    pages: Uint32Array.from(sound, (r) => r.pages),
    elementBytes: Float64Array.from(sound, (r) => r.elementBytes),
    elements: Uint32Array.from(sound, (r) => r.elements),
    spanClass: Uint8Array.from(sound, (r) => r.spanClass),
    freeIndex: Uint32Array.from(sound, (r) => r.freeIndex),
    sweepGeneration: Uint32Array.from(sound, (r) => r.sweepGeneration),
    allocBits: Float64Array.from(sound, (r) => r.allocBits),
    markBits: Float64Array.from(sound, (r) => r.markBits),
    specials: Float64Array.from(sound, (r) => r.specials),
    largeType: Float64Array.from(sound, (r) => r.largeType),
    isUserArena: Uint8Array.from(sound, (r) => r.isUserArena),
    firstObject,
    sweepGenerationNow: space.u32(mheap + heap.sweepgen),
    manualPages,
    damaged,
  };
}

function isPages(start: number, pages: number): boolean {
  return start > 0 && start % PAGE_BYTES === 0 && pages > 0 && pages < 2 ** 32;
}

/** A span of small objects has the pages and the slots of its class; a large object lies in memory that is there. */
function isSound(
  space: AddressSpace,
  {
    start,
    pages,
    elementBytes,
    elements,
    spanClass,
  }: Pick<Row, "start" | "pages" | "elementBytes" | "elements" | "spanClass">,
): boolean {
  const bytes = pages * PAGE_BYTES;
  if (!(elementBytes > 0 && elements > 0 && elements * elementBytes <= bytes)) return false;
  const sizeClass = spanClass >> 1;
  if (sizeClass > 0)
    return elementBytes === SIZE_CLASS_BYTES[sizeClass] && pages === SIZE_CLASS_PAGES[sizeClass];
  return elements === 1 && (bytes <= MAX_MISSING_BYTES || space.has(start + bytes - 1));
}

interface Row {
  start: number;
  pages: number;
  elementBytes: number;
  elements: number;
  spanClass: number;
  freeIndex: number;
  sweepGeneration: number;
  allocBits: number;
  markBits: number;
  specials: number;
  largeType: number;
  isUserArena: number;
}

function damagedHeap(what: string, offset: number): DecodeError {
  return new DecodeError(what, {
    format: "go-runtime",
    offset,
    hint: "the core may be cut short, or was taken while the program was being torn down; take it again",
  });
}
