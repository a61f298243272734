import type { Clock } from "../../lib/clock.ts";
import type {
  CheckContext,
  CheckKind,
  CheckProblem,
  CheckResult,
  CheckTarget,
  RawCapture,
} from "../check.ts";
import type { CheckConfig, TargetConfig } from "../config/patrol-config.ts";
import type { CheckRecord } from "../run-record.ts";
import type { HeavyCaptures, InFlight } from "../schedule/in-flight.ts";
import { isRefusal, type OverheadBudget } from "../schedule/overhead-budget.ts";
import type { PreviousResults } from "./previous-results.ts";
import type { RunRequest } from "./run-life.ts";

/** A check with retries, breaker and time-out around it. */
interface Attempts {
  result: CheckResult;
  /** 0 if the breaker let none through. */
  attempts: number;
}

export interface CheckPorts {
  clock: Clock;
  isHeavy(kind: CheckKind): boolean;
  /** Never rejects for what the target does. */
  run(check: CheckConfig, target: CheckTarget, context: CheckContext): Promise<Attempts>;
  secret: CheckContext["secret"];
  baseProfile: CheckContext["baseProfile"];
  /** Stores captures and returns their sha256 in the same order. */
  keep(target: string, captures: readonly RawCapture[]): Promise<string[]>;
  maxTargetMemory: number;
  inFlight: InFlight;
  heavy: HeavyCaptures;
  budget: OverheadBudget;
  isSuspect(target: string): boolean;
  isPaused(): boolean;
  previous: PreviousResults;
}

/** One check of a run: what is recorded, and its result if it was run. */
export interface CheckDone {
  config: CheckConfig;
  result: CheckResult | null;
  record: CheckRecord;
}

/** Before a heavy check was ever run on a target: what a profile of a large service takes. */
const FIRST_ESTIMATE_CPU_SECONDS = 0.3;

/** All checks of the lane at once, each as far as budget, politeness and pauses let it. Rejects never. */
export function runChecks(request: RunRequest, ports: CheckPorts): Promise<CheckDone[]> {
  return Promise.all(request.lane.checks.map((config) => runCheck(config, request, ports)));
}

async function runCheck(config: CheckConfig, request: RunRequest, ports: CheckPorts): Promise<CheckDone> {
  const { target, trigger, signal } = request;
  // Asked for by hand or by --once it is run whoever is suspect.
  const isForSuspects = config.when === "suspect" && (trigger === "schedule" || trigger === "suspicion");
  if (isForSuspects && !ports.isSuspect(target.id)) {
    return skip(
      config,
      "not-suspect",
      "profiles are taken of suspects only, and nothing speaks against this target",
    );
  }
  if (!ports.isHeavy(config.kind)) {
    const release = await ports.inFlight.enter(signal);
    if (release === null) return skip(config, "interrupted", "the run was abandoned before it began");
    try {
      return await perform(config, request, ports);
    } finally {
      release();
    }
  }
  const release = await ports.heavy.enter(target.id, signal);
  if (release === null) return skip(config, "interrupted", "the run was abandoned before it began");
  try {
    return await performWithinBudget(config, request, ports);
  } finally {
    release();
  }
}

async function performWithinBudget(
  config: CheckConfig,
  request: RunRequest,
  ports: CheckPorts,
): Promise<CheckDone> {
  const { clock, budget, previous } = ports;
  const { id } = request.target;
  const cpuSeconds = previous.get(id, config.name)?.targetCpuSeconds ?? FIRST_ESTIMATE_CPU_SECONDS;
  const reservation = budget.reserve(id, { cpuSeconds, captures: 1 }, clock.wallMs());
  if (isRefusal(reservation)) {
    const { spent, of, againMs } = reservation;
    const what =
      of === "captures" ? `${spent.captures} captures` : `${spent.cpuSeconds.toFixed(1)} CPU seconds`;
    return skip(
      config,
      "budget-spent",
      `${what} within the hour are the target's budget; again at ${new Date(againMs).toISOString()}`,
      "refused",
    );
  }
  const done = await perform(config, request, ports, false);
  const wasRun = done.record.attempts > 0;
  const actual = { cpuSeconds: done.result?.targetCpuSeconds ?? 0, captures: wasRun ? 1 : 0 };
  budget.settle(reservation, actual, clock.wallMs());
  return done;
}

async function perform(
  config: CheckConfig,
  { target, slotMs, signal }: RunRequest,
  ports: CheckPorts,
  isCharged = true,
): Promise<CheckDone> {
  if (ports.isPaused()) return skip(config, "paused", "the patrol is paused");
  const context: CheckContext = {
    signal,
    timeoutMs: config.timeoutMs,
    slotMs,
    secret: ports.secret,
    baseProfile: ports.baseProfile,
    previous: ports.previous.get(target.id, config.name),
    maxTargetMemory: ports.maxTargetMemory,
  };
  const beganMs = ports.clock.monotonicMs();
  let attempts: Attempts;
  let captures: string[] = [];
  try {
    attempts = await ports.run(config, viewTarget(target, config), context);
    captures = await ports.keep(target.id, attempts.result.captures);
  } catch (error) {
    // Checks turn what targets do into results: this is ours, and one broken check must not take the others with it.
    const message = error instanceof Error ? error.message : String(error);
    const elapsedMs = ports.clock.monotonicMs() - beganMs;
    return { ...skip(config, "internal", message, "error", elapsedMs), result: null };
  }
  const { result } = attempts;
  if (isCharged) {
    ports.budget.spend(target.id, { cpuSeconds: result.targetCpuSeconds, captures: 0 }, ports.clock.wallMs());
  }
  if (result.outcome === "ok") ports.previous.put(target.id, config.name, result);
  return {
    config,
    result,
    record: {
      check: config.name,
      kind: config.kind,
      outcome: attempts.attempts === 0 ? "skipped" : result.outcome,
      problem: result.problem,
      attempts: attempts.attempts,
      elapsedMs: result.elapsedMs,
      metrics: result.metrics,
      facts: result.facts,
      captures,
    },
  };
}

function viewTarget(target: TargetConfig, config: CheckConfig): CheckTarget {
  const { id, address, labels, limitBytes, sourceDir } = target;
  return { id, address, labels, limitBytes, sourceDir, auth: config.auth ?? target.auth };
}

function skip(
  config: CheckConfig,
  code: CheckProblem["code"],
  message: string,
  outcome: CheckRecord["outcome"] = "skipped",
  elapsedMs = 0,
): CheckDone {
  return {
    config,
    result: null,
    record: {
      check: config.name,
      kind: config.kind,
      outcome,
      problem: { code, message, hint: null },
      attempts: 0,
      elapsedMs,
      metrics: {},
      facts: {},
      captures: [],
    },
  };
}
