import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { decodeLdDebugLog, sniffLdDebugLog } from "./decode.ts";

const bytes = readFileSync(resolve(import.meta.dirname, "../../../test/fixtures/native/ld-debug.log"));

test("what the program loaded itself is told from what it was started with, reloads are counted", () => {
  expect(sniffLdDebugLog(bytes)).toBe(true);
  const { processes, damage } = decodeLdDebugLog(bytes);
  expect(damage).toEqual([]);
  expect(processes).toHaveLength(1);
  expect(processes[0]!.loadedAfterStart).toBe(3);
  expect(processes[0]!.libraries).toEqual([
    { path: "/lib64/ld-linux-x86-64.so.2", inits: 1, finis: 0, afterStart: false },
    { path: "/lib/x86_64-linux-gnu/libc.so.6", inits: 1, finis: 0, afterStart: false },
    { path: "./filter1.so", inits: 1, finis: 0, afterStart: true },
    // Closed once, opened again; what ends with the process is no unloading.
    { path: "./filter2.so", inits: 2, finis: 1, afterStart: true },
    { path: "./filter3.so", inits: 1, finis: 0, afterStart: true },
  ]);
});

test("every truncation reads what is there", () => {
  let seen = 0;
  for (let end = 0; end <= bytes.length; end++) {
    const { processes } = decodeLdDebugLog(bytes.subarray(0, end));
    const count = processes[0]?.libraries.reduce((sum, library) => sum + library.inits, 0) ?? 0;
    expect(count).toBeGreaterThanOrEqual(seen);
    seen = count;
  }
  expect(seen).toBe(6);
});
