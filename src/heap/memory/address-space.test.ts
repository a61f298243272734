import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArraySource } from "../../bytes/byte-source.ts";
import { AddressSpace, type MemoryRegion } from "./address-space.ts";

const BASE = 0x1000;

function region(start: number, bytes: Uint8Array): MemoryRegion {
  return { start, end: start + bytes.length, source: new ArraySource(bytes), offset: 0, flags: 6 };
}

/** Layers over a small space, and what each byte should be: undefined where nothing is. */
const layers = fc.array(
  fc.array(fc.record({ at: fc.nat(200), bytes: fc.uint8Array({ minLength: 1, maxLength: 60 }) }), {
    maxLength: 4,
  }),
  { maxLength: 3 },
);

describe("a space of layers", () => {
  test("reads what the uppermost layer has, whatever the windows", () => {
    fc.assert(
      fc.property(layers, fc.integer({ min: 8, max: 64 }), (made, windowBytes) => {
        const space = new AddressSpace(
          made.map((layer) => layer.map(({ at, bytes }) => region(BASE + at, bytes))),
          windowBytes,
        );
        for (let at = BASE; at < BASE + 280; at++) {
          const expected = byteAt(made, at - BASE);
          expect(space.has(at)).toBe(expected !== undefined);
          expect(space.u8(at)).toBe(expected ?? Number.NaN);
          const four = [0, 1, 2, 3].map((i) => byteAt(made, at - BASE + i));
          const word = four.every((byte) => byte !== undefined)
            ? new DataView(Uint8Array.from(four as number[]).buffer).getUint32(0, true)
            : Number.NaN;
          expect(space.u32(at)).toBe(word);
          // Where they lie within one window.
          const peeked = space.peek(at, 4);
          if (peeked !== undefined) expect([...peeked]).toEqual(four);
          expect(space.bytes(at, 4)).toEqual(
            Number.isNaN(word) ? undefined : Uint8Array.from(four as number[]),
          );
        }
      }),
      { numRuns: 50 },
    );
  });

  test("numbers that are no addresses read as nothing", () => {
    const space = new AddressSpace([[region(BASE, new Uint8Array(64).fill(1))]]);
    for (const address of [Number.NaN, -1, 2 ** 63, Number.POSITIVE_INFINITY, 0]) {
      expect(space.u64(address)).toBeNaN();
      expect(space.bytes(address, 8)).toBeUndefined();
    }
    expect(space.bytes(BASE, Number.NaN)).toBeUndefined();
    expect(space.bytes(BASE, 2 ** 50)).toBeUndefined();
    for (const length of [Number.NaN, -1, 2 ** 50]) {
      expect(space.peek(BASE, length)).toBeUndefined();
      expect(space.text(BASE, length)).toBeUndefined();
    }
  });

  test("what is not there is zero in large reads, and not counted", () => {
    const space = new AddressSpace([[region(BASE, Uint8Array.of(1, 2)), region(BASE + 4, Uint8Array.of(3))]]);
    const out = new Uint8Array(8).fill(9);
    expect(space.readInto(BASE - 1, out)).toBe(3);
    expect([...out]).toEqual([0, 1, 2, 0, 0, 3, 0, 0]);
  });
});

function byteAt(made: { at: number; bytes: Uint8Array }[][], offset: number): number | undefined {
  for (const layer of made) {
    // Within a layer the lower start wins, and of equal ones the first.
    const sorted = [...layer].sort((a, b) => a.at - b.at);
    for (const { at, bytes } of sorted)
      if (offset >= at && offset < at + bytes.length) return bytes[offset - at];
  }
  return undefined;
}

test("the parts of a range are those whose bytes are there, however large the range", () => {
  const space = new AddressSpace([[region(BASE, new Uint8Array(16)), region(2 ** 40, new Uint8Array(8))]]);
  expect([...space.partsWithin(BASE + 4, 2 ** 47)]).toEqual([
    { from: BASE + 4, to: BASE + 16 },
    { from: 2 ** 40, to: 2 ** 40 + 8 },
  ]);
  expect([...space.partsWithin(BASE + 20, 2 ** 30)]).toEqual([]);
});
