import { writeFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readBundle, writeBundle } from "../../src/capture/bundle-file.ts";
import { findAvoidablePart } from "../../src/findings/heap-containers.ts";
import { describeHeapContents } from "../../src/heap/contents/heap-contents.ts";
import { decodeBundle } from "../../src/inspect/decode-bundle.ts";
import { inspectBundle } from "../../src/inspect/inspect-bundle.ts";
import { reportSchema } from "../../src/report/report-schema.ts";
import type { HeapContents } from "../../src/tables/heap-contents.ts";
import { readRecordedHeap, recordedCore } from "../support/known-heap.ts";
import { recordedBundle, SERVICES } from "../support/recorded-service.ts";
import { runGopatrol } from "../support/run-gopatrol.ts";

/** What test/fixtures/heap/known holds, as a diagnosis sees it. */
describe.each(["go1.26.8", "go1.19.13"])("the contents of a core of %s", (name) => {
  let contents: HeapContents;
  const at = (owner: string) => contents.containers.find((container) => container.owner === owner);

  beforeAll(async () => {
    contents = describeHeapContents(await readRecordedHeap(name), { source: "core", pauseMs: undefined });
  });

  test("containers are named by the field or variable that holds them", () => {
    const { maps } = recordedCore(name).expected;
    expect(at("main.Registry.sessions")).toMatchObject({
      kind: "map",
      type: "map[string]*main.Session",
      count: 1,
      entries: maps["server.registry.sessions"],
      largest: { path: "main.server.registry.sessions", isAccumulation: true },
    });
    expect(at("main.blocks")).toMatchObject({ kind: "slice", entries: 300, type: "[]*main.Block" });
    expect(at("main.events")).toMatchObject({ kind: "channel", entries: 200, capacity: 256 });
    expect(at("main.User.Tags")).toMatchObject({ kind: "map", count: 100, entries: 200 });
  });

  test("a map that was emptied shows what its tables cost", () => {
    const { entries, largest } = at("main.deleted")!;
    expect(entries).toBe(10);
    expect(largest.reclaimableBytes).toBeGreaterThan(0.9 * largest.ownBytes);
  });

  test("keys are told by their forms", () => {
    const { keys } = at("main.Registry.sessions")!.largest;
    expect(keys!.forms[0]!.form).toMatch(/^session:N/);
    expect(JSON.stringify(contents)).not.toMatch(/user-\d|example\.com|eu-1/);
  });

  test("a part that keeps a large object", () => {
    expect(contents.partlyUsed[0]).toEqual({
      owner: "main.substring",
      objects: 1,
      bytes: 1 << 20,
      usedBytes: 6,
    });
  });

  test("where its objects were allocated", () => {
    const stacks = contents.containers.flatMap(({ allocatedAt }) => allocatedAt.map(({ stack }) => stack));
    expect(stacks.some((stack) => stack.some((place) => place.function === "main.fill"))).toBe(true);
  });

  test("nothing waits for a finalizer, and nobody keeps itself alive", () => {
    expect(contents.finalizers).toMatchObject({ due: 0, stuck: undefined, pinned: [] });
    expect(contents.finalizers.registered).toBeGreaterThan(0);
  });
});

/** test/fixtures/heap/held keeps memory in each of the ways that are told apart. */
describe("ways of keeping memory", () => {
  let contents: HeapContents;
  const expected = recordedCore("held-go1.26.8").expected as unknown as Record<string, number>;

  beforeAll(async () => {
    const heap = await readRecordedHeap("held-go1.26.8");
    contents = describeHeapContents(heap, { source: "core", pauseMs: undefined });
  });

  test("objects that their own finalizer or cleanup keeps alive, and no others", () => {
    const rows = contents.finalizers.pinned.map((row) => ({ ...row, site: row.site.function }));
    expect(rows).toEqual([
      {
        by: "closure",
        kind: "finalizer",
        type: "main.Grid",
        site: "main.newGrid.func1",
        objects: expected["grids"],
        retainedBytes: expected["grids"]! * (32 + 512),
      },
      expect.objectContaining({ by: "cycle", type: "main.Ring", objects: expected["rings"] }),
      expect.objectContaining({ by: "closure", kind: "cleanup", objects: expected["leases"] }),
    ]);
  });

  test("finalizers that are due, what they keep, and who holds them up", () => {
    expect(contents.finalizers).toMatchObject({
      due: expected["decoders"],
      dueTypes: [{ type: "main.Decoder", objects: expected["decoders"] }],
      stuck: { kind: "finalizer", waitReason: "chan send", stack: [{ function: "main.(*Decoder).check" }] },
    });
    expect(contents.finalizers.dueBytes).toBeGreaterThan(expected["decoders"]! * 200);
  });

  test("what lies in pools, and what was put back as it was", () => {
    const pool = (owner: string) => contents.pools.find((found) => found.owner === owner);
    expect(pool("main.dirty")).toMatchObject({
      type: "bytes.Buffer",
      values: 4,
      filled: 4,
      filledField: "buf",
    });
    expect(pool("main.clean")).toMatchObject({ values: 4, filled: 0 });
  });

  test("containers in containers, callbacks, and keys that carry an id", () => {
    const at = (owner: string) => contents.containers.find((container) => container.owner === owner);
    expect(at("main.Feed.listeners")).toMatchObject({
      holdsCallbacks: true,
      largest: { callback: { closures: expected["listeners"] } },
    });
    expect(at("main.Feed.listeners[…]")).toMatchObject({ kind: "slice", count: 4, entries: 300 });
    expect(at("main.nested[…][…]")).toMatchObject({ kind: "slice", count: 3 * expected["nested"]! });
    const paths = contents.containers.find(({ owner }) => /^main\.Cache.*\.entries$/.test(owner));
    expect(paths).toMatchObject({ entries: expected["paths"], holdsCallbacks: false });
    expect(findAvoidablePart(paths?.largest.keys)).toBe("url");
    expect(at("main.waiting")).toMatchObject({
      kind: "channel",
      entries: expected["waiting"],
      capacity: 512,
    });
  });

  test("structs that only a goroutine or a closure holds are known, also two that are alike", () => {
    const at = (owner: string) => contents.containers.find((container) => container.owner === owner);
    expect(at("main.Trail.entries")).toMatchObject({ kind: "channel", entries: 100 });
    expect(at("main.Trail.byID")).toMatchObject({ kind: "map", entries: 100 });
    const words = contents.containers.filter(({ type }) => type === "map[string]uint8");
    expect(words.map(({ owner }) => owner).sort()).toEqual(["main.Left.words", "main.Right.words"]);
  });

  test("ids that keep whole messages", () => {
    expect(contents.partlyUsed).toEqual([
      expect.objectContaining({ owner: "main.Seen.ids[…]", objects: expected["ids"] }),
    ]);
  });
});

test("without debug information the way that leads there stands for a name", async () => {
  const heap = await readRecordedHeap("go1.27.2-stripped");
  const { containers, isStripped } = describeHeapContents(heap, { source: "core", pauseMs: undefined });
  expect(isStripped).toBe(true);
  const sessions = containers.find((container) => container.type === "map[string]*main.Session");
  expect(sessions?.owner).toMatch(/^global at 0x/);
});

describe("gopatrol inspect --core", () => {
  let folder: string;
  const files = () => ["--core", join(folder, "core"), "--exe", join(folder, "known")];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "gopatrol-look-"));
    const { core, exe } = recordedCore("go1.26.8");
    writeFileSync(join(folder, "core"), core);
    writeFileSync(join(folder, "known"), exe);
    await writeBundle(join(folder, "bundle.tar.gz"), recordedBundle(SERVICES.healthy));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("alone: who keeps the memory, and that this is no growth", async () => {
    const run = await runGopatrol(["inspect", ...files()]);
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/INSUFFICIENT DATA/);
    expect(run.stdout).toContain("main.Registry.sessions");
    const report = await runGopatrol(["inspect", ...files(), "--format", "json"]);
    const parsed = reportSchema.safeParse(JSON.parse(report.stdout));
    expect(parsed.error?.issues ?? []).toEqual([]);
    expect(parsed.data!.heapContents).toMatchObject({ source: "core", goVersion: "go1.26.8" });
  });

  test("beside a bundle: both, and nothing of the heap is saved", async () => {
    const bundle = join(folder, "bundle.tar.gz");
    const saved = join(folder, "saved");
    const run = await runGopatrol(["inspect", bundle, ...files(), "--save", saved, "--format", "json"]);
    const report = reportSchema.parse(JSON.parse(run.stdout));
    expect(report.window.samples).toBeGreaterThan(1);
    expect(report.heapContents?.containers.length).toBeGreaterThan(5);
    const { bundle: kept } = await readBundle(saved);
    expect(kept.manifest.captures).toEqual((await readBundle(bundle)).bundle.manifest.captures);
    expect(await readFile(join(saved, "manifest.json"), "utf8")).not.toContain("Registry");
  });

  test("a core that cannot be read leaves the rest of the report, and alone it is an error", async () => {
    const wrong = ["--core", join(folder, "known"), "--exe", join(folder, "known")];
    const run = await runGopatrol(["inspect", join(folder, "bundle.tar.gz"), ...wrong]);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain("HEALTHY");
    expect(run.stdout).toMatch(/known: /);
    expect((await runGopatrol(["inspect", ...wrong])).code).toBe(3);
    expect((await runGopatrol(["inspect", "--core", join(folder, "nothing")])).code).toBe(3);
  });

  test("a core of another Go version is not joined with the profiles", async () => {
    const contents = describeHeapContents(await readRecordedHeap("go1.19.13"), {
      source: "core",
      pauseMs: undefined,
    });
    const bundle = recordedBundle(SERVICES.healthy);
    const decoded = decodeBundle(bundle);
    const [first] = decoded.samples;
    first!.runtime = { memStats: {}, ...first!.runtime, goVersion: "go1.26.8" };
    const inspection = inspectBundle(bundle, decoded, contents);
    expect(inspection.heapContents).toBeNull();
    expect(inspection.damage.at(-1)!.what).toContain("the core is of another program");
    first!.runtime = { ...first!.runtime, goVersion: "go1.19" };
    expect(inspectBundle(bundle, decoded, contents).heapContents?.goVersion).toBe(contents.goVersion);
  });

  test.each([
    [["--deep", "--core", "x"], "give one of them"],
    [["{}/bundle.tar.gz", "--deep"], "beside a bundle or files give its core"],
    [["{}/bundle.tar.gz", "--exe", "x"], "--exe goes with --core or --deep"],
  ])("%j is refused", async (words, says) => {
    const run = await runGopatrol(["inspect", ...words.map((word) => word.replace("{}", folder))]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(says);
  });
});
