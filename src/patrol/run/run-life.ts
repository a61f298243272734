import { assert } from "../../lib/assert.ts";
import type { Clock } from "../../lib/clock.ts";
import type { RedactionCounts, Redactor } from "../../redact/redactor.ts";
import type { AlertEvent, AlertState } from "../alert.ts";
import type { CheckResult } from "../check.ts";
import type { CheckConfig, TargetConfig } from "../config/patrol-config.ts";
import type { FindingRecord } from "../finding-record.ts";
import type { RunRecord, StageName } from "../run-record.ts";
import type { Lane } from "../schedule/lane.ts";
import type { StackSums } from "../stack-sums.ts";
import type { FindingBook } from "./finding-book.ts";
import type { PrecheckRefusal } from "./precheck.ts";
import { type CheckDone, type CheckPorts, runChecks } from "./run-checks.ts";
import { PASSED, StageLog, type StageOutcome, skipped } from "./stage-log.ts";

export interface RunRequest {
  runId: string;
  target: TargetConfig;
  lane: Lane;
  slotMs: number;
  dueMs: number;
  trigger: RunRecord["trigger"];
  /** Aborted: what is under way is given up, and the run is recorded as abandoned. */
  signal: AbortSignal;
}

/** What one run leaves, written as one. */
export interface RunYield {
  run: RunRecord;
  metrics: { target: string; atMs: number; values: Readonly<Record<string, number>> }[];
  profiles: { target: string; service: string; sums: StackSums }[];
  findings: FindingRecord[];
  alerts: AlertState[];
  events: AlertEvent[];
}

interface JudgedRun {
  /** What this run changed. */
  events: AlertEvent[];
  /** What the store does not have yet, of this run and of whatever came between. */
  unstored: { alerts: AlertState[]; events: AlertEvent[] };
}

/** Judges rules and findings; what it says is stored before anybody is told of it. */
export interface RunJudge {
  judge(done: {
    target: TargetConfig;
    runId: string;
    checks: readonly { config: CheckConfig; result: CheckResult }[];
    findings: readonly FindingRecord[];
    atMs: number;
  }): JudgedRun;
  /** They could not be stored: they go with the next. */
  giveBack(unstored: { alerts: AlertState[]; events: AlertEvent[] }): void;
  /** Hands changes over to the notifications; returns what that was, for the record, or null if there was nothing. */
  notify(events: readonly AlertEvent[]): string | null;
}

/** What a run needs of the world. */
export interface RunPorts {
  clock: Clock;
  patrol: string;
  version: string;
  configHash: string;
  /** Why the patrol may not run as it is; empty if it may. */
  permission(): Promise<readonly string[]>;
  /** Why the configuration in use is not the one that is written down; null if it is. */
  configuration(): string | null;
  precheck(target: TargetConfig, lane: Lane): Promise<readonly PrecheckRefusal[]>;
  /** Somebody has to know that runs were refused, once and not for each run. */
  refused(stage: "permission" | "precheck", refusals: readonly PrecheckRefusal[], target: TargetConfig): void;
  checks: CheckPorts;
  /** What history calls a metric of one of the target's checks. */
  metricName(check: string, metric: string): string;
  /** For who shows the newest values. */
  looked(target: TargetConfig, done: readonly CheckDone[]): void;
  findings: FindingBook;
  judge: RunJudge;
  redactor: Redactor;
  /** Resolves once it is durable. */
  store(yielded: RunYield): Promise<void>;
  /** The same run with its last steps. */
  amend(run: RunRecord): void;
  /** Names of sinks that took the record and of those that could not. */
  sinks(run: RunRecord): { took: string[]; dropped: string[] };
  /** No step but the checks takes longer. */
  stageTimeoutMs: number;
}

/**
 * One run from trigger to notification. Every step is in its record, which is stored whatever happened before; the
 * order is that of the design, and nobody is told of what is not durable. Never throws.
 */
export async function executeRun(request: RunRequest, ports: RunPorts): Promise<RunRecord> {
  const { clock } = ports;
  const { target, lane } = request;
  const startedMs = clock.wallMs();
  const stages = new StageLog(clock);
  const within = <T>(step: () => Promise<T>) => limitTime(step, ports.stageTimeoutMs, clock);

  const stop = await takeFirstSteps(request, ports, stages, within);
  let done: CheckDone[] = [];
  const versions: FindingRecord[] = [];
  let judged: JudgedRun = { events: [], unstored: { alerts: [], events: [] } };
  if (stop === undefined) {
    await stages.take("checks", async () => {
      done = await runChecks(request, ports.checks);
      return describeChecks(done);
    });
  } else stages.skipRest(["checks"], `${stop} did not pass`);

  const endedMs = clock.wallMs();
  ports.looked(target, done);
  await stages.take("report", () => {
    for (const { config, result, record } of done) {
      if (result === null || result.inspection === null) continue;
      const { captures } = record;
      const { runId } = request;
      const diagnosis = { target: target.id, kind: config.kind, runId, atMs: result.atMs, captures };
      versions.push(...ports.findings.update({ ...diagnosis, inspection: result.inspection }));
    }
    judged = ports.judge.judge({
      target,
      runId: request.runId,
      checks: done.flatMap(({ config, result }) => (result === null ? [] : [{ config, result }])),
      findings: versions,
      atMs: endedMs,
    });
    return PASSED;
  });

  const whole: RunRecord = {
    schema: "gopatrol.run/v1",
    id: request.runId,
    patrol: ports.patrol,
    target: target.id,
    labels: target.labels,
    level: lane.level,
    lane: lane.name,
    trigger: request.trigger,
    slotMs: request.slotMs,
    startedMs,
    endedMs,
    latenessMs: Math.max(0, startedMs - request.dueMs),
    outcome: findOutcome(request, stages, done, judged.events, ports.findings.openOf(target.id)),
    stages: stages.records,
    checks: done.map(({ record }) => record),
    findings: versions,
    alerts: judged.events,
    redacted: {},
    configHash: ports.configHash,
    version: ports.version,
  };
  const { run, findings, alerts, events } = redactYield(whole, judged.unstored, ports.redactor);

  const stored = await stages.take("store", async () => {
    // That it is in the store says that it was stored.
    const stored = { ...run, stages: [...run.stages, { stage: "store" as const, ...PASSED, elapsedMs: 0 }] };
    await within(() =>
      ports.store({
        run: stored,
        findings,
        alerts,
        events,
        ...collectHistory(target, done, ports.metricName),
      }),
    );
    return PASSED;
  });
  if (stored.outcome !== "passed") ports.judge.giveBack(judged.unstored);
  run.stages = stages.records;
  if (stored.outcome !== "passed") run.outcome = "failed";
  await stages.take("sinks", () => describeSinks(ports.sinks({ ...run, stages: [...stages.records] })));
  await stages.take("notify", () => {
    // Else a restart would tell of it again, or of something that history does not know.
    if (stored.outcome !== "passed") return skipped("nothing was stored");
    const said = ports.judge.notify(judged.events);
    return said === null ? skipped("nothing changed") : { outcome: "passed", detail: said };
  });
  if (stored.outcome === "passed") ports.amend(run);
  return run;
}

/** Permission, configuration, precheck: the name of the step that ends the run, if one does. */
async function takeFirstSteps(
  { target, lane }: RunRequest,
  ports: RunPorts,
  stages: StageLog,
  within: <T>(step: () => Promise<T>) => Promise<T>,
): Promise<StageName | undefined> {
  const refuse = (stage: "permission" | "precheck", refusals: readonly PrecheckRefusal[]): StageOutcome => {
    if (refusals.length === 0) return PASSED;
    ports.refused(stage, refusals, target);
    return { outcome: "refused", detail: refusals.map(({ detail }) => detail).join("; ") };
  };
  const permission = await stages.take("permission", async () => {
    const details = await within(() => ports.permission());
    return refuse(
      "permission",
      details.map((detail) => ({ about: "permission", detail })),
    );
  });
  if (permission.outcome !== "passed") {
    stages.skipRest(["configuration", "precheck"], "permission did not pass");
    return "permission";
  }
  // A wrong new file does not stop the patrol: the one before it is in use, and the record says so.
  await stages.take("configuration", () => ({ outcome: "passed", detail: ports.configuration() }));
  const precheck = await stages.take("precheck", async () =>
    refuse("precheck", await within(() => ports.precheck(target, lane))),
  );
  return precheck.outcome === "passed" ? undefined : "precheck";
}

function describeChecks(done: readonly CheckDone[]): StageOutcome {
  const bad = done.filter(({ record }) => record.outcome === "failed" || record.outcome === "error");
  const detail = bad
    .map(({ record }) => `${record.check}: ${record.problem?.message ?? record.outcome}`)
    .join("; ");
  if (done.every(({ record }) => record.outcome === "skipped")) {
    return skipped(done[0]?.record.problem?.message ?? "there is no check");
  }
  return bad.length === 0 ? PASSED : { outcome: "failed", detail };
}

function describeSinks({ took, dropped }: { took: string[]; dropped: string[] }): StageOutcome {
  if (dropped.length > 0) return { outcome: "failed", detail: `not taken by ${dropped.join(", ")}` };
  return took.length === 0
    ? skipped("none is configured")
    : { outcome: "passed", detail: `taken by ${took.join(", ")}` };
}

function findOutcome(
  { signal }: RunRequest,
  stages: StageLog,
  done: readonly CheckDone[],
  events: readonly AlertEvent[],
  open: readonly FindingRecord[],
): RunRecord["outcome"] {
  if (stages.records.some(({ outcome }) => outcome === "refused")) return "refused";
  if (signal.aborted && done.some(({ record }) => record.problem?.code === "interrupted")) return "abandoned";
  const hasDiagnosis = done.some(({ result }) => result?.inspection != null);
  const isFound = hasDiagnosis && open.some(({ severity }) => severity !== "info");
  if (isFound || events.some(({ event }) => event === "fired")) return "findings";
  const isFailed = done.some(({ record }) => record.outcome === "failed" || record.outcome === "error");
  return isFailed || stages.records.some(({ outcome }) => outcome === "failed") ? "failed" : "passed";
}

/** Redaction counts what it took out, and the record says how much. */
function redactYield(run: RunRecord, unstored: JudgedRun["unstored"], redactor: Redactor) {
  const before = { ...redactor.counts };
  const redacted = redactor.value({ run, unstored });
  redacted.run.redacted = subtractCounts(redactor.counts, before);
  // The stage list goes on growing while the rest is settled.
  redacted.run.stages = [...redacted.run.stages];
  return {
    run: redacted.run,
    findings: redacted.run.findings,
    alerts: redacted.unstored.alerts,
    events: redacted.unstored.events,
  };
}

function subtractCounts(after: RedactionCounts, before: RedactionCounts): RedactionCounts {
  const counts: RedactionCounts = {};
  for (const [name, count] of Object.entries(after) as [keyof RedactionCounts, number][]) {
    const more = count - (before[name] ?? 0);
    if (more > 0) counts[name] = more;
  }
  return counts;
}

/** The same values under the names that history has for them. */
function nameMetrics(
  metrics: Readonly<Record<string, number>>,
  nameOf: (metric: string) => string,
): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).map(([metric, value]) => [nameOf(metric), value]));
}

function collectHistory(
  target: TargetConfig,
  done: readonly CheckDone[],
  metricName: RunPorts["metricName"],
): Pick<RunYield, "metrics" | "profiles"> {
  const metrics: RunYield["metrics"] = [];
  const profiles: RunYield["profiles"] = [];
  const service = target.labels["service"] ?? target.id;
  for (const { config, result } of done) {
    if (result === null) continue;
    const values = nameMetrics(result.metrics, (metric) => metricName(config.name, metric));
    if (Object.keys(values).length > 0) metrics.push({ target: target.id, atMs: result.atMs, values });
    for (const sums of result.profiles) profiles.push({ target: target.id, service, sums });
  }
  return { metrics, profiles };
}

/** A step that hangs must not keep the lane from ever running again. */
async function limitTime<T>(step: () => Promise<T>, timeoutMs: number, clock: Clock): Promise<T> {
  const over = new AbortController();
  const TOO_LATE = Symbol("too late");
  try {
    const first = await Promise.race([step(), clock.sleep(timeoutMs, over.signal).then(() => TOO_LATE)]);
    if (first === TOO_LATE) throw new Error(`it took longer than ${timeoutMs / 1000} s`);
    return first as T;
  } finally {
    over.abort();
  }
}

/** A slot that went by, as a record of its own: nothing is lost without one. */
export function buildMissedRun(
  missed: {
    target: TargetConfig;
    lane: Lane;
    runId: string;
    fromMs: number;
    toMs: number;
    count: number;
    reason: string;
  },
  { clock, patrol, version, configHash }: Pick<RunPorts, "clock" | "patrol" | "version" | "configHash">,
): RunRecord {
  const { target, lane, count, fromMs, toMs } = missed;
  assert(count > 0, "a missed slot is at least one");
  const why = MISSED_BECAUSE[missed.reason] ?? missed.reason;
  const span =
    count === 1
      ? "1 slot"
      : `${count} slots from ${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()}`;
  const nowMs = clock.wallMs();
  return {
    schema: "gopatrol.run/v1",
    id: missed.runId,
    patrol,
    target: target.id,
    labels: target.labels,
    level: lane.level,
    lane: lane.name,
    trigger: "schedule",
    slotMs: toMs,
    startedMs: nowMs,
    endedMs: nowMs,
    latenessMs: 0,
    outcome: "missed",
    stages: [{ stage: "checks", outcome: "skipped", elapsedMs: 0, detail: `${span} missed: ${why}` }],
    checks: [],
    findings: [],
    alerts: [],
    redacted: {},
    configHash,
    version,
  };
}

const MISSED_BECAUSE: Readonly<Record<string, string>> = {
  running: "the run before it was still under way",
  late: "the patrol could not keep up",
  paused: "the patrol was paused",
  down: "no patrol was running",
};
