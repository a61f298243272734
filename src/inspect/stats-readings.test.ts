import { describe, expect, test } from "vitest";
import { findDisagreements, type StatsReading } from "./stats-readings.ts";

const MIB = 2 ** 20;
const reading = (format: StatsReading["format"], seconds: number, totalAlloc: number): StatsReading => ({
  path: `${format}-${seconds}`,
  origin: `http://service/${format}`,
  format,
  seconds,
  memStats: { totalAlloc },
});
const heap = (bytesAt: (seconds: number) => number) =>
  [0, 5, 10, 15, 20].map((t) => reading("heap-text", t, bytesAt(t)));
const metrics = (bytesAt: (seconds: number) => number) =>
  [0, 5, 10, 15, 20].map((t) => reading("prometheus", t + 1, bytesAt(t + 1)));

describe("readings of one process", () => {
  test("rise together", () => {
    const rising = (t: number) => 100 * MIB + t * 3 * MIB;
    expect(findDisagreements([...heap(rising), ...metrics(rising)])).toEqual([]);
  });

  test("stay one process over a restart", () => {
    const restarted = (t: number) => (t < 8 ? 100 * MIB + t : t * 3 * MIB);
    expect(findDisagreements([...heap(restarted), ...metrics(restarted)])).toEqual([]);
  });

  test("may be rounded to six digits", () => {
    const rising = (t: number) => 123_456_789_012 + t;
    const rounded = (t: number) => Number(rising(t).toPrecision(6));
    expect(findDisagreements([...heap(rising), ...metrics(rounded)])).toEqual([]);
  });
});

test.each([
  ["an older pod", (t: number) => 900 * MIB + t * 3 * MIB],
  ["a younger pod", (t: number) => 10 * MIB + t * 3 * MIB],
  ["an exporter that serves what it read before the window", () => 99 * MIB],
])("%s is told from the inspected process", (_, bytesAt) => {
  const found = findDisagreements([...heap((t) => 100 * MIB + t * 3 * MIB), ...metrics(bytesAt)]);
  expect(found.map(({ origin }) => origin)).toEqual(["http://service/prometheus"]);
});

test("the profile decides which process it is, whatever comes first", () => {
  const found = findDisagreements([...metrics(() => 5 * MIB), ...heap(() => 100 * MIB)]);
  expect(found[0]?.reading.format).toBe("prometheus");
});
