import { describe, expect, test } from "vitest";
import { ArraySource } from "../../src/bytes/byte-source.ts";
import { DecodeError } from "../../src/bytes/decode-error.ts";
import { decodeDebugEntries, TAG } from "../../src/formats/dwarf/debug-entries.ts";
import { readDebugSections } from "../../src/formats/elf/debug-sections.ts";
import { decodeElf } from "../../src/formats/elf/elf-file.ts";
import { findLayouts } from "../../src/heap/runtime/layout-of-debug-entries.ts";
import { loadLayout } from "../../src/heap/runtime/layout-table.ts";
import { recordedCore } from "../support/known-heap.ts";

/** Debug information that the Go linker wrote: DWARF 4 up to Go 1.24, DWARF 5 since. */
describe.each([
  ["DWARF 4", "go1.19.13"],
  ["DWARF 5", "go1.26.8"],
] as const)("%s of %s", (_, name) => {
  const sections = readDebugSections(decodeElf(new ArraySource(recordedCore(name).exe)))!;

  test("closures have the variables that they captured, where the compiler tells them", () => {
    const { captures } = decodeDebugEntries(sections);
    const found = Array.from({ length: captures.length }, (_, row) => row)
      .filter((row) => captures.functionOf(row) === "main.fill.func1")
      .map((row) => [captures.nameOf(row), captures.offset[row]] as const);
    const isTold = Number(name.split(".")[1]) >= 23;
    expect(new Map(found)).toEqual(
      isTold
        ? new Map([
            ["&n", 8],
            ["user", 16],
          ])
        : new Map(),
    );
  });

  test("structures have their fields, variables their addresses", () => {
    const entries = decodeDebugEntries(sections);
    const rows = Array.from({ length: entries.length }, (_, row) => row);
    const session = rows.find(
      (row) => entries.tag[row] === TAG.structure && entries.nameOf(row) === "main.Session",
    )!;
    expect(entries.read(session).byteSize).toBe(72);
    const members = rows
      .slice(session + 1, session + 5)
      .map((row) => [entries.nameOf(row), entries.read(row).value] as const);
    expect(members).toEqual([
      ["ID", 0],
      ["User", 16],
      ["Notes", 24],
      ["Seen", 48],
    ]);
    const server = rows.find(
      (row) => entries.tag[row] === TAG.variable && entries.nameOf(row) === "main.server",
    )!;
    const { address, type } = entries.read(server);
    expect(address).toBeGreaterThan(0x400000);
    expect(entries.tag[entries.rowAt(type)]).toBe(TAG.pointer);
    expect([...entries.rowsNamed("main.server")]).toEqual([server]);
  });

  test("the runtime's structures lie as our table of the version has them", async () => {
    const table = await loadLayout(/go(1\.\d+)/.exec(name)![1]!, "amd64");
    const found = findLayouts(decodeDebugEntries(sections));
    expect(found).toEqual({ structs: table!.structs, constants: table!.constants });
  });

  test("damage is told, or gives entries", () => {
    for (let cut = 0; cut < 60; cut++) {
      const info = sections.info.slice();
      for (let i = 0; i < 8; i++) info[(cut * 7919 + i * 104729) % info.length]! ^= 1 << (cut % 8);
      const length = cut % 2 === 0 ? info.length : Math.floor((info.length * cut) / 60);
      try {
        const entries = decodeDebugEntries({ ...sections, info: info.subarray(0, length) });
        for (let row = 0; row < entries.length; row++) {
          entries.read(row);
          entries.nameOf(row);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
      }
    }
  });
});
