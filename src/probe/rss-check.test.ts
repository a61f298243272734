import { type AddressInfo, createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { contextOf, targetAt } from "../../test/support/probe-scene.ts";
import type { CheckContext, CheckTarget } from "../patrol/check.ts";
import { rssCheck } from "./rss-check.ts";

const MIB = 2 ** 20;

function run(
  address: string,
  {
    target = {},
    context = {},
    options = {},
  }: {
    target?: Partial<CheckTarget>;
    context?: Partial<CheckContext>;
    options?: Record<string, unknown>;
  } = {},
) {
  return rssCheck.run(targetAt(address, target), options, contextOf(context));
}

describe.skipIf(process.platform !== "linux")("rss", () => {
  test("of this very process", async () => {
    const result = await run(`pid:${process.pid}`, {
      options: { mappings: true },
      target: { limitBytes: 8192 * MIB },
    });
    const { rss_bytes, rss_anon_bytes, rss_file_bytes, process_age_seconds, pss_bytes } = result.metrics;
    expect(result).toMatchObject({ outcome: "ok", metrics: { up: 1 }, facts: { pid: String(process.pid) } });
    expect(Math.abs(rss_bytes! - process.memoryUsage.rss())).toBeLessThan(100 * MIB);
    expect(rss_anon_bytes! + rss_file_bytes!).toBeLessThanOrEqual(rss_bytes!);
    expect(pss_bytes).toBeLessThanOrEqual(rss_bytes! + 100 * MIB);
    expect(process_age_seconds).toBeGreaterThan(0);
    expect(result.metrics["memory_share"]).toBeCloseTo(rss_bytes! / (8192 * MIB), 3);
  });

  test("of the process that listens at an address of this machine", async () => {
    const server = createServer();
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const { port } = server.address() as AddressInfo;
    const result = await run(`http://127.0.0.1:${port}/debug/pprof`);
    server.close();
    expect(result).toMatchObject({ outcome: "ok", facts: { pid: String(process.pid) } });
  });

  test("growth is since the look before, and a process that started anew is told", async () => {
    const first = await run(`pid:${process.pid}`);
    const previous = {
      ...first,
      atMs: first.atMs - 10_000,
      metrics: { ...first.metrics, rss_bytes: first.metrics["rss_bytes"]! - 1000 * MIB },
    };
    const second = await run(`pid:${process.pid}`, { context: { previous } });
    expect(second.metrics["restarted"]).toBe(0);
    expect(second.metrics["rss_growth_bytes_per_second"]! / MIB).toBeGreaterThan(50);
    const earlier = { ...previous, metrics: { ...previous.metrics, process_start_seconds: 1 } };
    expect((await run(`pid:${process.pid}`, { context: { previous: earlier } })).metrics).toMatchObject({
      restarted: 1,
    });
  });

  test("a process that is not there, a port where nothing listens, another machine", async () => {
    expect(await run("pid:4194999")).toMatchObject({
      outcome: "failed",
      problem: { code: "no-such-process" },
      metrics: { up: 0 },
    });
    expect(await run("127.0.0.1:1")).toMatchObject({
      outcome: "failed",
      problem: { code: "no-such-process" },
    });
    expect(await run("db.example:80")).toMatchObject({ outcome: "error", problem: { code: "bad-address" } });
  });
});
