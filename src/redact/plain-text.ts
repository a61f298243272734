/** A text as people meant it, and where each of its units stands in the original. */
export interface PlainText {
  text: string;
  /** Offset in the original of each unit and of the end; null: they are the same. */
  offsets: Uint32Array | null;
}

const ESCAPES = /(?:%[0-9A-Fa-f]{2})+|\\(?:[nrt]|u[0-9A-Fa-f]{4})/g;
const FULL_WIDTH = /[\uff08\uff09\uff0b\uff0d\uff0e\uff10-\uff1a\uff1d\uff20-\uff3a\uff41-\uff5a]/g;
/** What a gateway logs may have been encoded by each hop. */
const MAX_LEVELS = 3;

/**
 * URL encoding, the escapes of JSON and Go strings for control characters and code points, and full-width forms undone,
 * so that finders see one way of writing. Escaped quotes and backslashes stay: they say where a string ends.
 */
export function toPlainText(original: string): PlainText {
  let plain: PlainText = { text: original, offsets: null };
  for (let level = 0; level < MAX_LEVELS; level++) {
    if (!plain.text.includes("%") && !plain.text.includes("\\")) break;
    const decoded = decodeEscapes(plain);
    if (decoded === null) break;
    plain = decoded;
  }
  // Unit for unit: the offsets stay true.
  plain.text = plain.text.replace(FULL_WIDTH, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
  return plain;
}

function decodeEscapes({ text, offsets }: PlainText): PlainText | null {
  ESCAPES.lastIndex = 0;
  let match = ESCAPES.exec(text);
  if (match === null) return null;
  const decodedOffsets = new Uint32Array(text.length + 1);
  const parts: string[] = [];
  let length = 0;
  let at = 0;
  const place = (from: number): number => (offsets === null ? from : offsets[from]!);
  const copy = (end: number): void => {
    parts.push(text.slice(at, end));
    for (; at < end; at++) decodedOffsets[length++] = place(at);
  };
  for (; match !== null; match = ESCAPES.exec(text)) {
    copy(match.index);
    for (const { unit, width } of decodeEscape(match[0])) {
      parts.push(unit);
      for (let i = 0; i < unit.length; i++) decodedOffsets[length++] = place(at);
      at += width;
    }
  }
  copy(text.length);
  decodedOffsets[length++] = place(text.length);
  return { text: parts.join(""), offsets: decodedOffsets.subarray(0, length) };
}

/** What an escape stands for, code point by code point, each with the width of its own escape. */
function decodeEscape(escaped: string): { unit: string; width: number }[] {
  if (escaped[0] === "\\") {
    const unit = escaped[1] === "u" ? String.fromCharCode(Number.parseInt(escaped.slice(2), 16)) : "\n";
    return [{ unit, width: escaped.length }];
  }
  try {
    return [...decodeURIComponent(escaped)].map((unit) => ({
      unit,
      width: 3 * utf8Length(unit.codePointAt(0)!),
    }));
  } catch {
    // No UTF-8: what is ASCII is decoded, the rest stays as it is.
    return (escaped.match(/%../g) ?? []).map((byte) => {
      const code = Number.parseInt(byte.slice(1), 16);
      return { unit: code < 128 ? String.fromCharCode(code) : "\ufffd", width: 3 };
    });
  }
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
