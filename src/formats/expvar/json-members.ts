import { CLOSE_BRACE, COLON, NEWLINE, OPEN_BRACE, QUOTE, SPACE, TAB } from "../../lib/ascii.ts";
import { findQuoteEnd } from "../../lib/quoted-text.ts";

const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const CARRIAGE_RETURN = 0x0d;

/**
 * Walks the members of one JSON object without building it, so that an object that is cut off gives what came before.
 * After `next()` returned true the member is `bytes[keyStart … keyEnd)`, without quotes, and
 * `bytes[valueStart … valueEnd)`.
 */
export class JsonMembers {
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  /** The object's closing brace has been reached. */
  isClosed = false;
  /** The value of the member goes on beyond the input; what there is of it is given. */
  isValueCut = false;
  /** How far the walk has come. */
  at: number;
  readonly #bytes: Uint8Array;
  readonly #end: number;

  /** `at` is the object's opening brace, or blanks before it. */
  constructor(bytes: Uint8Array, at: number, end: number) {
    this.#bytes = bytes;
    this.#end = end;
    this.at = skipSpace(bytes, at, end);
    if (bytes[this.at] === OPEN_BRACE && this.at < end) this.at++;
    else this.at = end;
  }

  /** False at the end of the object, or where it goes on in a way that JSON does not. */
  next(): boolean {
    if (this.isClosed || this.isValueCut) return false;
    const bytes = this.#bytes;
    const end = this.#end;
    let at = skipSpace(bytes, this.at, end);
    if (at < end && bytes[at] === COMMA) at = skipSpace(bytes, at + 1, end);
    this.at = at;
    if (at < end && bytes[at] === CLOSE_BRACE) {
      this.isClosed = true;
      this.at++;
      return false;
    }
    if (at >= end || bytes[at] !== QUOTE) return false;
    const keyEnd = findQuoteEnd(bytes, at, end);
    if (keyEnd < 0) return false;
    const colon = skipSpace(bytes, keyEnd, end);
    if (colon >= end || bytes[colon] !== COLON) return false;
    this.keyStart = at + 1;
    this.keyEnd = keyEnd - 1;
    this.valueStart = skipSpace(bytes, colon + 1, end);
    this.valueEnd = this.#findValueEnd(this.valueStart);
    this.at = this.valueEnd;
    return true;
  }

  /** Counts brackets; whether they match is for the one who parses the value. */
  #findValueEnd(start: number): number {
    const bytes = this.#bytes;
    let depth = 0;
    let at = start;
    while (at < this.#end) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        const quoteEnd = findQuoteEnd(bytes, at, this.#end);
        if (quoteEnd < 0) break;
        at = quoteEnd;
        if (depth === 0) return at;
        continue;
      }
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (depth === 0) return at;
        depth--;
        if (depth === 0) return at + 1;
      } else if (depth === 0 && (byte === COMMA || isSpace(byte))) return at;
      at++;
    }
    this.isValueCut = true;
    return this.#end;
  }
}

function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end && isSpace(bytes[next]!)) next++;
  return next;
}

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === NEWLINE || byte === CARRIAGE_RETURN;
}
