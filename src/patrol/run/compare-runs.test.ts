import { expect, test } from "vitest";
import type { CheckRecord, RunRecord } from "../run-record.ts";
import { compareRuns, DEFAULT_RULES } from "./compare-runs.ts";

function run(target: string, metrics: Record<string, number>, part: Partial<CheckRecord> = {}): RunRecord {
  const check: CheckRecord = {
    check: "runtime",
    kind: "runtime",
    outcome: "ok",
    problem: null,
    attempts: 1,
    elapsedMs: Math.random(),
    metrics,
    facts: { go: "go1.26.8" },
    captures: [],
    ...part,
  };
  return {
    schema: "gopatrol.run/v1",
    id: `${target}@${Math.random()}`,
    patrol: "p",
    target,
    labels: {},
    level: "L2",
    lane: "L2-1m",
    trigger: "once",
    slotMs: 0,
    startedMs: 0,
    endedMs: 0,
    latenessMs: 0,
    outcome: "passed",
    stages: [],
    checks: [check],
    findings: [],
    alerts: [],
    redacted: {},
    configHash: "",
    version: "",
  };
}

const fleet = (
  change: (i: number, metrics: Record<string, number>) => Record<string, number> = (_, m) => m,
) =>
  Array.from({ length: 50 }, (_, i) =>
    run(`t${i}`, change(i, { up: 1, goroutines: 40, heap_live_bytes: 5e7, gc_cycles: i, latency_ms: 4 })),
  );

test("what a service does by itself between two looks is no difference", () => {
  const later = fleet((_, m) => ({
    ...m,
    goroutines: 47,
    heap_live_bytes: 5.9e7,
    gc_cycles: 9000,
    latency_ms: 30,
  }));
  expect(compareRuns(fleet(), later.reverse())).toMatchObject({
    outcome: "same",
    differing: 0,
    compared: 300,
  });
});

test("one of two hundred fields is allowed, two are not, and each is told with its reason", () => {
  const broken = (count: number) => fleet((i, m) => (i < count ? { ...m, up: 0 } : m));
  expect(compareRuns(fleet(), broken(1)).outcome).toBe("same");
  const comparison = compareRuns(fleet(), broken(2));
  expect(comparison.outcome).toBe("differs");
  expect(comparison.differences[0]).toEqual({
    field: "t0/runtime/metrics.up",
    old: 1,
    new: 0,
    why: "differs by 100 %, 0 % are allowed",
  });
});

test("a target, check or metric that is missing on one side counts with all its fields", () => {
  const comparison = compareRuns(fleet(), fleet().slice(1));
  expect(comparison.differing).toBe(6);
  expect(comparison.differences[0]?.why).toBe("only in the old one");
  expect(
    compareRuns(
      fleet(),
      fleet((_, { up: _up, ...m }) => m),
    ).differing,
  ).toBe(50);
});

test("fields can be left out, and have a tolerance of their own", () => {
  const later = fleet((_, m) => ({ ...m, up: 0, goroutines: 400 }));
  const rules = {
    ...DEFAULT_RULES,
    ignore: ["*/runtime/metrics.u*", "t1*/runtime/metrics.goroutines"],
    tolerances: [{ field: "*/*/metrics.goroutines", tolerance: { relative: 0.95, absolute: 0 } }],
  };
  expect(compareRuns(fleet(), later, rules)).toMatchObject({ outcome: "same", differing: 0 });
  expect(compareRuns(fleet(), later, { ...rules, tolerances: [] })).toMatchObject({ differing: 39 });
});

test("too few fields are no proof", () => {
  expect(compareRuns([run("a", { up: 1 })], [run("a", { up: 1 })]).outcome).toBe("too-few-fields");
});
