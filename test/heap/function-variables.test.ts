import { beforeAll, describe, expect, test } from "vitest";
import { ArraySource } from "../../src/bytes/byte-source.ts";
import { DecodeError } from "../../src/bytes/decode-error.ts";
import { decodeDebugEntries } from "../../src/formats/dwarf/debug-entries.ts";
import type { DebugSections } from "../../src/formats/dwarf/debug-sections.ts";
import { DwarfCursor } from "../../src/formats/dwarf/dwarf-cursor.ts";
import { FunctionVariables } from "../../src/formats/dwarf/function-variables.ts";
import { decodeLocation } from "../../src/formats/dwarf/location-expression.ts";
import type { LocationSections } from "../../src/formats/dwarf/location-sections.ts";
import { readDebugSections, readLocationSections } from "../../src/formats/elf/debug-sections.ts";
import { decodeElf } from "../../src/formats/elf/elf-file.ts";
import type { HeapSnapshot } from "../../src/heap/heap-snapshot.ts";
import { readRecordedHeap, recordedCore } from "../support/known-heap.ts";

const decode = (...bytes: number[]) => {
  const cursor = new DwarfCursor(Uint8Array.from(bytes), "test");
  return decodeLocation(cursor, (index) => (index === 2 ? 0x5000 : Number.NaN));
};

describe("location expressions", () => {
  test("frame, register and address are read with their pieces", () => {
    expect(decode(0x9c)).toEqual([{ kind: "frame", at: 0, offset: 0, size: Number.NaN }]);
    expect(decode(0x91, 0x68)).toEqual([{ kind: "frame", at: -24, offset: 0, size: Number.NaN }]);
    expect(decode(0x9c, 0x11, 0x70, 0x22)).toEqual([{ kind: "frame", at: -16, offset: 0, size: Number.NaN }]);
    expect(decode(0xa1, 0x02)).toEqual([{ kind: "static", at: 0x5000, offset: 0, size: Number.NaN }]);
    // A slice: its pointer in the frame, its length nowhere, its capacity in rcx.
    expect(decode(0x91, 0x60, 0x93, 8, 0x93, 8, 0x52, 0x93, 8)).toEqual([
      { kind: "frame", at: -32, offset: 0, size: 8 },
      { kind: "register", at: 2, offset: 16, size: 8 },
    ]);
  });

  test("a result that was moved to the heap is behind a pointer", () => {
    expect(decode(0x91, 0x70, 0x06)).toEqual([{ kind: "pointer", at: -16, offset: 0, size: Number.NaN }]);
  });

  test("what Go's compiler does not write is refused", () => {
    for (const bytes of [
      [0x70, 0],
      [0x9f],
      [0x9c, 0x9f],
      [0x30],
      [0xa1, 7],
      [0x91, 0, 0x06, 0x06],
      [0x9c, 0x9c],
    ])
      expect(decode(...bytes), bytes.join()).toBeUndefined();
  });
});

/** Location lists of DWARF 4, and of DWARF 5. */
describe.each(["locals-go1.19.13", "locals-go1.26.8"])("variables of %s", (name) => {
  const elf = decodeElf(new ArraySource(recordedCore(name).exe));
  const sections = readDebugSections(elf)!;
  const lists = readLocationSections(elf);
  let heap: HeapSnapshot;
  let frames: { start: number; pc: number; name: string }[];

  beforeAll(async () => {
    heap = await readRecordedHeap(name);
    frames = heap.roots.stacks.flatMap((stack) =>
      stack.frames.flatMap(({ pc }) => {
        const fn = heap.functions.functionAt(pc);
        return fn === undefined ? [] : [{ start: fn.entry, pc: Math.max(fn.entry, pc - 1), name: fn.name }];
      }),
    );
  });

  function read(changed: { sections?: DebugSections; lists?: LocationSections } = {}) {
    const { functions } = decodeDebugEntries(changed.sections ?? sections);
    const variables = new FunctionVariables(functions, changed.lists ?? lists);
    const found = frames.map(({ start, pc }) => variables.at(start, pc));
    return { found, refused: variables.refused };
  }

  test("are where the compiler says, also those of inlined calls", () => {
    const { found, refused } = read();
    const isOld = name === "locals-go1.19.13";
    expect(refused).toBe(0);
    const of = (fn: string) => found[frames.findIndex((frame) => frame.name === fn)]!;
    expect(of("main.serve")).toContainEqual(
      expect.objectContaining({
        name: "stop",
        function: "main.serve",
        pieces: [{ kind: "frame", at: isOld ? -40 : 8, offset: 0, size: Number.NaN }],
      }),
    );
    expect(of("main.serve")).toContainEqual(
      expect.objectContaining({ name: "cache", function: "main.serve" }),
    );
    const inlined = found.flatMap((variables, i) =>
      variables.filter((each) => each.function !== frames[i]!.name),
    );
    expect(inlined.length).toBeGreaterThan(0);
  });

  test("damage is told, or gives variables", () => {
    const broken = (bytes: Uint8Array, round: number, flips: number) => {
      const copy = bytes.slice();
      for (let i = 0; i < flips && copy.length > 0; i++)
        copy[(round * 7919 + i * 104729) % copy.length]! ^= 1 << ((round + i) % 8);
      return copy;
    };
    for (let round = 0; round < 40; round++) {
      const all = {
        ...sections,
        info: broken(sections.info, round, 3),
        addr: broken(sections.addr, round, 40),
      };
      const someLists = {
        loc: broken(lists.loc, round, 2000),
        ranges: broken(lists.ranges, round, 2000),
        loclists: broken(lists.loclists, round, 2000),
        rnglists: broken(lists.rnglists, round, 2000),
      };
      for (const changed of [{ sections: all }, { lists: someLists }]) {
        try {
          read(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }
    }
  });
});
