import { PatrolActivity } from "../../src/patrol/exporter/patrol-activity.ts";
import type {
  AlertSnapshot,
  PatrolSnapshot,
  PatrolView,
  TargetSnapshot,
} from "../../src/patrol/exporter/patrol-snapshot.ts";
import type { FindingRecord } from "../../src/patrol/finding-record.ts";
import type { RunRecord } from "../../src/patrol/run-record.ts";

const AT_MS = Date.UTC(2026, 10, 25, 12);

const SAMPLE_ALERTS: AlertSnapshot[] = [
  { target: "shop", rule: "runtime/latency", tier: "P1", phase: "firing" },
  { target: "shop", rule: "runtime/errors", tier: "P1", phase: "pending" },
];

/** A run as the patrol records it; `change` overrides. */
export function sampleRun(change: Partial<RunRecord> = {}): RunRecord {
  return {
    schema: "gopatrol.run/v1",
    id: `shop@${new Date(AT_MS).toISOString()}`,
    patrol: "west",
    target: "shop",
    labels: { team: "cart" },
    level: "L2",
    lane: "L2",
    trigger: "schedule",
    slotMs: AT_MS,
    startedMs: AT_MS + 40,
    endedMs: AT_MS + 290,
    latenessMs: 40,
    outcome: "passed",
    stages: [{ stage: "checks", outcome: "passed", elapsedMs: 250, detail: null }],
    checks: [
      {
        check: "runtime",
        kind: "runtime",
        outcome: "ok",
        problem: null,
        attempts: 1,
        elapsedMs: 31,
        metrics: { heap_live_bytes: 4e8, goroutines: 212 },
        facts: {},
        captures: [],
      },
    ],
    findings: [],
    alerts: [],
    redacted: {},
    configHash: "3f2a",
    version: "0.1.0",
    ...change,
  };
}

function sampleFinding(change: Partial<FindingRecord> = {}): FindingRecord {
  return {
    id: "f1",
    version: 1,
    target: "shop",
    pattern: "data/unbounded-map",
    site: "example.com/shop/cart.(*Store).Put (cart/store.go:41)",
    state: "open",
    severity: "critical",
    confidence: 0.9,
    headline: "a map grows without end",
    fix: ["delete what is done"],
    bytesPerSecond: 52_428,
    firstSeenMs: AT_MS - 3_600_000,
    atMs: AT_MS,
    runId: "shop@x",
    captures: [],
    ...change,
  };
}

export function sampleTarget(change: Partial<TargetSnapshot> = {}): TargetSnapshot {
  return {
    id: "shop",
    labels: { team: "cart", "app.kubernetes.io/name": 'a "quoted"\nname\\' },
    up: true,
    overdue: false,
    lastRunMs: AT_MS,
    metrics: {
      heap_live_bytes: 4e8,
      rss_bytes: 6e8,
      goroutines: 212,
      latency_ms: 12.5,
      heap_growth_bytes_per_second: 52_428,
      error_rate: 0.002,
    },
    limitBytes: 1e9,
    budget: { cpuSeconds: 0.4, captures: 2 },
    ...change,
  };
}

/** A patrol in which every family of metrics has a sample. */
export function samplePatrol(change: Partial<PatrolSnapshot> = {}): PatrolSnapshot {
  const activity = new PatrolActivity();
  activity.recordRun(sampleRun());
  activity.recordRun(sampleRun({ level: "L1", outcome: "findings", latenessMs: 1200 }));
  activity.recordRun(sampleRun({ outcome: "missed", checks: [] }));
  activity.recordDelivery("ops", "delivered", 3);
  activity.recordDelivery("ops", "retry", 0);
  return {
    atMs: AT_MS,
    patrol: "west",
    version: "0.1.0",
    startedMs: AT_MS - 86_400_000,
    process: {
      residentBytes: 1.2e8,
      heapUsedBytes: 4e7,
      cpuSeconds: 12.5,
      openDescriptors: 41,
      eventLoopDelaySeconds: 0.012,
    },
    configuration: { hash: "3f2a", loadedMs: AT_MS - 1000, lastReloadOk: true },
    paused: false,
    checksInFlight: 3,
    heavyInFlight: 1,
    activity,
    targets: [
      sampleTarget(),
      sampleTarget({ id: "pay", up: false, overdue: true, limitBytes: null, metrics: {} }),
    ],
    ruleMetrics: new Set(["error_rate", "latency_ms"]),
    alerts: SAMPLE_ALERTS,
    openFindings: [sampleFinding()],
    notificationsPending: new Map([["ops", 1]]),
    sinks: [
      {
        name: "elastic",
        stats: { delivered: 10, pending: 2, spooledBytes: 512, rejected: 1, dropped: 0, lastError: null },
      },
    ],
    breakers: [{ target: "pay", check: "tcp", state: "open" }],
    storeBytes: 1e6,
    rawCaptureBytes: 2e6,
    redacted: { email: 3 },
    ...change,
  };
}

export function sampleView(patrol: PatrolSnapshot = samplePatrol()): PatrolView {
  return {
    snapshot: () => patrol,
    health: () => ({ notAlive: [], notReady: [] }),
    bloat: (target) =>
      target !== "shop"
        ? null
        : {
            schema: "gopatrol.bloat/v1",
            target,
            atMs: AT_MS,
            windowSeconds: 30,
            verdict: "leak",
            liveHeapBytes: 4e8,
            limitBytes: 1e9,
            growthBytesPerSecond: 52_428,
            secondsToLimit: 11_444,
            goroutines: 212,
            sites: [
              {
                function: "example.com/shop/cart.(*Store).Put",
                file: "cart/store.go",
                line: 41,
                bytes: 3e8,
                growthBytes: 1_572_840,
                bytesPerSecond: 52_428,
              },
            ],
            goroutineGroups: [],
            findings: [],
          },
  };
}
