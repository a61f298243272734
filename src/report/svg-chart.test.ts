import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Unit } from "../lib/quantity.ts";
import { labels as LABELS } from "./messages/en/labels.ts";
import { computeTimeAxis, computeValueAxis, renderSparkline, renderSvgChart } from "./svg-chart.ts";

const MB = 1024 * 1024;
const labels = (axis: { ticks: { label: string }[] }) => axis.ticks.map((tick) => tick.label);

describe("computeValueAxis", () => {
  test("begins at 0 and ticks in round steps of one unit", () => {
    expect(labels(computeValueAxis([12.1 * MB, 53.4 * MB], "bytes"))).toEqual([
      "0",
      "20 MB",
      "40 MB",
      "60 MB",
    ]);
    expect(labels(computeValueAxis([212, 1534], "count"))).toEqual(["0", "500", "1,000", "1,500", "2,000"]);
    expect(labels(computeValueAxis([0.021, 0.037], "fraction"))).toEqual(["0", "1 %", "2 %", "3 %", "4 %"]);
    expect(labels(computeValueAxis([0, 3], "count"))).toEqual(["0", "1", "2", "3"]);
  });

  test("leaves 0 for a trend far away from it, not for noise", () => {
    expect(labels(computeValueAxis([420 * MB, 431 * MB, 440 * MB], "bytes"))[0]).toBe("420 MB");
    expect(labels(computeValueAxis([430 * MB, 440 * MB, 420 * MB, 431 * MB], "bytes"))[0]).toBe("0");
    expect(labels(computeValueAxis([38 * MB], "bytes"))[0]).toBe("0");
  });

  test("shows values below 0", () => {
    const axis = computeValueAxis([-4 * MB, 6 * MB], "bytes");
    expect(axis.from).toBeLessThanOrEqual(-4 * MB);
    expect(labels(axis)).toContain("0");
  });

  test("any values lie on the axis, which has few and different labels", () => {
    const units: Unit[] = ["bytes", "bytes/s", "count", "count/s", "ms", "seconds", "fraction"];
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e12, max: 1e15, noNaN: true }), { minLength: 1 }),
        fc.constantFrom(...units),
        (values, unit) => {
          const axis = computeValueAxis(values, unit);
          const slack = (axis.to - axis.from) * 1e-6;
          expect(Math.min(...values)).toBeGreaterThanOrEqual(axis.from - slack);
          expect(Math.max(...values)).toBeLessThanOrEqual(axis.to + slack);
          expect(axis.ticks.length).toBeLessThanOrEqual(11);
        },
      ),
    );
  });
});

describe("computeTimeAxis", () => {
  test("ticks at whole seconds, minutes or hours", () => {
    expect(labels(computeTimeAxis([0, 10, 30.1]))).toEqual(["0", "10 s", "20 s", "30 s"]);
    expect(labels(computeTimeAxis([0, 130]))).toEqual(["0", "30 s", "60 s", "90 s", "120 s"]);
    expect(labels(computeTimeAxis([0, 600]))).toEqual(["0", "2 min", "4 min", "6 min", "8 min", "10 min"]);
    expect(labels(computeTimeAxis([0, 6 * 3600]))).toEqual(["0", "2 h", "4 h", "6 h"]);
    expect(labels(computeTimeAxis([0, 12 * 86_400])).length).toBeLessThanOrEqual(8);
    expect(labels(computeTimeAxis([0]))).toContain("0");
  });
});

describe("renderSvgChart", () => {
  const chart = {
    title: 'Heap <of> "x"',
    unit: "bytes" as const,
    seconds: [0, 10, 20],
    value: [MB, 2 * MB, 3 * MB],
  };

  test("draws a curve, says what it shows, and carries the value of each point", () => {
    const svg = renderSvgChart(chart, LABELS);
    expect(svg).toContain("Heap &lt;of&gt; &quot;x&quot;: from 1 MB to 3 MB in 20 s, 3 points");
    expect(svg).toContain("2 MB at 10 s");
    expect(svg.match(/class="zone"/g)).toHaveLength(3);
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  test("leaves out points that are not finite, and says so when none is left", () => {
    const svg = renderSvgChart({ ...chart, value: [MB, Number.NaN, 3 * MB] }, LABELS);
    expect(svg.match(/class="zone"/g)).toHaveLength(2);
    expect(renderSvgChart({ ...chart, value: [] }, LABELS)).toContain("no values");
    expect(renderSvgChart({ ...chart, value: [MB] }, LABELS)).not.toMatch(/NaN|Infinity/);
  });

  test("bounds the hover zones of a long series", () => {
    const seconds = Array.from({ length: 5000 }, (_, index) => index);
    const svg = renderSvgChart({ ...chart, seconds, value: seconds }, LABELS);
    expect(svg.match(/class="zone"/g)!.length).toBeLessThanOrEqual(202);
  });
});

test("renderSparkline draws two or more finite values, else nothing", () => {
  expect(renderSparkline([1, 2, 3])).toContain("<polyline");
  expect(renderSparkline([5, 5, 5])).not.toMatch(/NaN/);
  expect(renderSparkline([1, Number.NaN])).toBe("");
});
