import type { AlertEvent, AlertState } from "../patrol/alert.ts";
import { type AuditFacts, chainEntry, findBrokenLinks } from "../patrol/audit-chain.ts";
import type { AuditEntry } from "../patrol/audit-entry.ts";
import type { StoreConfig } from "../patrol/config/patrol-config.ts";
import type { FindingRecord } from "../patrol/finding-record.ts";
import type { RunRecord } from "../patrol/run-record.ts";
import { DOWNSAMPLED_MS, downsample, type MetricBucket } from "./downsample.ts";
import { type FoldedProfile, foldTarget, foldTimeline, pickLargest, sortTimeline } from "./fold-stacks.ts";
import { LATEST_WITHIN_MS } from "./latest-metrics.ts";
import { MetricSeriesBuilder } from "./metric-series.ts";
import type { CaptureEntry } from "./raw-captures.ts";
import { computeCutoffs, RESOLVED_ALERT_KEPT_MS } from "./retention.ts";
import type {
  Batch,
  CompactReport,
  FoldedStack,
  MetricRow,
  MetricSeries,
  ProfileQuery,
  ProfileRow,
  Store,
  StoreRow,
  StoreTable,
  TargetRow,
  TimeRange,
  VerifyReport,
} from "./store.ts";

interface TargetMetrics {
  /** Values by name, by time. */
  raw: Map<number, Record<string, number>>;
  buckets: Map<string, MetricBucket[]>;
}

/** History that ends with the process: for tests, for `--once` without a store, and as the contract's plainest form. */
export class MemoryStore implements Store {
  readonly #retention: StoreConfig["retention"];
  readonly #batches = new Set<string>();
  readonly #targets = new Map<string, TargetRow>();
  readonly #metrics = new Map<string, TargetMetrics>();
  readonly #profiles = new Map<string, ProfileRow>();
  readonly #frames = new Map<bigint, readonly string[]>();
  readonly #runs = new Map<string, RunRecord>();
  readonly #findings = new Map<string, FindingRecord>();
  readonly #alerts = new Map<string, AlertState>();
  readonly #captures = new Map<string, CaptureEntry>();
  #events: AlertEvent[] = [];
  readonly #audit: AuditEntry[] = [];

  constructor(retention: StoreConfig["retention"]) {
    this.#retention = retention;
  }

  async write(batch: Batch): Promise<void> {
    if (this.#batches.has(batch.id)) return;
    // The caller may go on changing what it wrote.
    const own = structuredClone(batch);
    this.#batches.add(own.id);
    for (const row of own.targets ?? []) {
      const known = this.#targets.get(row.id);
      this.#targets.set(row.id, {
        ...row,
        firstSeenMs: Math.min(row.firstSeenMs, known?.firstSeenMs ?? row.firstSeenMs),
        lastSeenMs: Math.max(row.lastSeenMs, known?.lastSeenMs ?? row.lastSeenMs),
      });
    }
    for (const row of own.metrics ?? []) {
      const { raw } = this.#metricsOf(row.target);
      raw.set(row.atMs, { ...raw.get(row.atMs), ...row.values });
    }
    for (const row of own.profiles ?? []) {
      for (const [hash, frames] of row.sums.frames) this.#frames.set(hash, frames);
      this.#profiles.set(JSON.stringify([row.service, row.target, row.sums.type, row.sums.atMs]), row);
    }
    for (const row of own.findings ?? []) this.#findings.set(JSON.stringify([row.id, row.version]), row);
    for (const row of own.runs ?? []) this.#runs.set(row.id, row);
    for (const row of own.alerts ?? []) {
      const known = this.#alerts.get(row.id);
      if (known === undefined || known.lastEvaluatedMs <= row.lastEvaluatedMs) this.#alerts.set(row.id, row);
    }
    this.#events.push(...(own.events ?? []));
    for (const row of own.captures ?? []) {
      this.#captures.set(JSON.stringify([row.target, row.kind, row.atMs, row.sha256]), row);
    }
  }

  async appendAudit(facts: AuditFacts): Promise<AuditEntry> {
    const entry = chainEntry(this.#audit.at(-1) ?? null, structuredClone(facts));
    this.#audit.push(entry);
    return entry;
  }

  async audit(range: TimeRange): Promise<AuditEntry[]> {
    return this.#audit.filter((entry) => isWithin(entry.atMs, range));
  }

  async targets(): Promise<TargetRow[]> {
    return [...this.#targets.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async metrics(
    target: string,
    names: readonly string[],
    range: TimeRange,
  ): Promise<Map<string, MetricSeries>> {
    const result = new Map<string, MetricSeries>();
    const metrics = this.#metrics.get(target);
    for (const name of names) {
      const series = new MetricSeriesBuilder();
      for (const bucket of metrics?.buckets.get(name) ?? []) {
        if (isWithin(bucket.atMs, range)) series.addBucket(bucket);
      }
      for (const [atMs, values] of metrics?.raw ?? []) {
        const value = values[name];
        if (value !== undefined && isWithin(atMs, range)) series.add(atMs, value);
      }
      if (series.length > 0) result.set(name, series.build());
    }
    return result;
  }

  async latestMetrics(): Promise<MetricRow[]> {
    const rows: MetricRow[] = [];
    for (const [target, { raw }] of this.#metrics) {
      const times = [...raw.keys()].sort((a, b) => a - b);
      const atMs = times.at(-1);
      if (atMs === undefined) continue;
      const recent = times.filter((time) => time > atMs - LATEST_WITHIN_MS);
      rows.push({ target, atMs, values: Object.assign({}, ...recent.map((time) => raw.get(time))) });
    }
    return rows.sort((a, b) => (a.target < b.target ? -1 : 1));
  }

  async flame(query: ProfileQuery, limit: number): Promise<FoldedStack[]> {
    const sums = new Map<bigint, number>();
    for (const profiles of this.#profilesByTarget(query, query.range)) foldTarget(sums, profiles);
    return this.#name(pickLargest(sums, limit));
  }

  async timeline(query: ProfileQuery, bucketMs: number): Promise<{ atMs: number; total: number }[]> {
    const buckets = new Map<number, number>();
    for (const profiles of this.#profilesByTarget(query, query.range))
      foldTimeline(buckets, profiles, bucketMs);
    return sortTimeline(buckets);
  }

  async stackDiff(
    query: Omit<ProfileQuery, "range">,
    before: TimeRange,
    after: TimeRange,
    limit: number,
  ): Promise<FoldedStack[]> {
    const sums = new Map<bigint, number>();
    for (const profiles of this.#profilesByTarget(query, after)) foldTarget(sums, profiles, { byMean: true });
    for (const profiles of this.#profilesByTarget(query, before)) {
      foldTarget(sums, profiles, { byMean: true, factor: -1 });
    }
    return this.#name(pickLargest(sums, limit));
  }

  async run(id: string): Promise<RunRecord | null> {
    return this.#runs.get(id) ?? null;
  }

  async runs(target: string | null, range: TimeRange, limit: number): Promise<RunRecord[]> {
    return [...this.#runs.values()]
      .filter((run) => (target === null || run.target === target) && isWithin(run.slotMs, range))
      .sort((a, b) => b.slotMs - a.slotMs || (a.id < b.id ? -1 : 1))
      .slice(0, limit);
  }

  async findings(target: string | null, state: "open" | "any"): Promise<FindingRecord[]> {
    const newest = new Map<string, FindingRecord>();
    for (const row of this.#findings.values()) {
      const known = newest.get(row.id);
      if (known === undefined || known.version < row.version) newest.set(row.id, row);
    }
    return [...newest.values()]
      .filter(
        (row) => (target === null || row.target === target) && (state === "any" || row.state === "open"),
      )
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async findingHistory(id: string): Promise<FindingRecord[]> {
    return [...this.#findings.values()].filter((row) => row.id === id).sort((a, b) => a.version - b.version);
  }

  async alertStates(): Promise<AlertState[]> {
    return [...this.#alerts.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async alertEvents(target: string | null, range: TimeRange): Promise<AlertEvent[]> {
    return this.#events
      .filter((event) => (target === null || event.target === target) && isWithin(event.atMs, range))
      .sort((a, b) => a.atMs - b.atMs);
  }

  async captures(target: string, kind: string, limit: number): Promise<CaptureEntry[]> {
    return [...this.#captures.values()]
      .filter((row) => row.target === target && row.kind === kind)
      .sort((a, b) => b.atMs - a.atMs)
      .slice(0, limit);
  }

  async compact(nowMs: number): Promise<CompactReport> {
    const cutoffs = computeCutoffs(this.#retention, nowMs);
    let removedRows = 0;
    const drop = <K, V>(rows: Map<K, V>, isOld: (row: V) => boolean): void => {
      for (const [key, row] of rows) if (isOld(row) && rows.delete(key)) removedRows++;
    };
    for (const metrics of this.#metrics.values()) {
      removedRows += shrinkMetrics(metrics, cutoffs.metricsMs, cutoffs.downsampledMs);
    }
    drop(this.#profiles, (row) => row.sums.atMs < cutoffs.profilesMs);
    drop(this.#runs, (row) => row.slotMs < cutoffs.runsMs);
    drop(this.#captures, (row) => row.atMs < cutoffs.capturesMs);
    drop(
      this.#alerts,
      (row) => row.phase === "inactive" && row.lastEvaluatedMs < nowMs - RESOLVED_ALERT_KEPT_MS,
    );
    const events = this.#events.filter((event) => event.atMs >= cutoffs.runsMs);
    removedRows += this.#events.length - events.length;
    this.#events = events;
    return { removedRows, rewrittenHours: 0, bytesBefore: 0, bytesAfter: 0 };
  }

  async sizeBytes(): Promise<number> {
    return 0;
  }

  async verify(): Promise<VerifyReport> {
    const problems = findBrokenLinks(this.#audit);
    return {
      ok: problems.length === 0,
      problems,
      rows: {
        targets: this.#targets.size,
        metrics: [...this.#metrics.values()].reduce((sum, { raw }) => sum + raw.size, 0),
        profiles: this.#profiles.size,
        findings: this.#findings.size,
        runs: this.#runs.size,
        alerts: this.#alerts.size,
        events: this.#events.length,
        captures: this.#captures.size,
        audit: this.#audit.length,
      },
    };
  }

  async *rows(table: StoreTable): AsyncGenerator<StoreRow> {
    switch (table) {
      case "targets":
        yield* await this.targets();
        break;
      case "metrics":
        for (const [target, { raw }] of this.#metrics) {
          for (const [atMs, values] of raw) yield { target, atMs, values };
        }
        break;
      case "profiles":
        for (const row of this.#profiles.values()) {
          const frames = new Map<bigint, readonly string[]>();
          for (const hash of row.sums.stackHash) frames.set(hash, this.#frames.get(hash) ?? []);
          yield { ...row, sums: { ...row.sums, frames } };
        }
        break;
      case "findings":
        yield* [...this.#findings.values()].sort((a, b) => a.atMs - b.atMs);
        break;
      case "runs":
        yield* [...this.#runs.values()].sort((a, b) => a.slotMs - b.slotMs);
        break;
      case "alerts":
        yield* await this.alertStates();
        break;
      case "events":
        yield* this.#events;
        break;
      case "captures":
        yield* [...this.#captures.values()].sort((a, b) => a.atMs - b.atMs);
        break;
      case "audit":
        yield* this.#audit;
    }
  }

  async close(): Promise<void> {}

  #metricsOf(target: string): TargetMetrics {
    const known = this.#metrics.get(target);
    if (known !== undefined) return known;
    const made: TargetMetrics = { raw: new Map(), buckets: new Map() };
    this.#metrics.set(target, made);
    return made;
  }

  /** Profiles that the query means, oldest first, by target. */
  #profilesByTarget(query: Omit<ProfileQuery, "range">, range: TimeRange): FoldedProfile<bigint>[][] {
    const byTarget = new Map<string, FoldedProfile<bigint>[]>();
    for (const { target, service, sums } of this.#profiles.values()) {
      if (service !== query.service || sums.type !== query.type) continue;
      if (query.target !== null && target !== query.target) continue;
      if (!isWithin(sums.atMs, range)) continue;
      const profiles = byTarget.get(target) ?? [];
      profiles.push({ ...sums, key: sums.stackHash });
      byTarget.set(target, profiles);
    }
    return [...byTarget.values()];
  }

  #name(stacks: [bigint, number][]): FoldedStack[] {
    return stacks.map(([stackHash, value]) => ({
      stackHash,
      frames: this.#frames.get(stackHash) ?? [],
      value,
    }));
  }
}

function isWithin(atMs: number, range: TimeRange): boolean {
  return atMs >= range.fromMs && atMs < range.toMs;
}

/** Rows older than `rawMs` become buckets of five minutes, buckets older than `bucketMs` go. */
function shrinkMetrics(metrics: TargetMetrics, rawMs: number, bucketMs: number): number {
  // Whole buckets only, so that none is made twice.
  const cutoffMs = Math.floor(rawMs / DOWNSAMPLED_MS) * DOWNSAMPLED_MS;
  const old = [...metrics.raw].filter(([atMs]) => atMs < cutoffMs);
  const columns = new Map<string, { atMs: number[]; value: number[] }>();
  for (const [atMs, values] of old) {
    metrics.raw.delete(atMs);
    for (const [name, value] of Object.entries(values)) {
      const column = columns.get(name) ?? { atMs: [], value: [] };
      column.atMs.push(atMs);
      column.value.push(value);
      columns.set(name, column);
    }
  }
  for (const [name, { atMs, value }] of columns) {
    metrics.buckets.set(name, [...(metrics.buckets.get(name) ?? []), ...downsample(atMs, value)]);
  }
  for (const [name, buckets] of metrics.buckets) {
    metrics.buckets.set(
      name,
      buckets.filter((bucket) => bucket.atMs >= bucketMs),
    );
  }
  return old.length;
}
