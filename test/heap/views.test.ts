import { beforeAll, describe, expect, test } from "vitest";
import { answerView, type ViewQuestion } from "../../src/heap/answers/answer-view.ts";
import { compareHeaps, keepEarlier } from "../../src/heap/answers/heap-diff.ts";
import { buildHeapReport } from "../../src/heap/answers/heap-report.ts";
import { buildRetainedProfile } from "../../src/heap/answers/retained-profile.ts";
import type { HeapSnapshot } from "../../src/heap/heap-snapshot.ts";
import { readTypedObjects, type TypedObjects } from "../../src/heap/typed-objects.ts";
import { heapSchema } from "../../src/report/heap/schema.ts";
import { renderHeapAnswer } from "../../src/report/heap/view-text.ts";
import { checkProfile } from "../../src/tables/profile.ts";
import { openRecordedCore, readRecordedHeap } from "../support/known-heap.ts";

/** Of test/fixtures/heap/known, built by Go 1.26 with debug information. */
describe("answers about a heap", () => {
  let heap: HeapSnapshot;
  const ask = (view: ViewQuestion["view"], what = "", showValues = false) =>
    answerView(heap, { view, what, top: 20, showValues });
  const read = async (view: ViewQuestion["view"], what = "") =>
    renderHeapAnswer(await ask(view, what), { width: 100, color: false, tag: "en" });

  beforeAll(async () => {
    heap = await readRecordedHeap("go1.26.8");
  });

  test("what waits in a channel, and who waits for it", async () => {
    const answer = await ask("channels");
    const channels = answer.view === "channels" ? answer.channels : [];
    expect(channels.find((row) => row.owner === "main.events")).toMatchObject({
      type: "chan main.Event",
      length: 200,
      capacity: 256,
      elementBytes: 32,
    });
    expect(Math.max(...channels.map((row) => row.receivers))).toBe(50);
  });

  test("a histogram by type, package or owner counts every object that can be reached", async () => {
    const { reachableObjects, reachableBytes, types, packages } = buildHeapReport(heap, { top: 20 });
    const rows: Record<string, unknown> = {};
    for (const by of ["type", "package", "owner"] as const) {
      const histogram = await answerView(heap, { view: "histogram", by, top: 20 });
      expect(histogram).toMatchObject({ by, objects: reachableObjects, bytes: reachableBytes });
      rows[by] = histogram.view === "histogram" && histogram.rows;
    }
    expect(rows).toMatchObject({ type: types, package: packages });
    const owner = await answerView(heap, { view: "histogram", by: "owner", top: 3 });
    const text = renderHeapAnswer(owner, { width: 100, color: false, tag: "en" });
    expect(text).toContain("main.substring");
    expect(text).toMatch(/in \d+ more rows/);
  });

  test.each(["go1.26.8", "go1.22.12-stripped", "go1.19.13"])(
    "types of %s are the same without the graph, but for what only its holder tells",
    async (name) => {
      const known = ({ typed, reachable, index, types }: TypedObjects) =>
        Array.from({ length: index.length }, (_, object) => {
          const type = typed.type[object]!;
          if (!reachable.has(object)) return "dead";
          return typed.namedByHolder.has(type) ? "" : types.get(type).name;
        }).join("\n");
      expect(known(await readTypedObjects(openRecordedCore(name)))).toBe(known(await readRecordedHeap(name)));
    },
  );

  test("six bytes that keep a megabyte", async () => {
    const answer = await ask("strings");
    expect(answer.view === "strings" && answer.pinned[0]).toMatchObject({
      holder: "main.substring",
      objectBytes: 1 << 20,
      usedBytes: 6,
    });
  });

  test("texts are shown only when asked for", async () => {
    const shown = JSON.stringify(await ask("strings", "", true));
    expect(shown).toContain("eu-1");
    expect(JSON.stringify(await ask("strings"))).not.toContain("eu-1");
    expect(JSON.stringify(await ask("report"))).not.toMatch(/user-\d|example\.com/);
  });

  test("a variable is asked for by its name, an object by its address", async () => {
    const answer = await ask("retained", "main.server.registry.sessions");
    const [found] = answer.view === "retained" ? answer.found : [];
    const header = answer.view === "retained" ? answer.found.find((step) => step.address > 0)! : undefined;
    expect(found!.retainedBytes).toBeGreaterThan(30_000);
    const path = await ask("path", `0x${header!.address.toString(16)}`);
    expect(path).toMatchObject({ type: "map[string]*main.Session (header)", reachable: true });
    expect(await read("path", `0x${header!.address.toString(16)}`)).toContain(
      "main.server.registry.sessions",
    );
  });

  test("as a profile, what each variable keeps is the weight of its box", () => {
    const profile = buildRetainedProfile(heap);
    checkProfile(profile);
    const bytes = [...profile.samples.columns[1]!.value];
    const report = buildHeapReport(heap, { top: 10 });
    expect(bytes.reduce((total, value) => total + value, 0)).toBe(report.reachableBytes);
  });

  test.each([
    ["path", "here", "is not an address"],
    ["path", "0x10", "no object"],
    ["retained", "main.nothing", "nothing is called"],
    ["query", "colour=red", "is not a field"],
  ] as const)("%s %s is refused with a sentence", async (view, what, message) => {
    await expect(ask(view, what)).rejects.toThrow(message);
  });

  test("every view is as the published schema says", async () => {
    const head = { format: "gopatrol-heap", version: 1, gopatrol: "0.0.0" };
    const questions = [
      ...(
        ["report", "histogram", "maps", "goroutines", "channels", "strings", "spans", "finalizers"] as const
      ).map((view) => [view, ""] as const),
      ["retained", "main.counters"],
      ["query", "size>1kB"],
      ["path", `0x${heap.maps[0]!.address.toString(16)}`],
    ] as const;
    for (const [view, what] of questions) {
      const result = heapSchema.safeParse({ ...head, ...(await ask(view, what)) });
      expect(result.error?.issues ?? [], view).toEqual([]);
    }
    const diff = compareHeaps(keepEarlier(heap), heap, { top: 5, time: { seconds: 60, basis: "given" } });
    expect(heapSchema.safeParse({ ...head, view: "diff", ...diff }).error?.issues ?? []).toEqual([]);
  });

  test("every view has words", async () => {
    for (const view of [
      "report",
      "histogram",
      "maps",
      "goroutines",
      "channels",
      "strings",
      "spans",
      "finalizers",
    ] as const)
      expect((await read(view)).length).toBeGreaterThan(50);
  });

  test("a heap does not differ from itself, and from an empty one by all of it", () => {
    const options = { top: 10, time: { seconds: null, basis: null } };
    const report = buildHeapReport(heap, { top: 1000 });
    const earlier = keepEarlier(heap);
    expect(compareHeaps(earlier, heap, options)).toMatchObject({
      types: [],
      owners: [],
      maps: [],
      age: { sameProcess: "yes", objects: report.reachableObjects, bytes: report.reachableBytes },
    });
    const empty = { ...earlier.survey, types: [], owners: [], maps: [], bytes: 0 };
    const [first] = compareHeaps({ ...earlier, survey: empty }, heap, options).owners;
    const { retainedBytes } = report.owners[0]!;
    expect(first).toMatchObject({ beforeBytes: 0, afterBytes: retainedBytes, olderBytes: retainedBytes });
  });

  test("of a process that was started anew nothing is older", () => {
    const { survey, census } = keepEarlier(heap);
    const seeds = new Map([...census.seeds].map(([address, seed]) => [address, seed + 2 ** 20]));
    const time = { seconds: 60, basis: "given" as const };
    const empty = { ...survey, types: [], owners: [], maps: [] };
    const diff = compareHeaps({ survey: empty, census: { ...census, seeds } }, heap, { top: 5, time });
    expect(diff.age).toMatchObject({ sameProcess: "no", objects: 0, bytes: 0 });
    expect(diff.types.map((row) => row.olderBytes)).toEqual([null, null, null, null, null]);
    const text = renderHeapAnswer({ view: "diff", ...diff }, { width: 200, color: false, tag: "en" });
    expect(text).toContain("two processes");
  });
});
