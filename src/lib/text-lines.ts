import { CARRIAGE_RETURN, NEWLINE } from "./ascii.ts";

/**
 * Walks the lines of UTF-8 text without making strings: after `next()` returned true the line is
 * `bytes[start … end)`, without its "\n" or "\r\n".
 */
export class LineScanner {
  readonly bytes: Uint8Array;
  start = 0;
  end = 0;
  /** False only for a last line without a newline, which may be the front part of a longer one. */
  isTerminated = true;
  #next: number;

  constructor(bytes: Uint8Array, from = 0) {
    this.bytes = bytes;
    this.#next = from;
  }

  /** Where the line after this one begins. */
  get following(): number {
    return this.#next;
  }

  /** Goes on with the line that begins at `offset`. */
  skipTo(offset: number): void {
    this.#next = offset;
  }

  next(): boolean {
    const { bytes } = this;
    if (this.#next >= bytes.length) return false;
    this.start = this.#next;
    const newline = bytes.indexOf(NEWLINE, this.start);
    this.isTerminated = newline >= 0;
    let end = newline >= 0 ? newline : bytes.length;
    this.#next = end + 1;
    if (newline >= 0 && end > this.start && bytes[end - 1] === CARRIAGE_RETURN) end--;
    this.end = end;
    return true;
  }
}
