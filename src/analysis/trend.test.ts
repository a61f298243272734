import { expect, test } from "vitest";
import { computeMannKendall } from "./mann-kendall.ts";
import { computeTheilSen } from "./theil-sen.ts";
import { computeTrend } from "./trend.ts";

const seconds = (n: number) => Array.from({ length: n }, (_, i) => i * 5);
const shape = (value: number[], options = { noise: 5 }) =>
  computeTrend(seconds(value.length), value, options).shape;

test("the exact Mann–Kendall tail counts orders: 1/n! for a strictly rising series", () => {
  expect(computeMannKendall([1, 2, 3, 4]).pRising).toBeCloseTo(1 / 24, 10);
  expect(computeMannKendall([1, 2, 3, 4, 5, 6, 7]).pRising).toBeCloseTo(1 / 5040, 10);
  // One adjacent swap: the sorted order and its six neighbours are at least as extreme.
  expect(computeMannKendall([1, 2, 3, 4, 5, 7, 6]).pRising).toBeCloseTo(7 / 5040, 10);
});

test("the tail of a falling series is 1 and of no trend about a half", () => {
  expect(computeMannKendall([4, 3, 2, 1]).pRising).toBeCloseTo(1, 10);
  expect(computeMannKendall([2, 1, 4, 3, 2.5]).pRising).toBeGreaterThan(0.2);
});

test("ties count for no trend", () => {
  expect(computeMannKendall([1, 1, 1, 1]).pRising).toBe(1);
  expect(computeMannKendall([1, 1, 2, 2, 3, 3, 4, 4]).pRising).toBeLessThan(0.01);
});

test("Theil–Sen is not bent by one wild sample", () => {
  const fit = computeTheilSen([0, 1, 2, 3, 4, 5], [0, 10, 20, 900, 40, 50]);
  expect(fit?.slope).toBeCloseTo(10, 5);
});

test("a steady rise grows, a filling cache saturates, noise is flat, a fall falls", () => {
  expect(shape([100, 120, 140, 160, 180, 200, 220])).toBe("growing");
  expect(shape([100, 160, 200, 220, 221, 221, 222])).toBe("saturating");
  expect(shape([100, 103, 99, 102, 101, 100, 104])).toBe("flat");
  expect(shape([220, 200, 180, 160, 140, 120, 100])).toBe("falling");
});

test("a ramp to a level that wobbles saturates, though its last points rise", () => {
  expect(shape([36, 219, 246, 255, 225, 242, 268])).toBe("saturating");
});

test("a burst that came back is flat", () => {
  expect(shape([100, 180, 260, 240, 150, 100, 100])).toBe("flat");
});

test("three samples are never enough, however steep", () => {
  expect(shape([1, 1000, 100000])).toBe("insufficient");
});

test("a staircase proves nothing by a plateau as short as the one before", () => {
  const stairs = [100, 100, 200, 200, 400, 400, 400];
  const undecided = computeTrend(seconds(7), stairs, { noise: 5 });
  expect(undecided.shape).toBe("undecided");
  // The window would have to show a plateau twice as long as the wait of ten seconds before it.
  expect(undecided.needs?.spanSeconds).toBeGreaterThanOrEqual(50);
  expect(computeTrend(seconds(7), stairs, { noise: 5, stepwise: true }).shape).toBe("growing");
  const ended = [100, 100, 200, 200, 400, 400, 400, 400, 400, 400, 400];
  expect(computeTrend(seconds(11), ended, { noise: 5, stepwise: true }).shape).toBe("step");
});

test("a map that doubles grows, though its last plateau is the longest", () => {
  // Steps after 1, 2, 4, 8 and 16 samples; 30 samples in all.
  const doubling = Array.from({ length: 30 }, (_, i) => 100 * 2 ** Math.floor(Math.log2(i + 1)));
  const trend = computeTrend(seconds(30), doubling, { noise: 50 });
  expect(trend).toMatchObject({ shape: "growing", growth: "stepwise" });
  expect(trend.steps.map((step) => step.to)).toEqual([200, 400, 800, 1600]);
});

test("one step that stays is a step, one at the very end cannot be said", () => {
  const at = (k: number) => Array.from({ length: 40 }, (_, i) => (i < k ? 100 : 180) + (i % 3));
  expect(shape(at(10))).toBe("step");
  expect(shape(at(36))).toBe("undecided");
});

test("a wave that comes back is periodic, with its period and its ends", () => {
  const wave = Array.from({ length: 120 }, (_, i) => 200 + 50 * Math.sin((2 * Math.PI * i) / 24));
  const trend = computeTrend(seconds(120), wave, { noise: 5 });
  expect(trend.shape).toBe("periodic");
  expect(trend.periodSeconds).toBeCloseTo(24 * 5, -1);
  expect(trend.swing.low).toBeLessThan(156);
  expect(trend.swing.high).toBeGreaterThan(244);
});

test("a leak under a wave larger than the leak is still a leak", () => {
  const value = Array.from({ length: 144 }, (_, i) => 200 + 50 * Math.sin((2 * Math.PI * i) / 24) + i / 3);
  const trend = computeTrend(seconds(144), value, { noise: 5 });
  expect(trend.shape).toBe("growing");
  expect(trend.slope).toBeCloseTo(1 / 15, 2);
});

test("growth after a warm-up is growth, and growth that speeds up says so", () => {
  const warm = Array.from({ length: 80 }, (_, i) => 100 * (1 - Math.exp(-i / 4)) + i * 1.5);
  expect(shape(warm)).toBe("growing");
  const rocket = Array.from({ length: 40 }, (_, i) => 100 + 4 ** (i / 10));
  expect(computeTrend(seconds(40), rocket, { noise: 5 })).toMatchObject({
    shape: "growing",
    growth: "accelerating",
  });
});

test("restarts are guessed only where asked for; a leak with restarts is a leak", () => {
  const value = Array.from({ length: 60 }, (_, i) => 100 + 12 * (i % 25));
  expect(computeTrend(seconds(60), value, { noise: 5, guessRestarts: true }).shape).toBe("growing");
  expect(computeTrend(seconds(60), value, { noise: 5 }).shape).not.toBe("growing");
});

test("differences within the error of a reading are ties", () => {
  const creeping = [100, 101, 102, 103, 104, 105, 106, 107];
  expect(shape(creeping, { noise: 5 })).toBe("growing");
  expect(computeTrend(seconds(8), creeping, { noise: 5, error: 5 }).shape).toBe("flat");
});

test("too few samples say how many would do, and NaN is left out", () => {
  const trend = computeTrend([0, 5, 10, 15], [1, Number.NaN, 3, 4], { noise: 0 });
  expect(trend).toMatchObject({ shape: "insufficient", samples: 3, needs: { samples: 6 } });
});

test("a long series is thinned, and keeps its slope", () => {
  const value = Array.from({ length: 20_000 }, (_, i) => 1000 + i + (i % 7) * 10);
  const trend = computeTrend(seconds(20_000), value, { noise: 100 });
  expect(trend.shape).toBe("growing");
  expect(trend.slope).toBeCloseTo(0.2, 2);
});

test("a sampled series that lags by no more than its sampling error still grows", () => {
  // Five sampled allocations of 524 kB each, the last two of them by chance early: 0.9 expected in the last third.
  const sampled = [0, 524, 1048, 1572, 2096, 2620, 2620, 2620];
  expect(shape(sampled, { noise: 100 })).toBe("saturating");
  expect(computeTrend(seconds(8), sampled, { noise: 100, varianceUnit: 524 }).shape).toBe("growing");
  // The same shape made of thousands of samples is a filled cache.
  const exact = sampled.map((v) => v * 1000);
  expect(computeTrend(seconds(8), exact, { noise: 100, varianceUnit: 524 }).shape).toBe("saturating");
});

test("a rise whose last interval is half as steep still grows; one whose last interval is level cannot be told yet", () => {
  expect(shape([7.1, 15, 21.5, 29.3, 35.8, 43.4, 46.7], { noise: 0.5 })).toBe("growing");
  expect(shape([7.1, 15, 21.5, 29.3, 35.8, 43.4, 43.5], { noise: 0.5 })).toBe("undecided");
});
