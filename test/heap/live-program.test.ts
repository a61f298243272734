import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FileSource } from "../../src/capture/file-source.ts";
import { decodeElf } from "../../src/formats/elf/elf-file.ts";
import { buildHeapReport } from "../../src/heap/answers/heap-report.ts";
import { readHeap } from "../../src/heap/heap-snapshot.ts";
import { openCore } from "../../src/heap/memory/process-image.ts";
import { dumpKnownCore } from "../support/known-heap.ts";
import { requiredTool } from "../support/required-tool.ts";

const go = requiredTool("go");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gopatrol-heap-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe.skipIf(!go.available)(`a program that runs now${go.skipReason}`, () => {
  test("has in its core what it says it holds", { timeout: 180_000 }, async ({ skip }) => {
    const dumped = await dumpKnownCore(folder, { isStripped: false });
    if (dumped === undefined)
      return skip("the kernel writes no cores into the working directory (core_pattern)");
    const heap = await readHeap(
      openCore(decodeElf(new FileSource(dumped.core)), decodeElf(new FileSource(dumped.exe))),
    );
    const report = buildHeapReport(heap, { top: 20 });
    const { expected } = dumped;
    expect(report.identity).toBe("same-build-id");
    expect(Math.abs(report.objects - expected.heapObjects)).toBeLessThan(0.001 * expected.heapObjects);
    expect(Math.abs(report.bytes - expected.heapAlloc)).toBeLessThan(0.01 * expected.heapAlloc);
    expect(report.suspects[0]).toMatchObject({ name: "main.server.registry.sessions", kind: "global" });
    expect(report.maps[0]).toMatchObject({
      entries: 17_142,
      counted: 17_142,
      type: "map[string]*main.Session",
    });
  });
});
