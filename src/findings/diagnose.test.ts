import { describe, expect, test } from "vitest";
import { NO_EVIDENCE } from "../../test/support/no-evidence.ts";
import { goroutineProfileFromText, heapProfileFromText } from "../../test/support/profile-from-text.ts";
import { computeGoroutineGrowth } from "../analysis/goroutine-growth.ts";
import { computeGrowthClusters } from "../analysis/growth-clusters.ts";
import { computeHeapGrowth } from "../analysis/heap-growth.ts";
import { computeCollectorActivity, computeLiveHeap, type MemorySample } from "../analysis/memory-series.ts";
import { diagnose } from "./diagnose.ts";
import type { Evidence } from "./evidence.ts";
import type { Candidate } from "./pattern.ts";
import { joinSamePlace } from "./same-place.ts";

const MB = 1024 * 1024;

interface Scene {
  samples?: number;
  /** Live heap after collection at sample k. */
  liveBytes?: (k: number) => number;
  heap?: (k: number) => string;
  /** heap?debug=1 with the runtime's frames. */
  heapText?: string;
  goroutines?: (k: number) => string;
  memStats?: (k: number) => MemorySample["memStats"];
  limitBytes?: number;
  processAgeSeconds?: number;
}

/** Evidence as an inspection of samples 5 s apart would have it. */
function evidenceOf(scene: Scene): Evidence {
  const { samples = 7, liveBytes, heap, heapText, goroutines, memStats } = scene;
  const at = Array.from({ length: samples }, (_, k) => k);
  const memory: MemorySample[] = at.map((k) => ({
    seconds: 5 * k,
    memStats: { ...memStats?.(k), ...(liveBytes === undefined ? {} : { heapAlloc: liveBytes(k) }) },
    afterForcedGc: liveBytes !== undefined,
  }));
  const growth =
    heap === undefined
      ? undefined
      : computeHeapGrowth({
          snapshots: at.map((k) => ({ seconds: 5 * k, profile: heapProfileFromText(heap(k)) })),
          textProfile: heapText === undefined ? undefined : heapProfileFromText(heapText),
          layout: {},
        });
  return {
    ...NO_EVIDENCE,
    liveHeap: computeLiveHeap(memory),
    collector: computeCollectorActivity(memory),
    heap: growth,
    clusters: growth === undefined ? [] : computeGrowthClusters(growth),
    goroutines:
      goroutines === undefined
        ? undefined
        : computeGoroutineGrowth(
            at.map((k) => ({ seconds: 5 * k, profile: goroutineProfileFromText(goroutines(k)) })),
            {},
          ),
    limitBytes: scene.limitBytes,
    process: undefined,
    processAgeSeconds: scene.processAgeSeconds,
  };
}

const names = (scene: Scene) =>
  diagnose(evidenceOf(scene)).map((f) => `${f.severity} ${f.pattern} ${f.site?.function}`);
const put = (bytes: number) => `9 ${bytes} 9 ${bytes} @ main.(*Store).Put:21 main.handle:33 main.main:9`;
const mapInsert = "1 1 1 1 @ runtime.mapassign:2 main.(*Store).Put:21 main.handle:33 main.main:9";

describe("heap growth", () => {
  const leak: Scene = {
    liveBytes: (k) => (10 + 5 * k) * MB,
    heap: (k) => put(5 * k * MB),
    heapText: mapInsert,
  };

  test("is a leak when the live heap and a site agree", () => {
    const [finding] = diagnose(evidenceOf(leak));
    expect(finding).toMatchObject({ pattern: "data/unbounded-map", severity: "warning", state: "confirmed" });
    expect(finding!.rate!.estimate.value).toBeCloseTo(MB, -4);
    expect(finding!.confidence).toBeGreaterThanOrEqual(0.8);
  });

  test("lists what is kept, and leaves out what is on its way to the collector", () => {
    const valuesOf = (rendered: number) => {
      const [finding] = diagnose(
        evidenceOf({
          ...leak,
          heap: (k) => `${put(5 * k * MB)}
            9 ${4 * k * MB} 9 ${4 * k * MB} @ main.newItem:5 main.(*Store).Put:20 main.handle:33 main.main:9
            ${60 * k} ${rendered * k * MB} ${k === 6 ? 1 : 0} ${k === 6 ? MB : 0} @ main.render:70 main.(*Store).Put:19 main.handle:33 main.main:9`,
        }),
      );
      return finding!.evidence.flatMap((s) => (s.id === "value-site" ? [s.values.site.function] : []));
    };
    expect(valuesOf(60)).toEqual(["main.newItem"]);
    expect(valuesOf(1)).toEqual(["main.newItem", "main.render"]);
  });

  test("is critical when it fills a known limit within the hour", () => {
    expect(names({ ...leak, limitBytes: 1024 * MB })).toEqual([
      "critical data/unbounded-map main.(*Store).Put",
    ]);
    expect(names({ ...leak, limitBytes: 40_000 * MB })).toEqual([
      "warning data/unbounded-map main.(*Store).Put",
    ]);
  });

  test("of a young process is believed less", () => {
    const of = (age: number) => diagnose(evidenceOf({ ...leak, processAgeSeconds: age }))[0]!.confidence;
    expect(of(20)).toBeLessThan(of(5000));
  });

  test("that levels off, swings or does not show in the live heap is none", () => {
    const fills = [10, 25, 34, 38, 39, 39, 39];
    expect(names({ ...leak, liveBytes: (k) => fills[k]! * MB })).toEqual([]);
    expect(names({ ...leak, liveBytes: (k) => (k % 2 === 0 ? 20 : 40) * MB })).toEqual([]);
    expect(names({ ...leak, liveBytes: () => 40 * MB })).toEqual([]);
  });

  test("with three samples is insufficient data, whatever its size", () => {
    const [finding] = diagnose(evidenceOf({ ...leak, samples: 3 }));
    expect(finding).toMatchObject({ state: "insufficient-data", severity: "info" });
    expect(finding!.next.map((s) => s.id)).toContain("next-more-samples");
  });

  test("whose site rests on two sampled allocations asks for a longer window", () => {
    const [finding] = diagnose(
      evidenceOf({ ...leak, liveBytes: (k) => (10 + 0.2 * k) * MB, heap: (k) => put(0.17 * k * MB) }),
    );
    expect(finding).toMatchObject({ state: "insufficient-data", severity: "info" });
    expect(finding!.next.map((s) => s.id)).toContain("next-longer-window");
  });
});

test("two causes that lead to one line are one finding", () => {
  const made = {
    pattern: "resource/sync-pool",
    confidence: 0.8,
    site: { function: "f", file: "a.go", line: 3 },
  };
  const candidate = (changes: object, name: string) =>
    ({ finding: { ...made, ...changes }, claims: { clusters: [name], groups: [] } }) as unknown as Candidate;
  const joined = joinSamePlace([
    candidate({ confidence: 0.6 }, "one"),
    candidate({}, "two"),
    candidate({ site: { ...made.site, line: 4 } }, "elsewhere"),
    candidate({ pattern: "resource/timer" }, "other"),
  ]);
  expect(joined.map(({ claims }) => claims.clusters)).toEqual([["two", "one"], ["elsewhere"], ["other"]]);
});

describe("growth that a few sampled allocations show", () => {
  // Small objects: each sampled one stands for 512 kB. The live heap says 4 MB, the profile saw three of eight.
  const seen = [0, 0, 1, 1, 2, 3, 3];
  const sampled = (count: number, at: string) =>
    `${16_384 * count} ${count * MB * 0.5} ${16_384 * count} ${count * MB * 0.5} @ ${at} main.handle:33 main.main:9`;
  const thin: Scene = {
    liveBytes: (k) => (10 + 0.67 * k) * MB,
    heap: (k) => sampled(seen[k]!, "main.(*Store).Put:21"),
    heapText: mapInsert,
  };

  test("is suspected at the only site that has any, and asks for a longer window", () => {
    const [finding] = diagnose(evidenceOf(thin));
    expect(finding).toMatchObject({ pattern: "data/unbounded-map", severity: "warning", state: "suspected" });
    expect(finding!.next.map((s) => s.id)).toContain("next-longer-window");
  });

  test("is not placed where several sites have as much", () => {
    const heap = (k: number) =>
      ["main.a:1", "main.b:2", "main.c:3"].map((at) => sampled(seen[k]!, `${at} main.serve:1`)).join("\n");
    const severities = diagnose(evidenceOf({ ...thin, heap })).map((f) => f.severity);
    expect(severities).not.toContain("critical");
    expect(diagnose(evidenceOf({ ...thin, heap })).every((f) => f.state !== "confirmed")).toBe(true);
  });

  test("is no less of a leak where the last samples came early by chance", () => {
    const early = [0, 2, 4, 6, 8, 8, 8];
    const heap = (k: number) => sampled(early[k]!, "main.(*Store).Put:21");
    expect(names({ ...thin, heap, liveBytes: (k) => (10 + k) * MB })).toEqual([
      "warning data/unbounded-map main.(*Store).Put",
    ]);
  });
});

describe("goroutines", () => {
  const blocked = (k: number, perSample = 50) =>
    `${10 + perSample * k} @ runtime.gopark:1 runtime.chansend:2 main.ask:30 main.First.func1:12`;

  test("that pile up are one finding; what they hold in the heap is its consequence", () => {
    const findings = diagnose(
      evidenceOf({
        goroutines: blocked,
        liveBytes: (k) => (10 + k) * MB,
        heap: (k) =>
          `${50 * k} ${k * MB} ${50 * k} ${k * MB} @ main.newAnswer:7 main.ask:29 main.First.func1:12`,
      }),
    );
    expect(findings.map((f) => f.pattern)).toEqual(["goroutine/blocked-send"]);
    expect(findings[0]!.consequences.map((c) => c.site?.function)).toContain("main.newAnswer");
  });

  test("leave a map that grows beside them a finding of its own", () => {
    expect(
      names({
        goroutines: blocked,
        liveBytes: (k) => (10 + 5 * k) * MB,
        heap: (k) => put(5 * k * MB),
        heapText: mapInsert,
      }),
    ).toEqual(["warning data/unbounded-map main.(*Store).Put", "warning goroutine/blocked-send main.ask"]);
  });

  test("of one package in step are one finding, the ones that wait for a lock last", () => {
    const findings = diagnose(
      evidenceOf({
        goroutines: (k) => `${blocked(k, 20)}
          ${5 + 60 * k} @ runtime.gopark:1 sync.runtime_SemacquireMutex:2 sync.(*Mutex).lockSlow:3 main.(*T).Get:44 main.serve:1`,
      }),
    );
    expect(findings.map((f) => f.pattern)).toEqual(["goroutine/blocked-send"]);
    expect(findings[0]!.consequences).toHaveLength(1);
  });

  test("of a library only are not blamed on the program", () => {
    expect(
      names({
        goroutines: (k) =>
          `${10 + 50 * k} @ runtime.gopark:1 runtime.selectgo:2 net/http.(*conn).serve:3@/usr/local/go/src/net/http/server.go runtime.goexit:1`,
      }),
    ).toEqual([]);
  });
});

describe("the collector", () => {
  const counters = (k: number, perSample: { mb: number; cycles: number }) => ({
    totalAlloc: 1000 * MB + perSample.mb * MB * k,
    numGC: 100 + (perSample.cycles + 1) * k,
    numForcedGC: 10 + k,
    nextGC: 8 * MB,
  });
  const churn: Scene = {
    liveBytes: () => 3 * MB,
    memStats: (k) => ({ ...counters(k, { mb: 1000, cycles: 250 }), gcCPUFraction: 0.08 }),
    heap: (k) => `9 ${900 * MB * k} 0 0 @ main.render:12 main.main:9
      9 ${90 * MB * k} 0 0 @ main.other:12 main.main:9`,
  };

  test("kept busy by one line is churn", () => {
    expect(names(churn)).toEqual(["warning gc/alloc-churn main.render"]);
  });

  test("that runs now and then, or costs next to nothing, is left alone", () => {
    const calm = (cycles: number, gcCPUFraction: number) =>
      names({ ...churn, memStats: (k) => ({ ...counters(k, { mb: 1000, cycles }), gcCPUFraction }) });
    expect(calm(5, 0.08)).toEqual([]);
    expect(calm(50, 0.004)).toEqual([]);
  });

  test("switched off is told by its infinite goal, and not when a memory limit stands in", () => {
    const off = (nextGC: number) =>
      names({
        liveBytes: () => 3 * MB,
        memStats: (k) => ({ ...counters(k, { mb: 50, cycles: 0 }), nextGC }),
      });
    expect(off(Number.POSITIVE_INFINITY)).toEqual(["warning gc/gogc-off undefined"]);
    expect(off(500 * MB)).toEqual([]);
  });
});

describe("waste of allocations", () => {
  const loop = `package main

func render(rows []string) string {
	s := ""
	for _, row := range rows {
		s += row
	}
	return s
}
`;
  const source = new Map([["/src/main.go", loop]]);
  const heap = (k: number) =>
    `${500 * k} ${50 * MB * k} 1 1000 bytes=8192 @ main.render:6 main.handle:33 main.main:9`;
  const heapText = "500 50000000 1 1000 @ runtime.concatstrings:2 main.render:6 main.handle:33 main.main:9";
  const busy = (k: number) => ({
    numGC: 200 * k,
    totalAlloc: 51 * MB * k,
    mallocs: 1000 * k,
    gcCPUFraction: 0.08,
    nextGC: 8 * MB,
    heapAlloc: 4 * MB,
  });
  const findingsOf = (scene: Scene, files: Map<string, string> | undefined) =>
    diagnose({ ...evidenceOf({ liveBytes: () => 4 * MB, heap, heapText, ...scene }), source: files });

  test("is named by its loop, and takes over what it costs the collector", () => {
    const findings = findingsOf({ memStats: busy }, source);
    expect(findings.map((f) => `${f.severity} ${f.pattern} ${f.site?.line}`)).toEqual([
      "warning data/string-concat 6",
    ]);
    const said = findings[0]!.evidence.map((s) => s.id);
    expect(said).toContain("source-cost-loop");
    expect(said).toContain("gc-cycles");
  });

  test("is a hint where the collector does not feel it", () => {
    expect(findingsOf({}, source).map((f) => `${f.severity} ${f.pattern}`)).toEqual([
      "info data/string-concat",
    ]);
  });

  test("is none without a loop, and churn stays churn", () => {
    const plain = new Map([["/src/main.go", loop.replace("s += row", "s = row + row")]]);
    expect(findingsOf({}, plain)).toEqual([]);
    expect(findingsOf({ memStats: busy }, plain).map((f) => f.pattern)).toEqual(["gc/alloc-churn"]);
  });
});
