import { describe, expect, test } from "vitest";
import { withFakePprofServer } from "../../test/support/fake-pprof-server.ts";
import { contextOf, countResources, findExcess, PATIENCE, targetAt } from "../../test/support/probe-scene.ts";
import { recordedAnswers, SERVICES } from "../../test/support/recorded-service.ts";
import { decodeBundleArchive } from "../capture/bundle-archive.ts";
import { inspectBundle } from "../inspect/inspect-bundle.ts";
import { inspectCheck } from "./inspect-check.ts";

const OPTIONS = { window: "3s", every: "500ms" };

describe("inspect", () => {
  test("a leak is found, with the bundle that it was found in", () =>
    withFakePprofServer({ answers: recordedAnswers(SERVICES.leakingHeap) }, async ({ url }) => {
      const before = countResources();
      const result = await inspectCheck.run(targetAt(url), OPTIONS, contextOf({ timeoutMs: 30_000 }));
      expect(result).toMatchObject({ outcome: "ok", problem: null, metrics: { up: 1, is_leaking: 1 } });
      expect(result.metrics["findings_warning"]! + result.metrics["findings_critical"]!).toBeGreaterThan(0);
      expect(result.metrics["heap_growth_bytes_per_second"]).toBeGreaterThan(2 ** 20);
      expect(result.facts).toMatchObject({ verdict: "leak", site: expect.any(String) });
      expect(result.targetCpuSeconds).toBeGreaterThan(0);
      const [capture] = result.captures;
      expect(inspectBundle(decodeBundleArchive(capture!.bytes).bundle)).toEqual(result.inspection);
      await expect.poll(() => findExcess(countResources(), before), PATIENCE).toEqual([]);
    }));

  test("when the time is up or the patrol stops, what was gathered is inspected", () =>
    withFakePprofServer({ answers: recordedAnswers(SERVICES.healthy) }, async ({ url, requests }) => {
      const stop = new AbortController();
      // Within the second sample.
      const watch = setInterval(() => requests.length > 14 && stop.abort(), 20);
      const result = await inspectCheck.run(
        targetAt(url),
        { window: "60s", every: "500ms" },
        contextOf({ timeoutMs: 60_000, signal: stop.signal }),
      );
      clearInterval(watch);
      expect(result).toMatchObject({ outcome: "ok", inspection: { window: { interrupted: true } } });
    }));

  test("a service that is none, is down or is near its limit", async () => {
    const run = (url: string, limitBytes: number | null = null) =>
      inspectCheck.run(targetAt(url, { limitBytes }), OPTIONS, contextOf());
    expect(await run("http://127.0.0.1:1")).toMatchObject({
      outcome: "failed",
      problem: { code: "connect-refused" },
    });
    expect(await run("pid:4194999")).toMatchObject({
      outcome: "failed",
      problem: { code: "no-such-process" },
    });
    await withFakePprofServer({ answers: {} }, async ({ url, answers, requests }) => {
      for (const path of Object.keys(answers)) answers[path] = { status: 404 };
      expect(await run(url)).toMatchObject({ outcome: "failed", problem: { code: "no-pprof" } });
      answers["/metrics"] = { body: "go_memstats_sys_bytes 100\nprocess_resident_memory_bytes 99\n" };
      requests.length = 0;
      expect(await run(url, 100)).toMatchObject({
        outcome: "refused",
        problem: { code: "memory-near-limit" },
      });
      expect(requests.map((request) => request.url)).toEqual(["/metrics"]);
    });
  });
});
