import { beforeAll, describe, expect, test } from "vitest";
import { answerView, type HeapAnswer } from "../../src/heap/answers/answer-view.ts";
import { compareHeaps, keepEarlier } from "../../src/heap/answers/heap-diff.ts";
import type { HeapSnapshot } from "../../src/heap/heap-snapshot.ts";
import { HEAP_LABELS } from "../../src/report/heap/labels.ts";
import { renderHeapAnswer } from "../../src/report/heap/view-text.ts";
import { LANGUAGES } from "../../src/report/messages/language.ts";
import { findEnglish } from "../support/english-left.ts";
import { listHeapNames } from "../support/heap-names.ts";
import { readRecordedHeap } from "../support/known-heap.ts";

describe.each(["go1.26.8", "go1.22.12-stripped"])("the heap's views of %s in Chinese", (name) => {
  let heap: HeapSnapshot;
  let answers: HeapAnswer[];
  let names: string[];

  beforeAll(async () => {
    heap = await readRecordedHeap(name);
    const ask = (view: Exclude<HeapAnswer["view"], "diff">, what = "") =>
      answerView(heap, { view, what, top: 200, showValues: false });
    const { survey, census } = keepEarlier(heap);
    const empty = { ...survey, types: [], owners: [], maps: [] };
    const diffOf = (seeds: ReadonlyMap<number, number>, seconds: number | null): HeapAnswer => ({
      view: "diff",
      ...compareHeaps({ survey: empty, census: { ...census, seeds } }, heap, {
        top: 50,
        time: { seconds, basis: seconds === null ? null : "files" },
      }),
    });
    const views = [
      "report",
      "histogram",
      "maps",
      "goroutines",
      "channels",
      "strings",
      "spans",
      "finalizers",
    ] as const;
    answers = await Promise.all([
      ...views.map((view) => ask(view)),
      ask("query", "bytes > 1kB"),
      ask("retained", "finalizers"),
      ask("path", `0x${heap.maps[0]!.address.toString(16)}`),
      diffOf(census.seeds, 90),
      diffOf(new Map(), null),
      diffOf(new Map([...census.seeds].map(([address, seed]) => [address, seed + 2 ** 20])), null),
    ]);
    names = listHeapNames(answers);
  });

  test("no English is left but the program's own names", () => {
    for (const answer of answers) {
      const text = renderHeapAnswer(answer, { width: 10_000, color: false, tag: "zh" });
      expect(text).toMatch(/\p{Script=Han}/u);
      // Forms of keys and strings stand in quotes.
      const own = text.replace(/"(?:[^"\\]|\\.)*"/g, "，");
      expect(
        own.split("\n").flatMap((line) => findEnglish(line, names)),
        answer.view,
      ).toEqual([]);
    }
  });
});

test("what the analysis names itself has Chinese names", () => {
  const { name } = HEAP_LABELS.zh;
  expect(name("goroutine 12 (main.worker)")).toBe("goroutine 12（main.worker）");
  expect(name("map[string]*main.Session (header)")).toBe("map[string]*main.Session（头部）");
  expect(name("closure of main.main.func1")).toBe("main.main.func1 的闭包");
  expect(name("main.(*Server).run")).toBe("main.(*Server).run");
});

test.each([
  "process 12 stood still for 33 ms while 10 MB were copied",
  "process 12 stood still for 33 ms while 10 MB were copied, within a collection",
  "process 12 was stopped before and stays so; 10 MB copied",
  "copying the memory of process 12",
  "reading core.12: goroutines and roots",
  "reading pid:12: answers",
  "heap.dump is a heap dump: with the executable that ran (--exe) types and names are shown",
])("%s is told in Chinese", (text) => {
  expect(findEnglish(LANGUAGES.zh.foreign(text), ["core.12", "pid:12", "heap.dump"])).toEqual([]);
  expect(LANGUAGES.zh.foreign(text)).toMatch(
    /\p{Script=Han}.*(12|heap\.dump)|(12|heap\.dump).*\p{Script=Han}/u,
  );
});
