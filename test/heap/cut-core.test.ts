import { expect, test } from "vitest";
import { ArraySource } from "../../src/bytes/byte-source.ts";
import { DecodeError } from "../../src/bytes/decode-error.ts";
import { decodeElf } from "../../src/formats/elf/elf-file.ts";
import { buildHeapReport } from "../../src/heap/answers/heap-report.ts";
import { readHeap } from "../../src/heap/heap-snapshot.ts";
import { openCore } from "../../src/heap/memory/process-image.ts";
import { recordedCore } from "../support/known-heap.ts";

const { core, exe } = recordedCore("go1.22.12-stripped");

function open(cut: Uint8Array, binary: Uint8Array) {
  return openCore(decodeElf(new ArraySource(cut)), decodeElf(new ArraySource(binary)));
}

test("a core cut anywhere is read as far as it goes, or refused", async () => {
  for (let share = 0; share <= 1; share += 0.125) {
    try {
      const heap = await readHeap(open(core.subarray(0, Math.floor(core.length * share)), exe));
      const { checks } = buildHeapReport(heap, { top: 5 });
      expect(checks.missingShare).toBeCloseTo(1 - share, 1);
    } catch (error) {
      expect(error).toBeInstanceOf(DecodeError);
    }
  }
});

test("another program's executable is refused", () => {
  expect(() => open(core, recordedCore("go1.27.2-stripped").exe)).toThrow(
    /another program|not that of the executable/,
  );
  expect(() => open(exe, exe)).toThrow("not a core");
});
