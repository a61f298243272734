import { expect, test } from "vitest";
import { ArraySource } from "../../src/bytes/byte-source.ts";
import { decodeElf } from "../../src/formats/elf/elf-file.ts";
import { buildHeapReport, type HeapReport } from "../../src/heap/answers/heap-report.ts";
import { readHeap } from "../../src/heap/heap-snapshot.ts";
import { openCore, type ProcessImage } from "../../src/heap/memory/process-image.ts";
import { locateGlobals } from "../../src/heap/runtime/locate-heap.ts";
import { renderHeapText } from "../../src/report/heap/text.ts";
import { readRecordedHeap, recordedCore } from "../support/known-heap.ts";

const NAME = "go1.26.8";

/** Reads the recorded core with a word of it changed. */
async function readBroken(image: ProcessImage, address: number, value: bigint): Promise<HeapReport> {
  const { core, exe } = recordedCore(NAME);
  const region = image.space.regionAt(address)!;
  const view = new DataView(core.buffer, core.byteOffset, core.byteLength);
  view.setBigUint64(region.offset + (address - region.start), value, true);
  const broken = openCore(decodeElf(new ArraySource(core)), decodeElf(new ArraySource(exe)));
  return buildHeapReport(await readHeap(broken), { top: 5 });
}

test("a span whose size cannot be is left out, and the report says so", async () => {
  const { image, layout, modules } = await readRecordedHeap(NAME);
  const { mheap, mspan } = layout.structs;
  const spans = image.space.u64(locateGlobals(image, layout, modules).mheap + mheap.allspans);
  const inUse = Array.from({ length: 100 }, (_, i) => image.space.u64(spans + i * 8)).find(
    (span) => image.space.u8(span + mspan.state) === 1,
  )!;
  const report = await readBroken(image, inUse + mspan.npages, 2n ** 31n);
  expect(report.checks.damagedSpans).toBe(1);
  expect(renderHeapText(report, { width: 100, color: false, tag: "en" })).toContain("1 spans are left out");
});

test("a stack that claims a gigabyte is scanned as far as it is there", async () => {
  const { image, layout, goroutines } = await readRecordedHeap(NAME);
  const { address, stackHigh } = goroutines.at(-1)!;
  const low = BigInt(Math.max(4096, stackHigh - 2 ** 30 + 4096));
  const report = await readBroken(image, address + layout.structs.g.stack, low);
  expect(report.goroutines).toBe(goroutines.length);
});
