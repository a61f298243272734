/** Values of this size have differences that zigzag into the 53 bits of a double. */
const MAX_VARINT_VALUE: number = 2 ** 51;

const LOW_BITS = 0x80;

/** Bytes of numbers for a row's blob: varints, and columns of numbers in the shorter of two forms. */
export class PackedWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** An integer from 0 to 2^53 - 1, seven bits a byte, the low ones first. */
  varint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= LOW_BITS) {
      this.#bytes[this.#length++] = (rest % LOW_BITS) | LOW_BITS;
      rest = Math.floor(rest / LOW_BITS);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** An integer of at most 2^52 either way. */
  signed(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** Integers in ascending order, from 0. */
  ascending(values: ArrayLike<number>): void {
    let before = 0;
    for (let i = 0; i < values.length; i++) {
      this.varint(values[i]! - before);
      before = values[i]!;
    }
  }

  /**
   * Numbers whose count the reader knows: as differences if they are integers that allow it, otherwise as doubles, all
   * first bytes, then all second bytes, because it is the first ones that repeat.
   */
  numbers(values: ArrayLike<number>): void {
    if (areSmallIntegers(values)) {
      this.varint(0);
      let before = 0;
      for (let i = 0; i < values.length; i++) {
        this.signed(values[i]! - before);
        before = values[i]!;
      }
      return;
    }
    this.varint(1);
    this.#reserve(8 * values.length);
    for (let i = 0; i < values.length; i++) {
      SCRATCH.setFloat64(0, values[i]!);
      for (let byte = 0; byte < 8; byte++) {
        this.#bytes[this.#length + byte * values.length + i] = SCRATCH.getUint8(byte);
      }
    }
    this.#length += 8 * values.length;
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

const SCRATCH = new DataView(new ArrayBuffer(8));

function areSmallIntegers(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isInteger(value) || Math.abs(value) > MAX_VARINT_VALUE || Object.is(value, -0)) return false;
  }
  return true;
}
