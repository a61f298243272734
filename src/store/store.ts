import type { AlertEvent, AlertState } from "../patrol/alert.ts";
import type { AuditEntry } from "../patrol/audit-entry.ts";
import type { FindingRecord } from "../patrol/finding-record.ts";
import type { Labels } from "../patrol/labels.ts";
import type { RunRecord } from "../patrol/run-record.ts";
import type { StackSums } from "../patrol/stack-sums.ts";
import type { CaptureEntry } from "./raw-captures.ts";

/** Metrics of one target at one moment. */
export interface MetricRow {
  target: string;
  atMs: number;
  values: Readonly<Record<string, number>>;
}

export interface TargetRow {
  id: string;
  address: string;
  labels: Labels;
  firstSeenMs: number;
  lastSeenMs: number;
}

export interface ProfileRow {
  target: string;
  service: string;
  sums: StackSums;
}

/** A span of time: from `fromMs` to before `toMs`. */
export interface TimeRange {
  fromMs: number;
  toMs: number;
}

/**
 * What one write brings; it becomes visible wholly or not at all, and written twice under one id within an hour it counts
 * once. Rows have keys besides: a metric is one of target, time and name; a profile of target, type and time; a run of
 * its id; a finding of id and version; the later write wins. An alert's state is the one last evaluated.
 */
export interface Batch {
  /** Of its content or its run: a retry has the same. */
  id: string;
  targets?: readonly TargetRow[];
  metrics?: readonly MetricRow[];
  profiles?: readonly ProfileRow[];
  findings?: readonly FindingRecord[];
  runs?: readonly RunRecord[];
  alerts?: readonly AlertState[];
  events?: readonly AlertEvent[];
  /** Raw captures that were put; the bytes themselves are in `RawCaptures`. */
  captures?: readonly CaptureEntry[];
}

export interface FoldedStack {
  stackHash: bigint;
  /** "function file:line", root first; empty if the store no longer knows. */
  frames: readonly string[];
  value: number;
}

/**
 * History. One contract suite (test/contracts/store.ts) holds for every engine. A promise that has resolved means that
 * the data survives kill -9. An unknown target or an empty range gives an empty answer, never an error.
 * Throws StoreError only when the engine cannot work (disk full, server away).
 */
export interface Store {
  write(batch: Batch): Promise<void>;
  /** Appends with the next sequence and the chained hash; returns what was written. */
  appendAudit(entry: Omit<AuditEntry, "sequence" | "previousHash" | "hash">): Promise<AuditEntry>;
  audit(range: TimeRange): Promise<AuditEntry[]>;

  targets(): Promise<TargetRow[]>;
  /** Series by name, oldest first, those without a value left out; down-sampled where no more is kept. */
  metrics(target: string, names: readonly string[], range: TimeRange): Promise<Map<string, MetricSeries>>;
  /**
   * Of each target the newest value of each metric, as far as it is of the hour before the newest of all of them: what
   * the exporter shows after a restart.
   */
  latestMetrics(): Promise<MetricRow[]>;
  /**
   * What each stack took, largest first. `target` null: summed over the service's targets. Of what accumulates
   * (durationMs > 0) the sum over the range; of a state, such as the heap in use, each target's mean.
   */
  flame(query: ProfileQuery, limit: number): Promise<FoldedStack[]>;
  /** Totals in buckets of `bucketMs` that begin at its multiples, empty ones left out; sums and means as in `flame`. */
  timeline(query: ProfileQuery, bucketMs: number): Promise<{ atMs: number; total: number }[]>;
  /** Mean of each stack in `after` less its mean in `before`, summed over targets, largest growth first. */
  stackDiff(
    query: Omit<ProfileQuery, "range">,
    before: TimeRange,
    after: TimeRange,
    limit: number,
  ): Promise<FoldedStack[]>;

  run(id: string): Promise<RunRecord | null>;
  /** By slot, newest first. */
  runs(target: string | null, range: TimeRange, limit: number): Promise<RunRecord[]>;
  /** The newest version of each. */
  findings(target: string | null, state: "open" | "any"): Promise<FindingRecord[]>;
  findingHistory(id: string): Promise<FindingRecord[]>;
  alertStates(): Promise<AlertState[]>;
  /** Oldest first. */
  alertEvents(target: string | null, range: TimeRange): Promise<AlertEvent[]>;
  /** Raw captures of a target, newest first: where a base profile is found. */
  captures(target: string, kind: string, limit: number): Promise<CaptureEntry[]>;

  /** What it takes up on disk, of which raw captures are no part; 0 where it is in memory. */
  sizeBytes(): Promise<number>;
  /** Removes what is too old, rewrites complete hours; small steps, between writes. `onStep` is told of each. */
  compact(nowMs: number, onStep?: (step: CompactStep) => void): Promise<CompactReport>;
  verify(onStep?: (step: CompactStep) => void): Promise<VerifyReport>;
  /** All rows of a table as they would be written again, those that were down-sampled left out; the audit in its order. */
  rows(table: StoreTable): AsyncIterable<StoreRow>;
  /** Waits for what was written. Nothing may be called afterwards. */
  close(): Promise<void>;
}

export const STORE_TABLES = [
  "targets",
  "metrics",
  "profiles",
  "findings",
  "runs",
  "alerts",
  "events",
  "captures",
  "audit",
] as const;

export type StoreTable = (typeof STORE_TABLES)[number];

export type StoreRow =
  | TargetRow
  | MetricRow
  | ProfileRow
  | FindingRecord
  | RunRecord
  | AlertState
  | AlertEvent
  | CaptureEntry
  | AuditEntry;

/** The engine cannot work: disk full, server away, database locked, damaged or of a newer version. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;
  /** What to do next: one sentence. */
  readonly hint: string;

  constructor(code: StoreErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}

export type StoreErrorCode =
  | "missing"
  | "locked"
  | "newer-schema"
  | "damaged"
  | "disk-full"
  | "unreachable"
  | "refused"
  /** More is written than the engine takes, and the queue is full: nothing of the batch was taken. */
  | "overloaded"
  | "failed";

export interface ProfileQuery {
  service: string;
  target: string | null;
  type: string;
  range: TimeRange;
}

/** Columns of one length. Where five minutes became one row, `value` is their mean. */
export interface MetricSeries {
  atMs: Float64Array;
  value: Float64Array;
  min: Float64Array;
  max: Float64Array;
  /** How many measurements the row stands for: 1, or more where it is down-sampled. */
  count: Float64Array;
}

/** Of long work, for showing how it goes on. */
export interface CompactStep {
  /** "metrics", "profiles", "runs" …: what is being worked on. */
  table: string;
  removedRows: number;
  rewrittenHours: number;
}

export interface CompactReport {
  removedRows: number;
  /** Hours of one target or profile type that became one row. */
  rewrittenHours: number;
  bytesBefore: number;
  bytesAfter: number;
}

export interface VerifyReport {
  ok: boolean;
  /** One sentence each: what is damaged and what to do. */
  problems: string[];
  /** Rows by table. */
  rows: Readonly<Record<string, number>>;
}
