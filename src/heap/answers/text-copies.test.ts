import fc from "fast-check";
import { expect, test } from "vitest";
import { ArraySource } from "../../bytes/byte-source.ts";
import { AddressSpace } from "../memory/address-space.ts";
import { TextCopies } from "./text-copies.ts";

const BASE = 0xc000000000;

test("copies are as many as a map of texts counts", () => {
  const text = fc.array(fc.integer({ min: 97, max: 99 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 400 }), (texts) => {
      const bytes = Uint8Array.from(texts.flat());
      const source = new ArraySource(bytes);
      const space = new AddressSpace([
        [{ start: BASE, end: BASE + bytes.length, source, offset: 0, flags: 4 }],
      ]);
      const copies = new TextCopies(space);
      const expected = new Map<string, number>();
      let at = BASE;
      for (const each of texts) {
        copies.add(at, each.length, 16);
        at += each.length;
        const key = String.fromCharCode(...each);
        expected.set(key, (expected.get(key) ?? 0) + 1);
      }
      const found = copies.largest(1000).map((row) => [Buffer.from(row.bytes).toString(), row.copies]);
      const wanted = [...expected].filter(([, count]) => count > 1);
      expect(new Map(found as [string, number][])).toEqual(new Map(wanted));
      expect(copies.wastedBytes).toBe(wanted.reduce((sum, [, count]) => sum + (count - 1) * 16, 0));
    }),
    { numRuns: 100 },
  );
});

test("thousands of texts are kept apart", () => {
  const bytes = new Uint8Array(8 * 20_000);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < 20_000; i++) view.setFloat64(i * 8, i % 15_000);
  const source = new ArraySource(bytes);
  const space = new AddressSpace([[{ start: BASE, end: BASE + bytes.length, source, offset: 0, flags: 4 }]]);
  const copies = new TextCopies(space);
  for (let i = 0; i < 20_000; i++) copies.add(BASE + i * 8, 8, 8);
  expect(copies.largest(20_000)).toHaveLength(5000);
  expect(copies.wastedBytes).toBe(40_000);
});
