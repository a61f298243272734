import { expect, test } from "vitest";
import { PprofError } from "./pprof-error.ts";
import { compileRe2, FOREIGN_LIMITS } from "./re2.ts";

test("what repetition makes too large is refused before it is compiled", () => {
  for (const source of [
    "a{1000}".repeat(30),
    "(?:abcdefghijklmnopqrstuvwxy){1000}",
    "[a-z]{500,1000}".repeat(25),
    "\\pL{1000}".repeat(21),
    "((?:ab){10}c){1000}",
    "x".repeat(1_000_001),
  ]) {
    expect(() => compileRe2(source, "focus regexp")).toThrow(
      new PprofError("parsing focus regexp: error parsing regexp: expression too large"),
    );
  }
});

test("of a file's own expressions less is taken", () => {
  const compile = (source: string) => compileRe2(source, "drop_frames", FOREIGN_LIMITS);
  expect(() => compile("a{300}")).toThrow(PprofError);
  expect(() => compile("runtime\\..*|".repeat(2000))).toThrow(PprofError);
  expect(compile("runtime\\..*|reflect\\.call[0-9]{1,3}").test("runtime.main")).toBe(true);
});

test("what looks like repetition and is none, or not much, is taken", () => {
  for (const source of [
    "[{1000}]".repeat(50),
    "a\\{1000}".repeat(50),
    "a{1000}",
    "(?:[a-z]{30}){30}",
    Array.from({ length: 2000 }, (_, n) => `main\\.handler${n}\\.func1`).join("|"),
  ]) {
    expect(compileRe2(source, "focus regexp").source).toBe(source);
  }
});

test("time does not explode with the text", () => {
  const text = `${"a".repeat(50_000)}!`;
  for (const source of ["(a+)+$", "(a|aa)+$", "^(a*)*$", "(?:a{30}){30}$", "(.*)(.*)(.*)(.*)[b]$"]) {
    expect(compileRe2(source, "focus regexp").test(text)).toBe(false);
  }
});
