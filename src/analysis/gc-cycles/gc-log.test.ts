import fc from "fast-check";
import { expect, test } from "vitest";
import type { GcCycle } from "../../tables/godebug-log.ts";
import { GcLogDigest } from "./gc-log.ts";
import { QuantileSketch } from "./quantile-sketch.ts";

const BASE: GcCycle = {
  offset: 0,
  source: 0,
  wallMs: Number.NaN,
  cycle: 1,
  startMs: 0,
  cumulativePercent: 1,
  leakCheck: false,
  sweepTerminationUs: 100,
  markUs: 10_000,
  markTerminationUs: 50,
  stoppedCpuUs: 600,
  assistCpuUs: 1_000,
  backgroundCpuUs: 9_000,
  idleCpuUs: 5_000,
  heapStartMib: 190,
  heapEndMib: 200,
  liveMib: 100,
  goalMib: 200,
  stacksMib: 0,
  globalsMib: 0,
  processors: 4,
  forced: false,
};

function digest(cycles: readonly Partial<GcCycle>[], keep = 1000) {
  const log = new GcLogDigest(() => "", { keep });
  for (const cycle of cycles) log.cycle({ ...BASE, ...cycle });
  return log.summary();
}

/** `count` cycles, one a second. */
const steady = (count: number, more: (i: number) => Partial<GcCycle> = () => ({})) =>
  Array.from({ length: count }, (_, i) => ({ cycle: i + 1, startMs: 1000 * i, ...more(i) }));

test("what follows from one cycle and the one before it", () => {
  const { recent } = digest(steady(2));
  const [first, second] = recent[0]!;
  expect(first!.gcCpuShare).toBeNaN();
  // (0.6 + 1 + 9) ms of 4 Ps for a second; idle marking is no cost.
  expect(second!.gcCpuShare).toBeCloseTo(10.6 / 4000);
  expect(second!.assistShare).toBeCloseTo(0.1);
  expect(second!.periodMs).toBe(1000);
});

test("the log as a whole: cost, allocation, GOGC, pauses", () => {
  const { processes } = digest(steady(101));
  const [process] = processes;
  expect(process).toMatchObject({ cycles: 101, lostCycles: 0, processors: 4, peakBytes: 200 * 2 ** 20 });
  expect(process!.gcCpuShare).toBeCloseTo(10.6 / 4000);
  // 100 MiB from the live heap to the end of marking, each second.
  expect(process!.allocBytesPerSecond).toBeCloseTo(100 * 2 ** 20);
  expect(process!.allocBytesPerSecondMarking / (1000 * 2 ** 20)).toBeCloseTo(1, 1);
  expect(process!.effectiveGogc.setting).toBeCloseTo(100, 0);
  expect(process!.pauses.total.p99).toBeCloseTo(0.15, 2);
  expect(process!.pauses.timeShare).toBeCloseTo(150e-6);
  expect(process!.liveHeap.trend.shape).toBe("flat");
});

test("a live heap that rises from cycle to cycle is growing", () => {
  const { processes } = digest(
    steady(60, (i) => ({ liveMib: 100 + i, goalMib: 200 + 2 * i, heapEndMib: 200 + 2 * i })),
  );
  expect(processes[0]!.liveHeap.trend).toMatchObject({ shape: "growing" });
  expect(processes[0]!.liveHeap.trend.slope).toBeCloseTo(2 ** 20, -4);
});

test("small heaps give no ratios: their sizes are rounded", () => {
  const { processes } = digest(
    steady(20, () => ({ heapStartMib: 3, heapEndMib: 4, liveMib: 1, goalMib: 4 })),
  );
  expect(processes[0]!.effectiveGogc.setting).toBeNaN();
  expect(processes[0]!.markBytesPerCpuSecond.count).toBe(0);
});

test("lost lines are counted, and no period is computed over them", () => {
  const cycles = steady(10).filter(({ cycle }) => cycle !== 5 && cycle !== 6);
  const { processes, recent } = digest(cycles);
  expect(processes[0]).toMatchObject({ cycles: 8, lostCycles: 2 });
  expect(recent[0]!.find((row) => row.cycle === 7)).toMatchObject({ lost: 2, periodMs: Number.NaN });
  expect(processes[0]!.periodMs.max).toBe(1000);
});

test("a restart begins another process, also after lost lines", () => {
  const { processes, main } = digest([
    ...steady(30),
    ...steady(20, (i) => ({ startMs: 500 * i })),
    { cycle: 22, startMs: 10_500 },
  ]);
  expect(processes.map(({ cycles, lostCycles }) => [cycles, lostCycles])).toEqual([
    [30, 0],
    [21, 1],
  ]);
  expect(main).toBe(1);
});

test("two processes that write to one stream in turn are told apart", () => {
  const a = steady(50, (i) => ({ startMs: 10_000 + 100 * i, cycle: 200 + i }));
  const b = steady(50, (i) => ({ startMs: 100 * i, cycle: i + 1 }));
  const { processes } = digest(a.flatMap((cycle, i) => [cycle, b[i]!]));
  expect(processes.map((p) => [p.firstCycle, p.cycles, p.lostCycles])).toEqual([
    [200, 50, 0],
    [1, 50, 0],
  ]);
});

test("collections by the clock, forced ones and those that look for leaks are told", () => {
  const { processes } = digest([
    { cycle: 1, startMs: 0 },
    { cycle: 2, startMs: 120_004 },
    { cycle: 3, startMs: 120_500, forced: true },
    { cycle: 4, startMs: 130_000, leakCheck: true, forced: true },
  ]);
  expect(processes[0]).toMatchObject({ periodicCycles: 1, forcedCycles: 2, leakCheckCycles: 1 });
});

test("no room above the live heap, back to back: thrashing", () => {
  const cramped = steady(20, (i) => ({ startMs: 15 * i, liveMib: 195, heapStartMib: 196, heapEndMib: 200 }));
  expect(digest(cramped).processes[0]!.thrashingCycles).toBe(19);
  const rare = steady(20, () => ({ liveMib: 195, heapStartMib: 196, heapEndMib: 200 }));
  expect(digest(rare).processes[0]!.thrashingCycles).toBe(0);
});

test("goals below what GOGC gives: the memory limit rules", () => {
  const cycles = steady(100, (i) => ({ liveMib: 100 + i, goalMib: Math.min(2 * (99 + i), 250) }));
  const { belowSettingShare, effectiveGogc } = digest(cycles).processes[0]!;
  expect(effectiveGogc.setting).toBeGreaterThan(90);
  expect(belowSettingShare).toBeGreaterThan(0.5);
});

test("memory is bounded: 200,000 cycles leave a thousand points and the rows asked for", () => {
  const log = new GcLogDigest(() => "", { keep: 5 });
  const cycle = { ...BASE };
  for (let i = 0; i < 200_000; i++) {
    cycle.cycle = i + 1;
    cycle.startMs = i;
    cycle.markTerminationUs = i === 777 ? 90_000 : 50;
    log.cycle(cycle);
  }
  const { processes, recent } = log.summary();
  const { series } = processes[0]!;
  expect(recent[0]!.map((row) => row.cycle)).toEqual([199_996, 199_997, 199_998, 199_999, 200_000]);
  expect(series.seconds.length).toBeLessThanOrEqual(1024);
  expect(series.seconds.length).toBeGreaterThan(500);
  // The longest stop is not averaged away.
  expect(Math.max(...series.markTerminationMs)).toBe(90);
  expect(processes[0]!.pauses.markTermination.max).toBe(90);
});

test("quantiles are those of the sorted values, to a hundredth", () => {
  const value = fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 1e6, noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 300 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (values, p) => {
        const sketch = new QuantileSketch();
        for (const v of values) sketch.add(v);
        const exact = values.toSorted((a, b) => a - b)[Math.ceil(p * values.length) - 1]!;
        const found = sketch.quantile(p);
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(0.011 * exact);
      },
    ),
  );
});
