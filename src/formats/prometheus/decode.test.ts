import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  anyMutation,
  bytesOf,
  decodeOrRefuse,
  decodePrefixes,
  readCapture,
} from "../../../test/support/text-captures.ts";
import { findBrokenIdentity, toMemoryClasses } from "../../tables/memory-classes.ts";
import type { MetricSample } from "../../tables/metric-samples.ts";
import { decodePrometheusText } from "./decode.ts";
import { findGoRuntime } from "./go-runtime.ts";

describe("what client_golang serves", () => {
  const text = decodePrometheusText(readCapture("metrics.txt"));
  const open = decodePrometheusText(readCapture("openmetrics.txt"));

  test("every line that is no comment is a sample", () => {
    for (const [name, decoded] of [
      ["metrics.txt", text],
      ["openmetrics.txt", open],
    ] as const) {
      const lines = new TextDecoder().decode(readCapture(name)).split("\n");
      expect(decoded.samples).toHaveLength(
        lines.filter((line) => line !== "" && !line.startsWith("#")).length,
      );
      expect(decoded.damage).toEqual([]);
    }
  });

  test("label values come back as the program set them", () => {
    for (const { samples } of [text, open]) {
      const requests = samples.find(({ name }) => name === "requests_total");
      expect(requests).toEqual({
        name: "requests_total",
        labels: new Map([["path", '/a\\b"c\nd{e}=,']]),
        value: 3,
      });
      expect(samples.find(({ name }) => name === "ratio")?.value).toBeNaN();
    }
  });

  test("the Go runtime's numbers are found", () => {
    const runtime = findGoRuntime(text.samples);
    expect(runtime).toMatchObject({
      mainModule: "example.com/metrics",
      gogcPercent: 100,
      gomemlimitBytes: Number.POSITIVE_INFINITY,
      memStats: { heapObjects: expect.any(Number), lastGC: expect.any(Number), numGC: 2, numForcedGC: 2 },
      finalizers: { queued: 3, executed: 3 },
      cleanups: { queued: 3, executed: 3 },
      limiterLastEnabledCycle: 0,
    });
    expect(runtime.liveHeapBytes).toBeGreaterThan(0);
    expect(runtime.scanStackBytes).toBeGreaterThan(0);
    expect(runtime.scanGlobalsBytes).toBeGreaterThan(0);
    expect(runtime.goVersion).toMatch(/^go1\.\d+/);
    expect(runtime.residentBytes).toBeGreaterThan(2 ** 20);
    expect(runtime.startTimeSeconds).toBeGreaterThan(1.7e9);
    expect(runtime.openFds).toBeGreaterThan(2);
    const { heapSys, heapIdle, heapInuse } = runtime.memStats;
    expect(heapInuse! + heapIdle!).toBe(heapSys);
  });

  test("the CPU classes add up as runtime/metrics says", () => {
    const { cpu } = findGoRuntime(text.samples);
    const { total, user, idle, gcTotal, gcMarkIdle, gcMarkAssist, gcPause, scavengeTotal } = cpu!;
    expect(user + idle + gcTotal + scavengeTotal).toBeCloseTo(total, 6);
    expect(gcMarkIdle + gcMarkAssist + gcPause).toBeLessThanOrEqual(gcTotal);
  });

  test("both spellings give the same memory classes, and they add up", () => {
    const standard = text.samples.filter(({ name }) => !name.startsWith("go_memory_classes_"));
    const own = text.samples.filter(({ name }) => !name.startsWith("go_memstats_"));
    const [a, b] = [standard, own].map((samples) => findGoRuntime(samples).memStats);
    expect(findBrokenIdentity(a!)).toBeUndefined();
    expect(toMemoryClasses(a!)).toEqual(toMemoryClasses(b!));
    const { total, ...classes } = toMemoryClasses(a!)!;
    expect(Object.values(classes).reduce((sum, bytes) => sum + bytes, 0)).toBe(total);
  });

  test("runtime/metrics alone give the MemStats that the standard names give", () => {
    const without = text.samples.filter(({ name }) => !name.startsWith("go_memstats_"));
    const { lastGC: _, ...expected } = findGoRuntime(text.samples).memStats;
    expect(findGoRuntime(without).memStats).toMatchObject(expected);
  });
});

describe("lines", () => {
  const decode = (line: string) => decodePrometheusText(bytesOf(`# TYPE a untyped\n${line}\n`));
  const one = (line: string): [string, Record<string, string>, number] | undefined => {
    const [sample] = decode(line).samples;
    return sample && [sample.name, Object.fromEntries(sample.labels), sample.value];
  };

  test.each([
    ["a 1", ["a", {}, 1]],
    ["a{} +Inf", ["a", {}, Number.POSITIVE_INFINITY]],
    ["a -Inf 1395066363000", ["a", {}, Number.NEGATIVE_INFINITY]],
    ['  a\t{ b = "c" , d="e", }  1.5e-3  -3', ["a", { b: "c", d: "e" }, 0.0015]],
    ['a:b_total{le="+Inf"} 17 # {trace_id="x"} 0.67 1.2', ["a:b_total", { le: "+Inf" }, 17]],
    ['{"my.metric",b="c"} 2', ["my.metric", { b: "c" }, 2]],
    ['a{"odd label"="\\\\n\\n\\"é"} 2', ["a", { "odd label": '\\n\n"é' }, 2]],
  ])("%s", (line, expected) => {
    expect(one(line)).toEqual(expected);
    expect(decode(line).damage).toEqual([]);
  });

  test.each(["a", "a b", 'a{b="c" 1', 'a{b="c} 1', "a{b=c} 1", "a 1 2 3", "a 1 x", "{} 1", "1a", "a 0x10"])(
    "%s is no sample",
    (line) => {
      expect(decode(line).samples).toEqual([]);
      expect(decode(line).damage).toHaveLength(1);
    },
  );

  test("nothing counts after # EOF", () => {
    expect(decodePrometheusText(bytesOf("a 1\n# EOF\nb 2\n")).samples).toHaveLength(1);
  });

  test("a number cut off at the end of the input is not taken for the number", () => {
    const { samples, damage } = decodePrometheusText(bytesOf("a 1\nb 2"));
    expect(samples.map(({ name }) => name)).toEqual(["a"]);
    expect(damage).toHaveLength(1);
  });
});

describe("a scrape and its process", () => {
  const gauge = (name: string, value: number, labels: Record<string, string> = {}): MetricSample => ({
    name,
    labels: new Map(Object.entries(labels)),
    value,
  });

  test("a scrape of several processes names none of them", () => {
    const runtime = findGoRuntime([
      gauge("process_resident_memory_bytes", 1, { pod: "a" }),
      gauge("process_resident_memory_bytes", 2, { pod: "b" }),
      gauge("go_goroutines", 3),
    ]);
    expect(runtime).toEqual({ goroutines: 3, memStats: {} });
  });

  test("settings that are off are infinite", () => {
    expect(
      findGoRuntime([
        gauge("go_gc_gogc_percent", 1.8446744073709552e19),
        gauge("go_gc_gomemlimit_bytes", 9.223372036854776e18),
        gauge("go_memstats_next_gc_bytes", 8.946670875743e18),
      ]),
    ).toEqual({
      gogcPercent: Number.POSITIVE_INFINITY,
      gomemlimitBytes: Number.POSITIVE_INFINITY,
      memStats: { nextGC: Number.POSITIVE_INFINITY },
    });
  });

  test("seconds of the summary become nanoseconds", () => {
    expect(
      findGoRuntime([
        gauge("go_gc_duration_seconds", 0.001, { quantile: "0.5" }),
        gauge("go_gc_duration_seconds_sum", 0.0015),
        gauge("go_gc_duration_seconds_count", 3),
      ]).memStats,
    ).toEqual({ numGC: 3, pauseTotalNs: 1_500_000 });
  });
});

test("a scrape cut off anywhere gives the samples before the cut", () => {
  const bytes = readCapture("openmetrics.txt").subarray(-3000);
  const { samples } = decodePrometheusText(bytes);
  decodePrefixes(bytes, decodePrometheusText, (decoded) => {
    expect(decoded.samples).toEqual(samples.slice(0, decoded.samples.length));
  });
});

test("changed at random it is decoded or refused", () => {
  fc.assert(
    fc.property(anyMutation(readCapture("openmetrics.txt").subarray(-2000)), (bytes) => {
      decodeOrRefuse(bytes, decodePrometheusText);
    }),
    { numRuns: 500 },
  );
});

test("what has neither sample nor type is refused", () => {
  for (const text of ["", "# EOF\n", "<html>\n", "404 page not found\n"]) {
    expect(() => decodePrometheusText(bytesOf(text))).toThrow(/prometheus: no sample/);
  }
});
