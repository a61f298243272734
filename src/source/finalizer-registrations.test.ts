import { describe, expect, test } from "vitest";
import { findFinalizerRegistrations } from "./finalizer-registrations.ts";

const TYPES = `
type file struct{ fd int; owner *dir }
type dir struct{ files []*file }
type plain struct{ fd int }
`;
const inOpen = (statement: string, made = "f := &plain{}") =>
  new Map([["/app/a.go", `package app\n${TYPES}\nfunc open() {\n\t${made}\n\t${statement}\n}\n`]]);
const pins = (statement: string, made?: string) =>
  findFinalizerRegistrations(inOpen(statement, made)).map(({ pin }) => pin?.kind);

describe("an object that its own finalizer keeps", () => {
  test.each([
    ["closure", "runtime.SetFinalizer(f, func(*plain) { close(f.fd) })"],
    ["closure", "runtime.AddCleanup(f, func(fd int) { log(f, fd) }, f.fd)"],
    ["method", "runtime.AddCleanup(f, f.release, f.fd)"],
    ["argument", "runtime.AddCleanup(f, release, &f.fd)"],
  ])("%s: %s", (kind, statement) => {
    expect(pins(statement)).toEqual([kind]);
  });

  test("a cycle behind a finalizer, not behind a cleanup", () => {
    expect(pins("runtime.SetFinalizer(f, (*file).close)", "f := &file{}")).toEqual(["cycle"]);
    expect(pins("runtime.AddCleanup(f, release, f.fd)", "f := new(file)")).toEqual([undefined]);
  });
});

test.each([
  "runtime.SetFinalizer(f, func(f *plain) { close(f.fd) })",
  "runtime.SetFinalizer(f, func(p *plain) { use(p.f, plain{f: 1}) })",
  "runtime.SetFinalizer(f, (*plain).close)",
  "runtime.SetFinalizer(f, nil)",
  "runtime.AddCleanup(f, release, f.fd)",
  "runtime.AddCleanup(f, func(fd int) { syscall.Close(fd) }, f.fd)",
])("no pin: %s", (statement) => {
  expect(pins(statement)).toEqual([undefined]);
});

test("the place is told as the runtime would name it, with the lines of its function", () => {
  const [found] = findFinalizerRegistrations(inOpen("runtime.SetFinalizer(f, func(*plain) { close(f.fd) })"));
  expect(found).toMatchObject({
    call: "SetFinalizer",
    object: "f",
    site: { function: "open", file: "/app/a.go", line: 9 },
    firstLine: 7,
    lastLine: 10,
    pin: { text: "runtime.SetFinalizer(f, func(*plain) { close(f.fd) })" },
  });
});
