import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseScale, formatInterval, formatOnScale, formatQuantity } from "./format-quantity.ts";
import type { Unit } from "./quantity.ts";

const kB = 1024;
const MB = 1024 * kB;
const GB = 1024 * MB;

describe("formatQuantity", () => {
  const cases: [number, Unit, string][] = [
    [0, "bytes", "0 B"],
    [812, "bytes", "812 B"],
    [812 * kB, "bytes", "812 kB"],
    [1.9 * MB, "bytes", "1.9 MB"],
    [21.44 * MB, "bytes", "21.4 MB"],
    [2 * GB, "bytes", "2 GB"],
    [1010 * kB, "bytes", "0.986 MB"],
    [-3 * MB, "bytes", "-3 MB"],
    [1.9 * MB, "bytes/s", "1.9 MB/s"],
    [(38 * kB) / 60, "bytes/s", "38 kB/min"],
    [(12 * kB) / 3600, "bytes/s", "12 kB/h"],
    [(200 * 1) / 86_400, "bytes/s", "200 B/d"],
    [0, "bytes/s", "0 B/s"],
    [12_345, "count", "12,345"],
    [1_234_567, "count", "1,234,567"],
    [999, "count", "999"],
    [2.5, "count", "2.5"],
    [44, "count/s", "44/s"],
    [2.6 / 60, "count/s", "2.6/min"],
    [0.5, "cycles/s", "30 cycles/min"],
    [0.4, "ms", "400 µs"],
    [12, "ms", "12 ms"],
    [1500, "ms", "1.5 s"],
    [30, "seconds", "30 s"],
    [90, "seconds", "1 min 30 s"],
    [240, "seconds", "4 min"],
    [599.7, "seconds", "10 min"],
    [2 * 3600 + 600, "seconds", "2 h 10 min"],
    [3600, "seconds", "1 h"],
    [3.5 * 86_400, "seconds", "3.5 d"],
    [12, "minutes", "12 min"],
    [90, "minutes", "1 h 30 min"],
    [0.12, "fraction", "12 %"],
    [0.074, "fraction", "7.4 %"],
    [0, "fraction", "0 %"],
    [1, "fraction", "100 %"],
    [0.9996, "fraction", "99.9 %"],
    [0.000_01, "fraction", "<0.01 %"],
    [12.5, "fraction", "1,250 %"],
    [Number.NaN, "bytes", "unknown"],
    [Number.POSITIVE_INFINITY, "seconds", "unknown"],
  ];
  test.each(cases)("%d %s is %j", (value, unit, expected) => {
    expect(formatQuantity(value, unit)).toBe(expected);
  });

  test("marks differences, estimates and a wanted time base", () => {
    expect(formatQuantity(1.9 * MB, "bytes", { signed: true })).toBe("+1.9 MB");
    expect(formatQuantity(-1.9 * MB, "bytes", { signed: true })).toBe("-1.9 MB");
    expect(formatQuantity(0, "bytes", { signed: true })).toBe("0 B");
    expect(formatQuantity(-1e-6, "bytes")).toBe("0 B");
    expect(formatQuantity(1.9 * MB, "bytes", { estimate: true })).toBe("~1.9 MB");
    expect(formatQuantity((2.1 * MB) / 3600, "bytes/s", { per: "hour" })).toBe("2.1 MB/h");
    expect(formatQuantity(44, "count/s", { per: "minute" })).toBe("2,640/min");
  });

  test("any number and unit gives a short text with at most three digits before the unit, counts aside", () => {
    const units: Unit[] = ["bytes", "bytes/s", "count/s", "cycles/s", "ms", "seconds", "minutes", "fraction"];
    fc.assert(
      fc.property(fc.double({ min: -1e15, max: 1e15 }), fc.constantFrom(...units), (value, unit) => {
        const text = formatQuantity(value, unit);
        expect(text).not.toMatch(/NaN|undefined|e[+-]/);
        if (unit === "bytes") expect(text).toMatch(/^(unknown|-?\d{1,3}(\.\d{1,3})? [kMGTP]?B|-?[\d,]+ PB)$/);
      }),
    );
  });
});

describe("formatInterval", () => {
  test("puts the bounds on the scale of the largest", () => {
    expect(formatInterval({ estimate: 1.9 * MB, low: 0.9 * MB, high: 2.1 * MB }, "bytes/s")).toBe(
      "1.9 MB/s (0.9 to 2.1)",
    );
    expect(formatInterval({ estimate: 44, low: 40.2, high: 47 }, "count/s")).toBe("44/s (40.2 to 47)");
    expect(formatInterval({ estimate: 0.1, low: -0.02, high: 0.2 }, "fraction")).toBe("10 % (-2 to 20)");
    expect(formatInterval({ estimate: 1200, low: 840, high: 3700 }, "seconds")).toBe(
      "20 min (14 min to 1 h 2 min)",
    );
  });
});

describe("chooseScale", () => {
  test("gives an axis one unit for all its ticks", () => {
    const scale = chooseScale(1.5 * GB, "bytes");
    expect([0, 0.5 * GB, GB, 1.5 * GB].map((value) => formatOnScale(value, scale))).toEqual([
      "0 GB",
      "0.5 GB",
      "1 GB",
      "1.5 GB",
    ]);
    expect(formatOnScale(1800, chooseScale(3600, "seconds"))).toBe("30 min");
  });
});
