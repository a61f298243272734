import { BACKSLASH, hexDigit, QUOTE } from "../../lib/ascii.ts";

const SHORT_ESCAPES: Record<string, number> = { n: 0x0a, t: 0x09, r: 0x0d, b: 0x08, f: 0x0c };

/**
 * The text of a JSON string from its inside on, up to the quote that ends it, its end, or a line's end within it.
 * Halves of surrogate pairs stay apart; nothing is thrown for what is no JSON.
 */
export function unescapeJson(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const out = new Uint8Array(end - start);
  let length = 0;
  for (let at = start; at < end && bytes[at] !== QUOTE; at++) {
    let byte = bytes[at]!;
    if (byte === BACKSLASH && at + 1 < end) {
      const letter = String.fromCharCode(bytes[++at]!);
      byte = SHORT_ESCAPES[letter] ?? bytes[at]!;
      if (byte === 0x0a) break;
      if (letter === "u" && at + 4 < end) {
        let code = 0;
        for (let i = 1; i <= 4; i++) code = code * 16 + Math.max(0, hexDigit(bytes[at + i]!));
        at += 4;
        byte = code;
        // UTF-8: the escape is six bytes long, what it stands for at most three.
        if (code >= 0x800) {
          out[length++] = 0xe0 | (code >> 12);
          out[length++] = 0x80 | ((code >> 6) & 0x3f);
        } else if (code >= 0x80) out[length++] = 0xc0 | (code >> 6);
        if (code >= 0x80) byte = 0x80 | (code & 0x3f);
      }
    }
    out[length++] = byte;
  }
  return out.subarray(0, length);
}
