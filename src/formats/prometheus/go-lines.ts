import { startsWith } from "../../lib/ascii.ts";

const NEWLINE = 0x0a;
const LETTER_G = 0x67;
const LETTER_P = 0x70;
const OPEN_BRACE = 0x7b;
/** No line of the Go runtime's own is longer; longer ones are thrown away as they come. */
const MAX_LINE_BYTES = 4096;
/** client_golang exports about 150 such lines, some 10 KiB. A scrape with more is of many processes. */
const MAX_KEPT_BYTES = 512 * 1024;

/**
 * Takes a scrape in pieces and keeps only the lines that tell of a Go process as a whole: `go_*` and `process_*`, without
 * the buckets of histograms. Of 100 KiB of metrics some 10 KiB are left to decode, and no line becomes an object.
 */
export class GoLineFilter {
  readonly #kept: Uint8Array[] = [];
  #keptBytes = 0;
  /** The beginning of a line whose end has not come. */
  #rest: Uint8Array = new Uint8Array(0);
  #isSkipping = false;

  push(chunk: Uint8Array): void {
    let start = 0;
    if (this.#isSkipping || this.#rest.length > 0) {
      const newline = chunk.indexOf(NEWLINE);
      if (newline < 0) {
        this.#holdBack(chunk, 0);
        return;
      }
      start = newline + 1;
      if (this.#isSkipping) this.#isSkipping = false;
      else {
        const line = concat(this.#rest, chunk.subarray(0, start));
        this.#rest = new Uint8Array(0);
        if (line.length <= MAX_LINE_BYTES && isGoLine(line, 0, line.length)) this.#keep(line);
      }
    }
    // Neighbouring lines are kept as one piece: exporters print them sorted.
    let runStart = -1;
    for (;;) {
      const newline = chunk.indexOf(NEWLINE, start);
      if (newline < 0) break;
      const isWanted = newline - start <= MAX_LINE_BYTES && isGoLine(chunk, start, newline);
      if (isWanted && runStart < 0) runStart = start;
      else if (!isWanted && runStart >= 0) {
        this.#keep(chunk.slice(runStart, start));
        runStart = -1;
      }
      start = newline + 1;
    }
    if (runStart >= 0) this.#keep(chunk.slice(runStart, start));
    if (start < chunk.length) this.#holdBack(chunk, start);
  }

  /** Whole lines, as they came. What followed the last line break is not among them. */
  finish(): Uint8Array {
    const joined = new Uint8Array(this.#keptBytes);
    let at = 0;
    for (const piece of this.#kept) {
      joined.set(piece, at);
      at += piece.length;
    }
    return joined;
  }

  #holdBack(chunk: Uint8Array, start: number): void {
    if (this.#isSkipping) return;
    const length = this.#rest.length + chunk.length - start;
    this.#isSkipping = length > MAX_LINE_BYTES;
    this.#rest = this.#isSkipping ? new Uint8Array(0) : concat(this.#rest, chunk.subarray(start));
  }

  #keep(lines: Uint8Array): void {
    if (this.#keptBytes + lines.length > MAX_KEPT_BYTES) return;
    this.#kept.push(lines);
    this.#keptBytes += lines.length;
  }
}

function isGoLine(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start];
  if (first === LETTER_G) {
    if (!startsWith(bytes, start, end, "go_")) return false;
  } else if (first !== LETTER_P || !startsWith(bytes, start, end, "process_")) return false;
  return !isBucket(bytes, start, end);
}

/** `…_bucket{le="…"} 1` */
function isBucket(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (bytes[at] === OPEN_BRACE) return startsWith(bytes, at - 7, end, "_bucket");
    if (bytes[at] === 0x20) return false;
  }
  return false;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
