import type { ByteSource } from "../../bytes/byte-source.ts";

/** A part of the address space whose bytes are at hand. */
export interface MemoryRegion {
  start: number;
  end: number;
  source: ByteSource;
  /** Of `start` in the source. */
  offset: number;
  /** PF_X 1, PF_W 2, PF_R 4. */
  flags: number;
}

/** Bytes of one window. Small reads (a struct here, a string there) come in bursts near each other. */
const WINDOW_BYTES = 64 * 1024;
/** 256 MB of windows: types are followed from object to object, all over the heap. */
const WINDOWS_LOG = 12;
const WINDOWS = 2 ** WINDOWS_LOG;
/** 2^32 by the golden ratio: multiples of it lie apart, whatever the distance between heap, data and stacks. */
const SPREAD = 0x9e37_79b1;

/** What was read at once: [start, limit), of which the source had the bytes up to `end`. */
interface Window {
  start: number;
  end: number;
  limit: number;
  bytes: Uint8Array;
  words: Uint32Array;
}

const NO_WINDOW: Window = {
  start: 0,
  end: 0,
  limit: 0,
  bytes: new Uint8Array(0),
  words: new Uint32Array(0),
};

/**
 * The memory of a process, read where it is asked for. Regions given later lie below those given before: what a core
 * holds goes over what the executable's file says of the same pages. Never the whole is read; a window cache serves
 * the small reads.
 */
export class AddressSpace {
  readonly regions: readonly MemoryRegion[];
  readonly #starts: Float64Array;
  readonly #windowBytes: number;
  /** By the hashed number of the window; the later one of two drives the other out. */
  readonly #windows: (Window | undefined)[] = new Array(WINDOWS).fill(undefined);
  /** The window of the last read, taken apart. */
  #start = 0;
  #end = 0;
  #bytes = NO_WINDOW.bytes;
  #words = NO_WINDOW.words;

  /** @param windowBytes what is read at once for a small read */
  constructor(layers: readonly (readonly MemoryRegion[])[], windowBytes = WINDOW_BYTES) {
    this.#windowBytes = windowBytes;
    this.regions = overlay(layers);
    this.#starts = Float64Array.from(this.regions, (region) => region.start);
  }

  /** The region of an address, or undefined: not mapped, or not in the core. */
  regionAt(address: number): MemoryRegion | undefined {
    const starts = this.#starts;
    let low = 0;
    let high = starts.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (starts[middle]! <= address) low = middle + 1;
      else high = middle - 1;
    }
    const region = this.regions[high];
    return region !== undefined && address < region.end ? region : undefined;
  }

  /** The parts of [from, to) whose bytes are at hand. */
  *partsWithin(from: number, to: number): Iterable<{ from: number; to: number }> {
    for (let at = from; at < to; ) {
      const region = this.regionAt(at);
      if (region === undefined) at = this.#nextStart(at);
      else {
        yield { from: at, to: Math.min(to, region.end) };
        at = region.end;
      }
    }
  }

  has(address: number, length = 1): boolean {
    if (address >= this.#start && address + length <= this.#end) return true;
    let at = address;
    do {
      const region = this.regionAt(at);
      if (region === undefined) return false;
      at = region.end;
    } while (!(address + length <= at));
    return true;
  }

  /** NaN where nothing is at hand. */
  u8(address: number): number {
    return this.#enter(address, 1) ? this.#bytes[address - this.#start]! : Number.NaN;
  }

  u16(address: number): number {
    if (!this.#enter(address, 2)) return this.#slow(address, 2);
    const at = address - this.#start;
    return this.#bytes[at]! | (this.#bytes[at + 1]! << 8);
  }

  u32(address: number): number {
    if (!this.#enter(address, 4)) return this.#slow(address, 4);
    const at = address - this.#start;
    return (at & 3) === 0 ? this.#words[at >>> 2]! : read32(this.#bytes, at);
  }

  i32(address: number): number {
    return this.u32(address) | 0;
  }

  /** The nearest double; exact for addresses. NaN where nothing is at hand. */
  u64(address: number): number {
    if (!this.#enter(address, 8)) return this.#slow(address, 8);
    const at = address - this.#start;
    if ((at & 3) !== 0) return read32(this.#bytes, at) + read32(this.#bytes, at + 4) * 0x1_0000_0000;
    const word = at >>> 2;
    return this.#words[word]! + this.#words[word + 1]! * 0x1_0000_0000;
  }

  /** A copy of [address, address + length), or undefined unless all of it is at hand. */
  bytes(address: number, length: number): Uint8Array | undefined {
    if (length < 0 || !Number.isFinite(length)) return undefined;
    if (length > 0 && !this.has(address, length)) return undefined;
    const out = new Uint8Array(length);
    return this.readInto(address, out) === length ? out : undefined;
  }

  /**
   * The same without a copy, if it lies within one window and at a multiple of four there: not to be written to.
   * Undefined otherwise.
   */
  peek(address: number, length: number): Uint8Array | undefined {
    const bytes = this.#slice(address, length);
    return bytes !== undefined && (bytes.byteOffset & 3) === 0 ? bytes : undefined;
  }

  /**
   * Fills `out` from `address`; places that are not at hand are zero. Returns how many bytes were. What is larger than
   * a window goes past the cache.
   */
  readInto(address: number, out: Uint8Array): number {
    let found = 0;
    let at = 0;
    while (at < out.length) {
      const region = this.regionAt(address + at);
      if (region === undefined) {
        const next = this.#nextStart(address + at);
        const gap = Math.min(out.length - at, next - (address + at));
        out.fill(0, at, at + gap);
        at += gap;
        continue;
      }
      const wanted = Math.min(out.length - at, region.end - (address + at));
      const bytes =
        out.length <= this.#windowBytes && this.#enter(address + at, 1)
          ? this.#bytes.subarray(address + at - this.#start, address + at - this.#start + wanted)
          : region.source.read(region.offset + (address + at - region.start), wanted);
      out.set(bytes, at);
      found += bytes.length;
      at += bytes.length;
      // The source has no more, though it said so.
      if (bytes.length === 0) {
        out.fill(0, at, at + wanted);
        at += wanted;
      }
    }
    return found;
  }

  text(address: number, length: number): string | undefined {
    const bytes = this.#slice(address, length) ?? this.bytes(address, length);
    return bytes === undefined ? undefined : decoder.decode(bytes);
  }

  /** The bytes themselves, if they lie within one window. */
  #slice(address: number, length: number): Uint8Array | undefined {
    if (!(length >= 0) || !this.#enter(address, length)) return undefined;
    const at = address - this.#start;
    return this.#bytes.subarray(at, at + length);
  }

  #nextStart(address: number): number {
    const starts = this.#starts;
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (starts[middle]! > address) high = middle;
      else low = middle + 1;
    }
    return starts[low] ?? Number.POSITIVE_INFINITY;
  }

  /** Makes the window of `address` the current one; false if the value does not lie within one window. */
  #enter(address: number, length: number): boolean {
    return (address >= this.#start && address + length <= this.#end) || this.#change(address, length);
  }

  #change(address: number, length: number): boolean {
    const number = Math.floor(address / this.#windowBytes);
    const slot = Math.imul(number, SPREAD) >>> (32 - WINDOWS_LOG);
    let window = this.#windows[slot];
    if (window === undefined || !(address >= window.start && address < window.limit)) {
      const region = this.regionAt(address);
      if (region === undefined) return false;
      window = this.#read(region, number * this.#windowBytes);
      this.#windows[slot] = window;
    }
    if (!(address + length <= window.end)) return false;
    this.#start = window.start;
    this.#end = window.end;
    this.#bytes = window.bytes;
    this.#words = window.words;
    return true;
  }

  /** Windows begin and end at multiples of their size, and where their region does. */
  #read({ start: low, end: high, source, offset }: MemoryRegion, aligned: number): Window {
    const start = Math.max(low, aligned);
    const limit = Math.min(high, aligned + this.#windowBytes);
    let bytes = source.read(offset + (start - low), limit - start);
    if ((bytes.byteOffset & 3) !== 0) bytes = bytes.slice();
    return {
      start,
      end: start + bytes.length,
      limit,
      bytes,
      words: new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2),
    };
  }

  /** A value across two windows, or nothing. */
  #slow(address: number, length: number): number {
    const bytes = this.bytes(address, length);
    if (bytes === undefined) return Number.NaN;
    let value = 0;
    for (let i = length - 1; i >= 0; i--) value = value * 256 + bytes[i]!;
    return value;
  }
}

const decoder = new TextDecoder();

function read32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** Cuts the layers into regions that do not overlap; the first layer wins, and within a layer the lower start. */
function overlay(layers: readonly (readonly MemoryRegion[])[]): MemoryRegion[] {
  let result: MemoryRegion[] = [];
  for (const layer of layers) {
    const sorted = layer.filter((region) => region.end > region.start).sort((a, b) => a.start - b.start);
    const added: MemoryRegion[] = [];
    let above = 0;
    let reached = 0;
    for (const region of sorted) {
      let at = Math.max(region.start, reached);
      while (above < result.length && result[above]!.end <= at) above++;
      for (let i = above; at < region.end && i < result.length && result[i]!.start < region.end; i++) {
        if (result[i]!.start > at) added.push(cut(region, at, result[i]!.start));
        at = Math.max(at, result[i]!.end);
      }
      if (at < region.end) added.push(cut(region, at, region.end));
      reached = Math.max(reached, region.end);
    }
    result = [...result, ...added].sort((a, b) => a.start - b.start);
  }
  return result;
}

function cut(region: MemoryRegion, start: number, end: number): MemoryRegion {
  return { ...region, start, end, offset: region.offset + (start - region.start) };
}
