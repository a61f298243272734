import { describe, expect, it } from "vitest";
import { RECORDED_PROCESSES, readProcessFile } from "../../test/support/recorded-processes.ts";
import { decodeHeapText } from "../formats/heap-text/decode.ts";
import { decodeProcMaps } from "../formats/proc-maps/decode.ts";
import { decodeProcStatus } from "../formats/proc-status/decode.ts";
import { classifyMappings } from "./mapping-class.ts";
import { accountRss, type RssAccount, type RssTermId } from "./rss-account.ts";

const MIB = 2 ** 20;

function explain(process: string): RssAccount {
  const exe = new TextDecoder().decode(readProcessFile(process, "exe")).trim();
  const { memStats } = decodeHeapText(readProcessFile(process, "heap.txt"));
  return accountRss({
    status: decodeProcStatus(readProcessFile(process, "status")).status,
    mappings: classifyMappings(decodeProcMaps(readProcessFile(process, "smaps")).mappings, exe),
    memStats,
    liveBytes: memStats?.heapAlloc,
  })!;
}

function bytesOf(account: RssAccount, id: RssTermId): number {
  return account.terms.find((term) => term.id === id)?.bytes ?? 0;
}

describe.each(RECORDED_PROCESSES)("%s", (process) => {
  const account = explain(process);

  it("has terms that add up to VmRSS with its residual, exactly", () => {
    const sum = account.terms.reduce((total, { bytes }) => total + bytes, 0);
    expect(sum + account.residualBytes).toBe(account.rssBytes);
  });

  it("leaves less than 5 % unexplained", () => {
    expect(Math.abs(account.residualBytes) / account.rssBytes).toBeLessThan(0.05);
  });

  it("finds the Go heap, whatever its address", () => {
    expect(bytesOf(account, "go-live")).toBeGreaterThan(0);
    const rest = ["go-heap", "go-objects"].map((id) => bytesOf(account, id as RssTermId));
    expect(rest).toEqual([0, 0]);
  });
});

describe("which term holds what", () => {
  it("finds C allocations in glibc's arenas and the main heap", () => {
    const account = explain("go1.26-cgo-malloc");
    expect(bytesOf(account, "c-heap")).toBeGreaterThan(14 * MIB);
    expect(bytesOf(account, "anonymous")).toBeLessThan(1 * MIB);
  });

  it("finds mmaps of the program beside the runtime's metadata", () => {
    const account = explain("go1.26-mmap");
    expect(bytesOf(account, "anonymous")).toBeGreaterThan(18 * MIB);
    expect(bytesOf(account, "c-heap")).toBeLessThan(1 * MIB);
  });

  it("takes nothing of a plain Go program for the program's own mmaps", () => {
    for (const process of ["go1.21", "go1.24", "go1.26-linked", "go1.26-static", "go1.19-prometheus"]) {
      expect(bytesOf(explain(process), "anonymous")).toBe(0);
    }
  });
});

describe("less evidence", () => {
  it("explains by kinds of pages where smaps may not be read", () => {
    const account = accountRss({
      status: { name: "x", pid: 1, vmRss: 100, rssAnon: 60, rssFile: 40, rssShmem: 0 },
      mappings: undefined,
      memStats: undefined,
      liveBytes: undefined,
    })!;
    expect(account.detail).toBe("totals");
    expect(account.terms.map(({ id, bytes }) => [id, bytes])).toEqual([
      ["files", 40],
      ["outside-go", 60],
    ]);
    expect(account.residualBytes).toBe(0);
  });

  it("has nothing to say of a process without a resident set", () => {
    const nothing = { mappings: undefined, memStats: undefined, liveBytes: undefined };
    expect(accountRss({ ...nothing, status: undefined })).toBeUndefined();
  });
});
