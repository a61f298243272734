import { expect, test } from "vitest";
import { makeAllPrintable, makePrintable } from "./printable-text.ts";

test("what a terminal would act on is written out", () => {
  expect(makePrintable("main.f\x1b[2J\x07")).toBe("main.f\\x1b[2J\\x07");
  expect(makePrintable("a\nb\x9b1m\u202ec")).toBe("a\\x0ab\\x9b1m\\u202ec");
});

test("what can be seen stays as it is", () => {
  const name = "example.com/商店.(*Store[go.shape.int]).Put → é 🙂";
  expect(makePrintable(name)).toBe(name);
});

test("every string of a view, however deep", () => {
  const view = { a: "\x00", n: 1, none: undefined, list: [{ b: ["\t", "x"] }], numbers: [1, 2] };
  expect(makeAllPrintable(view)).toEqual({
    a: "\\x00",
    n: 1,
    none: undefined,
    list: [{ b: ["\\x09", "x"] }],
    numbers: [1, 2],
  });
});
