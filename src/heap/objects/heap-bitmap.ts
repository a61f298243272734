import type { AddressSpace } from "../memory/address-space.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";
import { PAGE_BYTES } from "../runtime/locate-heap.ts";
import { hasBit, type PointerMasks } from "../types/pointer-mask.ts";
import type { ObjectIndex } from "./object-index.ts";

const ARENA_BYTES = 64 * 1024 * 1024;
const ARENA_WORDS = ARENA_BYTES / 8;
/** Since Go 1.22: objects up to this have their bits at the end of their span, larger ones a header. */
const MIN_HEADER_BYTES = 512;
const HEADER_BYTES = 8;
const INLINE_MARK_BYTES = 128;

/** How a version tells pointers from other words (runtime/mbitmap.go; spec of each in docs/heap.md). */
type BitmapScheme = "arena-two-bits" | "arena-one-bit" | "span";

export interface BitmapRules {
  scheme: BitmapScheme;
  /** Green Tea: mark bits of small objects lie at the very end of the span, and its pointer bits before them. */
  inlineMarkBits: boolean;
}

export function chooseBitmapRules(minor: string, experiments: ReadonlySet<string>): BitmapRules {
  const version = Number(minor.split(".")[1]);
  const inlineMarkBits = experiments.has("greenteagc") || (version >= 26 && !experiments.has("nogreenteagc"));
  if (version <= 19) return { scheme: "arena-two-bits", inlineMarkBits };
  if (version <= 21 || experiments.has("noallocheaders")) return { scheme: "arena-one-bit", inlineMarkBits };
  return { scheme: "span", inlineMarkBits };
}

/** Which words of a span are pointers, wherever that is known from. */
export type PointerBits = Pick<
  HeapBitmap,
  "hasHeader" | "headerBytes" | "ofSpan" | "largeType" | "ofLarge" | "unknownMasks"
>;

/** Gives the pointer bits of a span's words, one bit a word, whichever scheme the version has. */
export class HeapBitmap {
  readonly #space: AddressSpace;
  readonly #layout: RuntimeLayout;
  readonly #index: ObjectIndex;
  readonly #masks: PointerMasks;
  readonly #rules: BitmapRules;
  readonly #arenaTable: number;
  readonly #arenaBase: number;
  /** Types of objects with a header whose mask is not at hand. */
  unknownMasks = 0;

  constructor(parts: {
    space: AddressSpace;
    layout: RuntimeLayout;
    index: ObjectIndex;
    masks: PointerMasks;
    rules: BitmapRules;
    mheap: number;
  }) {
    this.#space = parts.space;
    this.#layout = parts.layout;
    this.#index = parts.index;
    this.#masks = parts.masks;
    this.#rules = parts.rules;
    this.#arenaTable = parts.space.u64(parts.mheap + parts.layout.structs.mheap.arenas);
    // 0xffff800000000000 on amd64: indexes count from the middle of the address space.
    this.#arenaBase = parts.layout.arch === "amd64" ? 2 ** 47 : 0;
  }

  /** Whether objects of a span begin with the address of their type. */
  hasHeader(span: number): boolean {
    const { spanClass, elementBytes } = this.#index.spans;
    const sizeClass = spanClass[span]! >> 1;
    return (
      this.#rules.scheme === "span" &&
      (spanClass[span]! & 1) === 0 &&
      sizeClass !== 0 &&
      elementBytes[span]! > MIN_HEADER_BYTES
    );
  }

  /** Bytes at the start of each slot that are the runtime's. */
  headerBytes(span: number): number {
    return this.hasHeader(span) ? HEADER_BYTES : 0;
  }

  /**
   * The pointer bits of a small-object span, for all its words; `bytes` are its contents. Undefined if the objects
   * have no pointers.
   */
  ofSpan(span: number, bytes: Uint8Array): Uint8Array | undefined {
    const { spans } = this.#index;
    if ((spans.spanClass[span]! & 1) !== 0) return undefined;
    const words = (spans.pages[span]! * PAGE_BYTES) / 8;
    if (this.#rules.scheme !== "span") return this.#ofArena(span, words);
    if (spans.elementBytes[span]! <= MIN_HEADER_BYTES) return this.#atSpanEnd(span, bytes, words);
    return this.#ofHeaders(span, bytes, words);
  }

  /** The type whose mask a large object repeats; 0 if the scheme has none or the object is just being made. */
  largeType(span: number): number {
    return this.#rules.scheme === "span" ? this.#index.spans.largeType[span]! : 0;
  }

  /** Pointer bits of words [from, from + count) of a large object. */
  ofLarge(span: number, from: number, count: number): Uint8Array | undefined {
    const { spans } = this.#index;
    if ((spans.spanClass[span]! & 1) !== 0) return undefined;
    if (this.#rules.scheme !== "span")
      return this.#arenaBits(spans.start[span]! + from * 8, count, spans.start[span]!);
    const type = spans.largeType[span]!;
    const mask = type === 0 ? undefined : this.#masks.of(type);
    if (mask === undefined || mask.sizeWords === 0) {
      if (type !== 0) this.unknownMasks++;
      return undefined;
    }
    const bits = new Uint8Array(Math.ceil(count / 8));
    for (let i = 0; i < count; i++) {
      const within = (from + i) % mask.sizeWords;
      if (within < mask.words && hasBit(mask.bits, within)) bits[i >>> 3]! |= 1 << (i & 7);
    }
    return bits;
  }

  #atSpanEnd(span: number, bytes: Uint8Array, words: number): Uint8Array {
    const { elementBytes } = this.#index.spans;
    const inline = this.#rules.inlineMarkBits && elementBytes[span]! >= 16 ? INLINE_MARK_BYTES : 0;
    const size = words / 8;
    const at = bytes.length - inline - size;
    return bytes.subarray(at, at + size);
  }

  #ofHeaders(span: number, bytes: Uint8Array, words: number): Uint8Array {
    const { spans, allocated } = this.#index;
    const bits = new Uint8Array(Math.ceil(words / 8));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const slotWords = spans.elementBytes[span]! / 8;
    const first = spans.firstObject[span]!;
    for (let k = 0; k < spans.elements[span]!; k++) {
      if (!allocated.has(first + k)) continue;
      const at = k * slotWords * 8;
      const type = view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000;
      if (type === 0) continue;
      const mask = this.#masks.of(type);
      if (mask === undefined || mask.sizeWords === 0) {
        this.unknownMasks++;
        continue;
      }
      const start = k * slotWords + 1;
      const end = (k + 1) * slotWords;
      for (let element = start; element + mask.words <= end; element += mask.sizeWords) {
        for (let i = 0; i < mask.words; i++) {
          if (hasBit(mask.bits, i)) bits[(element + i) >>> 3]! |= 1 << ((element + i) & 7);
        }
      }
    }
    return bits;
  }

  /** The arena's bits say for each object where its pointers end, so they are taken object by object. */
  #ofArena(span: number, words: number): Uint8Array | undefined {
    const { spans } = this.#index;
    const start = spans.start[span]!;
    const slotWords = spans.elementBytes[span]! / 8;
    const all = this.#rawBits(start, words);
    if (all === undefined) return undefined;
    const bits = new Uint8Array(Math.ceil(words / 8));
    for (let k = 0; k < spans.elements[span]!; k++) {
      const from = k * slotWords;
      const until = this.#endOfPointers(start, from, from + slotWords);
      for (let word = from; word < until; word++) if (hasBit(all, word)) bits[word >>> 3]! |= 1 << (word & 7);
    }
    return bits;
  }

  /** Pointer bits of `words` from `address`, within one object that begins at `object`. */
  #arenaBits(address: number, words: number, object: number): Uint8Array | undefined {
    const bits = this.#rawBits(address, words);
    if (bits === undefined) return undefined;
    const from = (address - object) / 8;
    const until = this.#endOfPointers(object, 0, from + words) - from;
    for (let word = Math.max(0, until); word < words; word++) bits[word >>> 3]! &= ~(1 << (word & 7));
    return bits;
  }

  #rawBits(address: number, words: number): Uint8Array | undefined {
    return this.#rules.scheme === "arena-two-bits"
      ? this.#twoBits(address, words)
      : this.#rawArenaBits(address, words);
  }

  #endOfPointers(base: number, from: number, to: number): number {
    return this.#rules.scheme === "arena-two-bits"
      ? this.#endOfScan(base, from, to)
      : this.#noMorePointers(base, from, to);
  }

  /** Go 1.19: the first word whose scan bit, in the high half of its byte, is not set. */
  #endOfScan(base: number, from: number, to: number): number {
    for (let word = from; word < to; word++) {
      const address = base + word * 8;
      const arena = this.#arenaOf(address);
      if (arena === 0) return word;
      const inArena = (address % ARENA_BYTES) / 8;
      const byte = this.#space.u8(arena + this.#layout.structs.heapArena.bitmap + (inArena >>> 2));
      if ((byte & (16 << (inArena & 3))) === 0) return word;
    }
    return to;
  }

  /** Go 1.20 and 1.21: the first word behind which noMorePtrs says that the object has no pointers. */
  #noMorePointers(base: number, from: number, to: number): number {
    const { heapArena } = this.#layout.structs;
    for (let word = from; word < to; ) {
      const address = base + word * 8;
      const arena = this.#arenaOf(address);
      const inArena = (address % ARENA_BYTES) / 8;
      const chunk = Math.floor(inArena / 64);
      const next = word + 64 - (inArena % 64);
      if (next >= to || arena === 0) return to;
      const byte = this.#space.u8(arena + heapArena.noMorePtrs + (chunk >>> 3));
      if ((byte & (1 << (chunk & 7))) !== 0) return next;
      word = next;
    }
    return to;
  }

  #rawArenaBits(address: number, words: number): Uint8Array | undefined {
    return this.#arenaBytes(address, words, 8);
  }

  /** Go 1.19: a byte for four words, pointer bits in its low half. */
  #twoBits(address: number, words: number): Uint8Array | undefined {
    const bytes = this.#arenaBytes(address, words, 4);
    if (bytes === undefined) return undefined;
    const bits = new Uint8Array(Math.ceil(words / 8));
    for (let i = 0; i < words; i++) {
      if ((bytes[i >>> 2]! & (1 << (i & 3))) !== 0) bits[i >>> 3]! |= 1 << (i & 7);
    }
    return bits;
  }

  /** The bitmap's bytes of `words`, arena by arena; spans begin at pages, and a page's bits at a byte. */
  #arenaBytes(address: number, words: number, wordsInByte: number): Uint8Array | undefined {
    const out = new Uint8Array(Math.ceil(words / wordsInByte));
    for (let done = 0; done < words; ) {
      const at = address + done * 8;
      const arena = this.#arenaOf(at);
      if (arena === 0) return undefined;
      const word = (at % ARENA_BYTES) / 8;
      const count = Math.min(words - done, ARENA_WORDS - word);
      const start = arena + this.#layout.structs.heapArena.bitmap + word / wordsInByte;
      const part = this.#space.bytes(start, Math.ceil(count / wordsInByte));
      if (part === undefined) return undefined;
      out.set(part, done / wordsInByte);
      done += count;
    }
    return out;
  }

  #arenaOf(address: number): number {
    const index = Math.floor((address + this.#arenaBase) / ARENA_BYTES);
    const entry = this.#space.u64(this.#arenaTable + index * 8);
    return entry > 0 ? entry : 0;
  }
}
