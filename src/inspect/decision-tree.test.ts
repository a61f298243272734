import { describe, expect, test } from "vitest";
import { NO_EVIDENCE } from "../../test/support/no-evidence.ts";
import type { Evolution } from "../analysis/evolution.ts";
import type { CollectorActivity, LiveHeap } from "../analysis/memory-series.ts";
import type { ProcessGrowth } from "../analysis/process-growth.ts";
import type { RssTermId } from "../analysis/rss-account.ts";
import type { Trend } from "../analysis/trend.ts";
import type { Evidence } from "../findings/evidence.ts";
import { DECISION_LEAVES, DECISION_NODES, DECISION_TREE, decide } from "./decision-tree.ts";

const MB = 2 ** 20;

const trend = (shape: Trend["shape"], first: number, last: number): Trend => ({
  shape,
  first,
  last,
  slope: (last - first) / 30,
  low: 0,
  high: 0,
  pRising: 0.01,
  samples: 7,
  spanSeconds: 30,
  swing: { low: first, high: last },
  steps: [],
  detectable: 1,
});

const goroutines = (shape: Trend["shape"], first = 10, last = 10): Partial<Evidence> => ({
  goroutines: { seconds: [], total: [], totalTrend: trend(shape, first, last), groups: [] },
});

const live = (shape: Trend["shape"], first = 10 * MB, last = 10 * MB): Partial<Evidence> => ({
  liveHeap: {
    source: "after-gc",
    seconds: [],
    bytes: [],
    trend: trend(shape, first, last),
  } satisfies LiveHeap,
});

const collector = (over: Partial<CollectorActivity> = {}): Partial<Evidence> => ({
  collector: {
    seconds: 30,
    automaticCycles: 30,
    forcedCycles: 7,
    allocatedBytes: 300 * MB,
    allocatedObjects: 1,
    pauseNs: 1,
    cyclesPerSecond: { early: 1, late: 1 },
    gcCpuFraction: 0.01,
    nextGcBytes: 20 * MB,
    lastHeapAllocBytes: 12 * MB,
    outsideHeapBytes: 0,
    unusedHeapShare: 0,
    automaticCyclesEver: 100,
    ...over,
  },
});

const sites = (grownBytes: number): Partial<Evidence> => ({
  heap: {} as Evidence["heap"],
  clusters: [{ growthBytes: grownBytes }] as unknown as Evidence["clusters"],
});

const evolution = (shape: Trend["shape"], first: number, last: number): Evolution => ({
  seconds: [0, 30],
  value: [first, last],
  trend: trend(shape, first, last),
});

const resident = (shape: Trend["shape"], rise: Partial<Record<RssTermId, number>>): Partial<Evidence> => {
  const total = Object.values(rise).reduce((sum, bytes) => sum + bytes, 0);
  return {
    process: {
      rss: evolution(shape, 50 * MB, 50 * MB + total),
      terms: Object.entries(rise).map(([id, bytes]) => ({
        id: id as RssTermId,
        bytes: evolution(shape, MB, MB + bytes),
        confidence: 1,
      })),
    } as ProcessGrowth,
  };
};

const walk = (...parts: Partial<Evidence>[]) => {
  const { path, leaf } = decide(Object.assign({}, NO_EVIDENCE, ...parts));
  return { way: path.map(({ node, answer }) => `${node}: ${answer}`), leaf };
};

const rising = live("growing", 10 * MB, 40 * MB);
const SCENES: [leaf: string, parts: Partial<Evidence>[], way: string[]][] = [
  [
    "goroutines-leak",
    [
      goroutines("growing", 10, 900),
      collector({ cyclesPerSecond: { early: 1, late: 3 } }),
      rising,
      sites(28 * MB),
    ],
    [
      "goroutines: rising",
      "collections: more-often",
      "live-heap: rising",
      "sites: explained",
      "resident: unknown",
    ],
  ],
  [
    "heap-sites",
    [goroutines("flat"), collector(), rising, sites(28 * MB), resident("growing", { "go-live": 30 * MB })],
    ["goroutines: level", "collections: steady", "live-heap: rising", "sites: explained", "resident: heap"],
  ],
  [
    "heap-unexplained",
    [goroutines("flat"), collector({ cyclesPerSecond: { early: 3, late: 1 } }), rising, sites(2 * MB)],
    [
      "goroutines: level",
      "collections: less-often",
      "live-heap: rising",
      "sites: partly",
      "resident: unknown",
    ],
  ],
  [
    "outside-go",
    [
      goroutines("flat"),
      collector(),
      live("flat"),
      resident("growing", { "go-live": MB, "c-heap": 30 * MB }),
    ],
    ["goroutines: level", "collections: steady", "live-heap: level", "peak: usual", "resident: outside"],
  ],
  [
    "collector-setting",
    [
      goroutines("flat"),
      collector({ automaticCycles: 0, nextGcBytes: Number.POSITIVE_INFINITY }),
      live("flat"),
    ],
    ["goroutines: level", "collections: none", "live-heap: level", "peak: high", "resident: unknown"],
  ],
  [
    "churn",
    [
      goroutines("flat"),
      collector({ cyclesPerSecond: { early: 1, late: 4 } }),
      live("flat"),
      resident("flat", { "go-live": 0 }),
    ],
    [
      "goroutines: level",
      "collections: more-often",
      "live-heap: level",
      "peak: usual",
      "resident: not-rising",
    ],
  ],
  [
    "warm-up",
    [goroutines("flat"), collector(), live("saturating", 10 * MB, 20 * MB)],
    [
      "goroutines: level",
      "collections: steady",
      "live-heap: levelled-off",
      "peak: usual",
      "resident: unknown",
    ],
  ],
  [
    "level",
    [goroutines("flat"), collector({ cyclesPerSecond: undefined }), live("falling", 10 * MB, 8 * MB)],
    ["goroutines: level", "collections: steady", "live-heap: level", "peak: usual", "resident: unknown"],
  ],
  [
    "insufficient",
    [goroutines("insufficient"), live("insufficient")],
    [
      "goroutines: unknown",
      "collections: unknown",
      "live-heap: unknown",
      "peak: unknown",
      "resident: unknown",
    ],
  ],
];

describe("every leaf is reached", () => {
  test.each(SCENES)("%s", (leaf, parts, way) => {
    expect(walk(...parts)).toEqual({ leaf, way });
  });

  test("by these scenes all of them", () => {
    expect(SCENES.map(([leaf]) => leaf).sort()).toEqual([...DECISION_LEAVES].sort());
  });
});

test("nothing captured ends in insufficient data, and every question says that it is not known", () => {
  const { path, leaf } = decide(NO_EVIDENCE);
  expect(leaf).toBe("insufficient");
  expect(path.every(({ answer, numbers }) => answer === "unknown" && numbers.length === 0)).toBe(true);
});

test("an answer that is known quotes its numbers", () => {
  for (const [, parts] of SCENES) {
    for (const { answer, numbers } of decide(Object.assign({}, NO_EVIDENCE, ...parts)).path) {
      if (answer !== "unknown") expect(numbers.length).toBeGreaterThan(0);
    }
  }
});

test("each node leads to a later one or a leaf: no way round", () => {
  expect(Object.keys(DECISION_TREE)).toEqual([...DECISION_NODES]);
  for (const [, parts] of SCENES) {
    const { path } = decide(Object.assign({}, NO_EVIDENCE, ...parts));
    const order = path.map(({ node }) => DECISION_NODES.indexOf(node));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(new Set(order).size).toBe(order.length);
  }
});
