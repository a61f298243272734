import { describe, expect, test } from "vitest";
import { evidenceOfGrowth } from "../../test/support/growth-scene.ts";
import { containerOf, heapContentsOf } from "../../test/support/heap-contents-scene.ts";
import { NO_EVIDENCE } from "../../test/support/no-evidence.ts";
import type { HeapContents, HeapKeyForms } from "../tables/heap-contents.ts";
import { diagnose } from "./diagnose.ts";
import type { Finding } from "./finding.ts";
import { findAvoidablePart, findNamedContainer } from "./heap-containers.ts";

const MB = 1024 * 1024;
const ids = (finding: Finding | undefined) => finding?.evidence.map(({ id }) => id) ?? [];
const ofCore = (heapContents: Partial<HeapContents>) =>
  diagnose({ ...NO_EVIDENCE, heapContents: heapContentsOf(heapContents) });
const summary = (findings: readonly Finding[]) =>
  findings.map(({ pattern, state, severity }) => `${pattern} ${state} ${severity}`);
const forms = (...form: string[]): HeapKeyForms => ({
  sampled: 5000,
  forms: form.map((text) => ({ form: text, share: 1 / form.length })),
  distinctForms: form.length / 5000,
  length: undefined,
  entropyBitsPerByte: 3,
});

describe("a core alone", () => {
  test("shows who keeps much, and says that size is no growth", () => {
    const [finding, ...others] = ofCore({
      containers: [containerOf("shop.Store.carts", { retainedBytes: 60 * MB, entries: 50_000 })],
    });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      pattern: "data/unbounded-map",
      state: "suspected",
      severity: "info",
      headline: { id: "headline-heap-holder", values: { owner: "shop.Store.carts", kind: "map" } },
      next: [{ id: "next-prove-growth" }],
    });
    expect(ids(finding)).toContain("heap-one-look");
  });

  test.each([
    [
      "of a small heap",
      { reachableBytes: 4 * MB, containers: [containerOf("a.b", { retainedBytes: 3 * MB })] },
    ],
    ["a tenth of it is not reached", { containers: [containerOf("a.b", { retainedBytes: 9 * MB })] }],
    [
      "one value in it is what keeps the memory",
      { containers: [containerOf("a.b", { retainedBytes: 60 * MB, largest: { isAccumulation: false } })] },
    ],
  ] satisfies [string, Partial<HeapContents>][])("names nobody: %s", (_, contents) => {
    expect(ofCore(contents)).toEqual([]);
  });

  test("the kind of container decides which pattern it is", () => {
    const large = { retainedBytes: 30 * MB };
    expect(
      summary(
        ofCore({
          containers: [
            containerOf("a.list", { ...large, kind: "slice", type: "[]string" }),
            containerOf("a.hooks", { ...large, kind: "slice", holdsCallbacks: true }),
            containerOf("a.queue", { ...large, kind: "channel", type: "chan int" }),
            containerOf("a.series", { ...large, largest: { keys: forms("GET /a/N") } }),
          ],
        }),
      ).sort(),
    ).toEqual([
      "data/channel-backlog suspected info",
      "data/listener-registry suspected info",
      "data/map-high-cardinality suspected info",
      "data/unbounded-slice suspected info",
    ]);
  });

  test("memory that nobody can need is told as such, and a good part of all is a warning", () => {
    const contents: Partial<HeapContents> = {
      containers: [
        containerOf("a.jobs", {
          entries: 12,
          retainedBytes: 40 * MB,
          largest: { capacity: 1_000_000, reclaimableBytes: 40 * MB, isAccumulation: false },
        }),
      ],
      partlyUsed: [{ owner: "mail.Seen.ids[…]", objects: 2000, bytes: 20 * MB, usedBytes: 64_000 }],
      finalizers: {
        ...heapContentsOf().finalizers,
        pinned: [
          {
            by: "closure",
            kind: "finalizer",
            type: "tile.Grid",
            site: { function: "tile.Open.func1", file: "/src/tile/tile.go", line: 33 },
            objects: 4000,
            retainedBytes: 33 * MB,
          },
        ],
      },
    };
    expect(summary(ofCore(contents)).sort()).toEqual([
      "data/map-never-shrinks confirmed warning",
      "data/subslice-retention confirmed info",
      "gc/finalizer-pin confirmed warning",
    ]);
  });

  test("what has a better name is told once", () => {
    const shared = { retainedBytes: 40 * MB, largest: { sharedBytes: 39 * MB } };
    const twice = [
      containerOf("a.Cache.items", shared),
      containerOf("a.Cache.order", { ...shared, kind: "slice" as const }),
    ];
    expect(summary(ofCore({ containers: twice }))).toEqual(["data/unbounded-map suspected info"]);
    const partlyUsed = [{ owner: "a.Cache.items[…]", objects: 2000, bytes: 39 * MB, usedBytes: 64_000 }];
    expect(summary(ofCore({ containers: twice.slice(0, 1), partlyUsed }))).toEqual([
      "data/subslice-retention confirmed warning",
    ]);
    expect(ofCore({ containers: [containerOf("runtime.allgs", { retainedBytes: 60 * MB })] })).toEqual([]);
  });

  test("finalizers that are due and nobody runs", () => {
    const finalizers: HeapContents["finalizers"] = {
      registered: 10,
      due: 5000,
      dueBytes: 50 * MB,
      dueTypes: [{ type: "codec.Decoder", objects: 5000 }],
      stuck: {
        kind: "finalizer",
        waitReason: "chan send",
        stack: [{ function: "codec.(*Decoder).check", file: "/src/codec/unclosed.go", line: 15 }],
      },
      pinned: [],
    };
    expect(ofCore({ finalizers })[0]).toMatchObject({ pattern: "gc/finalizer-backlog", site: { line: 15 } });
    expect(ofCore({ finalizers: { ...finalizers, stuck: undefined } })).toEqual([]);
    expect(ofCore({ finalizers: { ...finalizers, due: 3 } })).toEqual([]);
  });

  test("a pool with much in it, and what was not emptied", () => {
    const pool = { owner: "export.sheets", type: "export.sheet", values: 8, retainedBytes: 40 * MB };
    const [finding] = ofCore({
      pools: [{ ...pool, largestBytes: 9 * MB, takenBytes: 0, filled: 8, filledField: "text" }],
    });
    expect(finding).toMatchObject({ pattern: "resource/sync-pool", state: "suspected", severity: "info" });
    expect(ids(finding)).toEqual(["heap-pool-contents", "heap-pool-filled", "heap-one-look"]);
  });

  test("values that are put back as they were, most of them taken just now", () => {
    const pool = { owner: "export.sheets", type: "export.sheet", values: 1, retainedBytes: MB };
    const seen = { ...pool, largestBytes: MB, takenBytes: 7 * MB, filled: 1, filledField: "text" };
    const small = { reachableBytes: 9 * MB };
    expect(ids(ofCore({ ...small, pools: [seen] })[0])).toContain("heap-pool-taken");
    expect(ofCore({ ...small, pools: [{ ...seen, filled: 0 }] })).toEqual([]);
    expect(ofCore({ ...small, pools: [{ ...seen, takenBytes: 0 }] })).toEqual([]);
  });

  test("an owner that no container explains is named with little confidence", () => {
    const owner = {
      name: "main.index",
      kind: "global",
      retainedBytes: 80 * MB,
      point: { name: "main.index.root", type: "main.node", retainedBytes: 79 * MB },
    };
    const [finding] = ofCore({ owners: [owner] });
    expect(finding).toMatchObject({ state: "insufficient-data", severity: "info" });
    const explained = ofCore({
      owners: [owner],
      containers: [containerOf("main.tree.all", { retainedBytes: 79 * MB })],
    });
    expect(summary(explained)).toEqual(["data/unbounded-map suspected info"]);
  });
});

describe("beside profiles", () => {
  const line = "main.newItem:5 main.(*Store).Put:20 main.handle:33 main.main:9";
  const grown = {
    liveBytes: (k: number) => (10 + 5 * k) * MB,
    heap: (k: number) => `${5000 * k} ${5 * k * MB} ${5000 * k} ${5 * k * MB} @ ${line}`,
  };
  const allocatedAt = [{ stack: [{ function: "main.newItem", file: "", line: 5 }], samples: 40 }];
  const judge = (contents: Partial<HeapContents>) =>
    diagnose(evidenceOfGrowth({ ...grown, rest: { heapContents: heapContentsOf(contents) } }))[0]!;

  test("the container that keeps the sampled objects of a growing line is its keeper", () => {
    const blind = diagnose(evidenceOfGrowth(grown))[0]!;
    expect(blind.headline.id).toBe("headline-growth-unknown-container");
    const seen = judge({
      containers: [
        // Leads there, and keeps nothing by itself.
        containerOf("http.ServeMux.m", { allocatedAt, entries: 6, largest: { isAccumulation: false } }),
        containerOf("main.Store.items", { allocatedAt, entries: 30_000 }),
      ],
    });
    expect(seen).toMatchObject({
      pattern: "data/unbounded-map",
      state: "confirmed",
      headline: { id: "headline-unbounded-map", values: { target: "main.Store.items" } },
    });
    expect(seen.confidence).toBeGreaterThan(blind.confidence);
    expect(ids(seen)).toEqual(expect.arrayContaining(["heap-keeps-samples", "heap-container"]));
  });

  test("it may be of another kind", () => {
    const queue = containerOf("main.Store.queue", { kind: "channel", type: "chan *main.Item", allocatedAt });
    expect(judge({ containers: [queue] }).pattern).toBe("data/channel-backlog");
  });

  const source = {
    "/src/main.go": `package main
type Item struct{ body [1000]byte }
type Store struct{ items map[int]*Item }
func newItem() *Item {
	return &Item{}
}
func (s *Store) Put(k int) { s.items[k] = newItem() }
func handle(s *Store) { s.Put(1) }
func main() { handle(&Store{items: map[int]*Item{}}) }
`,
  };
  const traced = {
    ...grown,
    heap: (k: number) =>
      `${5000 * k} ${5 * k * MB} ${5000 * k} ${5 * k * MB} @ main.newItem:5 main.(*Store).Put:7 main.handle:8 main.main:9`,
    source,
  };

  test("a map that the source names and that has twelve entries is not it", () => {
    const judgeTraced = (contents: Partial<HeapContents>) =>
      diagnose(evidenceOfGrowth({ ...traced, rest: { heapContents: heapContentsOf(contents) } }))[0]!;
    const blind = diagnose(evidenceOfGrowth(traced))[0]!;
    expect(blind.headline.values).toMatchObject({ target: "Store.items" });
    const agreed = judgeTraced({ containers: [containerOf("main.Store.items", { entries: 30_000 })] });
    expect(agreed.confidence).toBeGreaterThan(blind.confidence);
    const small = containerOf("main.Store.items", { entries: 12, retainedBytes: 12_000 });
    const refuted = judgeTraced({ containers: [small] });
    expect(refuted.state).toBe("suspected");
    expect(refuted.confidence).toBeLessThan(blind.confidence);
    expect(ids(refuted)).toContain("heap-not-it");
    const other = judgeTraced({
      containers: [small, containerOf("main.recent", { kind: "slice", type: "[]*main.Item", allocatedAt })],
    });
    expect(other).toMatchObject({
      pattern: "data/unbounded-slice",
      headline: { values: { target: "main.recent" } },
    });
  });

  test("where profiles show what grows, size alone adds nothing", () => {
    const level = evidenceOfGrowth({
      liveBytes: () => 50 * MB,
      rest: {
        heapContents: heapContentsOf({ containers: [containerOf("main.cache", { retainedBytes: 60 * MB })] }),
      },
    });
    expect(diagnose(level)).toEqual([]);
  });
});

describe("names", () => {
  const contents = heapContentsOf({
    containers: [
      containerOf("cache.Store[string,int].items"),
      containerOf("main.cache"),
      containerOf("main.Old.cache"),
    ],
  });
  test.each([
    ["Store.items", "cache.Store[string,int].items"],
    ["cache", "main.cache"],
    ["Old.cache", "main.Old.cache"],
    ["items", undefined],
    ["", undefined],
  ])("%j is %j", (owner, found) => {
    expect(findNamedContainer(contents, owner)?.owner).toBe(found);
  });
});

describe("keys", () => {
  test.each([
    ["GET /a/N", "url"],
    ["https://a/a?a=N", "url"],
    ["a@N.N.N.N:N", "address"],
    ["a|T", "timestamp"],
    ["session:N", undefined],
    ["H", undefined],
    ["U", undefined],
  ])("of the form %j carry %j", (form, part) => {
    expect(findAvoidablePart(forms(form))).toBe(part);
  });

  test("that are all different without numbers carry nothing to be taken out", () => {
    expect(findAvoidablePart({ ...forms("GET /a/N"), distinctForms: 0.9 })).toBeUndefined();
  });
});
