import { findText, NEWLINE, OPEN_BRACE } from "../../lib/ascii.ts";
import { findQuoteEnd, unquote } from "../../lib/quoted-text.ts";
import { LineScanner } from "../../lib/text-lines.ts";

/** The member that Docker's json-file driver, and collectors that imitate it, put a line into. */
const LOG_MEMBER = '"log":"';
/** Members that may come before it are short: stream, time, a container id. */
const MAX_MEMBERS_BYTES = 512;

/**
 * Walks the lines of a log. A line that is a JSON object with a member "log" is replaced by what that member says;
 * `bytes` is then a copy, and `offset` still tells the place in the input.
 */
export class LogLineReader {
  bytes: Uint8Array;
  start = 0;
  end = 0;
  isTerminated = true;
  /** Offset of the line in the input. */
  offset = 0;
  readonly #input: Uint8Array;
  readonly #lines: LineScanner;
  readonly #base: number;

  /** `base` is where the input begins in what it is a part of. */
  constructor(input: Uint8Array, base = 0) {
    this.#input = input;
    this.bytes = input;
    this.#base = base;
    this.#lines = new LineScanner(input);
  }

  /** Where the next line begins in `bytes`; -1 if this line was taken out of a JSON object. */
  get following(): number {
    return this.bytes === this.#input ? this.#lines.following : -1;
  }

  /** Goes on with the line that begins at `at` in the input. */
  skipTo(at: number): void {
    this.#lines.skipTo(at);
  }

  next(): boolean {
    const lines = this.#lines;
    if (!lines.next()) return false;
    this.bytes = lines.bytes;
    this.start = lines.start;
    this.end = lines.end;
    this.offset = this.#base + lines.start;
    this.isTerminated = lines.isTerminated;
    if (lines.bytes[lines.start] === OPEN_BRACE && lines.end > lines.start) this.#unwrap();
    return true;
  }

  #unwrap(): void {
    const { bytes, start, end } = this;
    const member = findText(bytes, start, Math.min(end, start + MAX_MEMBERS_BYTES), LOG_MEMBER);
    if (member < 0) return;
    const text = member + LOG_MEMBER.length;
    const close = findQuoteEnd(bytes, text - 1, end);
    if (close < 0) return;
    this.bytes = unquote(bytes, text, close - 1);
    this.start = 0;
    this.end = this.bytes.length;
    if (this.end > 0 && this.bytes[this.end - 1] === NEWLINE) this.end--;
  }
}
