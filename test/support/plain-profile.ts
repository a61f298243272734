import fc from "fast-check";
import { NONE, type Profile, type ValueColumn } from "../../src/tables/profile.ts";
import { InternedStringTable, type StringIndex } from "../../src/tables/string-table.ts";

export interface PlainLabel {
  key: string;
  /** A string label has this, a numeric one the other two. */
  str?: string;
  num?: bigint;
  numUnit?: string;
}

interface PlainLine {
  /** Index into `functions`. */
  function: number;
  line: number;
  column: number;
}

/** A profile in rows, with the strings in place: what tests write down and compare. */
export interface PlainProfile {
  sampleTypes: [type: string, unit: string][];
  samples: { locations: number[]; values: bigint[]; labels: PlainLabel[] }[];
  mappings: {
    id: bigint;
    memoryStart: bigint;
    memoryLimit: bigint;
    fileOffset: bigint;
    filename: string;
    buildId: string;
    has: number;
  }[];
  /** `mapping` is an index, or NONE. */
  locations: { id: bigint; mapping: number; address: bigint; isFolded: boolean; lines: PlainLine[] }[];
  functions: { id: bigint; name: string; systemName: string; filename: string; startLine: number }[];
  dropFrames: string;
  keepFrames: string;
  timeNanos: bigint;
  durationNanos: bigint;
  periodType: [type: string, unit: string] | undefined;
  period: bigint;
  comments: string[];
  defaultSampleType: string;
  docUrl: string;
}

export function toPlainProfile(profile: Profile): PlainProfile {
  const { samples, locations, functions, mappings } = profile;
  const text = (index: number): string => profile.strings.get(index as StringIndex);
  const rows = <T>(length: number, row: (at: number) => T): T[] => Array.from({ length }, (_, at) => row(at));
  const range = <T>(start: Uint32Array, at: number, row: (at: number) => T): T[] =>
    rows(start[at + 1]! - start[at]!, (offset) => row(start[at]! + offset));
  return {
    sampleTypes: profile.sampleTypes.map(({ type, unit }) => [text(type), text(unit)]),
    samples: rows(samples.length, (s) => ({
      locations: range(samples.locationStart, s, (at) => samples.location[at]!),
      values: samples.columns.map((column) => column.exact?.[s] ?? BigInt(column.value[s]!)),
      labels: range(samples.label.start, s, (at): PlainLabel => {
        const { key, str, num, numUnit } = samples.label;
        if (str[at] !== 0) return { key: text(key[at]!), str: text(str[at]!) };
        return { key: text(key[at]!), num: num[at]!, numUnit: text(numUnit[at]!) };
      }),
    })),
    mappings: rows(mappings.length, (m) => ({
      id: mappings.id[m]!,
      memoryStart: mappings.memoryStart[m]!,
      memoryLimit: mappings.memoryLimit[m]!,
      fileOffset: mappings.fileOffset[m]!,
      filename: text(mappings.filename[m]!),
      buildId: text(mappings.buildId[m]!),
      has: mappings.has[m]!,
    })),
    locations: rows(locations.length, (l) => ({
      id: locations.id[l]!,
      mapping: locations.mapping[l]!,
      address: locations.address[l]!,
      isFolded: locations.isFolded[l] === 1,
      lines: range(locations.lineStart, l, (at) => ({
        function: locations.lineFunction[at]!,
        line: locations.line[at]!,
        column: locations.column[at]!,
      })),
    })),
    functions: rows(functions.length, (f) => ({
      id: functions.id[f]!,
      name: text(functions.name[f]!),
      systemName: text(functions.systemName[f]!),
      filename: text(functions.filename[f]!),
      startLine: functions.startLine[f]!,
    })),
    dropFrames: text(profile.dropFrames),
    keepFrames: text(profile.keepFrames),
    timeNanos: profile.timeNanos,
    durationNanos: profile.durationNanos,
    periodType: profile.periodType && [text(profile.periodType.type), text(profile.periodType.unit)],
    period: profile.period,
    comments: profile.comments.map(text),
    defaultSampleType: text(profile.defaultSampleType),
    docUrl: text(profile.docUrl),
  };
}

export function fromPlainProfile(plain: PlainProfile): Profile {
  const strings = new InternedStringTable();
  const intern = (text: string): number => strings.intern(text);
  const starts = (lists: { length: number }[]): Uint32Array => {
    const start = new Uint32Array(lists.length + 1);
    for (const [at, list] of lists.entries()) start[at + 1] = start[at]! + list.length;
    return start;
  };
  const { samples, locations, functions, mappings } = plain;
  const labels = samples.flatMap((sample) => sample.labels);
  const lines = locations.flatMap((location) => location.lines);
  const isExact = (value: bigint): boolean => value < 2n ** 53n && value > -(2n ** 53n);
  return {
    strings,
    sampleTypes: plain.sampleTypes.map(([type, unit]) => ({
      type: strings.intern(type),
      unit: strings.intern(unit),
    })),
    samples: {
      length: samples.length,
      locationStart: starts(samples.map((sample) => sample.locations)),
      location: Uint32Array.from(samples.flatMap((sample) => sample.locations)),
      columns: plain.sampleTypes.map((_, at): ValueColumn => {
        const values = samples.map((sample) => sample.values[at]!);
        const value = Float64Array.from(values, Number);
        return values.every(isExact) ? { value } : { value, exact: BigInt64Array.from(values) };
      }),
      label: {
        start: starts(samples.map((sample) => sample.labels)),
        key: Uint32Array.from(labels, (label) => intern(label.key)),
        str: Uint32Array.from(labels, (label) => intern(label.str ?? "")),
        num: BigInt64Array.from(labels, (label) => label.num ?? 0n),
        numUnit: Uint32Array.from(labels, (label) => intern(label.numUnit ?? "")),
      },
    },
    mappings: {
      length: mappings.length,
      id: BigUint64Array.from(mappings, (m) => m.id),
      memoryStart: BigUint64Array.from(mappings, (m) => m.memoryStart),
      memoryLimit: BigUint64Array.from(mappings, (m) => m.memoryLimit),
      fileOffset: BigUint64Array.from(mappings, (m) => m.fileOffset),
      filename: Uint32Array.from(mappings, (m) => intern(m.filename)),
      buildId: Uint32Array.from(mappings, (m) => intern(m.buildId)),
      has: Uint8Array.from(mappings, (m) => m.has),
    },
    locations: {
      length: locations.length,
      id: BigUint64Array.from(locations, (l) => l.id),
      mapping: Int32Array.from(locations, (l) => l.mapping),
      address: BigUint64Array.from(locations, (l) => l.address),
      isFolded: Uint8Array.from(locations, (l) => Number(l.isFolded)),
      lineStart: starts(locations.map((l) => l.lines)),
      lineFunction: Int32Array.from(lines, (line) => line.function),
      line: Float64Array.from(lines, (line) => line.line),
      column: Float64Array.from(lines, (line) => line.column),
    },
    functions: {
      length: functions.length,
      id: BigUint64Array.from(functions, (f) => f.id),
      name: Uint32Array.from(functions, (f) => intern(f.name)),
      systemName: Uint32Array.from(functions, (f) => intern(f.systemName)),
      filename: Uint32Array.from(functions, (f) => intern(f.filename)),
      startLine: Float64Array.from(functions, (f) => f.startLine),
    },
    dropFrames: strings.intern(plain.dropFrames),
    keepFrames: strings.intern(plain.keepFrames),
    timeNanos: plain.timeNanos,
    durationNanos: plain.durationNanos,
    periodType: plain.periodType && {
      type: strings.intern(plain.periodType[0]),
      unit: strings.intern(plain.periodType[1]),
    },
    period: plain.period,
    comments: plain.comments.map((comment) => strings.intern(comment)),
    defaultSampleType: strings.intern(plain.defaultSampleType),
    docUrl: strings.intern(plain.docUrl),
  };
}

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -300n, max: 300n }),
);
const uint64 = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 300n }));
/** Valid UTF-16 only: a lone surrogate cannot be written as UTF-8. */
const text = fc.oneof(
  fc.constantFrom("", "main.leak", "bytes", "go.shape.[]int", "\u{feff}bom", "été", "𝄞"),
  fc.string({ unit: "binary" }),
);
const valueType = fc.tuple(text, text);
const label: fc.Arbitrary<PlainLabel> = fc.oneof(
  fc.record({ key: text, str: text.filter((value) => value !== "") }),
  fc.record({ key: text, num: int64.filter((value) => value !== 0n), numUnit: text }),
);

/** Ids as Go gives them (1 to n), the same out of order, or anything. */
function ids(length: number): fc.Arbitrary<bigint[]> {
  const counted = Array.from({ length }, (_, at) => BigInt(at + 1));
  return fc.oneof(
    fc.constant(counted),
    fc.constant(counted.toReversed()),
    fc.uniqueArray(
      uint64.map((id) => id || 1n),
      { minLength: length, maxLength: length },
    ),
  );
}

/** Any profile that google/pprof accepts, labels ordered as it writes them. */
export const anyPlainProfile: fc.Arbitrary<PlainProfile> = fc
  .record({
    types: fc.array(valueType, { minLength: 1, maxLength: 4 }),
    mappings: fc.nat(3),
    functions: fc.nat(5),
    locations: fc.nat(6),
    samples: fc.nat(6),
  })
  .chain((size) => {
    const row = (limit: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: limit - 1 });
    const line = fc.record({
      function: size.functions === 0 ? fc.constant(0) : row(size.functions),
      line: fc.maxSafeInteger(),
      column: fc.integer(),
    });
    const list = <T>(element: fc.Arbitrary<T>, length: number): fc.Arbitrary<T[]> =>
      fc.array(element, { minLength: length, maxLength: length });
    return fc.record({
      sampleTypes: fc.constant(size.types),
      samples: list(
        fc.record({
          locations: size.locations === 0 ? fc.constant([]) : fc.array(row(size.locations), { maxLength: 5 }),
          values: list(int64, size.types.length),
          labels: fc.array(label, { maxLength: 4 }).map(orderLabels),
        }),
        size.samples,
      ),
      mappings: withIds(
        size.mappings,
        fc.record({
          memoryStart: uint64,
          memoryLimit: uint64,
          fileOffset: uint64,
          filename: text,
          buildId: text,
          has: fc.nat(15),
        }),
      ),
      locations: withIds(
        size.locations,
        fc.record({
          mapping: fc.integer({ min: NONE, max: size.mappings - 1 }),
          address: uint64,
          isFolded: fc.boolean(),
          lines: size.functions === 0 ? fc.constant([]) : fc.array(line, { maxLength: 3 }),
        }),
      ),
      functions: withIds(
        size.functions,
        fc.record({ name: text, systemName: text, filename: text, startLine: fc.maxSafeInteger() }),
      ),
      dropFrames: text,
      keepFrames: text,
      timeNanos: int64,
      durationNanos: int64,
      periodType: fc.option(
        valueType.filter(([type, unit]) => type !== "" || unit !== ""),
        { nil: undefined },
      ),
      period: int64,
      comments: fc.array(text, { maxLength: 4 }),
      defaultSampleType: text,
      docUrl: text,
    });
  });

function withIds<T extends object>(
  length: number,
  element: fc.Arbitrary<T>,
): fc.Arbitrary<(T & { id: bigint })[]> {
  return fc
    .tuple(ids(length), fc.array(element, { minLength: length, maxLength: length }))
    .map(([id, elements]) => elements.map((fields, at) => ({ ...fields, id: id[at]! })));
}

/** String labels first, each kind by the bytes of its key. */
export function orderLabels(labels: PlainLabel[]): PlainLabel[] {
  const isNumeric = (label: PlainLabel): number => Number(label.str === undefined);
  return labels.toSorted(
    (a, b) => isNumeric(a) - isNumeric(b) || Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)),
  );
}
