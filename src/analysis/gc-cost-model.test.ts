import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type CollectorWorkload,
  computeGogcGoal,
  computeLimitGoal,
  findGogcForCpuShare,
  findGogcForPeak,
  findLimitForCpuShare,
  predictCollector,
} from "./gc-cost-model.ts";

const MIB = 2 ** 20;
const NO_LIMIT = Number.POSITIVE_INFINITY;

/** The guide's example: 10 MiB live, 10 MiB/s allocated, marking at 100 MiB/s. */
const GUIDE: CollectorWorkload = {
  allocatedBytesPerSecond: 10 * MIB,
  liveBytes: 10 * MIB,
  rootBytes: 0,
  cpuSharePerCycle: 0.1,
  unusedShare: 0,
  restBytes: 0,
};

describe("the formulae of the GC guide", () => {
  test("target heap = live heap + (live heap + roots) · GOGC / 100", () => {
    // "8 MiB of live heap, 1 MiB of stacks, 1 MiB of globals": 10 MiB of new memory at GOGC=100, 5 at 50, 20 at 200.
    const example = { liveBytes: 8 * MIB, rootBytes: 2 * MIB };
    expect(computeGogcGoal(example, 100)).toBe(18 * MIB);
    expect(computeGogcGoal(example, 50)).toBe(13 * MIB);
    expect(computeGogcGoal(example, 200)).toBe(28 * MIB);
  });

  test("a small heap may grow to 4 MiB · GOGC / 100", () => {
    expect(computeGogcGoal({ liveBytes: MIB / 2, rootBytes: 0 }, 100)).toBe(4 * MIB);
    expect(computeGogcGoal({ liveBytes: MIB / 2, rootBytes: 0 }, 50)).toBe(2 * MIB);
  });

  test("CPU share = allocation rate / runway · cost of a collection; twice GOGC halves it", () => {
    const at = (gogcPercent: number) => predictCollector(GUIDE, { gogcPercent, memoryLimitBytes: NO_LIMIT });
    expect(at(100)).toMatchObject({ goalBytes: 20 * MIB, cyclesPerSecond: 1, cpuShare: 0.1 });
    expect(at(200).cpuShare).toBeCloseTo(0.05, 10);
    expect(at(50).cpuShare).toBeCloseTo(0.2, 10);
    expect(at(100).peakBytes).toBe(20 * MIB);
  });

  test("a limit above the peak changes nothing, one below takes over, one at the live heap thrashes", () => {
    const at = (memoryLimitBytes: number) => predictCollector(GUIDE, { gogcPercent: 100, memoryLimitBytes });
    expect(at(40 * MIB)).toEqual(at(NO_LIMIT));
    expect(at(15 * MIB)).toMatchObject({ isLimited: true, isThrashing: false, goalBytes: 14 * MIB });
    expect(at(15 * MIB).cyclesPerSecond).toBeCloseTo(2.5, 10);
    expect(at(11 * MIB)).toMatchObject({ isLimited: true, isThrashing: true, cpuShare: 0.5 });
  });
});

describe("the runtime's limit goal", () => {
  test("leaves 3 % free, at least 1 MiB, and never goes below the live heap", () => {
    const none = { liveBytes: 0, unusedShare: 0, restBytes: 0 };
    expect(computeLimitGoal(none, 1000 * MIB)).toBe(970 * MIB);
    expect(computeLimitGoal(none, 10 * MIB)).toBe(9 * MIB);
    expect(computeLimitGoal({ ...none, liveBytes: 50 * MIB }, 40 * MIB)).toBe(50 * MIB);
    expect(computeLimitGoal({ ...none, liveBytes: MIB, restBytes: 9 * MIB }, 8 * MIB)).toBe(MIB);
  });
});

/** The guide's simulator in small: allocate, collect at the goal, count. */
function simulate(workload: CollectorWorkload, gogcPercent: number, seconds: number): number {
  const step = 1e-4;
  let heap = workload.liveBytes;
  let cpu = 0;
  for (let t = 0; t < seconds; t += step) {
    heap += workload.allocatedBytesPerSecond * step;
    if (heap < computeGogcGoal(workload, gogcPercent)) continue;
    heap = workload.liveBytes;
    cpu += workload.cpuSharePerCycle;
  }
  return cpu / seconds;
}

test.each([50, 100, 300])("a simulated collector at GOGC=%d takes what is predicted", (gogcPercent) => {
  const workload = { ...GUIDE, rootBytes: 2 * MIB, cpuSharePerCycle: 0.03 };
  const predicted = predictCollector(workload, { gogcPercent, memoryLimitBytes: NO_LIMIT }).cpuShare;
  expect(simulate(workload, gogcPercent, 30) / predicted).toBeCloseTo(1, 1);
});

const anyWorkload: fc.Arbitrary<CollectorWorkload> = fc.record({
  allocatedBytesPerSecond: fc.double({ min: MIB, max: 4096 * MIB, noNaN: true }),
  liveBytes: fc.double({ min: 8 * MIB, max: 65536 * MIB, noNaN: true }),
  rootBytes: fc.double({ min: 0, max: 256 * MIB, noNaN: true }),
  cpuSharePerCycle: fc.double({ min: 1e-4, max: 0.2, noNaN: true }),
  unusedShare: fc.double({ min: 0, max: 0.5, noNaN: true }),
  restBytes: fc.double({ min: 0, max: 512 * MIB, noNaN: true }),
});

test("advice keeps what it promises", () => {
  fc.assert(
    fc.property(anyWorkload, fc.double({ min: 0.01, max: 0.4, noNaN: true }), (workload, share) => {
      const gogcPercent = findGogcForCpuShare(workload, share);
      const byGogc = predictCollector(workload, { gogcPercent, memoryLimitBytes: NO_LIMIT });
      expect(byGogc.cpuShare).toBeLessThanOrEqual(
        Math.max(share * 1.001, (workload.cpuSharePerCycle / 120) * 1.001),
      );
      const memoryLimitBytes = findLimitForCpuShare(workload, share);
      const off = { gogcPercent: Number.POSITIVE_INFINITY, memoryLimitBytes };
      expect(predictCollector(workload, off).cpuShare).toBeLessThanOrEqual(
        Math.max(share * 1.01, (workload.cpuSharePerCycle / 120) * 1.001),
      );
      const peak = byGogc.peakBytes;
      const back = findGogcForPeak(workload, peak);
      expect(
        predictCollector(workload, { gogcPercent: back, memoryLimitBytes: NO_LIMIT }).peakBytes / peak,
      ).toBeCloseTo(1, 3);
    }),
  );
});
