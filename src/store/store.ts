import type { AlertEvent, AlertState } from "../patrol/alert.ts";
import type { AuditEntry } from "../patrol/audit-entry.ts";
import type { FindingRecord } from "../patrol/finding-record.ts";
import type { Labels } from "../patrol/labels.ts";
import type { RunRecord } from "../patrol/run-record.ts";
import type { StackSums } from "../patrol/stack-sums.ts";

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

/** A span of time: from `fromMs` to before `toMs`. */
export interface TimeRange {
  fromMs: number;
  toMs: number;
}

/** What one write brings; it becomes visible wholly or not at all, and written twice under one id it counts once. */
export interface Batch {
  /** Of its content or its run: a retry has the same. */
  id: string;
  targets?: readonly TargetRow[];
  metrics?: readonly MetricRow[];
  profiles?: readonly { target: string; service: string; sums: StackSums }[];
  findings?: readonly FindingRecord[];
  runs?: readonly RunRecord[];
  alerts?: readonly AlertState[];
  events?: readonly AlertEvent[];
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
  /** Names of metrics with their columns of times and values, oldest first; down-sampled where the range is older. */
  metrics(target: string, names: readonly string[], range: TimeRange): Promise<Map<string, MetricSeries>>;
  /** The newest row of each target: what the exporter shows after a restart. */
  latestMetrics(): Promise<MetricRow[]>;
  /** Sums of each stack over the range, largest first. `target` null: over the service. */
  flame(query: ProfileQuery, limit: number): Promise<FoldedStack[]>;
  /** Totals in buckets of `bucketMs`. */
  timeline(query: ProfileQuery, bucketMs: number): Promise<{ atMs: number; total: number }[]>;
  /** Mean of each stack in `after` less its mean in `before`, largest growth first. */
  stackDiff(
    query: Omit<ProfileQuery, "range">,
    before: TimeRange,
    after: TimeRange,
    limit: number,
  ): Promise<FoldedStack[]>;

  run(id: string): Promise<RunRecord | null>;
  runs(target: string | null, range: TimeRange, limit: number): Promise<RunRecord[]>;
  /** The newest version of each. */
  findings(target: string | null, state: "open" | "any"): Promise<FindingRecord[]>;
  findingHistory(id: string): Promise<FindingRecord[]>;
  alertStates(): Promise<AlertState[]>;
  alertEvents(target: string | null, range: TimeRange): Promise<AlertEvent[]>;

  /** Removes what is too old, rewrites complete hours; small steps, between writes. */
  compact(nowMs: number): Promise<CompactReport>;
  verify(): Promise<VerifyReport>;
  close(): Promise<void>;
}

export interface ProfileQuery {
  service: string;
  target: string | null;
  type: string;
  range: TimeRange;
}

export interface MetricSeries {
  atMs: Float64Array;
  value: Float64Array;
}

export interface CompactReport {
  removedRows: number;
  rewrittenHours: number;
  removedCaptures: number;
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
