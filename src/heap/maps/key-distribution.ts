/** What the keys of a map look like, without showing one. */
export interface KeyDistribution {
  /** Keys looked at; all of them in maps of up to MAX_SAMPLED. */
  sampled: number;
  /** Of strings, in bytes. */
  length: { min: number; median: number; max: number } | null;
  /** Of numbers. */
  range: { min: number; max: number } | null;
  /** Begins every key that was looked at. */
  commonPrefix: string;
  /** Forms with what varies taken out ("N" digits, "H" hexadecimal, "U" a UUID, "T" a time, "a" letters), most frequent first. */
  shapes: { shape: string; share: number }[];
  /** Distinct keys left when numbers, ids and times are taken out, as a share of those looked at. */
  distinctAfterNormalising: number;
  /** Bits of information in a byte of the keys, behind their common prefix. */
  entropyBitsPerByte: number;
}

export const MAX_SAMPLED = 20_000;
const MAX_SHAPES = 5;
const MAX_PREFIX_BYTES = 64;

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const TIME = /\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?/g;
const HEX = /(?<![0-9a-z])(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{6,}(?![0-9a-z])/gi;

/** A key without what makes it one of many: numbers, ids, times. */
function normaliseKey(key: string): string {
  // Most keys have no dash, and so neither of the first two.
  const form = key.includes("-") ? key.replace(UUID, "U").replace(TIME, "T") : key;
  return form.replace(HEX, "H").replace(/\d+/g, "N");
}

export function describeStringKeys(keys: readonly string[]): KeyDistribution {
  const lengths = keys.map((key) => Buffer.byteLength(key)).sort((a, b) => a - b);
  const prefix = commonPrefix(keys);
  const normalised = new Map<string, number>();
  const shapes = new Map<string, number>();
  const bytes = new Float64Array(256);
  let total = 0;
  for (const key of keys) {
    const form = normaliseKey(key);
    normalised.set(form, (normalised.get(form) ?? 0) + 1);
    // The common prefix tells what the map is for; the rest may be a user's.
    const shape =
      prefix + form.slice(Math.min(form.length, prefix.length)).replace(/[a-zA-Z\u0080-\uffff]{2,}/g, "a");
    shapes.set(shape, (shapes.get(shape) ?? 0) + 1);
    total += countBytes(key, prefix.length, bytes);
  }
  return {
    sampled: keys.length,
    length:
      lengths.length === 0
        ? null
        : { min: lengths[0]!, median: lengths[lengths.length >> 1]!, max: lengths.at(-1)! },
    range: null,
    commonPrefix: prefix,
    shapes: topShapes(shapes, keys.length),
    distinctAfterNormalising: keys.length === 0 ? 0 : normalised.size / keys.length,
    entropyBitsPerByte: entropy(bytes, total),
  };
}

/** Counts the bytes of a key from `from` on; most are ASCII and need no encoding. Returns how many there were. */
function countBytes(key: string, from: number, bytes: Float64Array): number {
  for (let i = from; i < key.length; i++) {
    const code = key.charCodeAt(i);
    if (code < 0x80) {
      bytes[code]!++;
      continue;
    }
    const rest = Buffer.from(key.slice(i));
    for (const byte of rest) bytes[byte]!++;
    return i - from + rest.length;
  }
  return key.length - from;
}

export function describeNumberKeys(keys: readonly number[]): KeyDistribution {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const key of keys) {
    if (key < min) min = key;
    if (key > max) max = key;
  }
  return {
    sampled: keys.length,
    length: null,
    range: keys.length === 0 ? null : { min, max },
    commonPrefix: "",
    shapes: [],
    distinctAfterNormalising: keys.length === 0 ? 0 : 1 / keys.length,
    entropyBitsPerByte: 0,
  };
}

function topShapes(shapes: ReadonlyMap<string, number>, keys: number): { shape: string; share: number }[] {
  return [...shapes]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MAX_SHAPES)
    .map(([shape, count]) => ({ shape, share: count / keys }));
}

/** Cut back to before the first digit: what counts up is no prefix. */
function commonPrefix(keys: readonly string[]): string {
  const [first] = keys;
  if (first === undefined || keys.length < 2) return "";
  let length = Math.min(first.length, MAX_PREFIX_BYTES);
  for (const key of keys) {
    let same = 0;
    while (same < length && key.charCodeAt(same) === first.charCodeAt(same)) same++;
    length = same;
  }
  const prefix = first.slice(0, length);
  const digit = prefix.search(/\d/);
  return digit < 0 ? prefix : prefix.slice(0, digit);
}

function entropy(counts: Float64Array, total: number): number {
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / total) * Math.log2(count / total);
  return bits;
}
