import type { AlertEvent, AlertState } from "../../patrol/alert.ts";
import { type AuditFacts, chainEntry, findBrokenLinks } from "../../patrol/audit-chain.ts";
import type { AuditEntry } from "../../patrol/audit-entry.ts";
import type { StoreConfig } from "../../patrol/config/patrol-config.ts";
import type { FindingRecord } from "../../patrol/finding-record.ts";
import type { RunRecord } from "../../patrol/run-record.ts";
import { LATEST_WITHIN_MS } from "../latest-metrics.ts";
import { MetricSeriesBuilder } from "../metric-series.ts";
import type { CaptureEntry } from "../raw-captures.ts";
import type {
  Batch,
  CompactReport,
  CompactStep,
  FoldedStack,
  MetricRow,
  MetricSeries,
  ProfileQuery,
  Store,
  StoreRow,
  StoreTable,
  TargetRow,
  TimeRange,
  VerifyReport,
} from "../store.ts";
import { ClickHouseBatches } from "./clickhouse-batches.ts";
import { compactClickHouse, measureBytes } from "./clickhouse-compaction.ts";
import { migrateClickHouse } from "./clickhouse-migrate.ts";
import { type ClickHousePlace, ClickHouseSession } from "./clickhouse-session.ts";

const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;
/** Stacks whose frames are asked for at once. */
const FRAMES_A_QUERY = 5000;

interface ProfileColumns {
  target: string;
  service: string;
  type: string;
  unit: string;
  at_ms: number;
  duration_ms: number;
  total: number;
  hashes: string[];
  value: number[];
}

/** History of a fleet in a ClickHouse database. */
export class ClickHouseStore implements Store {
  readonly #session: ClickHouseSession;
  readonly #batches: ClickHouseBatches;
  readonly #retention: StoreConfig["retention"];
  /** One after another, for each names the one before. */
  #auditing: Promise<unknown> = Promise.resolve();

  private constructor(session: ClickHouseSession, retention: StoreConfig["retention"], lingerMs: number) {
    this.#session = session;
    this.#batches = new ClickHouseBatches(session, lingerMs);
    this.#retention = retention;
  }

  static async open(
    place: ClickHousePlace,
    {
      retention,
      lingerMs,
      readOnly,
    }: { retention: StoreConfig["retention"]; lingerMs: number; readOnly: boolean },
  ): Promise<ClickHouseStore> {
    await migrateClickHouse(place, { readOnly });
    return new ClickHouseStore(new ClickHouseSession(place), retention, lingerMs);
  }

  write(batch: Batch): Promise<void> {
    return this.#batches.write(batch);
  }

  /** The chain is this process's: two patrols that write to one database need a database each for their audits to hold. */
  appendAudit(facts: AuditFacts): Promise<AuditEntry> {
    const append = async () => {
      const [last] = await this.#session.select<{ body: string }>(
        "SELECT body FROM audit ORDER BY sequence DESC LIMIT 1",
      );
      const entry = chainEntry(last === undefined ? null : (JSON.parse(last.body) as AuditEntry), facts);
      const { sequence, atMs, hash } = entry;
      await this.#session.insert("audit", [
        { sequence, at_ms: Math.round(atMs), hash, body: JSON.stringify(entry) },
      ]);
      return entry;
    };
    const appending = this.#auditing.then(append, append);
    this.#auditing = appending;
    return appending;
  }

  audit(range: TimeRange): Promise<AuditEntry[]> {
    return this.#bodies(
      "SELECT body FROM audit WHERE at_ms >= {from:Int64} AND at_ms < {to:Int64} ORDER BY sequence",
      bounds(range),
    );
  }

  async targets(): Promise<TargetRow[]> {
    const rows = await this.#session.select<{
      id: string;
      first: number;
      last: number;
      address: string;
      labels: string;
    }>(`SELECT id, min(first_seen_ms) AS first, max(last_seen_ms) AS last,
          max(newest).2 AS address, max(newest).3 AS labels FROM targets GROUP BY id`);
    return rows
      .map(({ id, first, last, address, labels }) => ({
        id,
        address,
        labels: JSON.parse(labels) as TargetRow["labels"],
        firstSeenMs: first,
        lastSeenMs: last,
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async metrics(
    target: string,
    names: readonly string[],
    range: TimeRange,
  ): Promise<Map<string, MetricSeries>> {
    const where = `target = {target:String} AND metric IN {names:Array(String)}
      AND at_ms >= {from:Int64} AND at_ms < {to:Int64}`;
    const parameters = { ...bounds(range), target, names: [...names] };
    const [rows, buckets] = await Promise.all([
      this.#session.select<{ metric: string; at_ms: number; value: number }>(
        `SELECT metric, at_ms, value FROM metrics FINAL WHERE ${where}`,
        parameters,
      ),
      this.#session.select<{
        metric: string;
        at_ms: number;
        min: number;
        max: number;
        mean: number;
        count: number;
      }>(`SELECT metric, at_ms, min, max, mean, count FROM metrics_5m FINAL WHERE ${where}`, parameters),
    ]);
    const builders = new Map(names.map((name) => [name, new MetricSeriesBuilder()]));
    const full = new Set(rows.map((row) => Math.floor(row.at_ms / HOUR_MS)));
    for (const { metric, at_ms: atMs, min, max, mean, count } of buckets) {
      if (full.has(Math.floor(atMs / HOUR_MS))) continue;
      builders.get(metric)?.addBucket({ atMs, min, max, mean, count });
    }
    for (const row of rows) builders.get(row.metric)?.add(row.at_ms, row.value);
    const result = new Map<string, MetricSeries>();
    for (const [name, builder] of builders) if (builder.length > 0) result.set(name, builder.build());
    return result;
  }

  /** Targets that are silent for a day before the newest of all are left out: more would read all of history. */
  async latestMetrics(): Promise<MetricRow[]> {
    const rows = await this.#session.select<{ target: string; metric: string; value: number; at: number }>(`
      SELECT target, metric, argMax(value, (at_ms, written)) AS value, max(at_ms) AS at FROM metrics
      WHERE at_ms > (SELECT max(at_ms) FROM metrics) - ${DAY_MS} GROUP BY target, metric`);
    const newest = new Map<string, number>();
    for (const { target, at } of rows) newest.set(target, Math.max(at, newest.get(target) ?? at));
    const result = new Map<string, MetricRow & { values: Record<string, number> }>();
    for (const { target, metric, value, at } of rows) {
      const atMs = newest.get(target)!;
      if (at <= atMs - LATEST_WITHIN_MS) continue;
      const row = result.get(target) ?? { target, atMs, values: {} };
      row.values[metric] = value;
      result.set(target, row);
    }
    return [...result.values()].sort((a, b) => (a.target < b.target ? -1 : 1));
  }

  async flame(query: ProfileQuery, limit: number): Promise<FoldedStack[]> {
    const sums = await this.#session.select<{ hash: string; value: number }>(
      sumByStack(foldedParts({ byMean: false })),
      profileParameters(query, { range: query.range, limit }),
    );
    return this.#name(sums);
  }

  timeline(query: ProfileQuery, bucketMs: number): Promise<{ atMs: number; total: number }[]> {
    return this.#session.select(
      `SELECT at AS atMs, sum(part) AS total FROM (
         SELECT target, intDiv(at_ms, {bucket:Int64}) * {bucket:Int64} AS at,
           sum(total) / if(max(duration_ms = 0), count(), 1) AS part
         FROM profiles FINAL WHERE ${PROFILE_WHERE} GROUP BY target, at)
       GROUP BY at ORDER BY at`,
      { ...profileParameters(query, { range: query.range, limit: 0 }), bucket: bucketMs },
    );
  }

  async stackDiff(
    query: Omit<ProfileQuery, "range">,
    before: TimeRange,
    after: TimeRange,
    limit: number,
  ): Promise<FoldedStack[]> {
    const parts = [after, before].map((range, i) =>
      foldedParts({ byMean: true, factor: i === 0 ? 1 : -1, range }),
    );
    const sums = await this.#session.select<{ hash: string; value: number }>(
      sumByStack(parts.join(" UNION ALL ")),
      profileParameters(query, { range: after, limit }),
    );
    return this.#name(sums);
  }

  async run(id: string): Promise<RunRecord | null> {
    const parts = /^(.*)@(\d{4,6}-\d\d-\d\dT[\d:.]+Z)(\/.*)?$/s.exec(id);
    const slotMs = Date.parse(parts?.[2] ?? "");
    if (parts === null || Number.isNaN(slotMs)) return null;
    const [run] = await this.#bodies<RunRecord>(
      "SELECT body FROM runs FINAL WHERE target = {target:String} AND slot_ms = {slot:Int64} AND id = {id:String}",
      { target: parts[1], slot: slotMs, id },
    );
    return run ?? null;
  }

  runs(target: string | null, range: TimeRange, limit: number): Promise<RunRecord[]> {
    return this.#bodies(
      `SELECT body FROM runs FINAL WHERE slot_ms >= {from:Int64} AND slot_ms < {to:Int64}
        ${target === null ? "" : "AND target = {target:String}"} ORDER BY slot_ms DESC, id LIMIT {limit:UInt64}`,
      { ...bounds(range), limit, ...(target === null ? {} : { target }) },
    );
  }

  findings(target: string | null, state: "open" | "any"): Promise<FindingRecord[]> {
    return this.#bodies(
      `SELECT argMax(body, (version, written)) AS body FROM findings GROUP BY id
        HAVING ({any:UInt8} = 1 OR argMax(state, (version, written)) = 'open')
          ${target === null ? "" : "AND argMax(target, (version, written)) = {target:String}"} ORDER BY id`,
      { any: state === "any" ? 1 : 0, ...(target === null ? {} : { target }) },
    );
  }

  findingHistory(id: string): Promise<FindingRecord[]> {
    return this.#bodies("SELECT body FROM findings FINAL WHERE id = {id:String} ORDER BY version", { id });
  }

  alertStates(): Promise<AlertState[]> {
    return this.#bodies("SELECT body FROM alerts FINAL ORDER BY id");
  }

  alertEvents(target: string | null, range: TimeRange): Promise<AlertEvent[]> {
    return this.#bodies(
      `SELECT body FROM events FINAL WHERE at_ms >= {from:Int64} AND at_ms < {to:Int64}
        ${target === null ? "" : "AND target = {target:String}"} ORDER BY at_ms, batch, position`,
      { ...bounds(range), ...(target === null ? {} : { target }) },
    );
  }

  async captures(target: string, kind: string, limit: number): Promise<CaptureEntry[]> {
    return this.#session.select<CaptureEntry>(
      `SELECT sha256, bytes, target, kind, at_ms AS atMs FROM captures FINAL
        WHERE target = {target:String} AND kind = {kind:String} ORDER BY at_ms DESC LIMIT {limit:UInt64}`,
      { target, kind, limit },
    );
  }

  async compact(nowMs: number, onStep?: (step: CompactStep) => void): Promise<CompactReport> {
    return compactClickHouse(this.#session, this.#retention, nowMs, onStep);
  }

  sizeBytes(): Promise<number> {
    return measureBytes(this.#session);
  }

  async verify(onStep?: (step: CompactStep) => void): Promise<VerifyReport> {
    const problems: string[] = [];
    const rows: Record<string, number> = {};
    const tables = "targets metrics metrics_5m profiles stacks findings runs alerts events captures audit";
    for (const table of tables.split(" ")) {
      const checks = await this.#session.select<{ is_passed: number; message?: string; part_path?: string }>(
        `CHECK TABLE ${table} SETTINGS check_query_single_value_result = 0`,
      );
      for (const check of checks) {
        if (Number(check.is_passed) === 1) continue;
        problems.push(
          `Part ${check.part_path ?? ""} of table ${table} is damaged: ${check.message ?? ""}. Restore it from a backup or detach it.`,
        );
      }
      const [counted] = await this.#session.select<{ rows: number }>(`SELECT count() AS rows FROM ${table}`);
      rows[table] = counted!.rows;
      onStep?.({ table, removedRows: 0, rewrittenHours: 0 });
    }
    let last: AuditEntry[] = [];
    for await (const block of this.#session.stream<{ body: string }>(
      "SELECT body FROM audit ORDER BY sequence",
    )) {
      const entries = block.map((row) => JSON.parse(row.body) as AuditEntry);
      problems.push(...findBrokenLinks([...last, ...entries]).slice(0, 10));
      last = entries.slice(-1);
    }
    return { ok: problems.length === 0, problems, rows };
  }

  async *rows(table: StoreTable): AsyncGenerator<StoreRow> {
    switch (table) {
      case "targets":
        yield* await this.targets();
        return;
      case "metrics":
        for await (const block of this.#session.stream<{
          target: string;
          at_ms: number;
          names: string[];
          vs: number[];
        }>(
          `SELECT target, at_ms, groupArray(metric) AS names, groupArray(value) AS vs
             FROM metrics FINAL GROUP BY target, at_ms ORDER BY at_ms`,
        )) {
          for (const { target, at_ms: atMs, names, vs } of block) {
            yield { target, atMs, values: Object.fromEntries(names.map((name, i) => [name, vs[i]!])) };
          }
        }
        return;
      case "profiles":
        for await (const block of this.#session.stream<ProfileColumns>(
          `SELECT target, service, type, unit, at_ms, duration_ms, total, arrayMap(h -> toString(h), stack_hash) AS hashes,
             value FROM profiles FINAL ORDER BY at_ms`,
        )) {
          const frames = await this.#frames([...new Set(block.flatMap((row) => row.hashes))]);
          for (const row of block) {
            const stackHash = BigUint64Array.from(row.hashes, BigInt);
            yield {
              target: row.target,
              service: row.service,
              sums: {
                type: row.type,
                unit: row.unit,
                atMs: row.at_ms,
                durationMs: row.duration_ms,
                total: row.total,
                stackHash,
                value: Float64Array.from(row.value),
                frames: new Map(row.hashes.map((hash, i) => [stackHash[i]!, frames.get(hash) ?? []])),
              },
            };
          }
        }
        return;
      case "captures":
        for await (const block of this.#session.stream<CaptureEntry>(
          "SELECT sha256, bytes, target, kind, at_ms AS atMs FROM captures FINAL ORDER BY at_ms",
        )) {
          yield* block;
        }
        return;
      default: {
        const order = {
          findings: "at_ms",
          runs: "slot_ms",
          alerts: "id",
          events: "at_ms",
          audit: "sequence",
        }[table];
        const final = table === "audit" ? "" : "FINAL";
        const sql = `SELECT body FROM ${table} ${final} ORDER BY ${order}`;
        for await (const block of this.#session.stream<{ body: string }>(sql)) {
          for (const { body } of block) yield JSON.parse(body) as StoreRow;
        }
      }
    }
  }

  async close(): Promise<void> {
    await this.#batches.close();
    await this.#auditing.catch(() => {});
    await this.#session.close();
  }

  async #bodies<T>(sql: string, parameters: Record<string, unknown> = {}): Promise<T[]> {
    const rows = await this.#session.select<{ body: string }>(sql, parameters);
    return rows.map((row) => JSON.parse(row.body) as T);
  }

  async #name(sums: { hash: string; value: number }[]): Promise<FoldedStack[]> {
    const frames = await this.#frames(sums.map(({ hash }) => hash));
    return sums.map(({ hash, value }) => ({
      stackHash: BigInt(hash),
      frames: frames.get(hash) ?? [],
      value,
    }));
  }

  async #frames(hashes: readonly string[]): Promise<Map<string, string[]>> {
    const frames = new Map<string, string[]>();
    for (let from = 0; from < hashes.length; from += FRAMES_A_QUERY) {
      // The hashes are digits: as parameters they would be cut at the length of a URL.
      const list = hashes.slice(from, from + FRAMES_A_QUERY).join(",");
      const rows = await this.#session.select<{ text: string; frames: string[] }>(
        `SELECT toString(hash) AS text, any(frames) AS frames FROM stacks WHERE hash IN (${list}) GROUP BY hash`,
      );
      for (const row of rows) frames.set(row.text, row.frames);
    }
    return frames;
  }
}

const PROFILE_WHERE = `service = {service:String} AND type = {type:String}
  AND ({anyTarget:UInt8} = 1 OR target = {target:String}) AND at_ms >= {from:Int64} AND at_ms < {to:Int64}`;

/** Each target's share of each stack, as `foldTarget` counts it. */
function foldedParts({
  byMean,
  factor = 1,
  range,
}: {
  byMean: boolean;
  factor?: number;
  range?: TimeRange;
}): string {
  const { from, to } = range === undefined ? { from: "{from:Int64}", to: "{to:Int64}" } : bounds(range);
  const where = PROFILE_WHERE.replace("{from:Int64}", String(from)).replace("{to:Int64}", String(to));
  return `SELECT hash, ${factor} * sum(v) / any(divisor) AS part FROM (
      SELECT target, stack_hash, value,
        if(${byMean ? "1" : "max(duration_ms = 0) OVER (PARTITION BY target)"}, count() OVER (PARTITION BY target), 1)
          AS divisor
      FROM profiles FINAL WHERE ${where})
    ARRAY JOIN stack_hash AS hash, value AS v GROUP BY target, hash`;
}

function sumByStack(parts: string): string {
  return `SELECT toString(hash) AS hash, value FROM (
      SELECT hash, sum(part) AS value FROM (${parts}) GROUP BY hash HAVING value != 0
      ORDER BY value DESC, hash LIMIT {limit:UInt64})`;
}

function profileParameters(
  query: Omit<ProfileQuery, "range">,
  { range, limit }: { range: TimeRange; limit: number },
): Record<string, unknown> {
  const { service, type, target } = query;
  return { ...bounds(range), service, type, anyTarget: target === null ? 1 : 0, target: target ?? "", limit };
}

function bounds(range: TimeRange): { from: number; to: number } {
  return { from: Math.ceil(range.fromMs), to: Math.ceil(range.toMs) };
}
