import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ArraySource } from "../../src/bytes/byte-source.ts";
import { FileSource } from "../../src/capture/file-source.ts";
import { decodeElf } from "../../src/formats/elf/elf-file.ts";
import { decodeHeapDump } from "../../src/formats/heap-dump/heap-dump.ts";
import { buildHeapReport } from "../../src/heap/answers/heap-report.ts";
import { findRetained } from "../../src/heap/answers/object-path.ts";
import { readHeapDump } from "../../src/heap/dump/read-dump.ts";
import { readHeap } from "../../src/heap/heap-snapshot.ts";
import { openCore } from "../../src/heap/memory/process-image.ts";
import { dumpKnownCore } from "../support/known-heap.ts";
import { requiredTool } from "../support/required-tool.ts";

const go = requiredTool("go");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gopatrol-dump-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe.skipIf(!go.available)(`a heap dump with its executable${go.skipReason}`, () => {
  test("says what the core of the same process says", { timeout: 180_000 }, async ({ skip }) => {
    const options = { isStripped: false, arguments: ["0.2", "dump"] };
    const dumped = await dumpKnownCore(folder, options);
    if (dumped === undefined)
      return skip("the kernel writes no cores into the working directory (core_pattern)");
    const exe = decodeElf(new FileSource(dumped.exe));
    const ofCore = buildHeapReport(await readHeap(openCore(decodeElf(new FileSource(dumped.core)), exe)), {
      top: 1000,
    });
    const source = new ArraySource(readFileSync(join(folder, "dump")));
    const dump = decodeHeapDump(source);
    const heapOfDump = await readHeapDump(source, dump, exe);
    const ofDump = buildHeapReport(heapOfDump, { top: 1000 });
    expect(ofDump.objects).toBe(dump.heapObjects);
    expect(ofDump.bytes).toBe(dump.heapAlloc);
    // What the end of the process makes.
    expect(Math.abs(ofDump.objects - ofCore.objects)).toBeLessThan(20);
    // What the runtime's own variables keep, a register of a running goroutine may hold as well.
    const owners = (report: typeof ofDump) =>
      report.owners
        .filter(({ name, retainedBytes }) => name.startsWith("main.") && retainedBytes > 10_000)
        .map(({ name, retainedBytes }) => `${name} ${retainedBytes}`);
    expect(owners(ofDump)).toEqual(owners(ofCore));
    expect(owners(ofDump).length).toBeGreaterThan(5);
    const maps = (report: typeof ofDump) =>
      report.maps
        .filter(({ owner }) => owner.startsWith("main."))
        .map((map) => `${map.owner} ${map.type} ${map.entries} ${map.counted} ${map.retainedBytes}`);
    expect(maps(ofDump)).toEqual(maps(ofCore));
    expect(ofDump.checks.badPointers).toBe(0);
    expect(ofDump.checks.typedBytes).toBeGreaterThan(0.9);
    // What all goroutines wait for.
    expect(findRetained(heapOfDump, "main.main.stop")).toMatchObject([
      { type: "chan struct {} (channel)", local: { variable: "stop" } },
    ]);
  });
});
