import fc from "fast-check";
import { expect, test } from "vitest";
import {
  anyMutation,
  bytesOf,
  decodeOrRefuse,
  decodePrefixes,
  readCapture,
} from "../../../test/support/text-captures.ts";
import { decodeSymbolText } from "./decode.ts";

test("names by address, blanks and all", () => {
  const { symbols, damage } = decodeSymbolText(
    bytesOf("num_symbols: 1\n0x401000 runtime.mallocgc\n0xffffffffffffffff C::f(int, int)\n"),
  );
  expect(symbols).toEqual(
    new Map([
      [0x401000n, "runtime.mallocgc"],
      [0xffffffffffffffffn, "C::f(int, int)"],
    ]),
  );
  expect(damage).toEqual([]);
});

test("no symbol is an answer", () => {
  expect(decodeSymbolText(bytesOf("num_symbols: 1\n"))).toEqual({ symbols: new Map(), damage: [] });
});

test("what the server says of a bad request is no symbol", () => {
  const { symbols, damage } = decodeSymbolText(
    bytesOf("num_symbols: 1\n0x1 main.f\nreading request: EOF\n0x2\n"),
  );
  expect(symbols.size).toBe(1);
  expect(damage).toHaveLength(2);
});

test("an answer cut off anywhere gives whole names only", () => {
  const bytes = readCapture("go1.27/symbol.txt");
  const { symbols } = decodeSymbolText(bytes);
  decodePrefixes(bytes, decodeSymbolText, (decoded) => {
    for (const [address, name] of decoded.symbols) expect(symbols.get(address)).toBe(name);
  });
});

test("changed at random it is decoded or refused", () => {
  fc.assert(
    fc.property(anyMutation(readCapture("go1.19/symbol.txt")), (bytes) => {
      decodeOrRefuse(bytes, decodeSymbolText);
    }),
    { numRuns: 500 },
  );
});

test("a server that wants GET is told from an answer", () => {
  expect(() => decodeSymbolText(bytesOf("Method Not Allowed\n"))).toThrow(
    /symbol-text: the first line is not/,
  );
});
