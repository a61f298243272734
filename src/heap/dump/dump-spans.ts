import type { DumpedMemory } from "../../formats/heap-dump/heap-dump.ts";
import { BitSet } from "../../lib/bit-set.ts";
import type { BitmapRules } from "../objects/heap-bitmap.ts";
import { SIZE_CLASS_BYTES, SIZE_CLASS_PAGES } from "../objects/size-classes.ts";
import type { SpanTable } from "../objects/span-table.ts";
import { PAGE_BYTES } from "../runtime/locate-heap.ts";

/** Spans found again from the objects of a dump, which does not list them. */
export interface DumpSpans {
  spans: SpanTable;
  allocated: BitSet;
  /** Rows of the dump's objects that lie in each span: [firstRow[s], endRow[s]), by rising address. */
  firstRow: Uint32Array;
  endRow: Uint32Array;
  /** Records that are no objects: the runtime's own words behind the last slot of a span. */
  phantoms: number;
  /** Records that fit no span: the file is damaged. */
  misfits: number;
}

interface Row {
  start: number;
  pages: number;
  elementBytes: number;
  sizeClass: number;
  firstRow: number;
  endRow: number;
  hasPointers: boolean;
}

const MAX_SMALL_BYTES = 32768;
/** Objects up to this have pointer bits at the end of their span, from Go 1.22 on. */
const MAX_BITS_IN_SPAN_BYTES = 512;
const BITS_BYTES = PAGE_BYTES / 64;
const INLINE_MARK_BYTES = 128;
const CLASS_OF_SIZE = new Map(SIZE_CLASS_BYTES.map((bytes, sizeClass) => [bytes, sizeClass]));

/**
 * The runtime writes the objects span by span, by rising address. A span begins at a page, its objects at multiples of
 * their size from there, and no size fits two starts.
 *
 * Since Go 1.22 small spans end with bits of the runtime's, but WriteHeapDump counts slots as if they did not
 * (runtime/heapdump.go, dumpobjs), so it writes records that are no objects. They are left out by the rule by which the
 * runtime reserves that room (runtime/mheap.go, initSpan). Whether a span has pointer bits is not in the dump: it has
 * if any record in it has a pointer.
 */
export function findSpans(objects: DumpedMemory, rules: BitmapRules): DumpSpans {
  const { rows, misfits } = groupRows(objects);
  rows.sort((a, b) => a.start - b.start);
  const sound = rows.filter(
    (row, i) => i === 0 || rows[i - 1]!.start + rows[i - 1]!.pages * PAGE_BYTES <= row.start,
  );
  const elements = Uint32Array.from(sound, (row) => countSlots(row, rules));
  const firstObject = new Uint32Array(sound.length + 1);
  for (let span = 0; span < sound.length; span++)
    firstObject[span + 1] = firstObject[span]! + elements[span]!;
  const allocated = new BitSet(firstObject[sound.length]!);
  let phantoms = 0;
  for (const [span, row] of sound.entries()) {
    let end = row.firstRow;
    for (; end < row.endRow; end++) {
      const slot = (objects.address[end]! - row.start) / row.elementBytes;
      if (slot >= elements[span]!) break;
      allocated.add(firstObject[span]! + slot);
    }
    phantoms += row.endRow - end;
    row.endRow = end;
  }
  const zeros = () => new Float64Array(sound.length);
  return {
    spans: {
      length: sound.length,
      start: Float64Array.from(sound, (row) => row.start),
      pages: Uint32Array.from(sound, (row) => row.pages),
      elementBytes: Float64Array.from(sound, (row) => row.elementBytes),
      elements,
      spanClass: Uint8Array.from(sound, (row) => row.sizeClass * 2 + (row.hasPointers ? 0 : 1)),
      freeIndex: new Uint32Array(sound.length),
      sweepGeneration: new Uint32Array(sound.length),
      allocBits: zeros(),
      markBits: zeros(),
      specials: zeros(),
      largeType: zeros(),
      isUserArena: new Uint8Array(sound.length),
      firstObject,
      sweepGenerationNow: 0,
      manualPages: 0,
      damaged: 0,
    },
    allocated,
    firstRow: Uint32Array.from(sound, (row) => row.firstRow),
    endRow: Uint32Array.from(sound, (row) => row.endRow),
    phantoms,
    misfits: misfits + rows.length - sound.length,
  };
}

function groupRows(objects: DumpedMemory): { rows: Row[]; misfits: number } {
  const rows: Row[] = [];
  let misfits = 0;
  let last: Row | undefined;
  for (let i = 0; i < objects.length; i++) {
    const address = objects.address[i]!;
    const bytes = objects.bytes[i]!;
    const hasPointers = objects.fieldStart[i]! < objects.fieldStart[i + 1]!;
    if (
      last !== undefined &&
      last.elementBytes === bytes &&
      last.sizeClass > 0 &&
      address > objects.address[i - 1]! &&
      address + bytes <= last.start + last.pages * PAGE_BYTES &&
      (address - last.start) % bytes === 0
    ) {
      last.endRow = i + 1;
      last.hasPointers ||= hasPointers;
      continue;
    }
    const span = spanOf(address, bytes);
    last = undefined;
    if (span === undefined) {
      misfits++;
      continue;
    }
    last = { ...span, elementBytes: bytes, firstRow: i, endRow: i + 1, hasPointers };
    rows.push(last);
  }
  return { rows, misfits };
}

function spanOf(
  address: number,
  bytes: number,
): { start: number; pages: number; sizeClass: number } | undefined {
  if (!(bytes > 0 && address > 0 && address < 2 ** 48)) return undefined;
  if (bytes > MAX_SMALL_BYTES) {
    if (address % PAGE_BYTES !== 0) return undefined;
    return { start: address, pages: Math.ceil(bytes / PAGE_BYTES), sizeClass: 0 };
  }
  const sizeClass = CLASS_OF_SIZE.get(bytes);
  if (sizeClass === undefined) return undefined;
  const pages = SIZE_CLASS_PAGES[sizeClass]!;
  const page = Math.floor(address / PAGE_BYTES) * PAGE_BYTES;
  for (let back = 0; back < pages; back++) {
    const start = page - back * PAGE_BYTES;
    if ((address - start) % bytes === 0 && address + bytes <= start + pages * PAGE_BYTES)
      return { start, pages, sizeClass };
  }
  return undefined;
}

function countSlots({ pages, elementBytes, sizeClass, hasPointers }: Row, rules: BitmapRules): number {
  if (sizeClass === 0) return 1;
  let reserved = 0;
  if (rules.scheme === "span" && elementBytes <= MAX_BITS_IN_SPAN_BYTES) {
    if (hasPointers) reserved += pages * BITS_BYTES;
    if (rules.inlineMarkBits && elementBytes >= 16) reserved += INLINE_MARK_BYTES;
  }
  return Math.floor((pages * PAGE_BYTES - reserved) / elementBytes);
}
