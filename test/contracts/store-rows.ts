import type { AlertEvent, AlertState } from "../../src/patrol/alert.ts";
import type { FindingRecord } from "../../src/patrol/finding-record.ts";
import type { RunRecord } from "../../src/patrol/run-record.ts";
import { hashStack } from "../../src/patrol/stack-hash.ts";
import type { StackSums } from "../../src/patrol/stack-sums.ts";
import type { TargetRow } from "../../src/store/store.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** A midnight: hours and days of the rows begin where those of the store do. */
export const START: number = Date.UTC(2026, 10, 10);

export function targetRow(id: string, seenMs: number): TargetRow {
  return {
    id,
    address: `http://${id}:6060`,
    labels: { service: "shop" },
    firstSeenMs: seenMs,
    lastSeenMs: seenMs,
  };
}

/** A profile whose stacks are named by their frames. */
export function stackSums(
  stacks: readonly (readonly [frames: string, value: number])[],
  facts: { type?: string; atMs: number; durationMs?: number },
): StackSums {
  const rows = stacks
    .map(([text, value]) => ({ frames: text.split(";"), value }))
    .map((row) => ({ ...row, hash: hashStack(row.frames) }))
    .sort((a, b) => (a.hash < b.hash ? -1 : 1));
  return {
    type: facts.type ?? "heap/inuse_space",
    unit: "bytes",
    atMs: facts.atMs,
    durationMs: facts.durationMs ?? 0,
    total: rows.reduce((sum, row) => sum + row.value, 0),
    stackHash: BigUint64Array.from(rows, (row) => row.hash),
    value: Float64Array.from(rows, (row) => row.value),
    frames: new Map(rows.map((row) => [row.hash, row.frames])),
  };
}

export function runRecord(target: string, slotMs: number, more: Partial<RunRecord> = {}): RunRecord {
  return {
    schema: "gopatrol.run/v1",
    id: `${target}@${new Date(slotMs).toISOString()}/L2-1m`,
    patrol: "test",
    target,
    labels: { service: "shop" },
    level: "L2",
    lane: "L2-1m",
    trigger: "schedule",
    slotMs,
    startedMs: slotMs + 12,
    endedMs: slotMs + 112,
    latenessMs: 12,
    outcome: "passed",
    stages: [{ stage: "checks", outcome: "passed", elapsedMs: 95.5, detail: null }],
    checks: [
      {
        check: "runtime",
        kind: "runtime",
        outcome: "ok",
        problem: null,
        attempts: 1,
        elapsedMs: 95.25,
        facts: {},
        metrics: { heap_live_bytes: 12_345_678, goroutines: 42 },
        captures: [],
      },
    ],
    findings: [],
    alerts: [],
    redacted: {},
    configHash: "c0ffee",
    version: "0.1.0",
    ...more,
  };
}

export function findingRecord(id: string, version: number, more: Partial<FindingRecord> = {}): FindingRecord {
  return {
    id,
    version,
    target: "shop-1",
    pattern: "data/unbounded-map",
    site: "example.com/shop.(*Cache).Put (cache.go:41)",
    state: "open",
    severity: "warning",
    confidence: 0.9,
    headline: "A map only grows: “键” …",
    fix: ["Delete what is old."],
    bytesPerSecond: 1234.5,
    firstSeenMs: START,
    atMs: START + version * MINUTE,
    runId: `shop-1@${new Date(START).toISOString()}`,
    captures: ["ab".repeat(32)],
    ...more,
  };
}

export function alertState(id: string, lastEvaluatedMs: number, more: Partial<AlertState> = {}): AlertState {
  return {
    id,
    kind: "threshold",
    target: "shop-1",
    rule: "runtime/slow",
    tier: "P1",
    labels: { service: "shop" },
    phase: "firing",
    sinceMs: START,
    holdsSinceMs: START,
    firedMs: START,
    resolvedMs: null,
    fired: [START],
    lastEvaluatedMs,
    samples: 3,
    unknownSinceMs: null,
    values: { latency_ms: 412.5 },
    summary: "latency_ms = 412.5 > 300",
    finding: null,
    held: null,
    notified: { oncall: { state: "firing", atMs: START, tier: "P1" } },
    ...more,
  };
}

export function alertEvent(target: string, atMs: number, reason: string): AlertEvent {
  return { alert: "a1", target, rule: "slow", tier: "P1", atMs, event: "fired", reason, receiver: null };
}
