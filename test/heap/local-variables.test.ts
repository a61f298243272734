import { beforeAll, describe, expect, test } from "vitest";
import { answerView } from "../../src/heap/answers/answer-view.ts";
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

  test("are told without anything that is not known", async () => {
    expect(heap.roots.locals).toMatchObject({ refused: 0, damagedFunctions: 0 });
    await expect(
      answerView(heap, { view: "retained", what: "main.park.nothing", top: 1, showValues: false }),
    ).rejects.toThrow(RangeError);
  });
});
