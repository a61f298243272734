// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the check's own placeholders.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { promqlCheck } from "../../src/probe/promql-check.ts";
import { startPrometheus } from "../support/database-servers.ts";
import { type FakeAnswer, withFakePprofServer } from "../support/fake-pprof-server.ts";
import type { LocalServer } from "../support/local-server.ts";
import {
  ANY_TIMEOUT,
  contextOf,
  countResources,
  findExcess,
  PATIENCE,
  targetAt,
} from "../support/probe-scene.ts";
import { requiredTool } from "../support/required-tool.ts";

const prometheus = requiredTool("prometheus");
describe.skipIf(!prometheus.available)(`promql${prometheus.skipReason}`, () => {
  let server: LocalServer;
  beforeAll(async () => {
    server = await startPrometheus(prometheus.path);
  }, 120_000);
  afterAll(() => server.close());
  const at = (options: Record<string, unknown>, labels: Record<string, string> = {}, timeoutMs = 10_000) =>
    promqlCheck.run(
      targetAt("http://svc:6060", { id: "svc-1", labels }),
      { server: `http://${server.address}`, ...options },
      contextOf({ timeoutMs }),
    );

  test("scalars and vectors become metrics by their names", async () => {
    const result = await at({
      queries: {
        answer: "6 * 7",
        up_by_job: "up",
        self_up: 'up{job="self"}',
        nothing: "no_such_metric",
        never: "vector(0) / 0",
      },
    });
    expect(result).toMatchObject({
      outcome: "ok",
      metrics: {
        up: 1,
        answer: 42,
        up_by_job: 1,
        self_up: 1,
        series: 4,
        warnings: 0,
        latency_ms: expect.any(Number),
      },
    });
    expect(result.metrics).not.toHaveProperty("nothing");
    const single = Object.keys(result.metrics).filter((name) => name.startsWith("up_by_job{"));
    expect(single).toHaveLength(2);
    expect(single.find((name) => name.includes('job="gone"'))).toBeDefined();
    expect((await at({ queries: { least: "up" }, reduce: "min" })).metrics["least"]).toBe(0);
    expect((await at({ queries: { nothing: "no_such_metric" }, empty: "zero" })).metrics["nothing"]).toBe(0);
    expect(await at({ queries: { nothing: "no_such_metric" }, empty: "fail" })).toMatchObject({
      outcome: "failed",
      problem: { code: "no-result" },
    });
  });

  test("a target's own labels are put in, and can break out of nothing", async () => {
    const queries = { mine: 'count(up{service="${labels.service}"}) or vector(-1)' };
    expect((await at({ queries }, { service: "shop" })).metrics["mine"]).toBe(1);
    expect((await at({ queries }, { service: 'x"} or vector(99) or up{a="' })).metrics["mine"]).toBe(-1);
    expect(
      (await at({ queries: { host: 'label_replace(vector(1), "h", "${host}", "", "")' } })).outcome,
    ).toBe("ok");
  });

  test("a query that is none, a server that is none, paused or down", async () => {
    expect(await at({ queries: { bad: "sum(" } })).toMatchObject({
      outcome: "failed",
      problem: { code: "query-failed" },
    });
    expect(await at({ queries: { x: "1" }, server: `http://${server.address}/nowhere` })).toMatchObject({
      outcome: "failed",
    });
    expect(await at({ queries: { x: "1" }, server: "http://127.0.0.1:1" })).toMatchObject({
      problem: { code: "connect-refused" },
    });
    const before = countResources();
    server.pause();
    try {
      expect(await at({ queries: { x: "1" } }, {}, 300)).toMatchObject({
        problem: { code: expect.stringMatching(ANY_TIMEOUT) },
      });
      await expect.poll(() => findExcess(countResources(), before), PATIENCE).toEqual([]);
    } finally {
      server.resume();
    }
  });
});

describe("what Prometheus may answer", () => {
  const at = (answer: FakeAnswer) =>
    withFakePprofServer({ answers: { "/api/v1/query": answer } }, ({ url }) =>
      promqlCheck.run(targetAt(url), { queries: { x: "y" } }, contextOf()),
    );

  test("warnings are counted, and the first is shown", async () => {
    const body = JSON.stringify({
      status: "success",
      data: { resultType: "vector", result: [] },
      warnings: ["remote read failed", "b"],
    });
    expect(await at({ body })).toMatchObject({
      outcome: "ok",
      metrics: { warnings: 2 },
      facts: { warning: "remote read failed" },
    });
  });

  test.each<[string, FakeAnswer, string]>([
    ["a log-in page", { body: "<html>" }, "bad-response"],
    ["credentials wanted", { status: 401 }, "auth-required"],
    ["an error of another status", { status: 500 }, "bad-status"],
    [
      "a timeout of its own",
      { status: 503, body: '{"status":"error","errorType":"timeout","error":"query timed out"}' },
      "timeout",
    ],
    ["starting", { status: 503, body: "Service Unavailable" }, "bad-status"],
  ])("%s", async (_, answer, code) => {
    expect(await at(answer)).toMatchObject({ outcome: "failed", problem: { code } });
  });
});
