import { beforeAll, describe, expect, test } from "vitest";
import { answerView } from "../../src/heap/answers/answer-view.ts";
import { buildHeapReport } from "../../src/heap/answers/heap-report.ts";
import { findRetained } from "../../src/heap/answers/object-path.ts";
import type { HeapSnapshot } from "../../src/heap/heap-snapshot.ts";
import { HEAP_LABELS } from "../../src/report/heap/labels.ts";
import { readRecordedHeap } from "../support/known-heap.ts";

/** Cores of test/fixtures/heap/locals: location lists of DWARF 4, and of DWARF 5. */
describe.each(["locals-go1.19.13", "locals-go1.26.8"])("local variables of %s", (name) => {
  let heap: HeapSnapshot;
  const typeOf = (expression: string) => findRetained(heap, expression).map(({ type }) => type);

  beforeAll(async () => {
    heap = await readRecordedHeap(name);
  });

  test("lead to what they hold, by the names of the source", () => {
    // Moved to the heap, since a closure captures it.
    expect(typeOf("main.collect.rows")).toEqual(["[][]uint8"]);
    expect(typeOf("main.park.text")).toEqual(["string bytes"]);
    expect(typeOf("main.serve.cache.entries")).toContainEqual(
      expect.stringContaining("map[string]*main.Session"),
    );
    expect(findRetained(heap, "local rows in main.collect")).toMatchObject(
      findRetained(heap, "main.collect.rows").map(({ address }) => ({
        address,
        local: { variable: "rows", function: "main.collect" },
      })),
    );
  });

  test("say which goroutine, and are the beginning of the way to what they hold", async () => {
    const [text] = findRetained(heap, "main.park.text");
    const path = await answerView(heap, {
      view: "path",
      what: `0x${text!.address.toString(16)}`,
      top: 10,
      showValues: false,
    });
    if (path.view !== "path") throw new Error("another view");
    const [goroutine, local] = path.path;
    expect(local).toMatchObject({ name: "local text in main.park", local: { variable: "text" } });
    expect(goroutine!.name).toContain(`goroutine ${local!.local!.goroutine} (`);
    expect(HEAP_LABELS.zh.name(local!.name)).toBe("main.park 的局部变量 text");
  });

  test("that closures captured have their names as well, where the compiler tells them", () => {
    const names = buildHeapReport(heap, { top: 1000 }).owners.flatMap((owner) => owner.point?.name ?? []);
    const captured = names.filter((each) => each.includes(" → captured by main.deferring.func1"));
    expect(captured.length).toBeGreaterThanOrEqual(3);
    if (name === "locals-go1.26.8")
      expect(captured).toContainEqual(expect.stringMatching(/ by main\.deferring\.func1\.report\.Body$/));
  });

  test("maps that never leave their function are found in its frame", async () => {
    const { maps } = buildHeapReport(heap, { top: 100 });
    const ofFrames = maps.filter(({ owner }) => owner.startsWith("local "));
    expect(ofFrames.map(({ entries }) => entries).sort((a, b) => b - a)).toEqual([100, 20, 12]);
    const [sessions] = ofFrames;
    expect(sessions).toMatchObject({ type: "map[string]*main.Session", entries: 100, counted: 100 });
    // Since Go 1.24 the compiler does not say any more which variable such a map is.
    const isNamed = name === "locals-go1.19.13";
    expect(sessions!.owner).toBe(isNamed ? "local sessions in main.run" : "local (unnamed) in main.run");
    expect(sessions!.retainedBytes).toBeGreaterThan(50_000);
    expect(HEAP_LABELS.zh.name(sessions!.owner)).toBe(
      isNamed ? "main.run 的局部变量 sessions" : "main.run 的无名局部变量",
    );
  });

  test("are told without anything that is not known", async () => {
    expect(heap.roots.locals).toMatchObject({ refused: 0, damagedFunctions: 0 });
    await expect(
      answerView(heap, { view: "retained", what: "main.park.nothing", top: 1, showValues: false }),
    ).rejects.toThrow(RangeError);
  });
});
