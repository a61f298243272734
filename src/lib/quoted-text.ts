import { BACKSLASH, hexDigit, QUOTE } from "./ascii.ts";

/** Escapes with one letter of Go's %q and of JSON, and what they stand for. */
const LETTERS: ReadonlyMap<number, number> = new Map(
  [
    ["a", 0x07],
    ["b", 0x08],
    ["f", 0x0c],
    ["n", 0x0a],
    ["r", 0x0d],
    ["t", 0x09],
    ["v", 0x0b],
    ["\\", 0x5c],
    ['"', 0x22],
    ["'", 0x27],
    ["/", 0x2f],
  ].map(([letter, byte]) => [(letter as string).charCodeAt(0), byte as number]),
);
/** Letters of numeric escapes, and how many hexadecimal digits follow. */
const DIGITS: ReadonlyMap<number, number> = new Map([
  [0x78, 2],
  [0x75, 4],
  [0x55, 8],
]);

const encoder = new TextEncoder();

/** Offset behind the closing quote of the Go or JSON string that opens at `at`, or -1 if it does not close. */
export function findQuoteEnd(bytes: Uint8Array, at: number, end: number): number {
  for (let next = at + 1; next < end; next++) {
    const byte = bytes[next]!;
    if (byte === BACKSLASH) next++;
    else if (byte === QUOTE) return next + 1;
  }
  return -1;
}

/**
 * The bytes that the text between two quotes stands for, in Go's notation (strconv.Quote, %q) or JSON's. Go strings need
 * not be UTF-8: "\xff" is that byte. An escape that is none stays as it is.
 */
export function unquote(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const out = new Uint8Array(end - start);
  let length = 0;
  let at = start;
  while (at < end) {
    const byte = bytes[at]!;
    const letter = byte === BACKSLASH && at + 1 < end ? bytes[at + 1]! : -1;
    const plain = LETTERS.get(letter);
    const digits = DIGITS.get(letter);
    const code = digits === undefined ? -1 : parseHex(bytes, at + 2, Math.min(at + 2 + digits, end), digits);
    if (plain !== undefined) {
      out[length++] = plain;
      at += 2;
    } else if (code >= 0 && digits !== undefined) {
      if (digits === 2) out[length++] = code;
      // An escape is never shorter than the UTF-8 of its character.
      else length += encoder.encodeInto(String.fromCodePoint(code), out.subarray(length)).written;
      at += 2 + digits;
    } else {
      out[length++] = byte;
      at++;
    }
  }
  return out.subarray(0, length);
}

function parseHex(bytes: Uint8Array, start: number, end: number, digits: number): number {
  if (end - start !== digits) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = hexDigit(bytes[at]!);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value <= 0x10ffff ? value : -1;
}
