import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type FakeAnswers, withFakePprofServer } from "../../test/support/fake-pprof-server.ts";
import { contextOf, targetAt } from "../../test/support/probe-scene.ts";
import { goroutineProfileFromText, heapProfileFromText } from "../../test/support/profile-from-text.ts";
import { encodeProfile } from "../formats/pprof/encode.ts";
import type { CheckContext, CheckResult } from "../patrol/check.ts";
import { goroutinesCheck } from "./goroutines-check.ts";
import { heapDiffCheck } from "./heap-diff-check.ts";

const MIB = 2 ** 20;
const heap = (cached: number, buffers: number) =>
  gzipSync(
    encodeProfile(
      heapProfileFromText(`
        ${cached} ${cached * MIB} ${cached} ${cached * MIB} @ main.(*cache).put:16 main.serve:40
        ${buffers * 2} ${buffers * 2 * MIB} ${buffers} ${buffers * MIB} @ bytes.growSlice:1@/usr/local/go/src/bytes/buffer.go main.read:5
      `),
    ),
  );

const fixture = (name: string) =>
  readFileSync(join(import.meta.dirname, "../../test/fixtures/profiles", name));

function run(
  check: typeof heapDiffCheck,
  answers: FakeAnswers,
  context: Partial<CheckContext> = {},
  options: Record<string, unknown> = {},
  limitBytes: number | null = null,
) {
  return withFakePprofServer({ answers }, async ({ url, requests }) => ({
    result: await check.run(targetAt(url, { limitBytes }), options, contextOf(context)),
    asked: requests.map((request) => request.url),
  }));
}

describe("heap-diff", () => {
  test("the first look has no base and gives one", async () => {
    const bytes = heap(10, 1);
    const { result, asked } = await run(heapDiffCheck, { "/debug/pprof/heap": { body: bytes } });
    expect(result).toMatchObject({
      outcome: "ok",
      problem: { code: "no-base-profile" },
      metrics: { up: 1, heap_inuse_bytes: 11 * MIB },
      captures: [{ kind: "heap" }],
    });
    expect(Buffer.from(result.captures[0]!.bytes)).toEqual(bytes);
    expect(result.profiles.map(({ type, total }) => [type, total])).toEqual([
      ["heap/inuse_objects", 11],
      ["heap/inuse_space", 11 * MIB],
    ]);
    expect(asked.at(-1)).toBe("/debug/pprof/heap");
  });

  test("against the base, growth is told by site with its rate", async () => {
    const base = { atMs: Date.now() - 3600_000, bytes: heap(10, 1) };
    const { result } = await run(
      heapDiffCheck,
      { "/debug/pprof/heap": { body: heap(46, 1) } },
      { baseProfile: async () => base },
      {},
      1024 * MIB,
    );
    expect(result).toMatchObject({
      outcome: "ok",
      problem: null,
      metrics: {
        growth_bytes: 36 * MIB,
        sites_growing: 1,
        top_site_growth_bytes: 36 * MIB,
        top_site_growth_share: 1,
      },
      facts: { top_site_1: expect.stringContaining("main.(*cache).put (main.go:16) +37748736 bytes") },
    });
    expect(result.metrics["growth_bytes_per_hour"]! / MIB).toBeCloseTo(36, 0);
    expect(result.metrics["growth_share_of_limit_per_hour"]).toBeCloseTo(36 / 1024, 3);
  });

  test("a base of an earlier process is none", async () => {
    const base = { atMs: Date.now() - 3600_000, bytes: heap(100, 1) };
    const { result } = await run(
      heapDiffCheck,
      { "/debug/pprof/heap": { body: heap(5, 1) } },
      { baseProfile: async () => base },
    );
    expect(result).toMatchObject({ outcome: "ok", problem: { code: "process-restarted" } });
    expect(result.metrics).not.toHaveProperty("growth_bytes");
  });

  test("a target near its limit is left alone, and asked for nothing heavy", async () => {
    const metrics = `go_memstats_sys_bytes ${96 * MIB}\ngo_memstats_heap_released_bytes 0\nprocess_resident_memory_bytes ${95 * MIB}\n`;
    const { result, asked } = await run(heapDiffCheck, { "/metrics": { body: metrics } }, {}, {}, 100 * MIB);
    expect(result).toMatchObject({ outcome: "refused", problem: { code: "memory-near-limit" } });
    expect(result.metrics).not.toHaveProperty("up");
    expect(asked).toEqual(["/metrics"]);
  });

  test("what is no profile, is cut or is missing has its own code", async () => {
    const code = async (answer: FakeAnswers[string]) =>
      (await run(heapDiffCheck, { "/debug/pprof/heap": answer })).result.problem?.code;
    expect(await code({ status: 404 })).toBe("no-pprof");
    expect(await code({ body: "<html>" })).toBe("no-pprof");
    expect(await code({ body: gzipSync("no profile") })).toBe("bad-profile");
    expect(await code({ body: heap(3, 3).subarray(0, 80) })).toBe("bad-profile");
    expect(await code({ status: 500 })).toBe("bad-status");
  });

  test("a real profile of Go gives sums that the store can keep", async () => {
    const { result } = await run(heapDiffCheck, {
      "/debug/pprof/heap": { body: fixture("go1.26.8-heap.pb.gz") },
    });
    expect(result.outcome).toBe("ok");
    const space = result.profiles.find(({ type }) => type === "heap/inuse_space")!;
    expect(space.total).toBe(result.metrics["heap_inuse_bytes"]);
    expect(space.frames.size).toBe(space.stackHash.length);
  });
});

describe("goroutines", () => {
  const profile = (blocked: number) =>
    gzipSync(
      encodeProfile(
        goroutineProfileFromText(`
          ${blocked} @ runtime.gopark:1 runtime.chansend:2 main.publish:30 main.worker:12
          3 @ runtime.gopark:1 runtime.selectgo:2 main.loop:8
        `),
      ),
    );
  const dump = (minutes: number) => ({
    body: `goroutine 1 [chan send, ${minutes} minutes]:\nmain.publish(...)\n\t/src/main.go:30 +0x1d\nmain.worker()\n\t/src/main.go:12 +0x1d\n\ngoroutine 2 [select]:\nmain.loop()\n\t/src/main.go:8 +0x1d\n`,
  });
  const at = (blocked: number, minutes: number): FakeAnswers => ({
    "/debug/pprof/goroutine": { body: profile(blocked) },
    "/debug/pprof/goroutine?debug=2": dump(minutes),
  });

  test("groups, the longest wait, and growth since the look before", async () => {
    const { result: first } = await run(goroutinesCheck, at(10, 0));
    expect(first).toMatchObject({
      outcome: "ok",
      metrics: { goroutines: 13, groups: 2, largest_group: 10, longest_wait_seconds: 0 },
      facts: { largest_group: expect.stringContaining("main.publish") },
    });
    expect(first.metrics).not.toHaveProperty("goroutines_growth");
    const previous: CheckResult = { ...first, atMs: first.atMs - 120_000 };
    const { result: second } = await run(goroutinesCheck, at(50, 12), { previous });
    expect(second.metrics).toMatchObject({
      goroutines: 53,
      goroutines_growth: 40,
      groups_growing: 1,
      largest_group_growth: 40,
      longest_wait_seconds: 720,
      waiting_long: 1,
    });
    expect(second.metrics["goroutines_per_minute"]).toBeCloseTo(20, 1);
    expect(second.facts["growing_most"]).toMatch(/^\+40: main\.publish .*main\.worker/);
    expect(second.captures.map(({ kind }) => kind)).toEqual(["goroutine", "goroutine-dump"]);
  });

  test("of very many no dump is taken, and without one the profile does", async () => {
    const { result, asked } = await run(goroutinesCheck, at(100, 5), {}, { max_dump_goroutines: 50 });
    expect(asked.at(-1)).toBe("/debug/pprof/goroutine");
    expect(result.metrics).not.toHaveProperty("longest_wait_seconds");
    const without = await run(goroutinesCheck, {
      ...at(10, 0),
      "/debug/pprof/goroutine?debug=2": { status: 403 },
    });
    expect(without.result).toMatchObject({ outcome: "ok", metrics: { goroutines: 13 } });
  });
});
