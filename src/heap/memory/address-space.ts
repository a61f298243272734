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
/** 256 MB: types are followed from object to object, all over the heap. */
const WINDOWS = 4096;

/**
 * The memory of a process, read where it is asked for. Regions given later lie below those given before: what a core
 * holds goes over what the executable's file says of the same pages. Never the whole is read; a window cache serves
 * the small reads.
 */
export class AddressSpace {
  readonly regions: readonly MemoryRegion[];
  readonly #starts: Float64Array;
  readonly #windowBytes: number;
  readonly #windows = new Map<number, DataView>();
  #lastView: DataView = new DataView(new ArrayBuffer(0));
  #lastStart = 0;
  #lastEnd = 0;

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
    return this.#enter(address, 1)
      ? this.#lastView.getUint8(address - this.#lastStart)
      : this.#slow(address, 1);
  }

  u16(address: number): number {
    return this.#enter(address, 2)
      ? this.#lastView.getUint16(address - this.#lastStart, true)
      : this.#slow(address, 2);
  }

  u32(address: number): number {
    return this.#enter(address, 4)
      ? this.#lastView.getUint32(address - this.#lastStart, true)
      : this.#slow(address, 4);
  }

  i32(address: number): number {
    return this.u32(address) | 0;
  }

  /** The nearest double; exact for addresses. NaN where nothing is at hand. */
  u64(address: number): number {
    if (!this.#enter(address, 8)) return this.#slow(address, 8);
    const at = address - this.#lastStart;
    return this.#lastView.getUint32(at, true) + this.#lastView.getUint32(at + 4, true) * 0x1_0000_0000;
  }

  /** A copy of [address, address + length), or undefined unless all of it is at hand. */
  bytes(address: number, length: number): Uint8Array | undefined {
    if (length < 0 || !Number.isFinite(length)) return undefined;
    if (length > 0 && !this.has(address, length)) return undefined;
    const out = new Uint8Array(length);
    return this.readInto(address, out) === length ? out : undefined;
  }

  /**
   * Fills `out` from `address`; places that are not at hand are zero. Returns how many bytes were. Goes past the
   * window cache: meant for large reads.
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
      const bytes = region.source.read(region.offset + (address + at - region.start), wanted);
      out.set(bytes, at);
      out.fill(0, at + bytes.length, at + wanted);
      found += bytes.length;
      at += wanted;
    }
    return found;
  }

  text(address: number, length: number): string | undefined {
    const bytes = this.bytes(address, length);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
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
    if (address >= this.#lastStart && address + length <= this.#lastEnd) return true;
    const region = this.regionAt(address);
    if (region === undefined) return false;
    const start = region.start + Math.floor((address - region.start) / this.#windowBytes) * this.#windowBytes;
    let view = this.#windows.get(start);
    if (view === undefined) {
      const end = Math.min(region.end, start + this.#windowBytes);
      const bytes = region.source.read(region.offset + (start - region.start), end - start);
      view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (this.#windows.size >= WINDOWS) this.#windows.delete(this.#windows.keys().next().value!);
      this.#windows.set(start, view);
    }
    this.#lastView = view;
    this.#lastStart = start;
    this.#lastEnd = start + view.byteLength;
    return address + length <= this.#lastEnd;
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
