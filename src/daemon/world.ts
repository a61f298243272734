import type { Clock } from "../lib/clock.ts";
import { AlertBoard } from "../patrol/alerting/alert-board.ts";
import type { Check, CheckContext, CheckKind } from "../patrol/check.ts";
import type { PatrolConfig } from "../patrol/config/patrol-config.ts";
import { PatrolActivity } from "../patrol/exporter/patrol-activity.ts";
import type { Log } from "../patrol/log.ts";
import { ResilientRunner } from "../patrol/resilience/resilient-runner.ts";
import { BatchWriter } from "../patrol/run/batch-writer.ts";
import { FindingBook } from "../patrol/run/finding-book.ts";
import { PreviousResults } from "../patrol/run/previous-results.ts";
import { HeavyCaptures, InFlight } from "../patrol/schedule/in-flight.ts";
import { OverheadBudget } from "../patrol/schedule/overhead-budget.ts";
import { Scheduler } from "../patrol/schedule/scheduler.ts";
import type { RawCaptures } from "../store/raw-captures.ts";
import type { Store } from "../store/store.ts";
import type { AuditFile } from "./audit-file.ts";
import { AuditTrail } from "./audit-trail.ts";
import { BaseProfiles } from "./base-profiles.ts";
import { ClockSteps } from "./clock-steps.ts";
import { InForce, type Outlets } from "./in-force.ts";
import { createMessageSender } from "./message-sender.ts";
import { OverdueWatch } from "./overdue-watch.ts";
import { PatrolNotices } from "./patrol-notices.ts";
import { RunGate, type RunGateParts } from "./run-gate.ts";
import { Suspicion } from "./suspicion.ts";
import { TargetStates } from "./target-states.ts";

/** What a patrol is given from outside. */
export interface PatrolParts extends Pick<RunGateParts, "permissionFacts" | "machineFacts"> {
  clock: Clock;
  log: Log;
  version: string;
  /** Shown as the patrol's name where the configuration has none. */
  host: string;
  actor: string;
  store: Store;
  captures: RawCaptures;
  checkOf(kind: CheckKind): Check;
  secret: CheckContext["secret"];
  random(): number;
  /** Besides the store's own log; null if none is wanted. */
  auditFile: AuditFile | null;
}

/** Everything that one patrol knows and works with, each thing once. */
export type World = Awaited<ReturnType<typeof openWorld>>;

/** Reads what earlier processes left; starts nothing. `onSuspect`: profiles of a target are wanted at once. */
export async function openWorld(
  parts: PatrolParts,
  config: PatrolConfig,
  outlets: Outlets,
  onSuspect: (target: string) => void,
) {
  const { clock, log, store } = parts;
  const [openFindings, alerts, latest] = await Promise.all([
    store.findings(null, "open"),
    store.alertStates(),
    store.latestMetrics(),
  ]);
  const startedMs = clock.wallMs();
  const activity = new PatrolActivity();
  const inForce = new InForce(config, outlets, startedMs);
  const board = new AlertBoard(alerts);
  const writer = new BatchWriter((batch) => store.write(batch), clock);
  const states = new TargetStates();
  for (const { target, values } of latest) states.restore(target, values);
  const audit = new AuditTrail({
    store,
    file: parts.auditFile,
    actor: parts.actor,
    clock,
    log,
    redactor: inForce.redactor,
    onEntry: () => activity.auditEntries++,
  });
  const name = () => inForce.config.name ?? parts.host;
  const sender = createMessageSender(inForce, name(), { board, clock, log, audit, activity, writer });
  const notices = new PatrolNotices(alerts, { board, clock, log, onChange: () => sender.wake() });
  const clockSteps = new ClockSteps();
  const gate = new RunGate({
    clock,
    board,
    notices,
    audit,
    permissionFacts: parts.permissionFacts,
    machineFacts: parts.machineFacts,
    clockStepMs: () => clockSteps.stepMs,
    memoryShareOf: (target) => states.memoryShareOf(target),
  });
  return {
    ...parts,
    startedMs,
    activity,
    inForce,
    board,
    writer,
    states,
    audit,
    sender,
    notices,
    clockSteps,
    gate,
    findings: new FindingBook(openFindings),
    suspicion: new Suspicion(alerts, { store, board, clock, log, onSuspect }),
    overdueWatch: new OverdueWatch(board, alerts),
    previous: new PreviousResults(),
    bases: new BaseProfiles(parts.captures, log),
    runner: new ResilientRunner(clock, parts.random),
    inFlight: new InFlight(config.budget.checksInFlight),
    heavy: new HeavyCaptures(config.budget.heavyInFlight),
    budget: new OverheadBudget(config.budget),
    scheduler: new Scheduler(startedMs),
    /** As people know this patrol, by the configuration in force. */
    name,
  };
}
