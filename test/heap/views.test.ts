import { beforeAll, describe, expect, test } from "vitest";
import { answerView, type ViewQuestion } from "../../src/heap/answers/answer-view.ts";
import { compareHeaps } from "../../src/heap/answers/heap-diff.ts";
import { buildHeapReport } from "../../src/heap/answers/heap-report.ts";
import { parseQuery } from "../../src/heap/answers/object-query.ts";
import { buildRetainedProfile } from "../../src/heap/answers/retained-profile.ts";
import type { HeapSnapshot } from "../../src/heap/heap-snapshot.ts";
import { heapSchema } from "../../src/report/heap/schema.ts";
import { renderHeapAnswer } from "../../src/report/heap/view-text.ts";
import { checkProfile } from "../../src/tables/profile.ts";
import { readRecordedHeap } from "../support/known-heap.ts";

/** Of test/fixtures/heap/known, built by Go 1.26 with debug information. */
describe("answers about a heap", () => {
  let heap: HeapSnapshot;
  const ask = (view: ViewQuestion["view"], what = "", showValues = false) =>
    answerView(heap, { view, what, top: 20, showValues });
  const read = (view: ViewQuestion["view"], what = "") =>
    renderHeapAnswer(ask(view, what), { width: 100, color: false });

  beforeAll(async () => {
    heap = await readRecordedHeap("go1.26.8");
  });

  test("what waits in a channel, and who waits for it", () => {
    const answer = ask("channels");
    const channels = answer.view === "channels" ? answer.channels : [];
    expect(channels.find((row) => row.owner === "main.events")).toMatchObject({
      type: "chan main.Event",
      length: 200,
      capacity: 256,
      elementBytes: 32,
    });
    expect(Math.max(...channels.map((row) => row.receivers))).toBe(50);
  });

  test("six bytes that keep a megabyte", () => {
    const answer = ask("strings");
    expect(answer.view === "strings" && answer.pinned[0]).toMatchObject({
      holder: "main.substring",
      objectBytes: 1 << 20,
      usedBytes: 6,
    });
  });

  test("texts are shown only when asked for", () => {
    const shown = JSON.stringify(ask("strings", "", true));
    expect(shown).toContain("eu-1");
    expect(JSON.stringify(ask("strings"))).not.toContain("eu-1");
    expect(JSON.stringify(ask("report"))).not.toMatch(/user-\d|example\.com/);
  });

  test("a variable is asked for by its name, an object by its address", () => {
    const answer = ask("retained", "main.server.registry.sessions");
    const [found] = answer.view === "retained" ? answer.found : [];
    const header = answer.view === "retained" ? answer.found.find((step) => step.address > 0)! : undefined;
    expect(found!.retainedBytes).toBeGreaterThan(30_000);
    const path = ask("path", `0x${header!.address.toString(16)}`);
    expect(path).toMatchObject({ type: "map[string]*main.Session (header)", reachable: true });
    expect(read("path", `0x${header!.address.toString(16)}`)).toContain("main.server.registry.sessions");
  });

  test("as a profile, what each variable keeps is the weight of its box", () => {
    const profile = buildRetainedProfile(heap);
    checkProfile(profile);
    const bytes = [...profile.samples.columns[1]!.value];
    const report = buildHeapReport(heap, { top: 10 });
    expect(bytes.reduce((total, value) => total + value, 0)).toBe(report.reachableBytes);
  });

  test("objects by conditions", () => {
    const answer = ask("query", "type=^main.Block$ size>500");
    expect(answer.view === "query" && answer.objects).toBe(300);
    expect(parseQuery("size>4KiB")).toEqual([{ field: "size", op: ">", bytes: 4096 }]);
  });

  test.each([
    ["path", "here", "is not an address"],
    ["path", "0x10", "no object"],
    ["retained", "main.nothing", "nothing is called"],
    ["query", "colour=red", "is not understood"],
    ["query", "type=(", "regular expression"],
  ] as const)("%s %s is refused with a sentence", (view, what, message) => {
    expect(() => ask(view, what)).toThrow(message);
  });

  test("every view is as the published schema says", () => {
    const head = { format: "gopatrol-heap", version: 1, gopatrol: "0.0.0" };
    const questions = [
      ...(["report", "maps", "goroutines", "channels", "strings", "spans", "finalizers"] as const).map(
        (view) => [view, ""] as const,
      ),
      ["retained", "main.counters"],
      ["query", "size>1kB"],
      ["path", `0x${heap.maps[0]!.address.toString(16)}`],
    ] as const;
    for (const [view, what] of questions) {
      const result = heapSchema.safeParse({ ...head, ...ask(view, what) });
      expect(result.error?.issues ?? [], view).toEqual([]);
    }
    const report = buildHeapReport(heap, { top: 10 });
    expect(heapSchema.safeParse({ ...head, view: "diff", ...compareHeaps(report, report, 5) }).success).toBe(
      true,
    );
  });

  test("every view has words", () => {
    for (const view of [
      "report",
      "maps",
      "goroutines",
      "channels",
      "strings",
      "spans",
      "finalizers",
    ] as const)
      expect(read(view).length).toBeGreaterThan(50);
  });

  test("a heap does not differ from itself, and from an empty one by all of it", () => {
    const report = buildHeapReport(heap, { top: 1000 });
    expect(compareHeaps(report, report, 10)).toMatchObject({ types: [], owners: [], maps: [] });
    const empty = { ...report, types: [], owners: [], maps: [], reachableBytes: 0 };
    const [first] = compareHeaps(empty, report, 10).owners;
    expect(first).toMatchObject({ beforeBytes: 0, afterBytes: report.owners[0]!.retainedBytes });
  });
});
