import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteReader, CutShortError } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { DecodeError } from "./decode-error.ts";
import { isExactInDouble, toSignedNumber } from "./words.ts";

const uint64 = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 70_000n }));

function write(value: bigint): Uint8Array {
  const writer = new ByteWriter();
  writer.writeVarint64(Number(value & 0xffff_ffffn), Number(value >> 32n));
  return writer.finish();
}

test("varints of 64 bits are read as they were written", () => {
  fc.assert(
    fc.property(fc.array(uint64), (values) => {
      const reader = new ByteReader(Buffer.concat(values.map(write)), "pprof");
      for (const value of values) {
        reader.readVarint64();
        expect((BigInt(reader.high) << 32n) | BigInt(reader.low)).toBe(value);
      }
      expect(reader.at).toBe(reader.end);
    }),
  );
});

test("numbers are written as the shortest varint, and read as the nearest double", () => {
  for (const [value, bytes] of [
    [0, [0]],
    [127, [0x7f]],
    [128, [0x80, 1]],
    [2 ** 32, [0x80, 0x80, 0x80, 0x80, 0x10]],
    [2 ** 53 - 1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]],
  ] as const) {
    const writer = new ByteWriter();
    writer.writeVarint(value);
    expect([...writer.finish()]).toEqual(bytes);
    expect(new ByteReader(Uint8Array.from(bytes), "pprof").readVarint()).toBe(value);
  }
});

test("minus one is ten bytes, of which the last counts with one bit", () => {
  const minusOne = [...new Array<number>(9).fill(0xff), 1];
  expect([...write(2n ** 64n - 1n)]).toEqual(minusOne);
  for (const last of [1, 0x7f]) {
    const reader = new ByteReader(Uint8Array.from([...minusOne.slice(0, 9), last]), "pprof");
    reader.readVarint64();
    expect(toSignedNumber(reader.low, reader.high)).toBe(-1);
  }
});

test("an overlong varint is refused, one that is cut is told apart", () => {
  const overlong = new ByteReader(new Uint8Array(20).fill(0x80), "pprof");
  expect(() => overlong.readVarint64()).toThrow(DecodeError);
  expect(() => overlong.readVarint64()).not.toThrow(CutShortError);
  const cut = new ByteReader(Uint8Array.of(0x80, 0x80), "pprof");
  expect(() => cut.readVarint64()).toThrow(CutShortError);
  cut.enter(0, 1);
  expect(() => cut.readVarint()).toThrow(CutShortError);
});

test("fixed-width values are little-endian", () => {
  const reader = new ByteReader(Uint8Array.of(1, 0, 0, 0x80, 2, 0, 0, 0), "pprof");
  reader.readFixed64();
  expect([reader.low, reader.high]).toEqual([0x8000_0001, 2]);
  expect(() => reader.readFixed32()).toThrow(CutShortError);
  reader.enter(4, 8);
  reader.readFixed32();
  expect([reader.low, reader.high]).toEqual([2, 0]);
  reader.enter(4, 7);
  expect(() => reader.readFixed32()).toThrow(CutShortError);
});

test("a 64-bit value is exact in a double strictly between -2^53 and 2^53", () => {
  for (const [value, isExact] of [
    [2n ** 53n - 1n, true],
    [2n ** 53n, false],
    [2n ** 63n - 1n, false],
    [-(2n ** 53n) + 1n, true],
    [-(2n ** 53n), false],
    [-(2n ** 63n), false],
    [-1n, true],
    [0n, true],
  ] as const) {
    const bits = BigInt.asUintN(64, value);
    const [low, high] = [Number(bits & 0xffff_ffffn), Number(bits >> 32n)];
    expect(isExactInDouble(low, high)).toBe(isExact);
    expect(toSignedNumber(low, high)).toBe(Number(value));
  }
});

test("lengths of any size go in front of what they measure", () => {
  for (const length of [0, 1, 127, 128, 16_383, 16_384, 70_000]) {
    const writer = new ByteWriter(16);
    const outer = writer.beginLengthDelimited();
    const inner = writer.beginLengthDelimited();
    writer.writeBytes(new Uint8Array(length).fill(7));
    writer.endLengthDelimited(inner);
    writer.endLengthDelimited(outer);
    const reader = new ByteReader(writer.finish(), "pprof");
    expect(reader.readVarint()).toBe(reader.end - reader.at);
    expect(reader.readVarint()).toBe(length);
    expect(reader.bytes.subarray(reader.at)).toEqual(new Uint8Array(length).fill(7));
  }
});
