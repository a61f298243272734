import { describe, expect, test } from "vitest";
import { contextOf, targetAt } from "../../../test/support/probe-scene.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Check, CheckResult } from "../check.ts";
import { CHECK_TYPES } from "../check-types/check-types.ts";
import type { ProblemCode } from "../check-types/problem-codes.ts";
import { type CheckJob, ResilientRunner } from "./resilient-runner.ts";

/** A clock whose sleepers wake at once, noting how long they would have slept; long sleeps never end by themselves. */
class QuickClock implements Clock {
  nowMs = 1_000_000;
  readonly slept: number[] = [];

  wallMs(): number {
    return this.nowMs;
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (ms > 6000) return new Promise((wake) => signal.addEventListener("abort", () => wake()));
    this.slept.push(ms);
    this.nowMs += ms;
    return Promise.resolve();
  }
}

function resultOf(code: ProblemCode | null, outcome: CheckResult["outcome"] = "failed"): CheckResult {
  return {
    outcome: code === null ? "ok" : outcome,
    problem: code === null ? null : { code, message: "", hint: null },
    metrics: {},
    facts: {},
    inspection: null,
    profiles: [],
    captures: [],
    atMs: 0,
    elapsedMs: 1,
    targetCpuSeconds: 0.5,
  };
}

function jobOf(
  results: () => CheckResult | Promise<CheckResult>,
  more: Partial<CheckJob> = {},
): { job: CheckJob; runs: () => number } {
  let runs = 0;
  const check: Check = {
    ...CHECK_TYPES.tcp,
    run: async () => {
      runs++;
      return results();
    },
  };
  const job: CheckJob = {
    check,
    name: "c",
    target: targetAt("h:1"),
    options: {},
    context: contextOf({ timeoutMs: 5000 }),
    retries: 2,
    ...more,
  };
  return { job, runs: () => runs };
}

describe("retries", () => {
  test("what may be gone is tried again, with growing and random waits, and the cost adds up", async () => {
    const clock = new QuickClock();
    const runner = new ResilientRunner(clock, () => 0.5);
    const { job } = jobOf(() => resultOf("connection-reset"));
    expect(await runner.run(job)).toMatchObject({
      attempts: 3,
      result: { problem: { code: "connection-reset" }, targetCpuSeconds: 1.5 },
    });
    expect(clock.slept).toEqual([500, 875]);
  });

  test("a success ends them", async () => {
    let n = 0;
    const { job } = jobOf(() => resultOf(n++ === 0 ? "timeout" : null));
    expect(await new ResilientRunner(new QuickClock(), () => 0).run(job)).toMatchObject({
      attempts: 2,
      result: { outcome: "ok" },
    });
  });

  test.each<[ProblemCode, CheckResult["outcome"]]>([
    ["wrong-password", "failed"],
    ["bad-status", "failed"],
    ["memory-near-limit", "refused"],
    ["internal", "error"],
  ])("%s is not tried again", async (code, outcome) => {
    const { job } = jobOf(() => resultOf(code, outcome));
    expect((await new ResilientRunner(new QuickClock(), () => 0).run(job)).attempts).toBe(1);
  });

  test("a heavy look that timed out is not asked for twice", async () => {
    const heavy = (code: ProblemCode) => {
      const { job } = jobOf(() => resultOf(code));
      job.check = { ...job.check, heavy: true };
      return new ResilientRunner(new QuickClock(), () => 0).run(job);
    };
    expect((await heavy("timeout")).attempts).toBe(1);
    expect((await heavy("connect-refused")).attempts).toBe(3);
  });

  test("when the patrol stops, so do they", async () => {
    const stop = new AbortController();
    const { job } = jobOf(
      () => {
        stop.abort();
        return resultOf("timeout");
      },
      { context: contextOf({ signal: stop.signal }) },
    );
    expect((await new ResilientRunner(new QuickClock(), () => 0).run(job)).attempts).toBe(1);
  });
});

describe("the breaker", () => {
  test("opens after five failures, lets one through when its time is over, and stays open twice as long if that fails", async () => {
    const clock = new QuickClock();
    const runner = new ResilientRunner(clock, () => 0);
    let isUp = false;
    const { job, runs } = jobOf(() => resultOf(isUp ? null : "connect-refused"), { retries: 0 });
    for (let n = 0; n < 5; n++) await runner.run(job);
    expect(runner.breakers.countOpen(clock.nowMs)).toBe(1);
    expect(await runner.run(job)).toMatchObject({
      attempts: 0,
      result: { outcome: "failed", problem: { code: "breaker-open" }, metrics: { up: 0 } },
    });
    clock.nowMs += 30_001;
    expect((await runner.run({ ...job, retries: 3 })).attempts).toBe(1);
    clock.nowMs += 30_001;
    expect((await runner.run(job)).attempts).toBe(0);
    clock.nowMs += 30_001;
    isUp = true;
    expect(await runner.run(job)).toMatchObject({ attempts: 1, result: { outcome: "ok" } });
    expect(runs()).toBe(7);
    isUp = false;
    expect((await runner.run(job)).attempts).toBe(1);
  });

  test("is of one target and check alone, and a wrong answer does not open it", async () => {
    const runner = new ResilientRunner(new QuickClock(), () => 0);
    const down = jobOf(() => resultOf("connect-timeout"), { retries: 0 });
    for (let n = 0; n < 6; n++) await runner.run(down.job);
    expect((await runner.run({ ...down.job, name: "other" })).attempts).toBe(1);
    expect((await runner.run({ ...down.job, target: targetAt("h:1", { id: "u" }) })).attempts).toBe(1);
    const wrong = jobOf(() => resultOf("bad-status"), { retries: 0, name: "wrong" });
    for (let n = 0; n < 9; n++) expect((await runner.run(wrong.job)).attempts).toBe(1);
  });

  test("one trial at a time, and one that was interrupted gives way to the next", async () => {
    const clock = new QuickClock();
    const runner = new ResilientRunner(clock, () => 0);
    const { job } = jobOf(() => resultOf("timeout"), { retries: 0 });
    for (let n = 0; n < 5; n++) await runner.run(job);
    clock.nowMs += 40_000;
    const trial = Promise.withResolvers<CheckResult>();
    const slow = jobOf(() => trial.promise, { retries: 0 });
    const first = runner.run(slow.job);
    expect((await runner.run(job)).attempts).toBe(0);
    trial.resolve(resultOf("interrupted", "error"));
    expect((await first).attempts).toBe(1);
    expect((await runner.run(job)).attempts).toBe(1);
  });
});

test("a check that throws or never ends is a result all the same", async () => {
  const throwing = jobOf(() => Promise.reject(new TypeError("x")));
  const runner = new ResilientRunner(new QuickClock(), () => 0);
  expect((await runner.run(throwing.job)).result).toMatchObject({
    outcome: "error",
    problem: { code: "internal" },
  });
  const stuck = jobOf(() => new Promise<CheckResult>(() => {}), { context: contextOf({ timeoutMs: 100 }) });
  expect((await runner.run(stuck.job)).result).toMatchObject({
    outcome: "error",
    problem: { code: "internal" },
  });
});
