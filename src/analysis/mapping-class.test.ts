import { describe, expect, it } from "vitest";
import { readProcessFile } from "../../test/support/recorded-processes.ts";
import { decodeProcMaps } from "../formats/proc-maps/decode.ts";
import { classifyMappings, MAPPING_CLASSES } from "./mapping-class.ts";
import { accountRss, type RssTermId } from "./rss-account.ts";

const MIB = 2 ** 20;

interface Line {
  from: string;
  to: string;
  permissions?: string;
  name?: string;
  inode?: number;
  flags?: string;
  rssKb?: number;
  hugeKb?: number;
  lazyKb?: number;
  swapKb?: number;
}

function smaps(lines: readonly Line[]): string {
  return lines
    .map(
      (line) =>
        `${line.from}-${line.to} ${line.permissions ?? "rw-p"} 00000000 00:00 ${line.inode ?? 0}      ${line.name ?? ""}\n` +
        `Rss: ${line.rssKb ?? 0} kB\nAnonHugePages: ${line.hugeKb ?? 0} kB\nLazyFree: ${line.lazyKb ?? 0} kB\n` +
        `Swap: ${line.swapKb ?? 0} kB\nVmFlags: rd wr mr mw me ${line.flags ?? "ac"}\n`,
    )
    .join("");
}

function classify(lines: readonly Line[], exe?: string) {
  return classifyMappings(decodeProcMaps(new TextEncoder().encode(smaps(lines))).mappings, exe);
}

const classesOf = (lines: readonly Line[], exe?: string) =>
  Array.from(classify(lines, exe).class, (index) => MAPPING_CLASSES[index]);

const STACK: Line = { from: "7ffd24baa000", to: "7ffd24bcb000", name: "[stack]" };

describe("names that the runtime gives", () => {
  it("decide, and then what has no name is not Go's", () => {
    const lines: Line[] = [
      { from: "55c9d000000", to: "55c9d400000", name: "[anon: Go: heap]" },
      { from: "55c9d400000", to: "55ca0000000", permissions: "---p", name: "[anon: Go: heap reservation]" },
      { from: "7fdc88819000", to: "7fdc88959000", name: "[anon: Go: immortal metadata]" },
      { from: "7fdc88a00000", to: "7fdc88a40000", name: "[anon: Go: profiler hash buckets]" },
      { from: "7fdc88b00000", to: "7fdc88b10000", name: "[anon: Go: OS thread stack]" },
      { from: "7fdc88c00000", to: "7fdc88d00000", rssKb: 1024 },
      { from: "7fdc8c000000", to: "7fdc8c021000", name: "[anon: glibc: malloc arena]" },
      { from: "7fdc90000000", to: "7fdc90800000", name: "[anon: glibc: pthread stack: 7]" },
      { from: "7fdc91000000", to: "7fdc91800000", name: "[anon:cache]" },
      STACK,
    ];
    expect(classesOf(lines)).toEqual([
      "go-heap",
      "go-heap",
      "go-metadata",
      "go-metadata",
      "thread-stack",
      "anonymous",
      "c-heap",
      "thread-stack",
      "anonymous",
      "thread-stack",
    ]);
    expect(classify(lines).named).toBe(true);
  });
});

describe("shape and place, where there are no names", () => {
  it("arenas at the fixed hint, at a random base, and split by huge-page flags", () => {
    const fixed: Line[] = [
      { from: "c000000000", to: "c000800000", flags: "ac" },
      { from: "c000800000", to: "c001000000", flags: "ac nh" },
      { from: "c001000000", to: "c004000000", permissions: "---p", flags: "" },
      STACK,
    ];
    expect(classesOf(fixed)).toEqual(["go-heap", "go-heap", "go-heap", "thread-stack"]);
    const random: Line[] = [
      { from: "1eaab0000000", to: "1eaab0400000" },
      { from: "1eaab0400000", to: "1eaab4000000", permissions: "---p", flags: "" },
      STACK,
    ];
    expect(classesOf(random)).toEqual(["go-heap", "go-heap", "thread-stack"]);
  });

  it("glibc's arenas are as large and as aligned, and reserved without swap", () => {
    const lines: Line[] = [
      { from: "7f20d0000000", to: "7f20d0021000", flags: "nr" },
      { from: "7f20d0021000", to: "7f20d4000000", permissions: "---p", flags: "nr" },
      { from: "7f20d8000000", to: "7f20dc000000", flags: "nr" },
      STACK,
    ];
    expect(classesOf(lines)).toEqual(["c-heap", "reserved", "c-heap", "thread-stack"]);
  });

  it("executable with its bss, libraries, plugins, files and shared memory", () => {
    const lines: Line[] = [
      { from: "00400000", to: "00728000", permissions: "r-xp", name: "/srv/app", inode: 1 },
      { from: "00728000", to: "00a93000", permissions: "r--p", name: "/srv/app", inode: 1 },
      { from: "00a93000", to: "00ae2000", name: "/srv/app", inode: 1 },
      { from: "00ae2000", to: "00b00000" },
      { from: "1f724000", to: "1f745000", name: "[heap]" },
      {
        from: "7f0000000000",
        to: "7f0000001000",
        permissions: "r-xp",
        name: "/srv/rules/eu-17.so (deleted)",
        inode: 2,
      },
      { from: "7f0000100000", to: "7f0000200000", permissions: "r--s", name: "/srv/data/index.db", inode: 3 },
      {
        from: "7f0000300000",
        to: "7f0000301000",
        permissions: "rw-s",
        name: "/memfd:ring (deleted)",
        inode: 4,
      },
      {
        from: "7f0000400000",
        to: "7f0000402000",
        name: "/usr/lib/x86_64-linux-gnu/libc.so.6",
        inode: 5,
      },
      { from: "7f0000402000", to: "7f0000410000" },
      { from: "7f0000500000", to: "7f0000501000", permissions: "---p" },
      { from: "7f0000501000", to: "7f0000d01000" },
      {
        from: "7f0000e00000",
        to: "7f0000f00000",
        permissions: "rw-s",
        name: "/dev/zero (deleted)",
        inode: 6,
      },
      STACK,
      { from: "7ffd24c00000", to: "7ffd24c02000", permissions: "r-xp", name: "[vdso]" },
    ];
    expect(classesOf(lines, "/srv/app")).toEqual([
      "exe-text",
      "exe-text",
      "exe-data",
      "exe-data",
      "c-heap",
      "plugin",
      "file",
      "shared-memory",
      "shared-library",
      "shared-library",
      "reserved",
      "thread-stack",
      "shared-memory",
      "thread-stack",
      "kernel",
    ]);
  });

  it("finds the executable by itself in a recorded process", () => {
    const table = decodeProcMaps(readProcessFile("go1.26-static", "smaps")).mappings;
    const exe = new TextDecoder().decode(readProcessFile("go1.26-static", "exe")).trim();
    expect(classifyMappings(table).class).toEqual(classifyMappings(table, exe).class);
  });
});

describe("a heap whose pages are not what the runtime counts", () => {
  const memStats = {
    heapAlloc: 10 * MIB,
    heapInuse: 12 * MIB,
    heapIdle: 52 * MIB,
    heapReleased: 48 * MIB,
    heapSys: 64 * MIB,
    stackInuse: 0,
  };

  /** The runtime counts 16 MiB as backed: 10 of objects, 2 unused, 4 free. */
  function explain(heap: Partial<Line>): Partial<Record<RssTermId, number>> {
    const mappings = classify([{ from: "c000000000", to: "c004000000", ...heap }, STACK]);
    const account = accountRss({ status: undefined, mappings, memStats, liveBytes: 8 * MIB })!;
    return Object.fromEntries([
      ...account.terms.map(({ id, bytes }) => [id, bytes / MIB]),
      ["residual", account.residualBytes / MIB],
    ]) as Partial<Record<RssTermId, number>>;
  }
  const parts = { "go-live": 8, "go-garbage": 2, "go-unused": 2, "go-free": 4 };

  it("never touched: less is resident", () => {
    expect(explain({ rssKb: 11 * 1024 })).toEqual({ ...parts, "go-untouched": -5, residual: 0 });
  });

  it("swapped out: told apart from never touched", () => {
    expect(explain({ rssKb: 11 * 1024, swapKb: 3 * 1024 })).toEqual({
      ...parts,
      "go-swapped": -3,
      "go-untouched": -2,
      residual: 0,
    });
  });

  it("huge pages: more is resident than was kept", () => {
    expect(explain({ rssKb: 40 * 1024, hugeKb: 38 * 1024 })).toEqual({
      ...parts,
      "go-huge-pages": 24,
      residual: 0,
    });
  });

  it("freed lazily: resident until the kernel wants it", () => {
    expect(explain({ rssKb: 30 * 1024, lazyKb: 14 * 1024 })).toEqual({
      ...parts,
      "go-lazy-free": 14,
      residual: 0,
    });
  });

  it("what nothing explains is shown as the residual", () => {
    expect(explain({ rssKb: 20 * 1024 })).toEqual({ ...parts, residual: 4 });
  });
});
