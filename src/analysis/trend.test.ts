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

test("ties use the corrected variance", () => {
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

test("a stepwise series may end on a step", () => {
  const stairs = [100, 100, 200, 200, 400, 400, 400];
  expect(shape(stairs)).toBe("saturating");
  expect(computeTrend(seconds(7), stairs, { noise: 5, stepwise: true }).shape).toBe("growing");
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
