import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readMangledName } from "./mangled-name.ts";

/** A linker symbol and what `go tool pprof` of Go 1.26 shows for it, a line. */
const GOLDEN = readFileSync(join(import.meta.dirname, "../../test/fixtures/pprof/mangled-names.txt"), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => line.split("\t") as [symbol: string, name: string]);

test.each(GOLDEN)("%s", (symbol, name) => {
  expect(readMangledName(symbol) ?? symbol).toBe(name);
});

test("what needs a type in full stays as it is", () => {
  for (const symbol of [
    "_ZN3FoocvbEv",
    "_ZThn16_N3Foo3barEv",
    "_ZTV3Foo",
    "_ZZ4mainENKUliE_clEi",
    "_ZN1AIXadL_Z1fvEEE1gEv",
  ]) {
    expect(readMangledName(symbol)).toBeUndefined();
  }
});

test("no prefix of a symbol is read beyond its end, and nesting is bounded", () => {
  for (const [symbol] of GOLDEN) {
    for (let length = 0; length < symbol.length; length++) readMangledName(symbol.slice(0, length));
  }
  expect(readMangledName(`_ZN1a${"I1aI".repeat(5000)}`)).toBeUndefined();
  expect(readMangledName(`_Z${"Z".repeat(100_000)}`)).toBeUndefined();
  expect(readMangledName(`_Z1f${"P".repeat(100_000)}i`)).toBe("f");
  // Each part repeats the two before it.
  let bomb = "_RMC0";
  for (let n = 0; n < 40; n++) bomb += "TB_B_";
  expect(readMangledName(bomb)).toBeUndefined();
  expect(readMangledName(`_R${"I".repeat(100_000)}`)).toBeUndefined();
});
