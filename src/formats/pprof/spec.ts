/**
 * Field numbers of profile.proto (github.com/google/pprof, proto/profile.proto). All integers are varints of 64 bits;
 * `string` fields of the other messages are int64 indexes into the profile's string table.
 */
export const PROFILE = {
  sampleType: 1,
  sample: 2,
  mapping: 3,
  location: 4,
  function: 5,
  stringTable: 6,
  dropFrames: 7,
  keepFrames: 8,
  timeNanos: 9,
  durationNanos: 10,
  periodType: 11,
  period: 12,
  comment: 13,
  defaultSampleType: 14,
  docUrl: 15,
} as const;

export const VALUE_TYPE = { type: 1, unit: 2 } as const;

export const SAMPLE = { locationId: 1, value: 2, label: 3 } as const;

export const LABEL = { key: 1, str: 2, num: 3, numUnit: 4 } as const;

export const MAPPING = {
  id: 1,
  memoryStart: 2,
  memoryLimit: 3,
  fileOffset: 4,
  filename: 5,
  buildId: 6,
  hasFunctions: 7,
  hasFilenames: 8,
  hasLineNumbers: 9,
  hasInlineFrames: 10,
} as const;

export const LOCATION = { id: 1, mappingId: 2, address: 3, line: 4, isFolded: 5 } as const;

export const LINE = { functionId: 1, line: 2, column: 3 } as const;

export const FUNCTION = { id: 1, name: 2, systemName: 3, filename: 4, startLine: 5 } as const;

/** What a field holds: one integer, a list of integers (packed or not), a string's bytes, or a message. */
export type FieldKind = "varint" | "varints" | "string" | MessageSpec;

/** Kinds by field number; index 0 is nothing. */
export type MessageSpec = readonly (FieldKind | undefined)[];

const VALUE_TYPE_FIELDS: MessageSpec = [undefined, "varint", "varint"];
const LABEL_FIELDS: MessageSpec = [undefined, "varint", "varint", "varint", "varint"];
const SAMPLE_FIELDS: MessageSpec = [undefined, "varints", "varints", LABEL_FIELDS];
const MAPPING_FIELDS: MessageSpec = [undefined, ...new Array<FieldKind>(10).fill("varint")];
const LINE_FIELDS: MessageSpec = [undefined, "varint", "varint", "varint"];
const LOCATION_FIELDS: MessageSpec = [undefined, "varint", "varint", "varint", LINE_FIELDS, "varint"];
const FUNCTION_FIELDS: MessageSpec = [undefined, ...new Array<FieldKind>(5).fill("varint")];

export const PROFILE_FIELDS: MessageSpec = [
  undefined,
  VALUE_TYPE_FIELDS,
  SAMPLE_FIELDS,
  MAPPING_FIELDS,
  LOCATION_FIELDS,
  FUNCTION_FIELDS,
  "string",
  "varint",
  "varint",
  "varint",
  "varint",
  VALUE_TYPE_FIELDS,
  "varint",
  "varints",
  "varint",
  "varint",
];
