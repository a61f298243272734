import { beforeAll, describe, expect, test } from "vitest";
import { buildHeapReport, type HeapReport } from "../../src/heap/answers/heap-report.ts";
import type { HeapSnapshot } from "../../src/heap/heap-snapshot.ts";
import { renderHeapText } from "../../src/report/heap/text.ts";
import { type KnownContents, RECORDED_CORES, readRecordedHeap, recordedCore } from "../support/known-heap.ts";

/** Cores of a program that printed what it holds: npm run heap:record. */
describe.each(RECORDED_CORES)("the core of %s", (name) => {
  const isStripped = name.endsWith("-stripped");
  let heap: HeapSnapshot;
  let report: HeapReport;
  let expected: KnownContents;

  beforeAll(async () => {
    heap = await readRecordedHeap(name);
    report = buildHeapReport(heap, { top: 1000 });
    expected = recordedCore(name).expected;
  });

  test("objects and bytes are those that MemStats counts", () => {
    expect(report.goVersion).toBe(expected.version);
    expect(report.stripped).toBe(isStripped);
    expect(Math.abs(report.objects - expected.heapObjects)).toBeLessThan(0.001 * expected.heapObjects);
    expect(Math.abs(report.bytes - expected.heapAlloc)).toBeLessThan(0.01 * expected.heapAlloc);
  });

  test("everything that survived a collection is reached, and no pointer is bad", () => {
    expect(report.checks.badPointers).toBe(0);
    expect(report.checks.missingBytes).toBe(0);
    expect(report.checks.unknownMasks).toBe(0);
    expect(report.checks.incompleteStacks).toBe(0);
    expect(report.checks.unreachableObjects).toBeLessThan(150);
  });

  test("every map has its entries", () => {
    const entries = heap.maps.map((map) => map.entries);
    const isTrie = Number(heap.layout.go.split(".")[1]) >= 24;
    for (const [map, count] of Object.entries(expected.maps)) {
      if (map === "shared" && isTrie) continue;
      expect(entries, map).toContain(count);
    }
    for (const map of report.maps) if (map.counted !== null) expect(map.counted).toBe(map.entries);
  });

  test.skipIf(isStripped)("maps and owners have the names of the source", () => {
    const named = new Map(report.maps.map((map) => [map.owner, map.entries]));
    for (const [map, count] of Object.entries(expected.maps)) {
      if (map !== "shared") expect(named.get(`main.${map}`), map).toBe(count);
    }
    expect(report.owners.slice(0, 4).map((owner) => owner.name)).toContain("main.substring");
  });

  test("every object has a type, or is named by who holds it", () => {
    const { typedBytes, heldBytes } = report.checks;
    expect(typedBytes + heldBytes).toBeCloseTo(1, 10);
    if (!isStripped) expect(typedBytes).toBeGreaterThan(0.9995);
    expect(report.types.map((row) => row.name)).not.toContain("");
  });

  test.skipIf(name !== "go1.21.13-stripped")("the code tells types that the allocator does not write", () => {
    const { typedBytes, codeBytes } = report.checks;
    expect(typedBytes).toBeGreaterThan(0.85);
    expect(codeBytes).toBeGreaterThan(0.3);
    const sessions = expected.maps["server.registry.sessions"];
    expect(report.maps).toContainEqual(
      expect.objectContaining({ type: "map[string]*main.Session", entries: sessions }),
    );
    // Those of the map, and of fifty goroutines that wait.
    const found = report.types.find(({ name: type }) => type === "main.Session")?.objects ?? 0;
    expect(found).toBeGreaterThanOrEqual(sessions!);
    expect(found).toBeLessThanOrEqual(sessions! + 50);
  });

  test("goroutines stand where the program left them", () => {
    const waiting = report.goroutineGroups.find((group) =>
      group.stack.some((place) => place.function === "main.waiter"),
    );
    expect(waiting).toMatchObject({ count: 50, waitReason: "chan receive" });
    const users = heap.goroutines.filter((goroutine) => {
      const name = heap.functions.functionAt(goroutine.startPc)?.name ?? "";
      return name.startsWith("main.") || name === "runtime.main";
    });
    expect(users).toHaveLength(expected.goroutines);
  });

  test("finalizers, cleanups and weak pointers are counted", () => {
    expect(report.specials.finalizers).toBeGreaterThanOrEqual(expected.finalizers);
    expect(report.specials.cleanups).toBeGreaterThanOrEqual(expected.cleanups);
    expect(report.specials.weakHandles).toBeGreaterThanOrEqual(expected.weakPointers);
  });

  test("retained sizes add up", () => {
    expect(heap.retained[0]).toBe(report.reachableBytes);
    expect(renderHeapText(report, { width: 80, color: false, tag: "en" })).toContain("Who holds the memory");
  });
});
