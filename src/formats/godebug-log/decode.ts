import { DamageLog } from "../../bytes/damage-log.ts";
import type { Damage } from "../../bytes/decode-error.ts";
import { BACKSLASH, isDigit, NEWLINE, SPACE, startsWith } from "../../lib/ascii.ts";
import type { GodebugSink } from "../../tables/godebug-log.ts";
import { LinePlaces } from "./line-place.ts";
import { LineRecords } from "./line-records.ts";
import { unescapeJson } from "./unescape-json.ts";

/**
 * Words by which the runtime's lines are found in a log without looking at its lines: each occurs in one kind of line
 * and hardly ever elsewhere, so that the search runs at the speed of memory.
 */
const MARKS = [
  { kind: "gc-or-init", word: "@" },
  { kind: "scav", word: " KiB work" },
  { kind: "scvg", word: "scvg" },
  { kind: "pacer", word: "pacer: " },
  { kind: "sched", word: "SCHED " },
  { kind: "scan", word: "scan: " },
  { kind: "ancient-gc", word: "+0 us, " },
] as const;
type MarkKind = (typeof MARKS)[number]["kind"];

/** Longer than any line of the runtime and its prefix; what is longer is searched in pieces. */
const MAX_LINE_BYTES = 1 << 20;
/** A package's path in an inittrace line. */
const MAX_PACKAGE_BYTES = 512;
/** Digits and what stands between them and "gc" in a line. */
const MAX_CYCLE_DIGITS = 20;

export interface GodebugLogOptions {
  /** Sees the bytes of each line that held something, prefix and all, without its newline. */
  onLine?: ((line: Uint8Array) => void) | undefined;
}

/**
 * Reads the runtime's lines out of a log of any size, chunk by chunk, whatever else is in it and however its lines are
 * prefixed (docker's and journald's JSON, CRI, compose, klog, colours). Memory is bounded by one line.
 *
 * Lines of other threads may break into a line of the runtime, which is written piece by piece: what cannot be read
 * for that is counted as damage.
 */
export class GodebugLogDecoder {
  readonly #records: LineRecords;
  readonly #onLine: ((line: Uint8Array) => void) | undefined;
  readonly #places = new LinePlaces();
  #damage = new DamageLog("godebug-log");
  /** The beginning of a line whose end is still to come, in a buffer that may be larger. */
  #carry: Buffer = Buffer.alloc(0);
  #carryLength = 0;
  /** Offset of the carry's first byte in the whole input. */
  #base = 0;
  #shownFrom = -1;
  /** Lines that were read. */
  lines = 0;
  /** Lines of the runtime that could not be. */
  brokenLines = 0;
  /** Lines as Go 1.0 to 1.4 wrote them, which are not read. */
  ancientLines = 0;

  constructor(sink: GodebugSink, { onLine }: GodebugLogOptions = {}) {
    this.#records = new LineRecords(sink);
    this.#onLine = onLine;
  }

  /** The prefixes without their times, by `LogPlace.source`. */
  get sources(): readonly string[] {
    return this.#places.names;
  }

  /** A wall clock at or after the log's end gives dates without a year theirs. */
  setReference(wallMs: number): void {
    this.#places.referenceMs = wallMs;
  }

  /** Takes the next bytes. The chunk may be reused by the caller afterwards. */
  push(chunk: Uint8Array): void {
    // A line that comes in many small pieces is put together once: copying it at each would cost its length squared.
    const isMore = !chunk.includes(NEWLINE) && this.#carryLength + chunk.length < MAX_LINE_BYTES;
    if (isMore && this.#carryLength > 0) {
      this.#keep(chunk);
      return;
    }
    const carried = this.#carry.subarray(0, this.#carryLength);
    const bytes = carried.length === 0 ? toBuffer(chunk) : Buffer.concat([carried, chunk]);
    let end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end === 0 && bytes.length >= MAX_LINE_BYTES) end = bytes.length;
    this.#scan(bytes, end);
    this.#base += end;
    this.#carryLength = 0;
    this.#keep(bytes.subarray(end));
  }

  /** Appends to the line that is not whole yet. */
  #keep(chunk: Uint8Array): void {
    const length = this.#carryLength + chunk.length;
    if (length > this.#carry.length) {
      const grown = Buffer.alloc(Math.max(length, 2 * this.#carry.length));
      grown.set(this.#carry.subarray(0, this.#carryLength));
      this.#carry = grown;
    }
    this.#carry.set(chunk, this.#carryLength);
    this.#carryLength = length;
  }

  /** Ends an input, whose last line may lack its newline. What is pushed next is another input of the same processes. */
  finish(): { damage: Damage[] } {
    const last = this.#carry.subarray(0, this.#carryLength);
    this.#scan(last, last.length);
    this.#base = 0;
    this.#carry = Buffer.alloc(0);
    this.#carryLength = 0;
    const damage = this.#damage.finish();
    this.#damage = new DamageLog("godebug-log");
    return { damage };
  }

  #scan(bytes: Buffer, end: number): void {
    if (end === 0) return;
    const searched = bytes.subarray(0, end);
    this.#shownFrom = -1;
    const next = MARKS.map(({ word }) => indexOf(searched, word, 0));
    for (;;) {
      let first = 0;
      for (let m = 1; m < next.length; m++) if (next[m]! < next[first]!) first = m;
      const at = next[first]!;
      if (at === Number.POSITIVE_INFINITY) return;
      const behind = this.#readAt(searched, at, MARKS[first]!.kind);
      // Several lines of the runtime may stand on one line of the log.
      for (let m = 0; m < next.length; m++) {
        if (next[m]! < behind) next[m] = indexOf(searched, MARKS[m]!.word, behind);
      }
    }
  }

  /** Reads the line whose mark is at `mark`; gives the offset from which to search on. */
  #readAt(bytes: Buffer, mark: number, kind: MarkKind): number {
    const at = findTextStart(bytes, mark, kind);
    if (at < 0) return mark + 1;
    let end = bytes.indexOf(NEWLINE, mark);
    if (end < 0) end = bytes.length;
    const start = bytes.lastIndexOf(NEWLINE, mark) + 1;
    if (kind === "ancient-gc") {
      this.ancientLines++;
      return end;
    }
    const { place } = this.#records;
    place.offset = this.#base + at;
    this.#places.read(bytes, start, at, end, place);
    let behind = this.#records.read(bytes, at, end);
    if (behind < 0 && bytes.subarray(at, end).includes(BACKSLASH)) {
      // In JSON "->" may be "-\u003e": read a copy without escapes.
      const plain = unescapeJson(bytes, at, end);
      if (this.#records.read(plain, 0, plain.length) >= 0) behind = end;
    }
    if (behind < 0) {
      if (!isRuntimeLine(bytes, at, end)) return mark + 1;
      this.brokenLines++;
      this.#damage.add(place.offset, `a line of the runtime that something else broke into was passed over`);
      return mark + 1;
    }
    this.lines++;
    if (this.#onLine !== undefined && this.#shownFrom !== start) {
      this.#shownFrom = start;
      this.#onLine(bytes.subarray(start, end));
    }
    return behind;
  }
}

function indexOf(bytes: Buffer, word: string, from: number): number {
  const at =
    word.length === 1 ? bytes.indexOf(word.charCodeAt(0), from) : bytes.indexOf(word, from, "latin1");
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}

function toBuffer(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/** Where the text of the line begins whose mark is at `mark`, or -1 if the mark is part of something else. */
function findTextStart(bytes: Uint8Array, mark: number, kind: MarkKind): number {
  switch (kind) {
    case "gc-or-init": {
      if (mark < 2 || bytes[mark - 1] !== SPACE) return -1;
      const word = wordStart(bytes, mark - 2);
      if (isDigit(bytes[mark - 2]!) && mark - word <= MAX_CYCLE_DIGITS && isBefore(bytes, word, "gc ")) {
        return word - 3;
      }
      return isBefore(bytes, word, "init ") ? word - 5 : -1;
    }
    case "scav": {
      // "scav 64 KiB work" and "scav 3 64 KiB work"; the eager part of a line is read with its head.
      const work = wordStart(bytes, mark - 1);
      if (isBefore(bytes, work, "scav ")) return work - 5;
      const cycle = wordStart(bytes, work - 2);
      return isBefore(bytes, cycle, "scav ") ? cycle - 5 : -1;
    }
    case "ancient-gc": {
      // gc187(8): 1000+0+29001+0 us, 191 -> 383 MB
      const from = Math.max(0, mark - 60);
      return /gc\d+\(\d+\): [\d+]+$/.test(Buffer.from(bytes.subarray(from, mark)).toString("latin1"))
        ? mark
        : -1;
    }
    default:
      return mark;
  }
}

/** Start of the word without blanks whose last byte is at `last`. */
function wordStart(bytes: Uint8Array, last: number): number {
  const least = Math.max(0, last - MAX_PACKAGE_BYTES);
  let at = last + 1;
  while (at > least && bytes[at - 1]! > SPACE) at--;
  return at;
}

function isBefore(bytes: Uint8Array, at: number, text: string): boolean {
  return at >= text.length && startsWith(bytes, at - text.length, at, text);
}

/** Only these heads are the runtime's own; "scan: " or "init " may begin anybody's sentence. */
function isRuntimeLine(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    startsWith(bytes, at, end, "gc ") ||
    (startsWith(bytes, at, end, "scav ") && bytes.subarray(at, end).includes(PERCENT))
  );
}

const PERCENT = 0x25;
