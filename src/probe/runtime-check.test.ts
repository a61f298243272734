import { describe, expect, test } from "vitest";
import { type FakeAnswers, withFakePprofServer } from "../../test/support/fake-pprof-server.ts";
import { ANY_TIMEOUT, contextOf, targetAt } from "../../test/support/probe-scene.ts";
import { readCapture } from "../../test/support/text-captures.ts";
import type { CheckContext } from "../patrol/check.ts";
import { runtimeCheck } from "./runtime-check.ts";
import { computeRuntimeMetrics } from "./runtime-metrics.ts";

const MIB = 2 ** 20;

function run(
  answers: FakeAnswers,
  context: Partial<CheckContext> = {},
  options: Record<string, unknown> = {},
  limitBytes: number | null = null,
) {
  return withFakePprofServer({ answers }, async ({ url, requests }) => ({
    result: await runtimeCheck.run(targetAt(url, { limitBytes }), options, contextOf(context)),
    asked: requests.map((request) => request.url),
  }));
}

const NONE = { "/metrics": { body: "http_total 1\n" }, "/debug/vars": { status: 404 } };

describe("sources", () => {
  test("what client_golang serves gives the names, whatever else is there", async () => {
    const { result, asked } = await run({ "/metrics": { body: readCapture("metrics.txt") } });
    expect(result).toMatchObject({
      outcome: "ok",
      facts: { source: "prometheus", main_module: "example.com/metrics" },
      metrics: {
        up: 1,
        heap_live_bytes: expect.any(Number),
        heap_goal_bytes: expect.any(Number),
        goroutines: expect.any(Number),
        gc_cycles: 2,
        gc_cpu_seconds: expect.any(Number),
      },
    });
    const { heap_inuse_bytes, heap_idle_bytes, sys_bytes, rss_bytes } = result.metrics;
    expect(heap_inuse_bytes! + heap_idle_bytes!).toBeLessThan(sys_bytes!);
    expect(rss_bytes).toBeGreaterThan(MIB);
    expect(asked).toEqual(["/metrics"]);
  });

  test("expvar is next, then the text of the heap profile, and the one that had them is asked first", async () => {
    const vars = await run({ ...NONE, "/debug/vars": { body: readCapture("go1.27/expvar.json") } });
    expect(vars.result).toMatchObject({
      facts: { source: "expvar" },
      metrics: { sys_bytes: expect.any(Number) },
    });
    const text = await run({
      ...NONE,
      "/debug/pprof/heap?debug=1": { body: readCapture("go1.27/heap.txt") },
    });
    expect(text.result).toMatchObject({
      facts: { source: "heap-text" },
      metrics: { gc_cycles: expect.any(Number) },
    });
    expect(text.asked).toEqual(["/metrics", "/debug/vars", "/debug/pprof/heap?debug=1", "/debug/pprof/"]);
    expect(text.result.metrics["goroutines"]).toBe(7);
    const again = await run(
      { ...NONE, "/debug/pprof/heap?debug=1": { body: readCapture("go1.27/heap.txt") } },
      { previous: text.result },
    );
    expect(again.asked).toEqual(["/debug/pprof/heap?debug=1", "/debug/pprof/"]);
  });

  test("a service without any of them, one that hides them, and one that is down", async () => {
    const none = { ...NONE, "/debug/pprof/heap?debug=1": { status: 404 } };
    expect((await run(none)).result).toMatchObject({ outcome: "failed", problem: { code: "no-metrics" } });
    const hidden = { ...none, "/metrics": { status: 401 } };
    expect((await run(hidden)).result).toMatchObject({ problem: { code: "auth-required" } });
    const silent = { ...none, "/metrics": { hang: true } };
    expect((await run(silent, { timeoutMs: 150 })).result).toMatchObject({
      problem: { code: expect.stringMatching(ANY_TIMEOUT) },
    });
    const page = { ...none, "/metrics": { body: "<html>log in</html>" } };
    expect((await run(page, {}, { source: "prometheus" })).result).toMatchObject({
      problem: { code: "no-metrics" },
    });
  });
});

describe("figures", () => {
  const scrape = (lines: Record<string, number>): FakeAnswers => ({
    "/metrics": {
      body: Object.entries(lines)
        .map(([name, value]) => `${name} ${value}\n`)
        .join(""),
    },
  });
  const usual = {
    go_memstats_alloc_bytes_total: 1e9,
    go_memstats_sys_bytes: 200 * MIB,
    go_memstats_heap_released_bytes: 50 * MIB,
    go_memstats_next_gc_bytes: 120 * MIB,
    go_memstats_stack_inuse_bytes: 20 * MIB,
    go_gc_gogc_percent: 100,
    go_gc_gomemlimit_bytes: 300 * MIB,
    go_gc_duration_seconds_count: 10,
    process_resident_memory_bytes: 180 * MIB,
    process_start_time_seconds: 1000,
  };

  test("the live heap is worked back from the goal, and the limit is GOMEMLIMIT unless one is given", async () => {
    const { result } = await run(scrape(usual));
    expect(result.metrics).toMatchObject({
      heap_live_bytes: 50 * MIB,
      memory_limit_bytes: 300 * MIB,
      memory_share: 0.5,
    });
    const given = await run(scrape(usual), {}, {}, 400 * MIB);
    expect(given.result.metrics).toMatchObject({ memory_limit_bytes: 400 * MIB, memory_share: 0.45 });
  });

  test("rates are of the time between, and none are told across a restart", async () => {
    const { result: first } = await run(scrape(usual));
    const later = { previous: { ...first, atMs: first.atMs - 60_000 } };
    const next = { ...usual, go_memstats_alloc_bytes_total: 1.6e9, go_gc_duration_seconds_count: 13 };
    const { result: second } = await run(scrape(next), later);
    expect(second.metrics["gc_per_minute"]).toBeCloseTo(3, 1);
    expect(second.metrics["alloc_bytes_per_second"]! / 1e7).toBeCloseTo(1, 1);
    expect(second.metrics["restarted"]).toBe(0);
    const { result: restarted } = await run(scrape({ ...next, process_start_time_seconds: 2000 }), later);
    expect(restarted.metrics["restarted"]).toBe(1);
    expect(restarted.metrics).not.toHaveProperty("gc_per_minute");
  });

  test("what is not known is absent: no goal, no limit, GOGC off", () => {
    const metrics = computeRuntimeMetrics(
      { memStats: { nextGC: Number.POSITIVE_INFINITY }, gogcPercent: Number.POSITIVE_INFINITY },
      { atMs: 0, limitBytes: null, previous: null },
    );
    expect(Object.entries(metrics).filter(([, value]) => Number.isFinite(value))).toEqual([]);
  });
});
