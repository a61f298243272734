import { expect, test } from "vitest";
import { forecastLimit } from "./limit-forecast.ts";
import type { CollectorActivity } from "./memory-series.ts";
import { computeTrend } from "./trend.ts";

const MB = 2 ** 20;
const seconds = Array.from({ length: 11 }, (_, i) => i * 10);
/** From 100 MB to 200 MB in 100 s. */
const trend = computeTrend(
  seconds,
  seconds.map((s) => (100 + s) * MB),
  { noise: MB },
);
const collector: CollectorActivity = {
  seconds: 100,
  automaticCycles: 10,
  forcedCycles: 0,
  allocatedBytes: 1000 * MB,
  allocatedObjects: 1,
  cyclesPerSecond: undefined,
  pauseNs: 1,
  gcCpuFraction: Number.NaN,
  nextGcBytes: 400 * MB,
  lastHeapAllocBytes: 200 * MB,
  outsideHeapBytes: 20 * MB,
  unusedHeapShare: 0,
  automaticCyclesEver: 10,
};

test("the peak grows at GOGC's multiple of the live heap, and what is not heap counts", () => {
  const { limit } = forecastLimit({ trend, collector, limitBytes: 1020 * MB })!;
  // Half of 1000 MB may be live: 300 MB to go at 1 MB/s.
  expect(limit!.low).toBeCloseTo(300, 3);
  expect(limit!.high).toBeCloseTo(300, 3);
});

test("GOMEMLIMIT gives two dates: thrashing first, the kill when the live heap alone fills the container", () => {
  const forecast = forecastLimit({ trend, collector, limitBytes: 1020 * MB, gomemlimitBytes: 820 * MB })!;
  // 90 % of 97 % of 800 MB.
  expect(forecast.thrash!.low).toBeCloseTo(0.9 * 0.97 * 800 - 200, 3);
  expect(forecast.limit!.low).toBeCloseTo(800, 3);
});

test("a measured share of the collector moves the thrashing", () => {
  const at = (gcCpuFraction: number) =>
    forecastLimit({ trend, collector: { ...collector, gcCpuFraction }, gomemlimitBytes: 820 * MB })!.thrash!
      .low;
  expect(at(0.1)).toBeLessThan(at(0.01));
  expect(at(0.25)).toBeLessThan(at(0.1));
});

test("no date without sure growth", () => {
  const flat = computeTrend(
    seconds,
    seconds.map((s) => (100 + (s % 30)) * MB),
    { noise: MB },
  );
  expect(forecastLimit({ trend: flat, collector, limitBytes: 1020 * MB })).toBeUndefined();
  expect(forecastLimit({ trend: { ...trend, low: -1 }, collector, limitBytes: 1020 * MB })).toBeUndefined();
});
