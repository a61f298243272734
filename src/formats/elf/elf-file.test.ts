import { describe, expect, test } from "vitest";
import { encodeCore } from "../../../test/support/elf-core.ts";
import { ArraySource } from "../../bytes/byte-source.ts";
import { DecodeError } from "../../bytes/decode-error.ts";
import { decodeCoreNotes } from "./core-notes.ts";
import { decodeElf, ET_CORE } from "./elf-file.ts";
import { readNotes } from "./elf-notes.ts";

function words(...values: number[]): Uint8Array {
  return new Uint8Array(BigUint64Array.from(values.map(BigInt)).buffer);
}

const NAME = new TextEncoder().encode("/srv/shop\0");
const status = new Uint8Array(336);
new DataView(status.buffer).setUint32(32, 4321, true);
new DataView(status.buffer).setBigUint64(112 + 16 * 8, 0x401000n, true);
new DataView(status.buffer).setBigUint64(112 + 19 * 8, 0xc000012000n, true);
const core = encodeCore(
  "amd64",
  [
    { owner: "CORE", type: 1, bytes: status },
    { owner: "CORE", type: 6, bytes: words(9, 0x45f000, 3, 0x400040, 0, 0) },
    {
      owner: "CORE",
      type: 0x46494c45,
      bytes: Uint8Array.from([...words(1, 4096, 0x400000, 0x500000, 2), ...NAME]),
    },
  ],
  [{ start: 0xc000000000, bytes: new Uint8Array(5000).fill(7), flags: 6 }],
);

describe("a core", () => {
  test("has its segments and notes", () => {
    const elf = decodeElf(new ArraySource(core));
    expect(elf).toMatchObject({ type: ET_CORE, machine: "amd64", sections: [] });
    expect(elf.segments[1]).toMatchObject({ type: 1, address: 0xc000000000, fileSize: 5000 });
    const notes = decodeCoreNotes(readNotes(elf), "amd64");
    expect(notes.threads[0]).toMatchObject({ id: 4321, pc: 0x401000, sp: 0xc000012000 });
    expect(notes).toMatchObject({ entry: 0x45f000, programHeaders: 0x400040 });
    expect(notes.mappings).toEqual([{ start: 0x400000, end: 0x500000, fileOffset: 8192, path: "/srv/shop" }]);
  });

  test("cut anywhere gives what is left or says so", () => {
    for (let length = 0; length < 1200; length++) {
      try {
        decodeCoreNotes(readNotes(decodeElf(new ArraySource(core.subarray(0, length)))), "amd64");
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
      }
    }
  });
});

test.each([
  ["nothing", new Uint8Array(0), "not an ELF file"],
  ["text", new TextEncoder().encode("#!/bin/sh\n".repeat(20)), "not an ELF file"],
  ["a 32-bit file", core.with(4, 1), "not a 64-bit"],
  ["another machine", core.with(18, 40), "machine 40"],
])("%s is refused", (_, bytes, message) => {
  expect(() => decodeElf(new ArraySource(bytes))).toThrow(message);
});
