/** Bytes written one after the other into a buffer that doubles. */
export class ByteWriter {
  #buffer: Uint8Array;
  #length = 0;

  constructor(capacity = 1024) {
    this.#buffer = new Uint8Array(Math.max(16, capacity));
  }

  get length(): number {
    return this.#length;
  }

  /** Writes an unsigned integer below 2^53 as a varint. */
  writeVarint(value: number): void {
    this.writeVarint64(value >>> 0, Math.floor(value / 0x1_0000_0000));
  }

  /** Writes a 64-bit integer, given in unsigned halves, as a varint. */
  writeVarint64(low: number, high: number): void {
    this.#reserve(10);
    const buffer = this.#buffer;
    let at = this.#length;
    let restLow = low;
    let restHigh = high;
    for (; restHigh !== 0; restHigh >>>= 7) {
      buffer[at++] = (restLow & 0x7f) | 0x80;
      restLow = ((restLow >>> 7) | (restHigh << 25)) >>> 0;
    }
    for (; restLow >= 0x80; restLow >>>= 7) buffer[at++] = (restLow & 0x7f) | 0x80;
    buffer[at++] = restLow;
    this.#length = at;
  }

  writeBytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Leaves room for the length of what follows and returns the token for `endLengthDelimited`. */
  beginLengthDelimited(): number {
    this.#reserve(1);
    return ++this.#length;
  }

  /** Puts the length of what was written since in front of it. Nests. */
  endLengthDelimited(begin: number): void {
    let length = this.#length - begin;
    if (length >= 0x80) {
      // One byte was not enough for the length: move what follows.
      let extra = 0;
      for (let rest = length; rest >= 0x80; rest = Math.floor(rest / 0x80)) extra++;
      this.#reserve(extra);
      this.#buffer.copyWithin(begin + extra, begin, this.#length);
      this.#length += extra;
    }
    let at = begin - 1;
    for (; length >= 0x80; length = Math.floor(length / 0x80)) this.#buffer[at++] = (length % 0x80) | 0x80;
    this.#buffer[at] = length;
  }

  /** A copy of exactly what was written. */
  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.#buffer.length));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}
