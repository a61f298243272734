import {
  COLON,
  findLastByte,
  hexDigit,
  isBlank,
  parseDigits,
  skipBlanks,
  startsWith,
  TAB,
} from "../lib/ascii.ts";
import type { ProfileBuilder } from "../tables/profile-builder.ts";

/** Go's limit is 128, or 1024 with GODEBUG=profstackdepth; what expansion of inlined calls adds is far less again. */
const MAX_DEPTH = 2048;
/** Comments of one stack that fit no address before the rest is taken without looking. */
const MAX_MISSES = 32;

/**
 * Reads what the text forms of Go's profiles share: a stack as ` 0xPC 0xPC …`, and the comment lines
 * `#\t0xPC\tfunction+0xoff\tfile:line` behind it (runtime/pprof/pprof.go, printStackRecord).
 *
 * The stack holds return addresses, the comments call addresses, which is what a location's address is. Comments
 * come in the order of the stack but leave frames out: runtime functions at the leaf and runtime.goexit. The
 * locations of those stay without lines. A comment whose address is not in the stack is an outer frame that Go put in
 * (runtime.CallersFrames, since Go 1.26, and cgo symbolizers do): it becomes a further line of the location before it.
 */
export class StackRecordReader {
  readonly #builder: ProfileBuilder;
  readonly #low = new Uint32Array(MAX_DEPTH);
  readonly #high = new Uint32Array(MAX_DEPTH);
  readonly #locations = new Uint32Array(MAX_DEPTH);
  #depth = 0;
  /** The next position in the stack that a comment may belong to. */
  #cursor = 0;
  #misses = 0;
  /** The location last given a line by this record, or -1. */
  #described = -1;
  #parsedLow = 0;
  #parsedHigh = 0;

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
  }

  /**
   * Reads the addresses in `bytes[at … end)`, to be pushed by `pushStack`. False if there is anything else, or more
   * than 2048; comments that follow are then passed over. Zeros are padding (threadcreate prints a whole stack of
   * them) and not addresses.
   */
  readStack(bytes: Uint8Array, at: number, end: number): boolean {
    this.skipRecord();
    const depth = this.#readAddresses(bytes, at, end);
    if (depth < 0) return false;
    this.#depth = depth;
    return true;
  }

  /** Makes the comments that follow belong to no stack. */
  skipRecord(): void {
    this.#depth = 0;
    this.#cursor = 0;
    this.#misses = 0;
    this.#described = -1;
  }

  #readAddresses(bytes: Uint8Array, at: number, end: number): number {
    let depth = 0;
    let next = skipBlanks(bytes, at, end);
    while (next < end) {
      next = this.#readAddress(bytes, next, end);
      if (next < 0 || (next < end && !isBlank(bytes[next]!))) return -1;
      next = skipBlanks(bytes, next, end);
      if (this.#parsedLow === 0 && this.#parsedHigh === 0) continue;
      if (depth === MAX_DEPTH) return -1;
      // A return address, less 1, lies in the call.
      this.#low[depth] = this.#parsedLow - 1;
      this.#high[depth] = this.#parsedLow === 0 ? this.#parsedHigh - 1 : this.#parsedHigh;
      depth++;
    }
    return depth;
  }

  /** Gives the sample just begun the stack just read. */
  pushStack(): void {
    for (let i = 0; i < this.#depth; i++) {
      const location = this.#builder.internLocation(this.#low[i]!, this.#high[i]!);
      this.#builder.pushLocation(location);
      this.#locations[i] = location;
    }
  }

  /** Reads a comment line; anything but a frame is passed over. */
  readComment(bytes: Uint8Array, start: number, end: number): void {
    const at = skipBlanks(bytes, start + 1, end);
    const pcEnd = this.#readAddress(bytes, at, end);
    if (at === start + 1 || pcEnd < 0) return;
    const nameStart = skipBlanks(bytes, pcEnd, end);
    if (nameStart === pcEnd || nameStart === end) return;
    const nameEnd = bytes.indexOf(TAB, nameStart);
    if (nameEnd < 0 || nameEnd >= end) return;
    const fileStart = skipBlanks(bytes, nameEnd, end);
    const colon = findLastByte(bytes, fileStart, end, COLON);
    const line = parseDigits(bytes, colon + 1, end);
    if (colon < 0 || !Number.isSafeInteger(line)) return;

    const location = this.#findLocation();
    if (location < 0) return;
    const { strings } = this.#builder;
    const name = strings.intern(bytes, nameStart, findOffsetSuffix(bytes, nameStart, nameEnd));
    this.#builder.addLine(location, name, strings.intern(bytes, fileStart, colon), line);
    this.#described = location;
  }

  /** The location that a comment with the address just read gives a line to, or -1 if it says nothing new. */
  #findLocation(): number {
    if (this.#misses < MAX_MISSES) {
      let position = this.#findAddress(this.#parsedLow);
      // Go prints a PC that is a function's entry without taking 1 off.
      if (position < 0) position = this.#findAddress(this.#parsedLow - 1);
      if (position >= 0) {
        const location = this.#locations[position]!;
        this.#cursor = position + 1;
        this.#described = -1;
        return this.#builder.hasLines(location) ? -1 : location;
      }
      this.#misses++;
    }
    return this.#described;
  }

  #findAddress(low: number): number {
    for (let position = this.#cursor; position < this.#depth; position++) {
      if (this.#builder.isAddressOf(this.#locations[position]!, low, this.#parsedHigh)) return position;
    }
    return -1;
  }

  /** Offset behind the `0x…` at `at`, whose value is then in #parsedLow and #parsedHigh, or -1. */
  #readAddress(bytes: Uint8Array, at: number, end: number): number {
    if (!startsWith(bytes, at, end, "0x")) return -1;
    let low = 0;
    let high = 0;
    let next = at + 2;
    for (; next < end; next++) {
      const digit = hexDigit(bytes[next]!);
      if (digit < 0) break;
      high = ((high << 4) | (low >>> 28)) >>> 0;
      low = ((low << 4) | digit) >>> 0;
    }
    const digits = next - at - 2;
    if (digits === 0 || digits > 16) return -1;
    this.#parsedLow = low;
    this.#parsedHigh = high;
    return next;
  }
}

/** Where "+0x1d" begins, or `end`. */
function findOffsetSuffix(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 3; at > start; at--) {
    if (startsWith(bytes, at, end, "+0x")) return at;
  }
  return end;
}
