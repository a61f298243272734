/** Ways to break bytes. Every one is a pure function of its input and the random numbers it is given. */
import type { FuzzRandom } from "./fuzz-random.ts";

/** Gives a changed copy; `seeds` are real inputs of the same format, to take parts from. */
type Mutation = (bytes: Uint8Array, random: FuzzRandom, seeds: readonly Uint8Array[]) => Uint8Array;

/** One input is not grown beyond this, so that the time of a decoder stays comparable. */
const MAX_INPUT_BYTES = 1024 * 1024;
const INTERESTING_BYTES = [0x00, 0x01, 0x0a, 0x20, 0x22, 0x7f, 0x80, 0xc0, 0xed, 0xfe, 0xff];
const INTERESTING_NUMBERS = [
  "0",
  "1",
  "-1",
  "255",
  "65536",
  "2147483647",
  "2147483648",
  "4294967295",
  "4294967296",
  "9007199254740991",
  "9007199254740993",
  "9223372036854775807",
  "9223372036854775808",
  "18446744073709551615",
  "18446744073709551616",
  "99999999999999999999999999",
  "1e308",
  "1e999",
  "-0",
  "0.0000001",
  "0x10",
  "NaN",
];

/**
 * Text that a report must neither interpret nor pass on: markup, control sequences of a terminal, names of JavaScript's
 * own properties, broken Unicode.
 */
export const HOSTILE_MARKUP = "<b data-hostile>";
export const HOSTILE_CONTROL = "\x1b[31m";
const HOSTILE_TEXTS = [
  HOSTILE_MARKUP,
  HOSTILE_CONTROL,
  "</script>",
  "__proto__",
  "constructor",
  "\u2028",
  "\ud800\udc00",
  "\r",
  "\0",
  '"',
  "\\",
  "`",
  "|",
  "{",
  "}",
  "[",
  "]",
  "(",
  ")",
  ": ",
  "\n\n",
  "\t",
  "goroutine 1 [running]:\n",
  "created by main.main in goroutine 1\n",
  "...additional frames elided...\n",
  "# runtime.MemStats\n",
];

const encoder = new TextEncoder();

/** A list and no rest parameter: parts may be more than a call can have. */
function concat(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function repeat(part: Uint8Array, times: number): Uint8Array {
  return concat(Array.from({ length: Math.max(0, times) }, () => part));
}

function range(bytes: Uint8Array, random: FuzzRandom, most = bytes.length): [start: number, end: number] {
  const start = random.below(bytes.length);
  return [start, Math.min(bytes.length, start + 1 + random.below(most))];
}

function replace(bytes: Uint8Array, start: number, end: number, by: Uint8Array): Uint8Array {
  return concat([bytes.subarray(0, start), by, bytes.subarray(end)]);
}

const flipBits: Mutation = (bytes, random) => {
  const copy = bytes.slice();
  for (let n = 1 + random.below(4); n > 0; n--) {
    const at = random.below(copy.length);
    if (at < copy.length) copy[at]! ^= 1 << random.below(8);
  }
  return copy;
};

const setBytes: Mutation = (bytes, random) => {
  const copy = bytes.slice();
  for (let n = 1 + random.below(4); n > 0; n--) {
    const at = random.below(copy.length);
    if (at < copy.length) copy[at] = random.once(2) ? random.pick(INTERESTING_BYTES) : random.below(256);
  }
  return copy;
};

const fillRange: Mutation = (bytes, random) => {
  const copy = bytes.slice();
  const [start, end] = range(copy, random, 64);
  return copy.fill(random.pick(INTERESTING_BYTES), start, end);
};

const truncate: Mutation = (bytes, random) => bytes.slice(0, random.below(bytes.length + 1));

const removeRange: Mutation = (bytes, random) =>
  replace(bytes, ...range(bytes, random, random.once(2) ? 16 : bytes.length), new Uint8Array(0));

const duplicateRange: Mutation = (bytes, random) => {
  const [start, end] = range(bytes, random, random.once(2) ? 64 : bytes.length);
  return replace(bytes, end, end, bytes.subarray(start, end));
};

/** Many times over: what is linear stays fast, what is quadratic shows. */
const flood: Mutation = (bytes, random) => {
  const [start, end] = range(bytes, random, random.once(2) ? 8 : 256);
  const part = bytes.subarray(start, end);
  const times = Math.floor((MAX_INPUT_BYTES - bytes.length) / Math.max(1, part.length));
  return replace(bytes, end, end, repeat(part, times));
};

const splice: Mutation = (bytes, random, seeds) => {
  const other = random.pick(seeds);
  const [start, end] = range(other, random, random.once(2) ? 128 : other.length);
  return replace(
    bytes,
    ...range(bytes, random, random.once(2) ? 64 : bytes.length),
    other.subarray(start, end),
  );
};

const append: Mutation = (bytes, random, seeds) => concat([bytes, random.pick(seeds)]);

const insertRandom: Mutation = (bytes, random) => {
  const at = random.below(bytes.length + 1);
  const noise = Uint8Array.from({ length: 1 + random.below(32) }, () => random.below(256));
  return replace(bytes, at, at, noise);
};

/** Replaces what may be a varint by a number at an edge, in its shortest form or too long. */
const tamperVarint: Mutation = (bytes, random) => {
  const start = random.below(bytes.length);
  let end = start;
  while (end < bytes.length - 1 && bytes[end]! >= 0x80 && end - start < 9) end++;
  return replace(bytes, start, Math.min(bytes.length, end + 1), makeVarint(random));
};

function makeVarint(random: FuzzRandom): Uint8Array {
  if (random.once(8)) return new Uint8Array(1 + random.below(12)).fill(0xff);
  const bits = BigInt(random.below(65));
  let value = (1n << bits) + BigInt(random.below(3)) - 1n;
  value &= 0xffff_ffff_ffff_ffffn;
  return encodeVarint(value, random.once(16) ? 10 : 0);
}

function encodeVarint(value: bigint, leastBytes = 0): Uint8Array {
  const out: number[] = [];
  let rest = value;
  do {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  } while (rest > 0n || out.length < leastBytes);
  out[out.length - 1]! &= 0x7f;
  return Uint8Array.from(out);
}

/** Replaces one of the numbers written in digits. */
const tamperDigits: Mutation = (bytes, random) => {
  const from = random.below(bytes.length);
  const isDigit = (at: number): boolean => bytes[at]! >= 0x30 && bytes[at]! <= 0x39;
  let start = from;
  while (start < bytes.length && !isDigit(start)) start++;
  if (start === bytes.length) return setBytes(bytes, random, []);
  while (start > 0 && isDigit(start - 1)) start--;
  let end = start;
  while (end < bytes.length && isDigit(end)) end++;
  return replace(bytes, start, end, encoder.encode(random.pick(INTERESTING_NUMBERS)));
};

const insertHostileText: Mutation = (bytes, random) => {
  const [start, end] = range(bytes, random, 8);
  const into = random.once(2) ? start : end;
  return replace(bytes, start, into, encoder.encode(random.pick(HOSTILE_TEXTS)));
};

/** Start and end of a line, with its newline. */
function pickLine(bytes: Uint8Array, random: FuzzRandom): [start: number, end: number] {
  const at = random.below(bytes.length);
  const newline = bytes.indexOf(0x0a, at);
  // An index of -1 would count from the end.
  const start = at === 0 ? 0 : bytes.lastIndexOf(0x0a, at - 1) + 1;
  return [start, newline < 0 ? bytes.length : newline + 1];
}

const swapLines: Mutation = (bytes, random) => {
  const [a, b] = [pickLine(bytes, random), pickLine(bytes, random)].sort((x, y) => x[0] - y[0]);
  if (a === undefined || b === undefined || a[1] > b[0]) return removeLine(bytes, random, []);
  return concat([
    bytes.subarray(0, a[0]),
    bytes.subarray(...b),
    bytes.subarray(a[1], b[0]),
    bytes.subarray(...a),
    bytes.subarray(b[1]),
  ]);
};

const removeLine: Mutation = (bytes, random) => replace(bytes, ...pickLine(bytes, random), new Uint8Array(0));

const repeatLine: Mutation = (bytes, random) => {
  const [start, end] = pickLine(bytes, random);
  const line = bytes.subarray(start, end);
  return replace(bytes, start, end, repeat(line, 2 + random.below(30)));
};

const spliceLine: Mutation = (bytes, random, seeds) => {
  const other = random.pick(seeds);
  const [at] = pickLine(bytes, random);
  return replace(bytes, at, at, other.subarray(...pickLine(other, random)));
};

const BYTE_MUTATIONS: readonly Mutation[] = [
  flipBits,
  setBytes,
  fillRange,
  truncate,
  removeRange,
  duplicateRange,
  splice,
  append,
  insertRandom,
];
const TEXT_MUTATIONS: readonly Mutation[] = [
  tamperDigits,
  tamperDigits,
  insertHostileText,
  swapLines,
  removeLine,
  repeatLine,
  spliceLine,
];

/** Once in so many inputs a part is repeated up to a megabyte. */
const FLOOD_ODDS = 400;

/** Ways to break one format. */
export interface Breakage {
  /** Any place, any way: what a bad disk does. */
  rough: readonly Mutation[];
  /** Changes that leave the form whole, so that they reach what is behind the first checks. */
  careful: readonly Mutation[];
}

/** Applies one to six mutations to one of `seeds`: half of the inputs are broken carefully only. */
export function mutate(random: FuzzRandom, seeds: readonly Uint8Array[], breakage: Breakage): Uint8Array {
  const isCareful = random.once(2);
  const mutations = isCareful ? breakage.careful : [...breakage.rough, ...breakage.careful];
  let bytes = random.pick(seeds);
  for (let n = 1 + random.below(random.once(2) ? 2 : 6); n > 0; n--) {
    const changed = random.pick(mutations)(bytes, random, seeds);
    if (changed.length <= MAX_INPUT_BYTES) bytes = changed;
  }
  return random.once(FLOOD_ODDS) ? flood(bytes, random, seeds) : bytes;
}

interface Field {
  tag: bigint;
  /** Payload as it lies in the file, without the length of a length-delimited field. */
  payload: Uint8Array;
}

/** Field numbers of messages within pprof's Profile message, by the way to them. */
const MESSAGES = new Set(["1", "2", "2.3", "3", "4", "4.4", "5", "11"]);

/**
 * Changes one field of a profile, at any depth, and makes the lengths around it right again: without that, nearly
 * every change is refused at the first length.
 */
const tamperField: Mutation = (bytes, random, seeds) => tamperMessage(bytes, random, seeds, "") ?? bytes;

function tamperMessage(
  bytes: Uint8Array,
  random: FuzzRandom,
  seeds: readonly Uint8Array[],
  way: string,
): Uint8Array | undefined {
  const fields = splitFields(bytes);
  if (fields === undefined || fields.length === 0) return undefined;
  const at = random.below(fields.length);
  const field = fields[at]!;
  const path = way === "" ? String(field.tag >> 3n) : `${way}.${field.tag >> 3n}`;
  const inner =
    MESSAGES.has(path) && !random.once(4) ? tamperMessage(field.payload, random, seeds, path) : undefined;
  if (inner === undefined) tamperFieldList(fields, at, random, seeds);
  else fields[at] = { ...field, payload: inner };
  return joinFields(fields);
}

function tamperFieldList(
  fields: Field[],
  at: number,
  random: FuzzRandom,
  seeds: readonly Uint8Array[],
): void {
  const field = fields[at]!;
  switch (random.below(10)) {
    case 0:
      fields.splice(at, 1);
      break;
    case 1:
      fields.splice(random.below(fields.length), 0, field);
      break;
    case 2: {
      const other = random.below(fields.length);
      fields[at] = fields[other]!;
      fields[other] = field;
      break;
    }
    case 3: {
      const others = splitFields(random.pick(seeds));
      if (others !== undefined && others.length > 0) fields.splice(at, 0, random.pick(others));
      break;
    }
    default:
      fields[at] = { ...field, payload: tamperPayload(field, random, seeds) };
  }
}

function tamperPayload(
  { tag, payload }: Field,
  random: FuzzRandom,
  seeds: readonly Uint8Array[],
): Uint8Array {
  if ((tag & 7n) !== 0n) {
    const mutation = random.pick([tamperVarint, insertHostileText, truncate, setBytes]);
    return mutation(payload, random, seeds);
  }
  // Small numbers are ids, indexes and lines that the profile may have.
  return random.once(2) ? encodeVarint(BigInt(random.below(300))) : makeVarint(random);
}

/** Undefined if the bytes are no message: a string, a packed list, or broken. */
function splitFields(bytes: Uint8Array): Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint | undefined => {
    let value = 0n;
    for (let shift = 0n; shift < 64n && at < bytes.length; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return undefined;
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag === undefined || tag >> 3n === 0n) return undefined;
    let start = at;
    switch (tag & 7n) {
      case 0n:
        if (varint() === undefined) return undefined;
        break;
      case 1n:
        at += 8;
        break;
      case 2n: {
        const length = varint();
        if (length === undefined || length > BigInt(bytes.length - at)) return undefined;
        start = at;
        at += Number(length);
        break;
      }
      case 5n:
        at += 4;
        break;
      default:
        return undefined;
    }
    if (at > bytes.length) return undefined;
    fields.push({ tag, payload: bytes.subarray(start, at) });
  }
  return fields;
}

function joinFields(fields: readonly Field[]): Uint8Array {
  return concat(
    fields.flatMap(({ tag, payload }) => [
      encodeVarint(tag),
      ...((tag & 7n) === 2n ? [encodeVarint(BigInt(payload.length))] : []),
      payload,
    ]),
  );
}

const TAR_BLOCK_BYTES = 512;

/** Changes a byte of a tar header and makes its checksum right again. */
const tamperTarHeader: Mutation = (bytes, random) => {
  const copy = bytes.slice();
  const start = random.below(Math.floor(copy.length / TAR_BLOCK_BYTES)) * TAR_BLOCK_BYTES;
  const header = copy.subarray(start, start + TAR_BLOCK_BYTES);
  if (header.length < TAR_BLOCK_BYTES) return copy;
  // Name, size, type, magic and prefix are what a reader looks at.
  const [from, length] = random.pick([
    [0, 100],
    [124, 12],
    [124, 12],
    [156, 1],
    [257, 8],
    [345, 155],
  ] as const);
  const values =
    from === 124 ? [0x30, 0x37, 0x38, 0x2d, 0x20, 0x80, 0xff] : [0, 0x2e, 0x2f, 0x4c, 0x67, 0x78, 0x32, 0x5c];
  for (let n = 1 + random.below(3); n > 0; n--) header[from + random.below(length)] = random.pick(values);
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.set(encoder.encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  return copy;
};

const JSON_VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  0.5,
  1e21,
  2 ** 53,
  "",
  "0000/heap",
  "../x",
  HOSTILE_MARKUP,
  HOSTILE_CONTROL,
  "\u2028",
  [],
  {},
];

/** Replaces, removes or repeats one value of a JSON text, at any depth. */
const tamperJson: Mutation = (bytes, random, seeds) => {
  let root: unknown;
  try {
    root = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return tamperDigits(bytes, random, seeds);
  }
  let place = root;
  while (typeof place === "object" && place !== null) {
    const container = place as Record<string, unknown>;
    const keys = Object.keys(container);
    if (keys.length === 0) break;
    const key = random.pick(keys);
    const value = container[key];
    if (typeof value === "object" && value !== null && !random.once(5)) {
      place = value;
      continue;
    }
    const change = Array.isArray(place) ? random.below(4) : -1;
    if (change === 0) (place as unknown[]).splice(Number(key), 1);
    else if (change === 1) (place as unknown[]).push(value);
    else if (random.once(6)) delete container[key];
    else if (typeof value === "number" && random.once(2)) container[key] = value + random.below(5) - 2;
    else container[key] = random.pick(JSON_VALUES);
    break;
  }
  return encoder.encode(JSON.stringify(root));
};

export const BREAKAGE = {
  binary: { rough: BYTE_MUTATIONS, careful: [flipBits, setBytes, duplicateRange] },
  text: { rough: BYTE_MUTATIONS, careful: TEXT_MUTATIONS },
  json: { rough: [...BYTE_MUTATIONS, ...TEXT_MUTATIONS], careful: [tamperJson] },
  protobuf: { rough: [...BYTE_MUTATIONS, tamperVarint, insertHostileText], careful: [tamperField] },
  tar: { rough: [...BYTE_MUTATIONS, tamperDigits], careful: [tamperTarHeader] },
} as const satisfies Record<string, Breakage>;
