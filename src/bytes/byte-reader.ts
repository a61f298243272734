import { DecodeError, type FormatName } from "./decode-error.ts";

/** A value or field goes on past the end of the bytes it should lie in. */
export class CutShortError extends DecodeError {}

const CUT_SHORT_HINT = "The file looks cut short or overwritten; fetch it again.";

/**
 * A cursor over `bytes[at … end - 1]`.
 *
 * A 64-bit value is left in two unsigned halves, `low` and `high`: a bigint per varint would be an allocation in the
 * hottest loop there is, and a double loses bits above 2^53.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly format: FormatName;
  at = 0;
  end: number;
  low = 0;
  high = 0;

  constructor(bytes: Uint8Array, format: FormatName) {
    this.bytes = bytes;
    this.format = format;
    this.end = bytes.length;
  }

  /** Moves to a part of the same bytes. */
  enter(start: number, end: number): void {
    this.at = start;
    this.end = end;
  }

  /**
   * Reads a base-128 varint into `low` and `high`, exactly: an int64 below zero takes ten bytes and arrives as its
   * two's complement. As in Go's reader, bits beyond the 64th are dropped and an eleventh byte is an error.
   *
   * @throws CutShortError if the bytes end first.
   * @throws DecodeError if it has more than ten bytes.
   */
  readVarint64(): void {
    const { bytes, end } = this;
    let at = this.at;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= end) throw this.cutShort("a varint goes on past the end");
      const byte = bytes[at++]!;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift > 28) high |= bits << (shift - 32);
      else {
        low |= bits << 28;
        high = bits >>> 4;
      }
      if (byte < 0x80) {
        this.at = at;
        this.low = low >>> 0;
        this.high = high >>> 0;
        return;
      }
    }
    throw this.malformed("a varint of more than ten bytes");
  }

  /** Reads an unsigned varint as the nearest double, for tags and lengths: anything above 2^53 is refused anyway. */
  readVarint(): number {
    const { bytes, at } = this;
    if (at < this.end) {
      const byte = bytes[at]!;
      if (byte < 0x80) {
        this.at = at + 1;
        this.low = byte;
        this.high = 0;
        return byte;
      }
    }
    this.readVarint64();
    return this.high * 0x1_0000_0000 + this.low;
  }

  /** Reads a little-endian uint32 into `low`, and 0 into `high`. */
  readFixed32(): void {
    if (this.end - this.at < 4) throw this.cutShort("a 4-byte value goes on past the end");
    this.low = this.#readUint32();
    this.high = 0;
  }

  /** Reads a little-endian uint64 into `low` and `high`. */
  readFixed64(): void {
    if (this.end - this.at < 8) throw this.cutShort("an 8-byte value goes on past the end");
    this.low = this.#readUint32();
    this.high = this.#readUint32();
  }

  #readUint32(): number {
    const { bytes, at } = this;
    this.at = at + 4;
    return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
  }

  cutShort(what: string): CutShortError {
    return new CutShortError(what, { format: this.format, offset: this.at, hint: CUT_SHORT_HINT });
  }

  malformed(what: string): DecodeError {
    return new DecodeError(what, { format: this.format, offset: this.at, hint: CUT_SHORT_HINT });
  }
}
