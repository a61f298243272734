import type { z } from "zod";
import type { Inspection } from "../inspect/inspection.ts";
import type { CheckMetrics } from "./check-types/check-metric.ts";
import type { ProblemCode } from "./check-types/problem-codes.ts";
import type { AuthConfig, SecretRef } from "./config/patrol-config.ts";
import type { Labels } from "./labels.ts";
import type { StackSums } from "./stack-sums.ts";

export type CheckKind =
  | "tcp"
  | "http"
  | "redis"
  | "mysql"
  | "postgres"
  | "pprof"
  | "runtime"
  | "promql"
  | "sql"
  | "heap-diff"
  | "goroutines"
  | "rss"
  | "inspect";

/** The target as a check sees it. */
export interface CheckTarget {
  id: string;
  address: string;
  labels: Labels;
  limitBytes: number | null;
  sourceDir: string | null;
  auth: AuthConfig | null;
}

/** What a check needs of the world besides the network: handed in, so that a test can stand for it. */
export interface CheckContext {
  signal: AbortSignal;
  timeoutMs: number;
  /** Milliseconds since 1970 of the slot for which it runs. */
  slotMs: number;
  /** Clear text of a secret that the configuration names; throws SecretError. */
  secret(ref: SecretRef): Promise<string>;
  /** The newest kept heap profile of the target, so that a difference is possible at once; null if there is none. */
  baseProfile(target: string): Promise<{ atMs: number; bytes: Uint8Array } | null>;
  /** The check's own result of its last run on this target; null at the first. Its captures are not needed. */
  previous: CheckResult | null;
  /** No heavy look at a target whose memory is above this share of its limit (`precheck.maxTargetMemory`). */
  maxTargetMemory: number;
}

/**
 * `ok`: it could be looked at, whatever the numbers are. `failed`: the target did not answer as it must; that is what
 * availability alerts are made of. `refused`: looking was not allowed (budget, memory too near its limit, no
 * permission). `error`: ours, or the configuration's fault.
 */
export type CheckOutcome = "ok" | "failed" | "refused" | "error";

export interface CheckProblem {
  /** Stable, kebab-case: "connect-timeout", "wrong-password", "bad-status" … */
  code: ProblemCode;
  /** One sentence, without secrets. */
  message: string;
  hint: string | null;
}

export interface RawCapture {
  kind: string;
  /** As it was sent: gzip stays gzip. */
  bytes: Uint8Array;
  atMs: number;
}

export interface CheckResult {
  outcome: CheckOutcome;
  /** Why the outcome is not "ok"; beside "ok" what should be known all the same: pprof-open, no-base-profile. */
  problem: CheckProblem | null;
  /** By name, with the unit in it: latency_ms, heap_live_bytes, goroutines. A metric that is not known is absent. */
  metrics: Readonly<Record<string, number>>;
  /** Short texts worth showing beside them: version, role, the site that grew most. Never secrets. */
  facts: Readonly<Record<string, string>>;
  /** Of kinds that diagnose; null otherwise. */
  inspection: Inspection | null;
  profiles: StackSums[];
  captures: RawCapture[];
  /** When the target was looked at, milliseconds since 1970. */
  atMs: number;
  elapsedMs: number;
  /** CPU seconds that it is estimated to have cost the target; counted against its budget. */
  targetCpuSeconds: number;
}

/** Static facts about a kind, from which the configuration, the scheduler and the documentation work. */
export interface CheckType {
  kind: CheckKind;
  /** At most one of these at a time on a target, and only within its budget. */
  heavy: boolean;
  /** What it costs the target, one sentence. */
  cost: string;
  /** Of the options as the TOML file gives them; what it returns it also accepts. */
  optionsSchema: z.ZodType<unknown>;
  /** Every metric that it may give; `*` stands for those that the user's query names. */
  metrics: CheckMetrics;
  /** The codes that its problems may have, besides those that every kind may have. */
  problems: readonly ProblemCode[];
  /** Metrics that a rule beside these options may name; with `*` among them, any name. Throws ZodError. */
  metricsOf(options: Readonly<Record<string, unknown>>): CheckMetrics;
  /** Every outgoing call that it would make, in words with the address, for --dry-run: "GET http://…/metrics". */
  plan(target: CheckTarget, options: Readonly<Record<string, unknown>>): string[];
}

/** A kind that can be run. It never throws for what the target does: that is a result. */
export interface Check extends CheckType {
  run(
    target: CheckTarget,
    options: Readonly<Record<string, unknown>>,
    context: CheckContext,
  ): Promise<CheckResult>;
}
