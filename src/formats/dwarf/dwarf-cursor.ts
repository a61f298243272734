import { DecodeError } from "../../bytes/decode-error.ts";

const decoder = new TextDecoder();

/** A cursor over one section. Reads past the end throw, so no loop on foreign lengths runs on. */
export class DwarfCursor {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #section: string;
  at: number;
  end: number;

  constructor(bytes: Uint8Array, section: string, at = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#section = section;
    this.at = at;
    this.end = Math.min(end, bytes.length);
  }

  get atEnd(): boolean {
    return this.at >= this.end;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** The nearest double; addresses are below 2^53. */
  u64(): number {
    const at = this.#take(8);
    return this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 0x1_0000_0000;
  }

  /** Unsigned LEB128, as the nearest double. */
  uleb(): number {
    const first = this.bytes[this.at]!;
    if (first < 0x80 && this.at < this.end) {
      this.at++;
      return first;
    }
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw this.malformed("a LEB128 number of more than ten bytes");
  }

  sleb(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return (byte & 0x40) === 0 ? value : value - scale;
    }
    throw this.malformed("a LEB128 number of more than ten bytes");
  }

  skip(length: number): void {
    this.#take(length);
  }

  skipText(): void {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0 || end >= this.end) throw this.malformed("a text without an end");
    this.at = end + 1;
  }

  /** The zero-terminated text at `at`; "" outside of the section. */
  textAt(at: number): string {
    if (at < 0 || at >= this.bytes.length) return "";
    const end = this.bytes.indexOf(0, at);
    return decoder.decode(this.bytes.subarray(at, end < 0 ? this.bytes.length : end));
  }

  malformed(what: string): DecodeError {
    return new DecodeError(`${what} in ${this.#section}`, {
      format: "dwarf",
      offset: this.at,
      hint: "the executable looks damaged; take another copy, or go on without its debug information",
    });
  }

  #take(length: number): number {
    const at = this.at;
    if (length > this.end - at) throw this.malformed("the section ends too early");
    this.at = at + length;
    return at;
  }
}
