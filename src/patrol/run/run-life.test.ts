import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { fakeCheck, fakePorts, fakeResult, fakeTarget } from "../../../test/support/fake-run.ts";
import { HandClock, settle } from "../../../test/support/hand-clock.ts";
import type { AlertEvent } from "../alert.ts";
import type { CheckConfig } from "../config/patrol-config.ts";
import { buildLanes } from "../schedule/lane.ts";
import { runIdOf } from "../schedule/scheduler.ts";
import { buildMissedRun, executeRun, type RunPorts, type RunRequest } from "./run-life.ts";

const validate = new Ajv2020({ strict: false }).compile(
  JSON.parse(readFileSync(new URL("../../../docs/schema/run-v1.schema.json", import.meta.url), "utf8")),
);

function request(clock: HandClock, checks: CheckConfig[], part: Partial<RunRequest> = {}): RunRequest {
  const [lane] = buildLanes(checks, {
    isHeavy: (kind) => ["heap-diff", "inspect", "goroutines"].includes(kind),
    baseProfileEveryMs: 3_600_000,
  });
  const slotMs = clock.wallMs();
  return {
    runId: runIdOf("shop", slotMs, lane!.name),
    target: fakeTarget("shop", { labels: { service: "shop" } }),
    lane: lane!,
    slotMs,
    dueMs: slotMs,
    trigger: "schedule",
    signal: new AbortController().signal,
    ...part,
  };
}

const fired: AlertEvent = {
  alert: "a1",
  target: "shop",
  rule: "runtime/heap",
  tier: "P1",
  atMs: 1,
  event: "fired",
  reason: "heap_live_bytes = 9 > 8",
  receiver: null,
};

test("a run goes through all steps in their order, and its record is what the schema says", async () => {
  const clock = new HandClock();
  const { ports, done } = fakePorts(clock);
  ports.judge.judge = () => ({ events: [fired], unstored: { alerts: [], events: [fired] } });
  ports.sinks = () => ({ took: ["elastic"], dropped: [] });
  const run = await executeRun(request(clock, [fakeCheck()]), ports);
  expect(run.stages.map(({ stage, outcome }) => `${stage} ${outcome}`)).toEqual([
    "permission passed",
    "configuration passed",
    "precheck passed",
    "checks passed",
    "report passed",
    "store passed",
    "sinks passed",
    "notify passed",
  ]);
  expect(run.outcome).toBe("findings");
  expect(run.id).toBe("shop@2026-11-25T00:00:00.000Z/L2-1m");
  expect(done.told).toEqual(["fired runtime/heap"]);
  expect(done.stored[0]?.metrics).toEqual([{ target: "shop", atMs: clock.wallMs(), values: { up: 1 } }]);
  expect(done.stored[0]?.run.stages.at(-1)).toMatchObject({ stage: "store", outcome: "passed" });
  expect(done.amended).toEqual([run]);
  validate(JSON.parse(JSON.stringify(run)));
  expect(validate.errors).toBeNull();
});

test.each<[string, Partial<RunPorts>, string]>([
  ["permission", { permission: async () => ["it runs as root"] }, "permission permission"],
  [
    "precheck",
    { precheck: async () => [{ about: "disk", detail: "3 % of the disk is free" }] },
    "precheck disk",
  ],
])("%s refused: no check is run, and the report is written all the same", async (stage, part, notice) => {
  const clock = new HandClock();
  const { ports, done } = fakePorts(clock);
  Object.assign(ports, part);
  ports.checks.run = () => Promise.reject(new Error("must not be called"));
  const run = await executeRun(request(clock, [fakeCheck()]), ports);
  expect(run.outcome).toBe("refused");
  expect(run.checks).toEqual([]);
  expect(run.stages.find((each) => each.stage === stage)?.outcome).toBe("refused");
  expect(run.stages.find((each) => each.stage === "checks")?.outcome).toBe("skipped");
  expect(done.refused).toEqual([notice]);
  expect(done.stored).toHaveLength(1);
});

test("a step that throws or hangs is a failed step, and the run ends", async () => {
  const clock = new HandClock();
  const { ports, done } = fakePorts(clock);
  ports.store = () => new Promise(() => {});
  const running = executeRun(request(clock, [fakeCheck()]), ports);
  await clock.pass(10_001);
  const run = await running;
  expect(run.stages.find(({ stage }) => stage === "store")).toMatchObject({
    outcome: "failed",
    detail: "it took longer than 10 s",
  });
  expect(run.outcome).toBe("failed");
  // Nobody is told of what history does not know.
  expect(run.stages.at(-1)).toMatchObject({ stage: "notify", outcome: "skipped" });
  expect(done.amended).toEqual([]);
  expect(done.sunk).toHaveLength(1);
});

test("checks run in parallel, and one that breaks does not take the others with it", async () => {
  const clock = new HandClock();
  const { ports } = fakePorts(clock);
  let atOnce = 0;
  let most = 0;
  ports.checks.run = async (check) => {
    most = Math.max(most, ++atOnce);
    await settle();
    atOnce--;
    if (check.name === "bad") throw new Error("a bug");
    if (check.name === "down") {
      return {
        result: fakeResult({
          outcome: "failed",
          problem: { code: "connect-refused", message: "nothing listens", hint: null },
          metrics: { up: 0 },
        }),
        attempts: 3,
      };
    }
    return { result: fakeResult(), attempts: 1 };
  };
  const run = await executeRun(
    request(clock, [fakeCheck({ name: "good" }), fakeCheck({ name: "bad" }), fakeCheck({ name: "down" })]),
    ports,
  );
  expect(most).toBe(3);
  expect(run.checks.map(({ check, outcome, problem }) => [check, outcome, problem?.code])).toEqual([
    ["good", "ok", undefined],
    ["bad", "error", "internal"],
    ["down", "failed", "connect-refused"],
  ]);
  expect(run.outcome).toBe("failed");
});

test("an abandoned run says so and is recorded", async () => {
  const clock = new HandClock();
  const { ports, done } = fakePorts(clock);
  const abandon = new AbortController();
  ports.checks.run = (_, __, { signal }) =>
    new Promise((resolve) => {
      signal.addEventListener("abort", () =>
        resolve({
          result: fakeResult({
            outcome: "error",
            problem: { code: "interrupted", message: "the patrol stopped", hint: null },
          }),
          attempts: 1,
        }),
      );
    });
  const running = executeRun(request(clock, [fakeCheck()], { signal: abandon.signal }), ports);
  await settle();
  abandon.abort();
  expect((await running).outcome).toBe("abandoned");
  expect(done.stored).toHaveLength(1);
});

test("profiles are taken of suspects only, within the budget, and of all when asked by hand", async () => {
  const clock = new HandClock();
  const { ports } = fakePorts(clock);
  const heapDiff = fakeCheck({ kind: "heap-diff", level: "L3", when: "suspect" });
  ports.checks.run = async () => ({ result: fakeResult({ targetCpuSeconds: 25 }), attempts: 1 });
  const outcome = async (part: Partial<RunRequest> = {}) => {
    const run = await executeRun(request(clock, [heapDiff], part), ports);
    return [run.checks[0]?.outcome, run.checks[0]?.problem?.code, run.outcome];
  };
  expect(await outcome()).toEqual(["skipped", "not-suspect", "passed"]);
  expect(await outcome({ trigger: "once" })).toEqual(["ok", undefined, "passed"]);
  ports.checks.isSuspect = () => true;
  expect(await outcome({ trigger: "suspicion" })).toEqual(["ok", undefined, "passed"]);
  // 50 of 60 CPU seconds are spent, and the next is expected to cost as much as the last.
  expect(await outcome()).toEqual(["refused", "budget-spent", "passed"]);
  await clock.pass(3_900_000);
  expect(await outcome()).toEqual(["ok", undefined, "passed"]);
});

test("while it is paused checks are skipped, and the record says why", async () => {
  const clock = new HandClock();
  const { ports } = fakePorts(clock);
  ports.checks.isPaused = () => true;
  const run = await executeRun(request(clock, [fakeCheck()]), ports);
  expect(run.checks[0]).toMatchObject({ outcome: "skipped", problem: { code: "paused" } });
});

test("a check sees its own last good result, without the bytes of its captures", async () => {
  const clock = new HandClock();
  const { ports } = fakePorts(clock);
  const seen: unknown[] = [];
  ports.checks.run = async (_, __, context) => {
    seen.push(context.previous);
    const captures = [{ kind: "heap", bytes: new Uint8Array(10), atMs: 0 }];
    return { result: fakeResult({ metrics: { up: 1, gc_cycles: 7 }, captures }), attempts: 1 };
  };
  const first = await executeRun(request(clock, [fakeCheck()]), ports);
  await executeRun(request(clock, [fakeCheck()]), ports);
  expect(first.checks[0]?.captures).toEqual(["sha-of-heap"]);
  expect(seen).toMatchObject([null, { metrics: { gc_cycles: 7 }, captures: [] }]);
});

test("slots that went by are a record of the same form", () => {
  const clock = new HandClock();
  const { ports } = fakePorts(clock);
  const { lane, target, slotMs } = request(clock, [fakeCheck()]);
  const run = buildMissedRun(
    { target, lane, runId: "x", fromMs: slotMs - 300_000, toMs: slotMs, count: 6, reason: "down" },
    ports,
  );
  validate(JSON.parse(JSON.stringify(run)));
  expect(validate.errors).toBeNull();
  expect(run.stages[0]?.detail).toBe(
    "6 slots from 2026-11-24T23:55:00.000Z to 2026-11-25T00:00:00.000Z missed: no patrol was running",
  );
});
