import fc from "fast-check";
import { describe, expect, test } from "vitest";
import "../../../test/support/property-seed.ts";
import { compileThreshold, type Threshold } from "./threshold.ts";

const METRICS = ["latency_ms", "error_rate", "heap_live_bytes", "limit_bytes", "status", "go_*"];

function compiled(source: string): Threshold {
  const result = compileThreshold(source, METRICS);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.threshold;
}

function errorsOf(source: string) {
  const result = compileThreshold(source, METRICS);
  if (result.ok) throw new Error(`${source} was accepted`);
  return result.errors.map(({ start, end, message, suggestion }) => ({
    at: source.slice(start, end),
    start,
    message,
    suggestion,
  }));
}

describe("what an expression means", () => {
  test("the original request's example, by word and by sign, in any case", () => {
    for (const or of ["OR", "or", "||", "Or"]) {
      const threshold = compiled(`latency_ms > 300 ${or} error_rate > 0.001`);
      expect(threshold.metrics).toEqual(["latency_ms", "error_rate"]);
      expect(threshold.evaluate({ latency_ms: 310, error_rate: 0 }).holds).toBe(true);
      expect(threshold.evaluate({ latency_ms: 10, error_rate: 0.002 }).holds).toBe(true);
      expect(threshold.evaluate({ latency_ms: 300, error_rate: 0.001 }).holds).toBe(false);
    }
  });

  test.each([
    ["latency_ms > 300 AND NOT (error_rate > 0.5)", { latency_ms: 301, error_rate: 0.5 }, true],
    ["heap_live_bytes / limit_bytes > 9 / 10", { heap_live_bytes: 95, limit_bytes: 100 }, true],
    ["heap_live_bytes + 1 > 2", { heap_live_bytes: 1.5 }, true],
    ["heap_live_bytes > GiB(2)", { heap_live_bytes: 2 ** 31 + 1 }, true],
    ["max(latency_ms, 5, status) >= 7", { latency_ms: 7, status: 1 }, true],
    ["abs(-latency_ms) == 3", { latency_ms: 3 }, true],
    ["status in [500, 502]", { status: 502 }, true],
    ["status in [500, 502]", { status: 200 }, false],
    ["(latency_ms > 3) == (status > 3)", { latency_ms: 4, status: 4 }, true],
    ["latency_ms > (status == 200 ? 300 : 100)", { latency_ms: 150, status: 500 }, true],
    ["missing(latency_ms)", {}, true],
    ["missing(latency_ms) OR latency_ms > 1", { latency_ms: 1 }, false],
    ["go_goroutines > 1e4", { go_goroutines: 10_001 }, true],
    ["latency_ms > 300", { latency_ms: Number.POSITIVE_INFINITY }, true],
  ])("%s", (source, values, holds) => {
    expect(compiled(source).evaluate(values).holds).toBe(holds);
  });
});

describe("what is not known", () => {
  test.each([
    ["latency_ms > 300 OR error_rate > 0.1", { latency_ms: 400 }, true],
    ["latency_ms > 300 OR error_rate > 0.1", { latency_ms: 200 }, null],
    ["latency_ms > 300 AND error_rate > 0.1", { latency_ms: 200 }, false],
    ["latency_ms > 300 AND error_rate > 0.1", { latency_ms: 400 }, null],
    ["NOT (latency_ms > 300)", {}, null],
    ["latency_ms > 300", { latency_ms: null }, null],
    ["latency_ms > 300", { latency_ms: Number.NaN }, null],
    ["latency_ms != 300", {}, null],
    ["latency_ms / status > 1", { latency_ms: 5, status: 0 }, null],
    ["status in [500]", {}, null],
    ["(latency_ms > 3) == (status > 3)", { status: 4 }, null],
    ["latency_ms > (error_rate > 1 ? 1 : 2)", { latency_ms: 5 }, null],
  ])("%s with %o", (source, values, holds) => {
    expect(compiled(source).evaluate(values).holds).toBe(holds);
  });

  test("what is missing is told even where the rest decides", () => {
    expect(compiled("latency_ms > 300 OR error_rate > 0.1").evaluate({ latency_ms: 400 })).toEqual({
      holds: true,
      values: { latency_ms: 400 },
      missing: ["error_rate"],
    });
  });

  test("no values of what is missing contradict a known answer", () => {
    const threshold = compiled(
      "latency_ms > 3 AND NOT (error_rate > 1 OR status <= 2) OR min(latency_ms, status) > 5 AND error_rate != 1",
    );
    const value = fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined });
    const partial = fc.record({ latency_ms: value, error_rate: value, status: value });
    const fill = fc.record({ latency_ms: fc.nat(8), error_rate: fc.nat(8), status: fc.nat(8) });
    fc.assert(
      fc.property(partial, fill, (some, rest) => {
        const known = threshold.evaluate(some).holds;
        const given = Object.fromEntries(Object.entries(some).filter(([, each]) => each !== undefined));
        if (known !== null) expect(threshold.evaluate({ ...rest, ...given }).holds).toBe(known);
      }),
      { numRuns: 2000 },
    );
  });

  test("only a record's own values count", () => {
    const result = compileThreshold("constructor > 1 OR toString > 1", ["*"]);
    if (!result.ok) throw new Error("refused");
    expect(result.threshold.evaluate({}).missing).toEqual(["constructor", "toString"]);
  });
});

describe("why", () => {
  test.each([
    ["latency_ms > 300 OR error_rate > 0.1", { latency_ms: 412, error_rate: 0 }, "latency_ms = 412 > 300"],
    [
      "latency_ms > 300 OR error_rate > 0.1",
      { latency_ms: 210, error_rate: 0 },
      "latency_ms = 210, not > 300; error_rate = 0, not > 0.1",
    ],
    ["latency_ms > 300 OR error_rate > 0.1", { latency_ms: 1 }, "error_rate is missing"],
    [
      "heap_live_bytes / limit_bytes > 0.9",
      { heap_live_bytes: 95, limit_bytes: 100 },
      "heap_live_bytes / limit_bytes > 0.9 (heap_live_bytes = 95, limit_bytes = 100)",
    ],
    [
      "latency_ms / status > 1",
      { latency_ms: 5, status: 0 },
      "latency_ms / status > 1 has no value (a division by zero)",
    ],
    ["NOT (latency_ms > 300)", { latency_ms: 5 }, "latency_ms = 5, not > 300"],
    ["missing(latency_ms)", {}, "latency_ms is missing"],
    [
      "heap_live_bytes > GiB(2)",
      { heap_live_bytes: 3 * 2 ** 30 },
      "heap_live_bytes > GiB(2) (heap_live_bytes = 3221225472 (3 GB))",
    ],
    ["heap_live_bytes > 5e8", { heap_live_bytes: 2 ** 29 }, "heap_live_bytes = 536870912 (512 MB) > 5e8"],
  ])("%s", (source, values, why) => {
    expect(compiled(source).explain(values)).toBe(why);
  });
});

describe("what is refused, with its place", () => {
  test.each([
    ["latency_ms > 300 OR eror_rate > 0.001", "eror_rate", "did you mean error_rate?"],
    ["latncy_ms > 1 AND staus > 2", "latncy_ms", "did you mean latency_ms?"],
    ["latency_ms > 300 OR", "", null],
    ["latency_ms = 300", "=", "compare by =="],
    ["latency_ms > 80%", "", "write a share as a number: 80 % is 0.8"],
    [
      "latency_ms > 300ms",
      "ms",
      "a number stands in its metric's unit; sizes can be written KiB(64), MiB(64), GiB(2)",
    ],
    ["latency_ms ≥ 300", "≥", "write >=, <= or !="],
    ["NOT latency_ms > 300", "latency_ms", "put the comparison in brackets: NOT (a > 3)"],
    ["1 < latency_ms < 5", "1 < latency_ms", "write both comparisons: 1 < x AND x < 5"],
    ["latency_ms", "latency_ms", "compare it: <, <=, >, >=, == or !="],
    ["latency_ms == true", "latency_ms == true", null],
    ["latency_ms > null", "null", "missing(metric) asks whether a value is there"],
    ["latency_ms > 3u", "3u", "leave out the u of an unsigned number"],
    ["latency_ms.matches(status)", "latency_ms.matches(status)", expect.stringContaining("abs()")],
    ["matches(latency_ms, status)", "matches(latency_ms, status)", expect.stringContaining("abs()")],
    ["mib(latency_ms) > 1", "mib(latency_ms)", "did you mean MiB()?"],
    ['latency_ms > 3 AND "a" == "b"', '"', expect.stringContaining("matchers")],
    ["[latency_ms].all(x, x > 1)", "[latency_ms].all(x, x > 1)", expect.any(String)],
    ["cel.bind(x, latency_ms, x > 1)", "cel.bind(x, latency_ms, x > 1)", expect.any(String)],
    ["latency_ms.__proto__ > 1", "latency_ms.__proto__", "its name is one word: heap_live_bytes"],
    ["__proto__ > 1", "__proto__", null],
    ["1 > 0", "1 > 0", expect.stringContaining("latency_ms")],
    ["", "", null],
    [`${"(".repeat(30)}latency_ms${")".repeat(30)} > 1`, expect.any(String), "make several rules of it"],
    [`latency_ms > ${"1 + ".repeat(150)}1`, expect.any(String), "make several rules of it"],
    [`latency_ms > ${" ".repeat(3000)}1`, expect.any(String), "make several rules of it"],
  ])("%s", (source, at, suggestion) => {
    expect(errorsOf(source)[0]).toMatchObject({ at, suggestion });
  });

  test("every unknown metric at once, at its true offset behind replaced words", () => {
    expect(errorsOf("NOT (a > 1) AND b > 2 or c > 3").map(({ at, start }) => [at, start])).toEqual([
      ["a", 5],
      ["b", 16],
      ["c", 25],
    ]);
  });
});
