import {
  COLON,
  endsWith,
  findLastByte,
  findText,
  parseDigits,
  SPACE,
  skipBlanks,
  skipDigits,
  startsWith,
} from "../../lib/ascii.ts";

const OPEN_PARENTHESIS = 0x28;
const CLOSE_PARENTHESIS = 0x29;
const CREATED_BY = "created by ";
const IN_GOROUTINE = " in goroutine ";
const MAX_LINE = 0xffff_ffff;
/** Names of functions and their arguments are far shorter; a longer line is the program's own output. */
const MAX_FUNCTION_BYTES = 16 * 1024;

/** A line that names a function; the file is on the next line. */
export class FunctionLine {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  /** "created by": the `go` statement, not a frame. */
  isCreator = false;
  /** Id of the creating goroutine (Go ≥ 1.21), or 0. */
  creatorId = 0;
  /** Go prints its own functions with arguments. Anything else is a C function, or no frame at all. */
  hasArguments = false;

  /** False for a line that names no function in Go's way; the fields then take it for a C function. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.isCreator = false;
    this.creatorId = 0;
    this.hasArguments = false;
    if (end - start > MAX_FUNCTION_BYTES) return false;
    return this.#readCreator() || this.#readCall();
  }

  /** `created by F` or `created by F in goroutine N` */
  #readCreator(): boolean {
    const { bytes, start, end } = this;
    if (!startsWith(bytes, start, end, CREATED_BY)) return false;
    const nameStart = start + CREATED_BY.length;
    const origin = findText(bytes, nameStart, end, IN_GOROUTINE);
    if (origin >= 0) {
      const id = parseDigits(bytes, origin + IN_GOROUTINE.length, end);
      if (!Number.isSafeInteger(id)) return false;
      this.creatorId = id;
    }
    this.start = nameStart;
    this.end = origin >= 0 ? origin : end;
    this.isCreator = true;
    return true;
  }

  /** `pkg.(*Type).Method(0x1, {0x2, 0x3}, ...)`: arguments have no parentheses, names have no blanks. */
  #readCall(): boolean {
    const { bytes, start, end } = this;
    if (end - start < 3 || bytes[end - 1] !== CLOSE_PARENTHESIS) return false;
    const open = findLastByte(bytes, start, end, OPEN_PARENTHESIS);
    if (open <= start || findLastByte(bytes, start, open, SPACE) >= 0) return false;
    this.end = open;
    this.hasArguments = true;
    return true;
  }
}

/** The line behind a function's: `\tfile:line +0x1d`, in a fatal signal's dump with ` fp=0x… sp=0x… pc=0x…` too. */
export class LocationLine {
  fileStart = 0;
  fileEnd = 0;
  /** 0 if no file was printed. */
  line = 0;
  /** A frame of a C function: `\tfile:line pc=0x…` or `\tpc=0x…`. */
  isForeign = false;
  /** Something follows the line number, so no digit of it can be missing. */
  isLineWhole = false;

  read(bytes: Uint8Array, start: number, end: number): boolean {
    const at = skipBlanks(bytes, start, end);
    this.fileStart = at;
    this.fileEnd = at;
    this.line = 0;
    this.isForeign = false;
    this.isLineWhole = false;
    // Nothing behind the line number has a colon, but a path on Windows has.
    const colon = findLastByte(bytes, at, end, COLON);
    if (colon < 0) {
      this.isForeign = startsWith(bytes, at, end, "pc=0x");
      return this.isForeign;
    }
    const lineEnd = skipDigits(bytes, colon + 1, end);
    this.line = parseDigits(bytes, colon + 1, lineEnd);
    if (!(this.line <= MAX_LINE) || (lineEnd < end && bytes[lineEnd] !== SPACE)) return false;
    this.fileEnd = colon;
    this.isForeign = startsWith(bytes, lineEnd, end, " pc=0x");
    this.isLineWhole = lineEnd < end;
    return true;
  }
}

/** `...additional frames elided...` (before Go 1.21) or `...51 frames elided...` */
export function isElision(bytes: Uint8Array, start: number, end: number): boolean {
  return startsWith(bytes, start, end, "...") && endsWith(bytes, start, end, " frames elided...");
}
