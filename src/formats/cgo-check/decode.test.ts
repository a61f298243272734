import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { decodeCgoViolations } from "./decode.ts";

const read = (name: string) =>
  readFileSync(resolve(import.meta.dirname, "../../../test/fixtures/native", name));

test.each([
  ["cgo-argument-go1.21.13.log", "argument", "cgo argument has Go pointer to unpinned Go pointer"],
  ["cgo-argument-go1.26.8.log", "argument", "argument of cgo function has Go pointer to unpinned Go pointer"],
  ["cgo-result-go1.21.13.log", "result", "cgo result has Go pointer"],
  [
    "cgo-result-go1.26.8.log",
    "result",
    "example.com/images/back.go:12: result of Go function giveBack called from cgo is unpinned Go unsafe pointer or points to unpinned Go unsafe pointer",
  ],
  ["cgo-store-go1.26.8.log", "store", "unpinned Go pointer stored into non-Go memory"],
])("%s", (name, kind, message) => {
  const bytes = read(name);
  const found = decodeCgoViolations(bytes);
  expect(found).toMatchObject([{ kind, message }]);
  expect(bytes.subarray(found[0]!.offset).toString()).toMatch(/^(panic: runtime error|fatal error): /);
});

test("a message in the program's own words is no panic", () => {
  const bytes = new TextEncoder().encode(
    '{"msg":"upstream said: cgo argument has Go pointer to Go pointer"}\n',
  );
  expect(decodeCgoViolations(bytes)).toEqual([]);
});
