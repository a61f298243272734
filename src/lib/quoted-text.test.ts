import fc from "fast-check";
import { expect, test } from "vitest";
import { findQuoteEnd, unquote } from "./quoted-text.ts";

const encode = (text: string) => new TextEncoder().encode(text);

test("what JSON quotes comes back", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string(), (text, rest) => {
      const quoted = encode(JSON.stringify(text));
      const bytes = encode(JSON.stringify(text) + rest);
      expect(findQuoteEnd(bytes, 0, bytes.length)).toBe(quoted.length);
      expect(unquote(bytes, 1, quoted.length - 1)).toEqual(encode(text));
    }),
  );
});

test("Go's escapes are bytes and characters; what is no escape stays", () => {
  const unquoted = (text: string) => Array.from(unquote(encode(text), 0, encode(text).length));
  expect(unquoted(String.raw`\xff\a\v\u00e9\U0001f600`)).toEqual([0xff, 7, 11, ...encode("é😀")]);
  expect(unquoted(String.raw`\q\x4\uZ000\UFFFFFFFF\u`)).toEqual(
    Array.from(encode(String.raw`\q\x4\uZ000\UFFFFFFFF\u`)),
  );
  expect(unquoted("\\")).toEqual([0x5c]);
});

test("a quote that is not closed has no end", () => {
  const bytes = encode('"a\\"');
  expect(findQuoteEnd(bytes, 0, bytes.length)).toBe(-1);
});
