import type { ByteSource } from "../../bytes/byte-source.ts";

const WINDOW_BYTES = 1024 * 1024;
const MAX_TEXT_BYTES = 64 * 1024;

/** Thrown where the file ends in the middle of a record. */
export class DumpEnd extends Error {}

/** Reads a heap dump from its start to its end, through one window: dumps are as large as the heap. */
export class DumpReader {
  readonly #source: ByteSource;
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;
  #at = 0;

  constructor(source: ByteSource, offset: number) {
    this.#source = source;
    this.#windowStart = offset;
  }

  /** Of the next byte in the file. */
  get offset(): number {
    return this.#windowStart + this.#at;
  }

  get isAtEnd(): boolean {
    return this.offset >= this.#source.size;
  }

  /** The nearest double; exact for addresses. */
  number(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 70; scale *= 128) {
      if (this.#at === this.#window.length) this.#fill();
      const byte = this.#window[this.#at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new DumpEnd("a number has more than ten bytes");
  }

  text(): string {
    const length = this.number();
    const at = this.skip(length);
    return new TextDecoder().decode(this.#source.read(at, Math.min(length, MAX_TEXT_BYTES)));
  }

  /** Passes over bytes and gives where in the file they begin. */
  skip(length: number): number {
    const from = this.offset;
    if (!(length <= this.#source.size - from)) throw new DumpEnd("contents go beyond the end of the file");
    const inWindow = this.#at + length;
    if (inWindow <= this.#window.length) this.#at = inWindow;
    else {
      this.#windowStart = from + length;
      this.#window = this.#window.subarray(0, 0);
      this.#at = 0;
    }
    return from;
  }

  #fill(): void {
    this.#windowStart += this.#at;
    this.#at = 0;
    this.#window = this.#source.read(this.#windowStart, WINDOW_BYTES).slice();
    if (this.#window.length === 0) throw new DumpEnd("the file ends within a record");
  }
}
