import type { Clock } from "../../lib/clock.ts";
import type { Check, CheckContext, CheckResult, CheckTarget } from "../check.ts";
import type { ProblemCode } from "../check-types/problem-codes.ts";
import { type BreakerPolicy, CircuitBreakers } from "./circuit-breakers.ts";

/** One check on one target. */
export interface CheckJob {
  check: Check;
  /** Name of the check in the configuration: with the target it is the breaker's key. */
  name: string;
  target: CheckTarget;
  options: Readonly<Record<string, unknown>>;
  /** `timeoutMs` is of each attempt. */
  context: CheckContext;
  /** Attempts after the first. */
  retries: number;
}

export interface AttemptedResult {
  result: CheckResult;
  /** 0 if the breaker let none through. */
  attempts: number;
}

/** Waits between attempts: from the first on, decorrelated, so that targets that failed together do not return together. */
const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 5_000;
/** Why an attempt's timers are stopped: without a reason given, each stop makes an exception with its stack. */
const OVER = "over";
/** A check keeps its own time; one that does not within this much more is given up. */
const GRACE_MS = 2_000;

/** What may be gone at the next moment. A wrong password is not: trying it again locks accounts. */
const TRANSIENT: ReadonlySet<ProblemCode> = new Set([
  "connect-refused",
  "connect-timeout",
  "dns-failed",
  "unreachable",
  "connection-reset",
  "timeout",
  "too-many-connections",
  "not-ready",
]);
/** Failures after which the target has done no work yet: a heavy look that timed out has cost it already. */
const COSTLESS: ReadonlySet<ProblemCode> = new Set([
  "connect-refused",
  "connect-timeout",
  "dns-failed",
  "unreachable",
]);
/** Failures that say that looking on is of no use, or does harm. */
const BREAKING: ReadonlySet<ProblemCode> = new Set([...TRANSIENT, "tls-failed", "wrong-password"]);

/** Runs checks with time-out, retries and a circuit breaker for each pair of target and check. */
export class ResilientRunner {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly breakers: CircuitBreakers;

  /** `random` gives numbers from 0 to 1. */
  constructor(clock: Clock, random: () => number, policy?: BreakerPolicy) {
    this.#clock = clock;
    this.#random = random;
    this.breakers = new CircuitBreakers(policy);
  }

  /** Breakers that are not closed, with what they keep from being tried. */
  *openBreakers(): Generator<{ target: string; check: string; state: "open" | "half-open" }> {
    for (const { key, state } of this.breakers.notClosed(this.#clock.monotonicMs())) {
      const [target = "", check = ""] = key.split("\n");
      yield { target, check, state };
    }
  }

  /** Forgets targets that are gone. */
  retain(isWanted: (target: string) => boolean): void {
    this.breakers.keepOnly((key) => isWanted(key.slice(0, key.indexOf("\n"))));
  }

  async run(job: CheckJob): Promise<AttemptedResult> {
    const key = breakerKey(job.target.id, job.name);
    const permission = this.breakers.ask(key, this.#clock.monotonicMs());
    if (permission.kind === "open") {
      return { result: this.#openResult(permission.untilMs, permission.inARow), attempts: 0 };
    }
    // A trial is one attempt: it is to find out, and not to succeed.
    const retries = permission.kind === "trial" ? 0 : job.retries;
    let costSeconds = 0;
    let delayMs = FIRST_DELAY_MS;
    for (let attempts = 1; ; attempts++) {
      const result = await this.#attempt(job);
      costSeconds += result.targetCpuSeconds;
      if (attempts > retries || !mayRetry(result, job.check) || job.context.signal.aborted) {
        this.breakers.tell(key, hasFailed(result), this.#clock.monotonicMs());
        return { result: { ...result, targetCpuSeconds: costSeconds }, attempts };
      }
      delayMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS + this.#random() * (3 * delayMs - FIRST_DELAY_MS));
      await this.#clock.sleep(delayMs, job.context.signal);
      if (!job.context.signal.aborted) continue;
      this.breakers.tell(key, hasFailed(result), this.#clock.monotonicMs());
      return { result: { ...result, targetCpuSeconds: costSeconds }, attempts };
    }
  }

  /** Settles within the time-out and a grace, whatever the check does. */
  async #attempt({ check, target, options, context }: CheckJob): Promise<CheckResult> {
    const atMs = this.#clock.wallMs();
    const done = new AbortController();
    const giveUp = new AbortController();
    const signal = AbortSignal.any([context.signal, giveUp.signal]);
    const late = this.#clock.sleep(context.timeoutMs + GRACE_MS, done.signal).then(() => undefined);
    try {
      const result = await Promise.race([check.run(target, options, { ...context, signal }), late]);
      if (result !== undefined) return result;
      giveUp.abort(OVER);
      return this.#result(atMs, "internal", `The ${check.kind} check did not stop when its time was up.`);
    } catch (error) {
      const name = error instanceof Error ? error.name : typeof error;
      return this.#result(
        atMs,
        "internal",
        `The ${check.kind} check failed by a fault of its own (${name}).`,
      );
    } finally {
      done.abort(OVER);
    }
  }

  #result(atMs: number, code: ProblemCode, message: string): CheckResult {
    return {
      ...EMPTY_RESULT,
      outcome: "error",
      problem: { code, message, hint: "Please report it." },
      atMs,
      elapsedMs: this.#clock.wallMs() - atMs,
    };
  }

  /** The target counts as down while nobody looks: its alerts must neither end nor become unknown. */
  #openResult(untilMs: number, inARow: number): CheckResult {
    const seconds = Math.max(1, Math.ceil((untilMs - this.#clock.monotonicMs()) / 1000));
    return {
      ...EMPTY_RESULT,
      outcome: "failed",
      problem: {
        code: "breaker-open",
        message: `It failed ${inARow} times in a row and is looked at again in ${seconds} s.`,
        hint: null,
      },
      metrics: { up: 0 },
      atMs: this.#clock.wallMs(),
    };
  }
}

const EMPTY_RESULT: CheckResult = {
  outcome: "error",
  problem: null,
  metrics: {},
  facts: {},
  inspection: null,
  profiles: [],
  captures: [],
  atMs: 0,
  elapsedMs: 0,
  targetCpuSeconds: 0,
};

function breakerKey(targetId: string, checkName: string): string {
  return `${targetId}\n${checkName}`;
}

function mayRetry({ outcome, problem }: CheckResult, { heavy }: Check): boolean {
  return outcome === "failed" && problem !== null && (heavy ? COSTLESS : TRANSIENT).has(problem.code);
}

/** A target that answers wrongly is up: only what cannot be looked at opens the breaker. */
function hasFailed({ outcome, problem }: CheckResult): boolean | undefined {
  if (outcome === "ok") return false;
  if (outcome !== "failed" || problem === null) return undefined;
  return BREAKING.has(problem.code);
}
