import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RECORDED_PROCESSES, readProcessFile } from "../../../test/support/recorded-processes.ts";
import { DecodeError } from "../../bytes/decode-error.ts";
import {
  checkMappings,
  EXECUTABLE,
  findMappingName,
  hasSizes,
  type MappingTable,
  READABLE,
  SHARED,
  vmFlag,
  WRITABLE,
} from "../../tables/mapping-table.ts";
import { decodeProcMaps } from "./decode.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const sum = (column: Float64Array) => column.reduce((total, bytes) => total + bytes, 0);

describe("recorded address spaces", () => {
  it.each(RECORDED_PROCESSES)("%s: the mappings add up to the kernel's own sums", (process) => {
    const { mappings, damage } = decodeProcMaps(readProcessFile(process, "smaps"));
    const { totals } = decodeProcMaps(readProcessFile(process, "smaps_rollup"));
    expect(damage).toEqual([]);
    checkMappings(mappings);
    expect({
      rss: sum(mappings.rss),
      privateDirty: sum(mappings.privateDirty),
      anonymous: sum(mappings.anonymous),
      anonHugePages: sum(mappings.anonHugePages),
      lazyFree: sum(mappings.lazyFree),
      swap: sum(mappings.swap),
    }).toEqual({ ...totals, pss: undefined });
  });
});

describe("lines", () => {
  it("reads the columns of maps and leaves sizes unknown", () => {
    const text = [
      "00400000-00728000 r-xp 00001000 fe:00 247278                     /srv/shop/my\\012app (deleted)",
      "7fdc00000000-7fdc00021000 rw-s 00000000 00:01 77                         /dev/zero",
      "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]",
      "",
    ].join("\n");
    const { mappings, damage } = decodeProcMaps(encode(text));
    expect(damage).toEqual([]);
    expect(hasSizes(mappings)).toBe(false);
    expect([0, 1, 2].map((row) => findMappingName(mappings, row))).toEqual([
      "/srv/shop/my\\012app (deleted)",
      "/dev/zero",
      "[vsyscall]",
    ]);
    expect([...mappings.permissions]).toEqual([
      READABLE | EXECUTABLE,
      READABLE | WRITABLE | SHARED,
      EXECUTABLE,
    ]);
    expect(mappings.start[2]).toBe(0xffffffffff600000);
    expect(mappings.end[2]! - mappings.start[2]!).toBe(4096);
    expect(mappings.fileOffset[0]).toBe(4096);
    expect(mappings.inode[0]).toBe(247278);
  });

  it("keeps the words of VmFlags that tell mappings apart", () => {
    const { mappings } = decodeProcMaps(
      encode(
        "7fdc6c000000-7fdc6c021000 rw-p 00000000 00:00 0 \nRss: 4 kB\nVmFlags: rd wr mr mw me nr \n" +
          "7fdc6c021000-7fdc70000000 ---p 00000000 00:00 0 \nRss: 0 kB\nVmFlags: mr mw me ac nh \n",
      ),
    );
    expect([...mappings.vmFlags]).toEqual([vmFlag("nr"), vmFlag("ac") | vmFlag("nh")]);
    expect([...mappings.rss]).toEqual([4096, 0]);
  });

  it("reads every prefix of a file, or refuses it with a hint", () => {
    const whole = readProcessFile("go1.26-static", "smaps").subarray(0, 4000);
    for (let length = 0; length < whole.length; length++) {
      const table = readOrRefuse(whole.subarray(0, length));
      if (table !== undefined) checkMappings(table);
    }
  });

  it("survives any change", () => {
    const whole = readProcessFile("go1.26-static", "smaps").subarray(0, 3000);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const broken = whole.slice();
        broken[at] = byte;
        const table = readOrRefuse(broken);
        if (table !== undefined) checkMappings(table);
      }),
    );
  });
});

function readOrRefuse(bytes: Uint8Array): MappingTable | undefined {
  try {
    return decodeProcMaps(bytes).mappings;
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return undefined;
  }
}

it("does not search half a million lines without a colon to the end of the file each", () => {
  const { mappings } = decodeProcMaps(
    new TextEncoder().encode(`400000-401000 r--p 0 08:01 1 /app\n${"Rss\n".repeat(500_000)}`),
  );
  expect(mappings.length).toBe(1);
});
