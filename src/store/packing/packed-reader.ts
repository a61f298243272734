/** A blob is not what was written: the database is damaged. */
export class PackedError extends Error {
  override readonly name = "PackedError";
}

/** Reads what PackedWriter wrote. Throws PackedError instead of reading past the end. */
export class PackedReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  varint(): number {
    let value = 0;
    let factor = 1;
    for (let length = 0; length < 8; length++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new PackedError("a number is cut off");
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 0x80;
    }
    throw new PackedError("a number is too long");
  }

  signed(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** A count of things of at least `bytesEach`, which must still be there. */
  count(bytesEach = 1): number {
    const count = this.varint();
    if (count * bytesEach > this.#bytes.length - this.#at) throw new PackedError("a count is too large");
    return count;
  }

  ascending(count: number): Float64Array {
    const values = new Float64Array(count);
    let before = 0;
    for (let i = 0; i < count; i++) {
      before += this.varint();
      values[i] = before;
    }
    return values;
  }

  numbers(count: number): Float64Array {
    const form = this.varint();
    if (form > 1) throw new PackedError("a column has an unknown form");
    if ((form === 0 ? 1 : 8) * count > this.#bytes.length - this.#at)
      throw new PackedError("a column is cut off");
    const values = new Float64Array(count);
    if (form === 0) {
      let before = 0;
      for (let i = 0; i < count; i++) {
        before += this.signed();
        values[i] = before;
      }
      return values;
    }
    const scratch = new DataView(new ArrayBuffer(8));
    for (let i = 0; i < count; i++) {
      for (let byte = 0; byte < 8; byte++)
        scratch.setUint8(byte, this.#view.getUint8(this.#at + byte * count + i));
      values[i] = scratch.getFloat64(0);
    }
    this.#at += 8 * count;
    return values;
  }

  /** A view of the next bytes. */
  take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw new PackedError("a text is cut off");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** All has been read. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw new PackedError("there are bytes left over");
  }
}
