import type { CheckResult } from "../../src/patrol/check.ts";
import type { CheckConfig, Schedule, TargetConfig } from "../../src/patrol/config/patrol-config.ts";
import { FindingBook } from "../../src/patrol/run/finding-book.ts";
import { PreviousResults } from "../../src/patrol/run/previous-results.ts";
import type { RunPorts, RunYield } from "../../src/patrol/run/run-life.ts";
import type { RunRecord } from "../../src/patrol/run-record.ts";
import { HeavyCaptures, InFlight } from "../../src/patrol/schedule/in-flight.ts";
import { OverheadBudget } from "../../src/patrol/schedule/overhead-budget.ts";
import { passThrough } from "../../src/redact/redactor.ts";
import type { HandClock } from "./hand-clock.ts";

export function fakeTarget(id: string, part: Partial<TargetConfig> = {}): TargetConfig {
  return {
    id,
    address: `${id}.example:6060`,
    labels: {},
    checks: [],
    dependsOn: [],
    limitBytes: null,
    sourceDir: null,
    auth: null,
    ...part,
  };
}

export function fakeCheck(part: Partial<CheckConfig> & { schedule?: Schedule } = {}): CheckConfig {
  return {
    name: part.kind ?? "runtime",
    kind: "runtime",
    level: "L2",
    schedule: { kind: "interval", everyMs: 60_000, jitterMs: 0 },
    when: "always",
    matchers: [],
    timeoutMs: 1000,
    retries: 0,
    options: {},
    auth: null,
    rules: [],
    ...part,
  };
}

export function fakeResult(part: Partial<CheckResult> = {}): CheckResult {
  return {
    outcome: "ok",
    problem: null,
    metrics: { up: 1 },
    facts: {},
    inspection: null,
    profiles: [],
    captures: [],
    atMs: 0,
    elapsedMs: 5,
    targetCpuSeconds: 0.01,
    ...part,
  };
}

const HEAVY = new Set(["heap-diff", "inspect", "goroutines"]);

/** A run's world in memory; what was done to it is kept in lists. */
export function fakePorts(clock: HandClock) {
  const done = {
    stored: [] as RunYield[],
    amended: [] as RunRecord[],
    sunk: [] as RunRecord[],
    refused: [] as string[],
    told: [] as string[],
  };
  const ports: RunPorts = {
    clock,
    patrol: "test",
    version: "0.0.0",
    configHash: "c0ffee",
    permission: async () => [],
    configuration: () => null,
    metricName: (_, metric) => metric,
    precheck: async () => [],
    refused: (stage, refusals) => {
      for (const { about } of refusals) done.refused.push(`${stage} ${about}`);
    },
    checks: {
      clock,
      isHeavy: (kind) => HEAVY.has(kind),
      run: async () => ({ result: fakeResult({ atMs: clock.wallMs() }), attempts: 1 }),
      secret: async () => "",
      baseProfile: async () => null,
      keep: async (_, captures) => captures.map(({ kind }) => `sha-of-${kind}`),
      maxTargetMemory: 0.9,
      inFlight: new InFlight(10),
      heavy: new HeavyCaptures(2),
      budget: new OverheadBudget({ cpuSecondsPerHour: 60, capturesPerHour: 10 }),
      isSuspect: () => false,
      isPaused: () => false,
      previous: new PreviousResults(),
    },
    looked: () => {},
    findings: new FindingBook([]),
    judge: {
      judge: () => ({ events: [], unstored: { alerts: [], events: [] } }),
      giveBack: () => {},
      notify: (events) => {
        for (const { event, rule } of events) done.told.push(`${event} ${rule}`);
        return events.length === 0 ? null : `${events.length} changes`;
      },
    },
    redactor: passThrough,
    store: async (yielded) => {
      done.stored.push(yielded);
    },
    amend: (run) => {
      done.amended.push(run);
    },
    sinks: (run) => {
      done.sunk.push(run);
      return { took: [], dropped: [] };
    },
    stageTimeoutMs: 10_000,
  };
  return { ports, done };
}
