import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CopySpace, regionOfZeros } from "./copied-memory.ts";
import { decodeMemoryMap, isAnonymous, isOwnMemory } from "./memory-map.ts";
import { type AddressRange, addResidentRanges } from "./resident-pages.ts";
import { decodeAuxiliaryVector, decodeProcessStat, decodeThreadPlace } from "./thread-place.ts";

const MAPS = `00400000-0048d000 r-xp 00000000 fe:00 247766                             /srv/my shop (deleted)
0048d000-00527000 r--p 0008d000 fe:00 247766                             /srv/my shop (deleted)
00527000-0052c000 rw-p 00127000 fe:00 247766                             /srv/my shop (deleted)
0052c000-00550000 rw-p 00000000 00:00 0 
c000000000-c000400000 rw-p 00000000 00:00 0                              [anon: Go: heap]
c000400000-c004000000 ---p 00000000 00:00 0                              [anon: Go: heap reservation]
7f0000000000-7f0000100000 rw-s 00000000 fe:00 12                         /var/lib/shop.db
7ffd87803000-7ffd87824000 rw-p 00000000 00:00 0                          [stack]
7ffd87900000-7ffd87904000 r--p 00000000 00:00 0                          [vvar]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`;

describe("the map of a process", () => {
  test("names, holes and offsets are read", () => {
    const map = decodeMemoryMap(MAPS);
    expect(map).toHaveLength(10);
    expect(map[2]).toEqual({
      start: 0x527000,
      end: 0x52c000,
      readable: true,
      writable: true,
      executable: false,
      shared: false,
      fileOffset: 0x127000,
      path: "/srv/my shop (deleted)",
    });
  });

  test("its own are what no file, device or other process shares", () => {
    const own = decodeMemoryMap(MAPS).filter(isOwnMemory);
    expect(own.map(({ start }) => start.toString(16))).toEqual([
      "400000",
      "48d000",
      "527000",
      "52c000",
      "c000000000",
      "7ffd87803000",
    ]);
    expect(own.filter(isAnonymous).map(({ path }) => path)).toEqual(["", "[anon: Go: heap]", "[stack]"]);
  });
});

describe("resident pages", () => {
  const PAGE = 4096;
  const KINDS = { absent: 0, own: 0x8000_0000, swapped: 0x4000_0000, ofFile: 0xa000_0000 } as const;
  type Kind = keyof typeof KINDS;

  function rangesOf(kinds: readonly Kind[], holePages: number): AddressRange[] {
    const entries = new Uint8Array(kinds.length * 8);
    const view = new DataView(entries.buffer);
    for (const [i, kind] of kinds.entries()) view.setUint32(i * 8 + 4, KINDS[kind], true);
    const ranges: AddressRange[] = [];
    // In two pieces, as a large mapping's entries come.
    const half = Math.floor(kinds.length / 2) * 8;
    const options = { pageBytes: PAGE, holePages };
    addResidentRanges(ranges, PAGE, entries.subarray(0, half), options);
    addResidentRanges(ranges, PAGE + (half / 8) * PAGE, entries.subarray(half), options);
    return ranges;
  }

  test("what is present or swapped and not a file's is taken", () => {
    expect(rangesOf(["own", "absent", "swapped", "ofFile", "own", "own"], 0)).toEqual([
      { start: PAGE, end: 2 * PAGE },
      { start: 3 * PAGE, end: 4 * PAGE },
      { start: 5 * PAGE, end: 7 * PAGE },
    ]);
  });

  test("every page of its own is covered once, and ranges are apart by more than a hole", () => {
    const kind = fc.constantFrom<Kind>("absent", "own", "swapped", "ofFile");
    fc.assert(
      fc.property(fc.array(kind, { maxLength: 60 }), fc.nat(4), (kinds, holePages) => {
        const ranges = rangesOf(kinds, holePages);
        for (const [i, page] of kinds.entries()) {
          const at = (i + 1) * PAGE;
          const covering = ranges.filter((range) => range.start <= at && at < range.end).length;
          if (page === "own" || page === "swapped") expect(covering).toBe(1);
        }
        for (let i = 1; i < ranges.length; i++)
          expect(ranges[i]!.start - ranges[i - 1]!.end).toBeGreaterThan(holePages * PAGE);
      }),
    );
  });
});

describe("threads", () => {
  test("stack pointer and program counter are the last two words", () => {
    expect(decodeThreadPlace(7, "230 0x0 0x0 0x7f 0x70 0x0 0x0 0x7ffd87803418 0x7ff629749503\n")).toEqual({
      id: 7,
      sp: 0x7ffd87803418,
      pc: 0x7ff629749503,
    });
    expect(decodeThreadPlace(7, "-1 0xc000012f00 0x46d3a1\n")).toEqual({
      id: 7,
      sp: 0xc000012f00,
      pc: 0x46d3a1,
    });
    expect(decodeThreadPlace(7, "running\n")).toBeUndefined();
    expect(decodeThreadPlace(7, "")).toBeUndefined();
  });

  test("a process may have any name", () => {
    const numbers = Array.from({ length: 30 }, (_, i) => i + 4).join(" ");
    expect(decodeProcessStat(`123 (a) T (b) S ${numbers}\n`)).toEqual({ state: "S", startTime: "22" });
    expect(decodeProcessStat("")).toBeUndefined();
  });

  test("page size and entry are found in the auxiliary vector", () => {
    const vector = new BigUint64Array([6n, 16384n, 9n, 0x5500_0000_1000n, 0n, 0n]);
    expect(decodeAuxiliaryVector(new Uint8Array(vector.buffer))).toEqual({
      pageBytes: 16384,
      entry: 0x5500_0000_1000,
    });
  });
});

test("room is given in pieces that do not overlap", () => {
  const space = new CopySpace(1);
  const pieces = [40, 40, 40].map((megabytes) => space.take(megabytes * 1024 * 1024));
  expect(pieces.map((piece) => piece.length / 1024 / 1024)).toEqual([40, 24, 40]);
  for (const [i, piece] of pieces.entries()) piece.fill(i + 1);
  for (const [i, piece] of pieces.entries()) expect([piece[0], piece.at(-1)]).toEqual([i + 1, i + 1]);
});

test("pages that were never touched are zero, up to their end", () => {
  const { source } = regionOfZeros(0x1000, 0x1010);
  expect([...source.read(8, 100)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
});
