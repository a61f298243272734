import { describe, expect, test } from "vitest";
import { fromPlainProfile, type PlainProfile, toPlainProfile } from "../../../test/support/plain-profile.ts";
import { MAX_TABLE_BYTES } from "../../bytes/byte-limits.ts";
import { type Damage, DecodeError } from "../../bytes/decode-error.ts";
import {
  WIRE_FIXED32,
  WIRE_FIXED64,
  WIRE_LENGTH_DELIMITED,
  WIRE_VARINT,
} from "../../bytes/protobuf-reader.ts";
import { ProtobufWriter } from "../../bytes/protobuf-writer.ts";
import { checkProfile, findSampleType, HAS_FUNCTIONS, NONE, type Profile } from "../../tables/profile.ts";
import { decodeProfile } from "./decode.ts";
import { encodeProfile } from "./encode.ts";
import { PROFILE } from "./spec.ts";

/** A message written field by field: numbers and bigints as varints, arrays packed, bytes and strings as they are. */
type Field = readonly [
  field: number,
  value: number | bigint | readonly (number | bigint)[] | Uint8Array | string,
];

function message(...fields: Field[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const [field, value] of fields) {
    if (typeof value === "number" || typeof value === "bigint") {
      writer.writeTag(field, WIRE_VARINT);
      writeBits(writer, BigInt(value));
    } else if (typeof value === "string") {
      writer.writeBytesField(field, new TextEncoder().encode(value));
    } else if (value instanceof Uint8Array) {
      writer.writeBytesField(field, value);
    } else {
      const begin = writer.beginField(field);
      for (const element of value) writeBits(writer, BigInt(element));
      writer.endLengthDelimited(begin);
    }
  }
  return writer.finish();
}

function writeBits(writer: ProtobufWriter, value: bigint): void {
  const bits = BigInt.asUintN(64, value);
  writer.writeVarint64(Number(bits & 0xffff_ffffn), Number(bits >> 32n));
}

const STRINGS = ["", "inuse_space", "bytes", "main.leak", "main.go", "main.main"];
const strings: Field[] = STRINGS.map((text) => [PROFILE.stringTable, text]);
const spaceType: Field = [PROFILE.sampleType, message([1, 1], [2, 2])];
const leak: Field = [PROFILE.function, message([1, 1], [2, 3], [4, 4])];
const leakLocation: Field = [PROFILE.location, message([1, 1], [3, 0x401000], [4, message([1, 1], [2, 12])])];
const leakSample: Field = [PROFILE.sample, message([1, 1], [2, 4096])];

function decodeWhole(...fields: Field[]): Profile {
  const { profile, damage } = decodeProfile(message(...fields));
  expect(damage).toEqual([]);
  checkProfile(profile);
  return profile;
}

function decodeErrorOf(bytes: Uint8Array): DecodeError {
  try {
    decodeProfile(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
  throw new Error("decoded without an error");
}

test("fields may come in any order, and unknown ones of every wire type are passed over", () => {
  const unknown = new ProtobufWriter();
  unknown.writeTag(200, WIRE_FIXED64);
  unknown.writeBytes(new Uint8Array(8).fill(0xff));
  unknown.writeTag(201, WIRE_FIXED32);
  unknown.writeBytes(new Uint8Array(4).fill(0xff));
  unknown.writeTag(202, WIRE_LENGTH_DELIMITED);
  unknown.writeVarint(3);
  unknown.writeBytes(Uint8Array.of(1, 2, 3));
  unknown.writeTag(2 ** 28, WIRE_VARINT);
  unknown.writeVarint(9);
  const fields = message(leakSample, leakLocation, ...strings, leak, spaceType);
  const { profile, damage } = decodeProfile(Buffer.concat([unknown.finish(), fields, unknown.finish()]));
  expect(damage).toEqual([]);
  expect(toPlainProfile(profile)).toMatchObject({
    sampleTypes: [["inuse_space", "bytes"]],
    samples: [{ locations: [0], values: [4096n], labels: [] }],
    locations: [{ id: 1n, mapping: NONE, address: 0x401000n, lines: [{ function: 0, line: 12, column: 0 }] }],
    functions: [{ id: 1n, name: "main.leak", systemName: "", filename: "main.go", startLine: 0 }],
  });
});

test("repeated integers are read packed, singly and mixed", () => {
  const locations = [1, 2, 3].map((id): Field => [PROFILE.location, message([1, id])]);
  const types = [spaceType, spaceType, spaceType, spaceType];
  const profile = decodeWhole(
    ...strings,
    ...types,
    ...locations,
    [PROFILE.sample, message([1, [3, 2, 1]], [2, [1, -2, 3, 4]])],
    [PROFILE.sample, message([1, 3], [2, 1], [1, 2], [2, -2], [2, 3], [1, 1], [2, 4])],
    [PROFILE.sample, message([2, [1, -2]], [1, []], [1, [3, 2]], [2, [3]], [1, 1], [2, 4])],
    [PROFILE.comment, [3, 4]],
    [PROFILE.comment, 5],
  );
  const row = { locations: [2, 1, 0], values: [1n, -2n, 3n, 4n], labels: [] };
  expect(toPlainProfile(profile).samples).toEqual([row, row, row]);
  expect(toPlainProfile(profile).comments).toEqual(["main.leak", "main.go", "main.main"]);
});

test("values keep all 64 bits, and only a column that needs it pays for them", () => {
  const big = [2n ** 53n + 1n, -(2n ** 63n), 5n];
  const profile = decodeWhole(
    ...strings,
    spaceType,
    spaceType,
    ...[-7n, ...big].map((value): Field => [PROFILE.sample, message([2, [value, 1]])]),
  );
  const [first, second] = profile.samples.columns;
  expect([...first!.exact!]).toEqual([-7n, ...big]);
  expect([...first!.value]).toEqual([-7, ...big.map(Number)]);
  expect(second).toEqual({ value: Float64Array.of(1, 1, 1, 1) });
  expect(findSampleType(profile, "inuse_space")).toBe(first);
});

test("addresses of the kernel and ids of any size keep all 64 bits", () => {
  const huge = 0xffff_ffff_8100_0000n;
  const profile = decodeWhole(
    ...strings,
    spaceType,
    [PROFILE.function, message([1, huge], [2, 5])],
    leak,
    [PROFILE.mapping, message([1, 2n ** 64n - 1n], [2, huge], [3, huge + 4096n], [7, 1])],
    [PROFILE.location, message([1, huge + 1n], [2, 2n ** 64n - 1n], [3, huge], [4, message([1, huge])])],
    [PROFILE.location, message([1, huge], [3, huge + 2n], [4, message([1, 1], [2, -3])], [5, 1])],
    [PROFILE.sample, message([1, [huge, huge + 1n]], [2, 1])],
  );
  expect(toPlainProfile(profile)).toMatchObject({
    samples: [{ locations: [1, 0] }],
    mappings: [{ id: 2n ** 64n - 1n, memoryStart: huge, memoryLimit: huge + 4096n, has: HAS_FUNCTIONS }],
    locations: [
      {
        id: huge + 1n,
        mapping: 0,
        address: huge,
        isFolded: false,
        lines: [{ function: 0, line: 0, column: 0 }],
      },
      {
        id: huge,
        mapping: NONE,
        address: huge + 2n,
        isFolded: true,
        lines: [{ function: 1, line: -3, column: 0 }],
      },
    ],
  });
  expect(toPlainProfile(decodeProfile(encodeProfile(profile)).profile)).toEqual(toPlainProfile(profile));
});

test("a label is a string, else a number, else nothing", () => {
  const sample = message(
    [2, 1],
    [3, message([1, 3], [2, 4], [3, 99])],
    [3, message([1, 3], [3, -5])],
    [3, message([1, 3], [3, 2n ** 63n - 1n], [4, 2])],
    [3, message([1, 3], [4, 2])],
    [3, message([1, 3])],
    [3, message()],
  );
  const profile = decodeWhole(...strings, spaceType, [PROFILE.sample, sample]);
  expect(toPlainProfile(profile).samples[0]!.labels).toEqual([
    { key: "main.leak", str: "main.go" },
    { key: "main.leak", num: -5n, numUnit: "" },
    { key: "main.leak", num: 2n ** 63n - 1n, numUnit: "bytes" },
    { key: "main.leak", num: 0n, numUnit: "bytes" },
  ]);
});

test("a label whose value is there but empty survives encoding", () => {
  const withSecondEmpty: Field[] = [...strings, [PROFILE.stringTable, ""]];
  const at = STRINGS.length;
  const sample = message([2, 1], [3, message([1, 3], [2, at])], [3, message([1, 3], [4, at])]);
  const plain = toPlainProfile(decodeWhole(...withSecondEmpty, spaceType, [PROFILE.sample, sample]));
  expect(plain.samples[0]!.labels).toEqual([
    { key: "main.leak", str: "" },
    { key: "main.leak", num: 0n, numUnit: "" },
  ]);
  const bytes = encodeProfile(
    decodeProfile(message(...withSecondEmpty, spaceType, [PROFILE.sample, sample])).profile,
  );
  expect(toPlainProfile(decodeProfile(bytes).profile)).toEqual(plain);
});

test("names that are not UTF-8 are kept as they are", () => {
  const name = Uint8Array.of(0x6d, 0xff, 0xfe, 0x80);
  const fields = [
    ...strings,
    [PROFILE.stringTable, name],
    [PROFILE.stringTable, Uint8Array.of(0x6d, 0xff)],
  ] as Field[];
  const profile = decodeWhole(...fields, [PROFILE.comment, [6, 7]]);
  const again = decodeProfile(encodeProfile(profile)).profile;
  expect(again.comments.map((comment) => [...again.strings.bytes(comment)])).toEqual([
    [...name],
    [0x6d, 0xff],
  ]);
});

test("a profile that is not Go's, with no mapping, location or function, decodes", () => {
  const profile = decodeWhole(...strings, spaceType, [PROFILE.sample, message([2, 3])]);
  expect(profile.samples.length).toBe(1);
  expect(toPlainProfile(decodeWhole(...strings))).toMatchObject({ sampleTypes: [], samples: [] });
});

describe("refused as upstream refuses it", () => {
  const rest = [...strings, spaceType, leak, leakLocation, leakSample];
  test.each<[what: string, fields: Field[], says: string]>([
    [
      "two profiles in a row",
      [...rest, [PROFILE.timeNanos, 5], [PROFILE.timeNanos, 6]],
      "concatenated profiles",
    ],
    ["a first string that is not empty", [[PROFILE.stringTable, "x"], ...rest], 'must be ""'],
    ["no string at all", [spaceType], "no string table"],
    [
      "a location with id 0",
      [...rest, [PROFILE.location, message([3, 1])]],
      "a location has the reserved id 0",
    ],
    ["a location given twice", [...rest, leakLocation], "a location has the id 1 of another"],
    [
      "a function with id 0",
      [...rest, [PROFILE.function, message([2, 1])]],
      "a function has the reserved id 0",
    ],
    ["a function given twice", [...rest, leak], "a function has the id 1 of another"],
    ["a mapping with id 0", [...rest, [PROFILE.mapping, message([2, 1])]], "a mapping has the reserved id 0"],
    [
      "a mapping with a huge id given twice",
      [...rest, ...[7n, 2n ** 60n, 2n ** 60n].map((id): Field => [PROFILE.mapping, message([1, id])])],
      "a mapping has the id 1152921504606846976 of another",
    ],
    [
      "a line without a function",
      [...rest, [PROFILE.location, message([1, 2], [4, message([2, 5])])]],
      "without a function",
    ],
    ["a negative string index", [...rest, [PROFILE.docUrl, -1]], "negative string index"],
    [
      "a sample without values",
      [...rest, [PROFILE.sample, message([1, 1])]],
      "a sample has 0 values where others have 1",
    ],
    [
      "samples with too many values",
      [...strings, spaceType, [PROFILE.sample, message([2, [1, 2]])]],
      "2 values for 1",
    ],
    [
      "samples without sample types",
      [...strings, leak, leakLocation, leakSample],
      "1 values for 0 sample types",
    ],
    [
      "a message in place of a number",
      [...rest, [PROFILE.period, message([1, 1])]],
      "wire type 2 instead of 0",
    ],
    ["a number in place of a message", [...rest, [PROFILE.sample, 1]], "wire type 0 instead of 2"],
    [
      "a field that leaves its message",
      [...rest, [PROFILE.location, Uint8Array.of(0x22, 9, 1)]],
      "claims 9 bytes",
    ],
    [
      "a packed list cut in a number",
      [...rest, [PROFILE.sample, message([1, Uint8Array.of(0x80)], [2, 1])]],
      "varint",
    ],
    ["a group", [...rest, [PROFILE.location, Uint8Array.of(0x0b)]], "wire type 3"],
  ])("%s", (_, fields, says) => {
    const bytes = message(...fields);
    const error = decodeErrorOf(bytes);
    expect(error.message).toContain(says);
    expect(error).toMatchObject({ format: "pprof" });
    expect(error.offset).toBeLessThanOrEqual(bytes.length);
  });

  test("an empty file", () => {
    expect(decodeErrorOf(new Uint8Array(0)).message).toContain("empty");
  });

  test("the offset of a double id is that of the second message", () => {
    const before = message(...rest);
    const error = decodeErrorOf(Buffer.concat([before, message(leakLocation)]));
    expect(error.offset).toBe(before.length);
  });
});

describe("damage", () => {
  const whole: PlainProfile = {
    sampleTypes: [
      ["inuse_objects", "count"],
      ["inuse_space", "bytes"],
    ],
    samples: [
      { locations: [0, 1], values: [1n, 16n], labels: [{ key: "bytes", num: 16n, numUnit: "bytes" }] },
      { locations: [1], values: [2n, -(2n ** 60n)], labels: [{ key: "tenant", str: "acme" }] },
    ],
    mappings: [
      {
        id: 1n,
        memoryStart: 0x400000n,
        memoryLimit: 0x800000n,
        fileOffset: 0n,
        filename: "svc",
        buildId: "b",
        has: 7,
      },
    ],
    locations: [
      {
        id: 1n,
        mapping: 0,
        address: 0x401000n,
        isFolded: false,
        lines: [{ function: 0, line: 12, column: 3 }],
      },
      {
        id: 2n,
        mapping: 0,
        address: 0x402000n,
        isFolded: false,
        lines: [{ function: 1, line: 30, column: 1 }],
      },
    ],
    functions: [
      { id: 1n, name: "main.leak", systemName: "main.leak", filename: "main.go", startLine: 10 },
      { id: 2n, name: "main.main", systemName: "main.main", filename: "main.go", startLine: 20 },
    ],
    dropFrames: "",
    keepFrames: "",
    timeNanos: 1_700_000_000_000_000_000n,
    durationNanos: 0n,
    periodType: ["space", "bytes"],
    period: 524_288n,
    comments: ["a comment"],
    defaultSampleType: "inuse_space",
    docUrl: "",
  };
  const bytes = encodeProfile(fromPlainProfile(whole));

  /** The same fields with the names first, so that a cut leaves something. */
  function stringsFirst(): Uint8Array {
    const table: Uint8Array[] = [];
    const others: Uint8Array[] = [];
    for (const [start, stop, field] of topLevelFields(bytes)) {
      (field === PROFILE.stringTable ? table : others).push(bytes.subarray(start, stop));
    }
    return Buffer.concat([...table, ...others]);
  }

  function* topLevelFields(of: Uint8Array): Generator<[start: number, stop: number, field: number]> {
    for (let at = 0; at < of.length; ) {
      const start = at;
      const tag = of[at++]!;
      if ((tag & 7) === WIRE_LENGTH_DELIMITED) {
        expect(of[at]).toBeLessThan(0x80);
        at += 1 + of[at]!;
      } else {
        while (of[at++]! >= 0x80);
      }
      yield [start, at, tag >> 3];
    }
  }

  function outcome(of: Uint8Array): { samples: number; damage: Damage[] } | DecodeError {
    try {
      const { profile, damage } = decodeProfile(of);
      checkProfile(profile);
      return { samples: profile.samples.length, damage };
    } catch (error) {
      if (error instanceof DecodeError) return error;
      throw error;
    }
  }

  test("a profile with its names last, as Go writes it, is refused wherever it is cut before them", () => {
    const tableStart = [...topLevelFields(bytes)].find(([, , field]) => field === PROFILE.stringTable)![0];
    for (let length = 0; length < tableStart; length++) {
      expect(outcome(bytes.subarray(0, length))).toMatchObject({
        hint: expect.stringMatching(/fetch it again|whole/i),
      });
    }
    for (let length = tableStart; length < bytes.length; length++) {
      const result = outcome(bytes.subarray(0, length));
      if (!(result instanceof DecodeError)) expect(result.samples).toBe(2);
    }
  });

  test("every cut of a profile with its names first keeps whole samples and accounts for the rest", () => {
    const reordered = stringsFirst();
    const boundaries = new Set([...topLevelFields(reordered)].map(([, stop]) => stop));
    for (let length = 1; length < reordered.length; length++) {
      const result = outcome(reordered.subarray(0, length));
      if (result instanceof DecodeError) continue;
      const isCutInside = !boundaries.has(length);
      expect(result.damage.some(({ what }) => what.startsWith("the file breaks off inside a field"))).toBe(
        isCutInside,
      );
    }
    expect(outcome(reordered)).toEqual({ samples: 2, damage: [] });
  });

  test("samples at places that were not read are dropped and counted", () => {
    const fields = [...topLevelFields(stringsFirst())];
    const secondLocation = fields.filter(([, , field]) => field === PROFILE.location)[1]!;
    const cut = stringsFirst().subarray(0, secondLocation[0] + 1);
    // Both samples name the second location, so nothing is left.
    expect(outcome(cut)).toMatchObject({ offset: secondLocation[0] });
    const first = message([PROFILE.sample, message([1, 1], [2, [7, 8]])]);
    const { profile, damage } = decodeProfile(Buffer.concat([first, cut]));
    expect(toPlainProfile(profile).samples).toEqual([{ locations: [0], values: [7n, 8n], labels: [] }]);
    expect(profile.samples.columns.every((column) => column.exact === undefined)).toBe(true);
    expect(damage.map(({ what }) => what)).toEqual([
      "the file breaks off inside a field; the 1 whole samples before it were kept",
      "2 samples were dropped: locations they name are not in the file",
      "1 source lines were dropped: functions they name are not in the file",
    ]);
  });

  test("names that were not read are empty, labels without theirs are dropped", () => {
    const lastString = [...topLevelFields(bytes)].filter(([, , field]) => field === PROFILE.stringTable);
    const tenant = lastString.find(([start]) =>
      new TextDecoder().decode(bytes.subarray(start + 2)).startsWith("tenant"),
    )!;
    const { profile, damage } = decodeProfile(bytes.subarray(0, tenant[0] + 3));
    const plain = toPlainProfile(profile);
    expect(plain.samples.map((sample) => sample.labels)).toEqual([whole.samples[0]!.labels, []]);
    expect(plain.functions.map((fn) => fn.name)).toEqual(["", ""]);
    expect(damage.map(({ what }) => what)).toEqual([
      "the file breaks off inside a field; the 2 whole samples before it were kept",
      "1 labels were dropped: strings they name are not in the file",
      "8 names read as empty: they are not in the file",
    ]);
  });

  test("a huge claimed length is a cut, not an allocation", () => {
    const claim = new ProtobufWriter();
    claim.writeTag(PROFILE.sample, WIRE_LENGTH_DELIMITED);
    claim.writeVarint(2 ** 50);
    const result = outcome(Buffer.concat([bytes, claim.finish()]));
    expect(result).toMatchObject({ samples: 2, damage: [{ offset: bytes.length }] });
  });
});

test("tables far larger than the file are refused before they are made", () => {
  const emptyTypes = Math.ceil(MAX_TABLE_BYTES / 2048) + 1;
  const bytes = new Uint8Array(2 * emptyTypes);
  for (let at = 0; at < bytes.length; at += 2) bytes[at] = (PROFILE.sampleType << 3) | WIRE_LENGTH_DELIMITED;
  expect(decodeErrorOf(Buffer.concat([message(...strings), bytes])).message).toContain("over the limit");
});
