import { hexDigit, isBlank, isDigit, SPACE, skipBlanks } from "../../lib/ascii.ts";
import { EXECUTABLE, READABLE, SHARED, WRITABLE } from "../../tables/mapping-table.ts";

/** The first line of a mapping: `start-end perms offset major:minor inode name` (fs/proc/task_mmu.c, show_map_vma). */
export interface MappingLine {
  start: number;
  end: number;
  permissions: number;
  fileOffset: number;
  inode: number;
  nameStart: number;
}

const MINUS = 0x2d;
const COLON = 0x3a;
const PERMISSIONS = [
  [0x72, READABLE],
  [0x77, WRITABLE],
  [0x78, EXECUTABLE],
] as const;
const LETTER_SHARED = 0x73;
const LETTER_PRIVATE = 0x70;

/** Reads `bytes[at … end)` as the first line of a mapping, or undefined if it is none. */
export function readMappingLine(bytes: Uint8Array, at: number, end: number): MappingLine | undefined {
  const cursor = new LineCursor(bytes, at, end);
  const start = cursor.hex(MINUS);
  const stop = cursor.hex(SPACE);
  const permissions = cursor.permissions();
  const fileOffset = cursor.hex(SPACE);
  cursor.hex(COLON);
  cursor.hex(SPACE);
  const inode = cursor.decimal();
  if (cursor.failed || stop < start) return undefined;
  return {
    start,
    end: stop,
    permissions,
    fileOffset,
    inode,
    nameStart: skipBlanks(bytes, cursor.at, end),
  };
}

/** Reads one field after the other; once one does not fit, all that follow are worthless and `failed` is true. */
class LineCursor {
  at: number;
  failed = false;
  readonly #bytes: Uint8Array;
  readonly #end: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.#bytes = bytes;
    this.at = at;
    this.#end = end;
  }

  /** At most 16 hexadecimal digits, then `close`. Page-aligned addresses lose nothing in a double. */
  hex(close: number): number {
    let value = 0;
    const first = this.at;
    while (this.at < this.#end) {
      const digit = hexDigit(this.#bytes[this.at]!);
      if (digit < 0) break;
      value = value * 16 + digit;
      this.at++;
    }
    const digits = this.at - first;
    if (digits === 0 || digits > 16 || this.at >= this.#end || this.#bytes[this.at] !== close)
      this.failed = true;
    else this.at++;
    return value;
  }

  permissions(): number {
    let bits = 0;
    for (const [letter, bit] of PERMISSIONS) {
      const byte = this.#bytes[this.at++];
      if (byte === letter) bits |= bit;
      else if (byte !== MINUS) this.failed = true;
    }
    const sharing = this.#bytes[this.at++];
    if (sharing === LETTER_SHARED) bits |= SHARED;
    else if (sharing !== LETTER_PRIVATE) this.failed = true;
    if (this.at >= this.#end || this.#bytes[this.at++] !== SPACE) this.failed = true;
    return bits;
  }

  decimal(): number {
    let value = 0;
    const first = this.at;
    while (this.at < this.#end && isDigit(this.#bytes[this.at]!)) {
      value = value * 10 + this.#bytes[this.at]! - 0x30;
      this.at++;
    }
    const closed = this.at === this.#end || isBlank(this.#bytes[this.at]!);
    if (this.at === first || this.at - first > 20 || !closed) this.failed = true;
    return value;
  }
}
