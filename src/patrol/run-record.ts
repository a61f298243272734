import type { RedactionCounts } from "../redact/redactor.ts";
import type { AlertEvent } from "./alert.ts";
import type { CheckKind, CheckOutcome, CheckProblem } from "./check.ts";
import type { Level } from "./config/patrol-config.ts";
import type { FindingRecord } from "./finding-record.ts";
import type { Labels } from "./labels.ts";

/** The steps of a run's life, in order. A step that fails ends the run; what was gathered is still recorded. */
export type StageName =
  | "permission"
  | "configuration"
  | "precheck"
  | "checks"
  | "report"
  | "store"
  | "sinks"
  | "notify";

export interface StageRecord {
  stage: StageName;
  outcome: "passed" | "refused" | "failed" | "skipped";
  elapsedMs: number;
  /** Why, if it did not pass; also what a skipped stage would have needed. */
  detail: string | null;
}

export interface CheckRecord {
  check: string;
  kind: CheckKind;
  outcome: CheckOutcome | "skipped";
  problem: CheckProblem | null;
  /** Attempts that were made; 0 if it was skipped (breaker open, paused, budget spent). */
  attempts: number;
  elapsedMs: number;
  metrics: Readonly<Record<string, number>>;
  /** Short texts worth showing beside them. */
  facts: Readonly<Record<string, string>>;
  /** sha256 of the raw captures kept. */
  captures: string[];
}

/** One execution: one target, one slot, one lane, its checks in parallel. The JSON report, the stored row, the sink's document. */
export interface RunRecord {
  schema: "gopatrol.run/v1";
  /** `target@slot/lane`, the slot as an ISO time; the same run done twice is the same row. */
  id: string;
  patrol: string;
  target: string;
  labels: Labels;
  level: Level;
  /** Checks of a level that share a schedule: "L2-1m". */
  lane: string;
  /** `suspicion`: out of turn, since the target became suspect. */
  trigger: "schedule" | "once" | "manual" | "suspicion";
  slotMs: number;
  startedMs: number;
  endedMs: number;
  /** How late the run began, against its slot and jitter. */
  latenessMs: number;
  outcome: "passed" | "findings" | "failed" | "refused" | "abandoned" | "missed";
  stages: StageRecord[];
  checks: CheckRecord[];
  findings: FindingRecord[];
  alerts: AlertEvent[];
  redacted: RedactionCounts;
  /** Of the configuration that was used, so that a change shows. */
  configHash: string;
  version: string;
}
