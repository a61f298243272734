import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FileSource } from "../../src/capture/file-source.ts";
import { decodeElf } from "../../src/formats/elf/elf-file.ts";
import { buildHeapReport } from "../../src/heap/answers/heap-report.ts";
import { unwind } from "../../src/heap/goroutines/unwind.ts";
import { type HeapSnapshot, readHeap } from "../../src/heap/heap-snapshot.ts";
import { openCore } from "../../src/heap/memory/process-image.ts";
import { FunctionTable } from "../../src/heap/runtime/function-table.ts";
import { dumpKnownCore, readRecordedHeap, recordedCore } from "../support/known-heap.ts";
import { requiredTool } from "../support/required-tool.ts";
import type { PrintedFrame } from "../support/runtime-traceback.ts";

/** Of test/fixtures/heap/busy: goroutines in loops that a signal stopped, behind faults, deep, in a system call. */
const BUSY = ["busy-go1.26.8-stripped", "busy-go1.26.8-arm64-stripped"];

describe.each(BUSY)("the stacks in the core of %s", (name) => {
  let heap: HeapSnapshot;
  let printed: Record<string, PrintedFrame[]>;

  beforeAll(async () => {
    heap = await readRecordedHeap(name);
    printed = (recordedCore(name).expected as unknown as { stacks: typeof printed }).stacks;
  });

  test("are those that the runtime printed, frame for frame", () => {
    const found: typeof printed = {};
    const { space } = heap.image;
    const functions = new FunctionTable(space, heap.layout, heap.modules);
    for (const goroutine of heap.goroutines) {
      const frames: PrintedFrame[] = [];
      unwind(space, functions, heap.layout.arch, goroutine, ({ pc, sp, fp }) => frames.push([pc, sp, fp]));
      found[goroutine.id] = frames;
    }
    expect(found).toEqual(printed);
  });

  test("are complete, and whoever a signal stopped among them", () => {
    expect(buildHeapReport(heap, { top: 10 }).checks.incompleteStacks).toBe(0);
    const functions = functionsOfStacks(heap);
    expect(functions.filter((stack) => stack.includes("runtime.asyncPreempt")).length).toBeGreaterThan(0);
    expect(functions.filter((stack) => stack.includes("main.turn")).length).toBe(2);
    expect(functions.filter((stack) => stack.includes("main.turnWithFrame")).length).toBe(2);
    expect(functions).toContainEqual(expect.arrayContaining(["runtime.sigpanic", "main.read", "main.fault"]));
  });

  test("keep what whoever was stopped in a loop still needs", () => {
    const retained = heap.goroutines.flatMap((_, i) => {
      const group = heap.roots.table.groups.findIndex(({ goroutine }) => goroutine === i);
      return functionsOfStacks(heap)[i]!.includes("main.spin") ? [heap.retained[1 + group]!] : [];
    });
    // A part and the next one, of 64 bytes each.
    expect(retained.map((bytes) => bytes >= 128)).toEqual([true, true, true, true]);
  });
});

describe.each(["amd64", "arm64"] as const)("a busy program of %s that runs now", (arch) => {
  const go = requiredTool("go");
  const isNative = process.arch === (arch === "amd64" ? "x64" : arch);
  const tools = isNative ? [go] : [go, requiredTool("qemu-aarch64")];
  const lacking = tools.find((tool) => !tool.available);
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "gopatrol-stacks-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.skipIf(lacking !== undefined || (!isNative && arch === "amd64"))(
    `has stacks that end where goroutines begin${lacking?.skipReason ?? ""}`,
    { timeout: 180_000 },
    async ({ skip }) => {
      const dumped = await dumpKnownCore(folder, { program: "busy", isStripped: true, arch });
      if (dumped === undefined)
        return skip("the kernel writes no cores into the working directory (core_pattern)");
      const heap = await readHeap(
        openCore(decodeElf(new FileSource(dumped.core)), decodeElf(new FileSource(dumped.exe))),
      );
      expect(buildHeapReport(heap, { top: 10 }).checks.incompleteStacks).toBe(0);
      const functions = functionsOfStacks(heap);
      for (const stack of functions) expect(["runtime.goexit", "runtime.main"]).toContain(stack.at(-1));
      for (const [name, count] of [
        ["main.turn", 2],
        ["main.turnWithFrame", 2],
        ["runtime.sigpanic", 1],
        ["main.descend", 1],
      ] as const)
        expect(functions.filter((stack) => stack.includes(name)).length, name).toBe(count);
    },
  );
});

function functionsOfStacks(heap: HeapSnapshot): string[][] {
  return heap.roots.stacks.map(({ frames }) =>
    frames.map(({ pc }) => heap.functions.functionAt(pc)?.name ?? ""),
  );
}
