import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { ArraySource } from "../../src/bytes/byte-source.ts";
import { DecodeError } from "../../src/bytes/decode-error.ts";
import { decodeHeapDump, type HeapDump } from "../../src/formats/heap-dump/heap-dump.ts";
import { buildHeapReport, type HeapReport } from "../../src/heap/answers/heap-report.ts";
import { findSpans } from "../../src/heap/dump/dump-spans.ts";
import { readHeapDump } from "../../src/heap/dump/read-dump.ts";
import type { HeapSnapshot } from "../../src/heap/heap-snapshot.ts";
import { chooseBitmapRules } from "../../src/heap/objects/heap-bitmap.ts";
import type { KnownContents } from "../support/known-heap.ts";

const folder = new URL("../fixtures/heap/dumps/", import.meta.url);

/** Dumps of test/fixtures/heap/known with the arguments 0.02 and a file. */
describe.each(["go1.22.12", "go1.26.8"])("the heap dump of %s", (version) => {
  let bytes: Uint8Array;
  let dump: HeapDump;
  let heap: HeapSnapshot;
  let report: HeapReport;
  let expected: KnownContents;

  beforeAll(async () => {
    bytes = gunzipSync(readFileSync(new URL(`${version}.gz`, folder)));
    expected = JSON.parse(readFileSync(new URL(`${version}.json`, folder), "utf8")) as KnownContents;
    dump = decodeHeapDump(new ArraySource(bytes));
    heap = await readHeapDump(new ArraySource(bytes), dump, undefined);
    report = buildHeapReport(heap, { top: 1000 });
  });

  test("is read to its end", () => {
    expect(dump.damage).toEqual([]);
    expect(dump).toMatchObject({ version, arch: "amd64", pointerBytes: 8, bigEndian: false });
    expect(dump.segments.length).toBe(2);
    expect(dump.buckets.length).toBeGreaterThan(20);
    expect(dump.samples.length).toBeGreaterThan(20);
  });

  test("has the objects that MemStats counts, without what the runtime writes too much", () => {
    const found = findSpans(dump.objects, chooseBitmapRules(heap.layout.go, heap.build.experiments));
    expect(found.misfits).toBe(0);
    expect(found.phantoms).toBeGreaterThan(100);
    expect(report.objects).toBe(dump.heapObjects);
    expect(report.bytes).toBe(dump.heapAlloc);
  });

  test("has the graph of the process, also without its executable", () => {
    expect(report.checks.badPointers).toBe(0);
    expect(report.checks.unreachableObjects).toBeLessThan(300);
    const entries = heap.maps.map((map) => map.entries);
    for (const [map, count] of Object.entries(expected.maps)) {
      // A sync.Map is a trie since Go 1.24, and a trie is recognised by its type.
      if (map !== "shared") expect(entries, map).toContain(count);
    }
    // The text of which a global holds a part.
    expect(report.owners.map((owner) => owner.retainedBytes)).toContain(1048576);
    expect(report.specials.finalizers).toBeGreaterThanOrEqual(expected.finalizers);
  });

  test("has goroutines with the names of their functions", () => {
    const waiting = report.goroutineGroups.find((group) =>
      group.stack.some((place) => place.function === "main.waiter"),
    );
    expect(waiting).toMatchObject({ count: 50, waitReason: "chan receive" });
  });

  test("tells where sampled objects were allocated", () => {
    const functions = report.maps.flatMap((map) =>
      map.allocatedAt.flatMap(({ stack }) => stack.map((place) => place.function)),
    );
    expect(functions).toContain("main.fill");
  });

  test("gives what was read when it is cut, and says where", () => {
    const cut = (length: number) => {
      const read = decodeHeapDump(new ArraySource(bytes.subarray(0, length)));
      expect(read.damage).toHaveLength(1);
      expect(read.damage[0]!.offset).toBeLessThanOrEqual(length);
      expect(read.objects.length).toBeLessThanOrEqual(dump.objects.length);
      expect(read.objects.fieldStart).toHaveLength(read.objects.length + 1);
      return read;
    };
    for (let length = 16; length < 2048; length++) cut(length);
    fc.assert(
      fc.property(fc.noBias(fc.integer({ min: 16, max: bytes.length - 1 })), (length) => void cut(length)),
      { numRuns: 30 },
    );
  });

  test("is read to a report when cut or damaged, or refused", { timeout: 60_000 }, async () => {
    const damaged = fc.noBias(
      fc.record({
        length: fc.integer({ min: 1024, max: bytes.length }),
        at: fc.nat(bytes.length - 1),
        value: fc.nat(255),
      }),
    );
    await fc.assert(
      fc.asyncProperty(damaged, async ({ length, at, value }) => {
        const copy = bytes.slice(0, length);
        copy[64 + (at % (length - 64))] = value;
        const source = new ArraySource(copy);
        try {
          buildHeapReport(await readHeapDump(source, decodeHeapDump(source), undefined), { top: 10 });
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 12 },
    );
  });
});

test("a file that is no heap dump is refused", () => {
  expect(() => decodeHeapDump(new ArraySource(new TextEncoder().encode("go1.3 heap dump\n")))).toThrow(
    DecodeError,
  );
});
