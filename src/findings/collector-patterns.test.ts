import { describe, expect, test } from "vitest";
import { NO_EVIDENCE } from "../../test/support/no-evidence.ts";
import { type CollectorLoad, computeCollectorLoad } from "../analysis/collector-load.ts";
import type { CollectorWorkload } from "../analysis/gc-cost-model.ts";
import type { Evidence } from "./evidence.ts";
import { gogcHigh } from "./patterns/gogc-high.ts";
import { gogcLow } from "./patterns/gogc-low.ts";
import { limitThrash } from "./patterns/limit-thrash.ts";
import { noMemoryLimit } from "./patterns/no-memory-limit.ts";

const MIB = 2 ** 20;
const NONE = Number.POSITIVE_INFINITY;

interface Scene extends Partial<Omit<CollectorLoad, "workload">> {
  workload?: Partial<CollectorWorkload>;
  hardLimit?: number;
}

/** A service with 100 MiB live at the default settings, whose collector costs next to nothing, as metrics show it. */
function evidenceOf({ workload, hardLimit, ...load }: Scene): Evidence {
  const liveBytes = workload?.liveBytes ?? 100 * MIB;
  const goalBytes = load.goalBytes ?? 2 * liveBytes;
  return {
    ...NO_EVIDENCE,
    hardLimitBytes: hardLimit,
    collectorLoad: {
      seconds: 30,
      cyclesPerSecond: 0.5,
      liveMaxBytes: liveBytes,
      goalBytes,
      effectiveGogcPercent: (100 * (goalBytes - liveBytes)) / liveBytes,
      gogcPercent: 100,
      memoryLimitBytes: NONE,
      cpuShare: 0.005,
      burnedShare: Number.NaN,
      burnedShareOfUsed: Number.NaN,
      cpuSpan: "window",
      isLimiterEngaged: false,
      heldMaxBytes: goalBytes,
      outsideBytes: 0,
      ...load,
      workload: {
        allocatedBytesPerSecond: 50 * MIB,
        liveBytes,
        rootBytes: 0,
        cpuSharePerCycle: 0.01,
        unusedShare: 0.02,
        restBytes: 10 * MIB,
        ...workload,
      },
    },
  };
}

const judge = (scene: Scene) =>
  [gogcLow, gogcHigh, noMemoryLimit, limitThrash].flatMap((pattern) =>
    pattern.judge(evidenceOf(scene)).map(({ finding }) => `${finding.severity} ${finding.pattern}`),
  );
const fixesOf = (scene: Scene) =>
  [gogcLow, gogcHigh, noMemoryLimit, limitThrash].flatMap((pattern) =>
    pattern.judge(evidenceOf(scene)).flatMap(({ finding }) => finding.fix),
  );

const LOW: Scene = { gogcPercent: 10, goalBytes: 110 * MIB, cyclesPerSecond: 5, cpuShare: 0.08 };
const THRASHING: Scene = {
  memoryLimitBytes: 120 * MIB,
  goalBytes: 104 * MIB,
  cyclesPerSecond: 12,
  cpuShare: 0.15,
};

describe("what is to be told", () => {
  test("a small GOGC that costs, with the setting that ends it and what that costs", () => {
    expect(judge(LOW)).toEqual(["warning gc/gogc-low"]);
    expect(fixesOf(LOW)).toContainEqual({
      id: "fix-gogc-set",
      values: {
        percent: { value: 100, unit: "count" },
        share: { value: expect.closeTo(0.005, 6), unit: "fraction", estimate: true },
        peak: { value: expect.closeTo(214 * MIB, -1), unit: "bytes", estimate: true },
      },
    });
  });

  test("a large GOGC whose peak passes the limit, with the limit to set", () => {
    const high = { gogcPercent: 1000, goalBytes: 1100 * MIB, hardLimit: 512 * MIB };
    expect(judge(high)).toEqual(["warning gc/gogc-high"]);
    const [first] = fixesOf(high);
    expect(first).toMatchObject({ id: "fix-memory-limit-set", values: { limit: { value: 460 * MIB } } });
  });

  test("a default GOGC whose peak passes the limit", () => {
    expect(judge({ hardLimit: 200 * MIB })).toEqual(["warning gc/no-memory-limit"]);
    // MemStats alone: the goal shows that no limit holds it.
    expect(judge({ hardLimit: 200 * MIB, gogcPercent: undefined, memoryLimitBytes: undefined })).toEqual([
      "warning gc/no-memory-limit",
    ]);
    // A GOMEMLIMIT above the container's limit does not help.
    expect(judge({ hardLimit: 200 * MIB, memoryLimitBytes: 300 * MIB })).toEqual([
      "warning gc/no-memory-limit",
    ]);
  });

  test("a limit that leaves no room, critical from a quarter of the CPU", () => {
    expect(judge(THRASHING)).toEqual(["warning gc/limit-thrash"]);
    expect(judge({ ...THRASHING, cpuShare: 0.3 })).toEqual(["critical gc/limit-thrash"]);
  });

  test("a large heap thrashes at few collections a second", () => {
    const workload = { liveBytes: 8192 * MIB };
    const large = { ...THRASHING, workload, memoryLimitBytes: 8400 * MIB, goalBytes: 8250 * MIB };
    expect(judge({ ...large, cyclesPerSecond: 0.6 })).toEqual(["warning gc/limit-thrash"]);
  });

  test("without metrics a squeezed goal is GOGC's, or the limit's where the process lives at it", () => {
    const blind = { ...THRASHING, memoryLimitBytes: undefined, gogcPercent: undefined };
    expect(judge({ ...blind, heldMaxBytes: 118 * MIB })).toEqual(["warning gc/gogc-low"]);
    expect(judge({ ...blind, heldMaxBytes: 118 * MIB, hardLimit: 128 * MIB })).toEqual([
      "warning gc/limit-thrash",
    ]);
  });
});

describe("what is as it should be", () => {
  test.each<[string, Scene]>([
    ["a default service without a limit", {}],
    ["a default service with room", { hardLimit: 1024 * MIB, memoryLimitBytes: 900 * MIB }],
    [
      "a tiny service that collects often for next to nothing",
      { workload: { liveBytes: MIB }, goalBytes: 4 * MIB, cyclesPerSecond: 20, cpuShare: 0.015 },
    ],
    ["GOGC=50 that costs nothing", { gogcPercent: 50, goalBytes: 150 * MIB, cpuShare: 0.01 }],
    [
      "GOGC=400 with room",
      { gogcPercent: 400, goalBytes: 500 * MIB, hardLimit: 2048 * MIB, memoryLimitBytes: 1800 * MIB },
    ],
    [
      "GOGC=1000 bounded by a limit",
      { gogcPercent: 1000, hardLimit: 512 * MIB, memoryLimitBytes: 400 * MIB },
    ],
    ["GOGC=400 where no limit is known", { gogcPercent: 400, goalBytes: 500 * MIB }],
    ["a limit near the live heap that costs nothing", { ...THRASHING, cyclesPerSecond: 0.3, cpuShare: 0.01 }],
    [
      "a limit that sets the goal with room to spare",
      { memoryLimitBytes: 180 * MIB, goalBytes: 160 * MIB, cpuShare: 0.06, cyclesPerSecond: 2 },
    ],
    ["a collector kept busy at the default", { cpuShare: 0.2, cyclesPerSecond: 10 }],
    ["a live heap beyond the limit", { hardLimit: 90 * MIB }],
  ])("%s", (_, scene) => {
    expect(judge(scene)).toEqual([]);
  });

  test("no limit known to the runtime is a hint where the peak has room", () => {
    expect(judge({ hardLimit: 1024 * MIB })).toEqual(["info gc/no-memory-limit"]);
    expect(judge({ hardLimit: 1024 * MIB, memoryLimitBytes: undefined })).toEqual([]);
  });
});

describe("the load of the collector", () => {
  const collector = {
    seconds: 30,
    automaticCycles: 24,
    forcedCycles: 6,
    allocatedBytes: 300 * MIB,
    gcCpuFraction: 0.1,
  };
  const sampleAt = (seconds: number, gcCPUFraction: number) => ({
    seconds,
    afterForcedGc: true,
    memStats: { heapAlloc: 20 * MIB, nextGC: 40 * MIB, gcCPUFraction },
  });
  const input = {
    collector,
    samples: [sampleAt(0, 0.2), sampleAt(30, 0.1)],
    memoryClasses: [],
    runtimeMetrics: [],
    processAgeSeconds: undefined,
  };

  test("collections that samples force count neither for the rate nor for the CPU", () => {
    expect(computeCollectorLoad(input)).toMatchObject({
      cyclesPerSecond: 0.8,
      cpuShare: expect.closeTo(0.08, 10),
      cpuSpan: "since-start",
      effectiveGogcPercent: 100,
    });
  });

  test("two cumulative shares and the age give that of the window", () => {
    // 30 s at 0.2, then 60 s at 0.1 in all: nothing in the window.
    expect(computeCollectorLoad({ ...input, processAgeSeconds: 30 })).toMatchObject({
      cpuShare: expect.closeTo(0, 10),
      cpuSpan: "window",
    });
  });

  test("CPU classes are of the window, and tell marking on idle CPUs apart", () => {
    const cpu = (seconds: number) => ({
      total: 2 * seconds,
      user: 0.3 * seconds,
      idle: 1.2 * seconds,
      gcTotal: 0.5 * seconds,
      gcMarkIdle: 0.4 * seconds,
      gcMarkAssist: 0,
      gcPause: 0,
      scavengeTotal: 0,
    });
    const runtimeMetrics = [{ metrics: { cpu: cpu(10) } }, { metrics: { cpu: cpu(40) } }];
    expect(computeCollectorLoad({ ...input, runtimeMetrics })).toMatchObject({
      cpuShare: expect.closeTo(0.8 * 0.05, 10),
      burnedShare: expect.closeTo(0.8 * 0.25, 10),
      burnedShareOfUsed: expect.closeTo((0.8 * 0.5) / 0.8, 10),
    });
  });
});
