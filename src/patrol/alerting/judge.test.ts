import { expect, test } from "vitest";
import type { CheckResult } from "../check.ts";
import type { CheckConfig, RuleConfig } from "../config/patrol-config.ts";
import { compileRules, judgeOverdue, judgeResult } from "./judge.ts";

const METRICS = ["up", "latency_ms", "error_rate"];

function observe(over: Partial<RuleConfig>, result: Partial<CheckResult>) {
  const rule: RuleConfig = {
    name: "slow",
    expression: "latency_ms > 300",
    clearExpression: null,
    forMs: 0,
    keepFiringForMs: 0,
    minSamples: 1,
    onUnknown: "hold",
    tier: "P2",
    summary: null,
    labels: { team: "pay" },
    ...over,
  };
  const rules = compileRules({ name: "http", rules: [rule] } as unknown as CheckConfig, METRICS);
  const about = { target: "checkout", labels: { env: "prod" }, atMs: 1 };
  return judgeResult({ name: "http" }, rules, about, {
    outcome: "ok",
    problem: null,
    metrics: {},
    ...result,
  });
}

const timeout: CheckResult["problem"] = {
  code: "connect-timeout",
  message: "no answer within 5 s",
  hint: null,
};

test("a rule with its numbers; rule, target and check are labels", () => {
  expect(observe({}, { metrics: { up: 1, latency_ms: 412 } })).toMatchObject([
    {
      kind: "threshold",
      rule: "http/slow",
      holds: true,
      clears: false,
      reason: "latency_ms = 412 > 300",
      labels: { env: "prod", team: "pay", check: "http" },
    },
  ]);
});

test("a rule about up is about availability, and says what went wrong rather than up = 0", () => {
  const down = observe(
    { name: "down", expression: "up < 1" },
    { outcome: "failed", problem: timeout, metrics: { up: 0 } },
  );
  expect(down).toMatchObject([{ kind: "availability", holds: true, reason: "no answer within 5 s" }]);
  const well = observe({ name: "down", expression: "up < 1" }, { metrics: { up: 1 } });
  expect(well).toMatchObject([{ kind: "availability", holds: false, clears: true }]);
});

test("what is missing: hold keeps it unknown, alert fires, warn is an alert of its own", () => {
  const failed = { outcome: "failed", problem: timeout, metrics: { up: 0 } } as const;
  expect(observe({}, failed)).toMatchObject([
    { holds: null, clears: null, reason: "latency_ms is missing (no answer within 5 s)" },
  ]);
  expect(observe({ onUnknown: "alert" }, failed)).toMatchObject([{ holds: true, clears: false }]);
  expect(observe({ onUnknown: "warn" }, { metrics: { up: 1 } })).toMatchObject([
    { kind: "threshold", holds: null },
    { kind: "missing", rule: "http/slow/unknown", tier: "P3", holds: true, reason: "latency_ms is missing" },
  ]);
  // That the target does not answer has an alert already.
  expect(observe({ onUnknown: "warn" }, failed)).toMatchObject([{ holds: null }, { holds: null }]);
});

test("not having been allowed to look says nothing, whatever the policy", () => {
  const refused = {
    outcome: "refused",
    problem: { code: "budget-spent", message: "budget spent", hint: null },
  } as const;
  for (const onUnknown of ["hold", "warn", "alert"] as const) {
    for (const { holds, clears } of observe({ onUnknown }, refused))
      expect([holds, clears]).toEqual([null, null]);
  }
});

test("hysteresis is judged by its own expression, also where that asks what is missing", () => {
  const clear = { clearExpression: "missing(latency_ms) OR latency_ms < 200" };
  const clears = (metrics: Record<string, number>) => observe(clear, { metrics })[0]!.clears;
  expect(clears({ latency_ms: 250 })).toBe(false);
  expect(clears({ latency_ms: 150 })).toBe(true);
  expect(clears({})).toBe(true);
});

test("overdue by so many slots", () => {
  const about = { target: "a", labels: {}, atMs: 200_000 };
  const look = { everyMs: 60_000, overdueSlots: 3, tier: "P2" } as const;
  expect(judgeOverdue(about, { ...look, lastResultMs: 30_000 }).holds).toBe(false);
  expect(judgeOverdue(about, { ...look, lastResultMs: 10_000 })).toMatchObject({
    holds: true,
    reason: "last result 3 min 10 s ago, expected every 1 min",
  });
});
