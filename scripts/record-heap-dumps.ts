/**
 * Records small files of debug.WriteHeapDump for the tests that run without Go: the program with known contents, filled
 * with little. Written to test/fixtures/heap/dumps/<version>.gz and .json (what the program said).
 *
 *   npm run heap:record-dumps     needs Go
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { dumpKnownCore } from "../test/support/known-heap.ts";

const folder = resolve(import.meta.dirname, "../test/fixtures/heap/dumps");
mkdirSync(folder, { recursive: true });
for (const version of ["go1.22.12", "go1.26.8"]) {
  const scratch = mkdtempSync(join(tmpdir(), "heap-dump-"));
  const dumped = await dumpKnownCore(scratch, {
    version,
    isStripped: false,
    arguments: ["0.02", "dump"],
    buildFlags: ["-trimpath"],
  });
  if (dumped === undefined)
    throw new Error(`no core of ${version} was written: see ulimit -c and core_pattern`);
  const dump = gzipSync(readFileSync(join(scratch, "dump")), { level: 9 });
  writeFileSync(join(folder, `${version}.gz`), dump);
  writeFileSync(join(folder, `${version}.json`), `${JSON.stringify(dumped.expected)}\n`);
  console.log(`${version}: ${dump.length} bytes`);
  rmSync(scratch, { recursive: true });
}
