import type { DumpedMemory } from "../../formats/heap-dump/heap-dump.ts";
import type { BitmapRules, PointerBits } from "../objects/heap-bitmap.ts";
import { PAGE_BYTES } from "../runtime/locate-heap.ts";
import type { DumpSpans } from "./dump-spans.ts";

const MIN_HEADER_BYTES = 512;

/** The pointers of a dump's objects, which the runtime listed when it wrote it. */
export class DumpBitmap implements PointerBits {
  readonly unknownMasks = 0;
  readonly #objects: DumpedMemory;
  readonly #found: DumpSpans;
  readonly #rules: BitmapRules;

  constructor(objects: DumpedMemory, found: DumpSpans, rules: BitmapRules) {
    this.#objects = objects;
    this.#found = found;
    this.#rules = rules;
  }

  hasHeader(span: number): boolean {
    const { spanClass, elementBytes } = this.#found.spans;
    return (
      this.#rules.scheme === "span" &&
      (spanClass[span]! & 1) === 0 &&
      spanClass[span]! >> 1 !== 0 &&
      elementBytes[span]! > MIN_HEADER_BYTES
    );
  }

  headerBytes(span: number): number {
    return this.hasHeader(span) ? 8 : 0;
  }

  ofSpan(span: number): Uint8Array | undefined {
    const { spans } = this.#found;
    return this.#bits(span, 0, (spans.pages[span]! * PAGE_BYTES) / 8);
  }

  /** The dump does not say. */
  largeType(): number {
    return 0;
  }

  ofLarge(span: number, from: number, count: number): Uint8Array | undefined {
    return this.#bits(span, from, count);
  }

  #bits(span: number, from: number, count: number): Uint8Array | undefined {
    const { spans, firstRow, endRow } = this.#found;
    if ((spans.spanClass[span]! & 1) !== 0) return undefined;
    const { address, fieldStart, field } = this.#objects;
    const bits = new Uint8Array(Math.ceil(count / 8));
    for (let row = firstRow[span]!; row < endRow[span]!; row++) {
      const base = (address[row]! - spans.start[span]!) / 8 - from;
      let i = fieldStart[row]!;
      const end = fieldStart[row + 1]!;
      // Fields rise; of a large object only those within the window are looked at.
      if (base < 0) i = firstAtLeast(field, i, end, -base * 8);
      for (; i < end; i++) {
        const word = base + field[i]! / 8;
        if (word >= count) break;
        bits[word >>> 3]! |= 1 << (word & 7);
      }
    }
    return bits;
  }
}

function firstAtLeast(column: Uint32Array, from: number, to: number, value: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
