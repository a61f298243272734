import type { Symbols, TypeReference } from "./symbols.ts";
import { elementOf, withoutPointer } from "./type-text.ts";

export interface TypeSize {
  bytes: number;
  hasPointers: boolean;
}

interface Layout extends TypeSize {
  align: number;
}

const MAX_DEPTH = 8;
const WORD = 8;
const pointer: Layout = { bytes: WORD, align: WORD, hasPointers: true };
const number = (bytes: number): Layout => ({ bytes, align: bytes, hasPointers: false });

const BASIC: Readonly<Record<string, Layout>> = {
  bool: number(1),
  byte: number(1),
  int8: number(1),
  uint8: number(1),
  int16: number(2),
  uint16: number(2),
  int32: number(4),
  uint32: number(4),
  rune: number(4),
  float32: number(4),
  int: number(8),
  uint: number(8),
  int64: number(8),
  uint64: number(8),
  uintptr: number(8),
  float64: number(8),
  complex64: { bytes: 8, align: 4, hasPointers: false },
  complex128: { bytes: 16, align: 8, hasPointers: false },
  string: { bytes: 16, align: 8, hasPointers: true },
  error: { bytes: 16, align: 8, hasPointers: true },
  any: { bytes: 16, align: 8, hasPointers: true },
  "time.Time": { bytes: 24, align: 8, hasPointers: true },
  "time.Duration": number(8),
  "struct{}": { bytes: 0, align: 1, hasPointers: false },
};

/** Lengths by which digests and ids are declared. */
const ARRAY_LENGTHS: Readonly<Record<string, number>> = {
  "md5.Size": 16,
  "sha1.Size": 20,
  "sha256.Size": 32,
  "sha512.Size": 64,
};

/** Size of a value on a 64-bit system; undefined if a type in it is not at hand. */
export function sizeOfType(symbols: Symbols, type: TypeReference | undefined): TypeSize | undefined {
  const layout = layoutOf(symbols, type, 0);
  return layout === undefined ? undefined : { bytes: layout.bytes, hasPointers: layout.hasPointers };
}

function layoutOf(symbols: Symbols, type: TypeReference | undefined, depth: number): Layout | undefined {
  if (type === undefined || depth > MAX_DEPTH) return undefined;
  const { text } = type;
  if (text.startsWith("*") || /^(?:map\[|func\(|(?:<-)?chan\b)/.test(text)) return pointer;
  if (text.startsWith("[]")) return { bytes: 3 * WORD, align: WORD, hasPointers: true };
  if (text.startsWith("interface")) return { bytes: 2 * WORD, align: WORD, hasPointers: true };
  const basic = BASIC[text];
  if (basic !== undefined) return basic;
  const array = /^\[([\w.]+)\]/.exec(text);
  if (array !== null) {
    const length = ARRAY_LENGTHS[array[1]!] ?? Number(array[1]);
    const element = layoutOf(symbols, { ...type, text: elementOf(text) }, depth + 1);
    return element === undefined || !Number.isInteger(length)
      ? undefined
      : { ...element, bytes: element.bytes * length };
  }
  const named = symbols.findNamedType(type);
  if (named === undefined) return undefined;
  const { underlying, fields } = named.declaration;
  if (!underlying.startsWith("struct")) {
    return underlying === withoutPointer(text)
      ? undefined
      : layoutOf(symbols, { text: underlying, file: named.file }, depth + 1);
  }
  let bytes = 0;
  let align = 1;
  let hasPointers = false;
  for (const field of fields) {
    const part = layoutOf(symbols, { text: field.type, file: named.file }, depth + 1);
    if (part === undefined) return undefined;
    bytes = Math.ceil(bytes / part.align) * part.align + part.bytes;
    align = Math.max(align, part.align);
    hasPointers ||= part.hasPointers;
  }
  return { bytes: Math.ceil(bytes / align) * align, align, hasPointers };
}
