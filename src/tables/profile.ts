import { assert } from "../lib/assert.ts";
import type { StringIndex, StringTable } from "./string-table.ts";

/** A location without a mapping, a line without a function: the one sentinel of this file's index columns. */
export const NONE = -1;

export interface ValueType {
  type: StringIndex;
  unit: StringIndex;
}

/**
 * One value column, a row per sample.
 *
 * `exact` is present only if some value does not fit a double exactly (|v| ≥ 2^53); it then holds every row, and
 * `value` its nearest doubles. Analysis reads `value`; encoding reads `exact` where it is there.
 */
export interface ValueColumn {
  value: Float64Array;
  exact?: BigInt64Array;
}

/**
 * Labels of all samples, compressed row by row: labels of sample `s` are rows `start[s] … start[s + 1] - 1`.
 * A row is either a string label (`str` ≠ 0) or a numeric one (`num`, with `numUnit`).
 */
export interface LabelTable {
  start: Uint32Array;
  key: Uint32Array;
  str: Uint32Array;
  num: BigInt64Array;
  numUnit: Uint32Array;
}

/** `location[locationStart[s] … locationStart[s + 1] - 1]` is the stack of sample `s`, leaf first. */
export interface SampleTable {
  length: number;
  locationStart: Uint32Array;
  location: Uint32Array;
  /** One column per sample type, in the order of `Profile.sampleTypes`. */
  columns: ValueColumn[];
  label: LabelTable;
}

/** Lines of location `l` are rows `lineStart[l] … lineStart[l + 1] - 1`, innermost inlined callee first. */
export interface LocationTable {
  length: number;
  /** Ids as the file had them: any uint64, unique, not 0. */
  id: BigUint64Array;
  mapping: Int32Array;
  /** Kernel addresses do not fit a double, so these stay 64-bit. */
  address: BigUint64Array;
  isFolded: Uint8Array;
  lineStart: Uint32Array;
  lineFunction: Int32Array;
  /** Source line and column; int64 in the file, but no source has 2^53 lines. */
  line: Float64Array;
  column: Float64Array;
}

export interface FunctionTable {
  length: number;
  id: BigUint64Array;
  name: Uint32Array;
  systemName: Uint32Array;
  filename: Uint32Array;
  startLine: Float64Array;
}

/** Bits of `MappingTable.has`. */
export const HAS_FUNCTIONS = 1;
export const HAS_FILENAMES = 2;
export const HAS_LINE_NUMBERS = 4;
export const HAS_INLINE_FRAMES = 8;

export interface MappingTable {
  length: number;
  id: BigUint64Array;
  memoryStart: BigUint64Array;
  memoryLimit: BigUint64Array;
  fileOffset: BigUint64Array;
  filename: Uint32Array;
  buildId: Uint32Array;
  has: Uint8Array;
}

/** The table of a profile that knows no executable. */
export function noMappings(): MappingTable {
  return {
    length: 0,
    id: new BigUint64Array(0),
    memoryStart: new BigUint64Array(0),
    memoryLimit: new BigUint64Array(0),
    fileOffset: new BigUint64Array(0),
    filename: new Uint32Array(0),
    buildId: new Uint32Array(0),
    has: new Uint8Array(0),
  };
}

/**
 * A pprof profile in columns, whatever text or binary form it came in.
 *
 * Foreign keys are dense indexes into the tables of the same profile, checked by `checkProfile`; a file's own ids
 * survive only for encoding it again. Values are un-sampled, as Go's protobuf profiles are.
 */
export interface Profile {
  strings: StringTable;
  sampleTypes: ValueType[];
  samples: SampleTable;
  locations: LocationTable;
  functions: FunctionTable;
  mappings: MappingTable;
  dropFrames: StringIndex;
  keepFrames: StringIndex;
  /** Nanoseconds since 1970; bigint because 2^53 ns were passed in April 1970. */
  timeNanos: bigint;
  durationNanos: bigint;
  periodType: ValueType | undefined;
  period: bigint;
  comments: StringIndex[];
  defaultSampleType: StringIndex;
  docUrl: StringIndex;
}

/** The column of a sample type by name ("inuse_space"), or undefined. */
export function findSampleType(profile: Profile, type: string): ValueColumn | undefined {
  const at = profile.sampleTypes.findIndex((t) => profile.strings.get(t.type) === type);
  return at < 0 ? undefined : profile.samples.columns[at];
}

/** Walks every foreign key; a failure is a decoder's bug. Linear in the size of the profile. */
export function checkProfile(profile: Profile): void {
  const { samples, locations, functions, mappings, strings } = profile;
  checkRows("sample.locationStart", samples.locationStart, samples.length, samples.location.length);
  checkRows("sample.label.start", samples.label.start, samples.length, samples.label.key.length);
  checkRows("location.lineStart", locations.lineStart, locations.length, locations.lineFunction.length);
  checkIndexes("sample.location", samples.location, 0, locations.length);
  checkIndexes("location.mapping", locations.mapping, NONE, mappings.length);
  checkIndexes("location.lineFunction", locations.lineFunction, NONE, functions.length);
  assert(samples.columns.length === profile.sampleTypes.length, "a value column per sample type");
  for (const column of samples.columns) {
    assert(column.value.length === samples.length, "a value per sample");
    assert(column.exact === undefined || column.exact.length === samples.length, "an exact value per sample");
  }
  for (const [name, column] of [
    ["label.key", samples.label.key],
    ["label.str", samples.label.str],
    ["label.numUnit", samples.label.numUnit],
    ["function.name", functions.name],
    ["function.systemName", functions.systemName],
    ["function.filename", functions.filename],
    ["mapping.filename", mappings.filename],
    ["mapping.buildId", mappings.buildId],
  ] as const) {
    checkIndexes(name, column, 0, strings.length);
  }
}

function checkRows(name: string, start: Uint32Array, rows: number, total: number): void {
  assert(start.length === rows + 1, `${name} has ${start.length} entries for ${rows} rows`);
  assert(start[0] === 0 && start[rows] === total, `${name} must span 0 to ${total}`);
  for (let row = 0; row < rows; row++) {
    if (start[row]! > start[row + 1]!) assert(false, `${name}[${row}] descends`);
  }
}

function checkIndexes(name: string, column: Uint32Array | Int32Array, least: number, limit: number): void {
  for (let row = 0; row < column.length; row++) {
    const value = column[row]!;
    // The message is made only where it is needed: columns have millions of rows.
    if (value < least || value >= limit) {
      assert(false, `${name}[${row}] is ${value}, outside ${least} to ${limit - 1}`);
    }
  }
}
