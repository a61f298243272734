import {
  CLOSE_BRACE,
  COLON,
  endsWith,
  findText,
  hexDigit,
  isDigit,
  OPEN_BRACE,
  parseDigits,
  QUOTE,
  SPACE,
  skipDigits,
  startsWith,
} from "../../lib/ascii.ts";
import { findQuoteEnd } from "../../lib/quoted-text.ts";
import { LEAKED, LOCKED_TO_THREAD, NO_WAIT } from "../../tables/goroutine-table.ts";

const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const INTRODUCTION = "goroutine ";
/** A log's own text in front of a header: time, host, program, level. */
const MAX_PREFIX_BYTES = 256;
/** Labels are the program's and may be long. */
const MAX_HEADER_BYTES = 64 * 1024;
const MAX_WAIT_MINUTES = 2 ** 31 - 1;

/**
 * One line `goroutine N [state …]:`, read by `readHeader` from what runtime/traceback.go (goroutineheader) prints in Go
 * 1.19 to 1.27:
 *
 *     goroutine 7 [chan send, 12 minutes, locked to thread]:
 *     goroutine 7 gp=0xc000006540 m=3 mp=0xc000080008 [running]:       (fatal signals, Go ≥ 1.22)
 *     goroutine 7 [select (scan)]:
 *     goroutine 7 [chan receive (leaked)]:                             (goroutineleak, Go ≥ 1.26)
 *     goroutine 7 [chan receive (durable), synctest bubble 1]:
 *     goroutine 7 [running labels:{"k": "v"}]:                         (Go 1.26 with tracebacklabels=1)
 *     goroutine 7 [running] {k: v, "a b": "]"}:                        (Go ≥ 1.27)
 */
export class GoroutineHeader {
  /** Where "goroutine " begins in the line; what is before belongs to the log. */
  start = 0;
  id = 0;
  stateStart = 0;
  stateEnd = 0;
  waitMinutes: number = NO_WAIT;
  flags = 0;
  labelsStart = 0;
  labelsEnd = 0;

  /** Whether `bytes[start … end)` is a header, perhaps behind a prefix. If so the fields describe it. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    // Nearly every line fails here, whatever is in it.
    if (end - start < INTRODUCTION.length || bytes[end - 1] !== COLON) return false;
    if (end - start > MAX_HEADER_BYTES) return false;
    const last = Math.min(end, start + MAX_PREFIX_BYTES + INTRODUCTION.length);
    for (let from = start; ; from = this.start + 1) {
      this.start = findText(bytes, from, last, INTRODUCTION);
      if (this.start < 0) return false;
      if (this.#readFrom(bytes, this.start + INTRODUCTION.length, end)) return true;
    }
  }

  #readFrom(bytes: Uint8Array, at: number, end: number): boolean {
    const idEnd = skipDigits(bytes, at, end);
    this.id = parseDigits(bytes, at, idEnd);
    if (!Number.isSafeInteger(this.id)) return false;
    const open = skipPointers(bytes, idEnd, end);
    if (bytes[open] !== SPACE || bytes[open + 1] !== OPEN_BRACKET) return false;
    this.waitMinutes = NO_WAIT;
    this.flags = 0;
    this.labelsStart = 0;
    this.labelsEnd = 0;
    let next = this.#readState(bytes, open + 2, end);
    while (next < end && bytes[next] === COMMA) next = this.#readProperty(bytes, next + 2, end);
    if (next < end && bytes[next] === OPEN_BRACE) next = this.#readLabels(bytes, next, end);
    if (next < 0 || next >= end || bytes[next] !== CLOSE_BRACKET) return false;
    next++;
    if (bytes[next] === SPACE && bytes[next + 1] === OPEN_BRACE)
      next = this.#readLabels(bytes, next + 1, end);
    return next === end - 1;
  }

  /** Offset of the "," or "]" or "{" behind the state. */
  #readState(bytes: Uint8Array, start: number, end: number): number {
    const at = findPropertyEnd(bytes, start, end);
    let stateEnd = at;
    if (at < end && bytes[at] === OPEN_BRACE) stateEnd = trim(bytes, start, at, " labels:");
    for (;;) {
      const before = stateEnd;
      stateEnd = trim(bytes, start, stateEnd, " (scan)");
      // Go marks what blocks a synctest bubble; the state is the one without.
      stateEnd = trim(bytes, start, stateEnd, " (durable)");
      const unmarked = trim(bytes, start, stateEnd, " (leaked)");
      if (unmarked !== stateEnd) this.flags |= LEAKED;
      stateEnd = unmarked;
      if (stateEnd === before) break;
    }
    this.stateStart = start;
    this.stateEnd = stateEnd;
    return at;
  }

  /** What follows a comma: "12 minutes", "locked to thread", "synctest bubble 1". */
  #readProperty(bytes: Uint8Array, start: number, end: number): number {
    const at = findPropertyEnd(bytes, start, end);
    const digitsEnd = skipDigits(bytes, start, at);
    if (digitsEnd > start && startsWith(bytes, digitsEnd, at, " minutes")) {
      this.waitMinutes = Math.min(parseDigits(bytes, start, digitsEnd), MAX_WAIT_MINUTES);
    } else if (startsWith(bytes, start, at, "locked to thread")) {
      this.flags |= LOCKED_TO_THREAD;
    }
    return at;
  }

  /** Offset behind the brace that closes the one at `open`, or -1. */
  #readLabels(bytes: Uint8Array, open: number, end: number): number {
    let at = open + 1;
    while (at < end && bytes[at] !== CLOSE_BRACE) {
      at = bytes[at] === QUOTE ? findQuoteEnd(bytes, at, end) : at + 1;
      if (at < 0) return -1;
    }
    if (at >= end) return -1;
    this.labelsStart = open + 1;
    this.labelsEnd = at;
    return at + 1;
  }
}

function findPropertyEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== COMMA && bytes[at] !== CLOSE_BRACKET && bytes[at] !== OPEN_BRACE) at++;
  return at;
}

function trim(bytes: Uint8Array, start: number, end: number, suffix: string): number {
  return endsWith(bytes, start, end, suffix) ? end - suffix.length : end;
}

/** Offset behind ` gp=0x… m=3 mp=0x…` or ` gp=0x… m=nil`, if it is there. */
function skipPointers(bytes: Uint8Array, at: number, end: number): number {
  if (!startsWith(bytes, at, end, " gp=0x")) return at;
  let next = at;
  while (next < end && isPointerByte(bytes[next]!)) next++;
  // The blank before the bracket was taken too.
  return bytes[next - 1] === SPACE ? next - 1 : next;
}

/** The bytes of " gp=0x1f m=nil mp=0x2e". */
function isPointerByte(byte: number): boolean {
  return (
    byte === SPACE || byte === 0x3d || isDigit(byte) || hexDigit(byte) >= 0 || (byte >= 0x67 && byte <= 0x78)
  );
}
