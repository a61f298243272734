import fc from "fast-check";
import { expect, test } from "vitest";
import { hashStack } from "./stack-hash.ts";

/** FNV-1a as its draft writes it down. */
function fnv1a(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffff_ffff_ffff_ffffn;
  return hash;
}

test("is FNV-1a over the frames' UTF-8, each followed by 0xff", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.string({ unit: "grapheme" })), { maxLength: 8 }),
      (frames) => {
        const bytes = frames.flatMap((frame) => [...new TextEncoder().encode(frame), 0xff]);
        expect(hashStack(frames)).toBe(fnv1a(Uint8Array.from(bytes)));
      },
    ),
  );
});

test("another division of the same text is another stack", () => {
  const hashes = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["", "abc"], []].map(hashStack);
  expect(new Set(hashes).size).toBe(hashes.length);
});
