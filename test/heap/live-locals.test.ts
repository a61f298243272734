import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FileSource } from "../../src/capture/file-source.ts";
import { decodeElf } from "../../src/formats/elf/elf-file.ts";
import { buildHeapReport } from "../../src/heap/answers/heap-report.ts";
import { findRetained } from "../../src/heap/answers/object-path.ts";
import { readHeap } from "../../src/heap/heap-snapshot.ts";
import { openCore } from "../../src/heap/memory/process-image.ts";
import { dumpKnownCore } from "../support/known-heap.ts";
import { requiredTool } from "../support/required-tool.ts";

const go = requiredTool("go");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gopatrol-locals-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe.skipIf(!go.available)(
  `a program of the installed Go that keeps all in local variables${go.skipReason}`,
  () => {
    test.for([
      ["optimised", []],
      ["not optimised", ["-gcflags=all=-N -l"]],
    ] as const)("%s: they have names and types", { timeout: 180_000 }, async ([, buildFlags], { skip }) => {
      const dumped = await dumpKnownCore(folder, { isStripped: false, program: "locals", buildFlags });
      if (dumped === undefined)
        return skip("the kernel writes no cores into the working directory (core_pattern)");
      const heap = await readHeap(
        openCore(decodeElf(new FileSource(dumped.core)), decodeElf(new FileSource(dumped.exe))),
      );
      await rm(dumped.core);
      const typeOf = (expression: string) => findRetained(heap, expression).map(({ type }) => type);
      expect(typeOf("main.collect.rows")).toEqual(["[][]uint8"]);
      expect(typeOf("main.park.text")).toEqual(["string bytes"]);
      expect(typeOf("main.serve.cache.entries")).toHaveLength(1);
      expect(typeOf("main.read.source")).toEqual(["main.Source"]);
      if (buildFlags.length > 0) {
        // Every variable has its own place in the frame.
        expect(typeOf("main.listen.queue")).toEqual(["chan func(int) int (channel)"]);
        expect(typeOf("main.run.recent")).toEqual(["*main.Session"]);
      }
      const report = buildHeapReport(heap, { top: 100 });
      const ofFrames = report.maps.filter(({ owner }) => owner.startsWith("local "));
      expect(ofFrames.map(({ entries }) => entries).sort((a, b) => b - a)).toEqual([100, 20, 12]);
      if (buildFlags.length > 0) expect(ofFrames[0]!.owner).toBe("local sessions in main.run");
      expect(report.checks.typedBytes).toBeGreaterThan(0.995);
      expect(heap.roots.locals).toMatchObject({ refused: 0, damagedFunctions: 0 });
    });
  },
);
