import type { DatabaseSync, StatementSync } from "node:sqlite";
import { downsample } from "../downsample.ts";
import { LATEST_WITHIN_MS } from "../latest-metrics.ts";
import { MetricSeriesBuilder } from "../metric-series.ts";
import {
  type MetricColumns,
  packBuckets,
  packMetrics,
  unpackBuckets,
  unpackMetrics,
} from "../packing/pack-metrics.ts";
import type { MetricRow, MetricSeries, TimeRange } from "../store.ts";
import { hourOf, splitHourKey } from "./hour-key.ts";
import { HourTable } from "./hour-table.ts";
import { NameTable } from "./name-table.ts";
import type { MetricRowColumns } from "./packed-batch.ts";
import type { TargetTable } from "./target-table.ts";

interface RecentRow {
  at_ms: number;
  list: number;
  values: Uint8Array;
}

/** Metrics: a row for each write, packed into hours of a target when they are complete, and into five minutes besides. */
export class MetricTable {
  readonly hours: HourTable;
  readonly buckets: HourTable;
  readonly #targets: TargetTable;
  readonly #names: NameTable;
  readonly #insert: StatementSync;
  readonly #within: StatementSync;
  readonly #newest: StatementSync;
  readonly #targetsBefore: StatementSync;
  readonly #deleteBefore: StatementSync;
  readonly #page: StatementSync;
  readonly #count: StatementSync;

  constructor(database: DatabaseSync, targets: TargetTable) {
    this.hours = new HourTable(database, "metric_hours");
    this.buckets = new HourTable(database, "metric_buckets");
    this.#targets = targets;
    this.#names = new NameTable(database);
    this.#insert = database.prepare(
      'INSERT OR REPLACE INTO metrics (target, at_ms, list, "values") VALUES (?, ?, ?, ?)',
    );
    // By id: of two rows that name the same metric the later one counts.
    this.#within = database.prepare(
      'SELECT at_ms, list, "values" FROM metrics WHERE target = ? AND at_ms >= ? AND at_ms < ? ORDER BY id',
    );
    this.#newest = database.prepare("SELECT max(at_ms) AS at_ms FROM metrics WHERE target = ?");
    this.#targetsBefore = database.prepare(
      "SELECT DISTINCT target FROM metrics WHERE at_ms < ? ORDER BY target LIMIT ?",
    );
    this.#deleteBefore = database.prepare("DELETE FROM metrics WHERE target = ? AND at_ms < ?");
    this.#page = database.prepare(
      'SELECT id, target, at_ms, list, "values" FROM metrics WHERE id > ? ORDER BY id LIMIT ?',
    );
    this.#count = database.prepare("SELECT count(*) AS rows FROM metrics");
  }

  forget(): void {
    this.#names.forget();
  }

  write(rows: MetricRowColumns): void {
    const lists = rows.lists.map((names) => this.#names.listNumber(names));
    const bytes = new Uint8Array(rows.values.buffer, rows.values.byteOffset, rows.values.byteLength);
    let at = 0;
    for (let r = 0; r < rows.target.length; r++) {
      const list = rows.list[r]!;
      const length = 8 * rows.lists[list]!.length;
      this.#insert.run(
        this.#targets.number(rows.target[r]!),
        rows.atMs[r]!,
        lists[list]!,
        bytes.subarray(at, at + length),
      );
      at += length;
    }
  }

  read(target: string, names: readonly string[], range: TimeRange): Map<string, MetricSeries> {
    const number = this.#targets.find(target);
    const result = new Map<string, MetricSeries>();
    if (number === undefined) return result;
    const builders = new Map<number, MetricSeriesBuilder>();
    for (const name of names) {
      const known = this.#names.find(name);
      if (known !== undefined) builders.set(known, new MetricSeriesBuilder());
    }
    const full = new Set<number>();
    const isWithin = (atMs: number) => atMs >= range.fromMs && atMs < range.toMs;
    for (const { hour, body } of this.hours.within(range, number)) {
      full.add(hour);
      const columns: MetricColumns = new Map();
      unpackMetrics(body, columns);
      for (const [name, builder] of builders) {
        for (const [atMs, value] of columns.get(name) ?? []) if (isWithin(atMs)) builder.add(atMs, value);
      }
    }
    for (const { hour, body } of this.buckets.within(range, number)) {
      if (full.has(hour)) continue;
      const columns = unpackBuckets(body);
      for (const [name, builder] of builders) {
        for (const bucket of columns.get(name) ?? []) if (isWithin(bucket.atMs)) builder.addBucket(bucket);
      }
    }
    for (const { at_ms: atMs, list, values } of this.#recent(number, range)) {
      const columns = toDoubles(values);
      for (const [i, name] of this.#names.list(list).entries()) builders.get(name)?.add(atMs, columns[i]!);
    }
    for (const name of names) {
      const builder = builders.get(this.#names.find(name) ?? -1);
      if (builder !== undefined && builder.length > 0) result.set(name, builder.build());
    }
    return result;
  }

  latest(): MetricRow[] {
    const rows: MetricRow[] = [];
    for (const { id, number } of this.#targets.numbers()) {
      const newest = this.#newestTime(number);
      if (newest === undefined) continue;
      const range = { fromMs: newest - LATEST_WITHIN_MS + 1, toMs: newest + 1 };
      const columns: MetricColumns = new Map();
      this.#collect(number, range, columns);
      const values: Record<string, number> = {};
      for (const [name, column] of columns) {
        let atMs = Number.NEGATIVE_INFINITY;
        for (const [time, value] of column) {
          if (time < range.fromMs || time < atMs) continue;
          atMs = time;
          values[this.#names.name(name)] = value;
        }
      }
      rows.push({ target: id, atMs: newest, values });
    }
    return rows.sort((a, b) => (a.target < b.target ? -1 : 1));
  }

  /** Packs rows of hours before `beforeMs`, of at most `limit` targets; how many hours were written, null if none was left. */
  packBefore(beforeMs: number, limit: number): number | null {
    const targets = this.#targetsBefore.all(beforeMs, limit) as { target: number }[];
    if (targets.length === 0) return null;
    let hours = 0;
    for (const { target } of targets) {
      const byHour = new Map<number, MetricColumns>();
      for (const row of this.#recent(target, { fromMs: Number.MIN_SAFE_INTEGER, toMs: beforeMs })) {
        const hour = hourOf(row.at_ms);
        let columns = byHour.get(hour);
        if (columns === undefined) {
          columns = new Map();
          const known = this.hours.get(hour, target);
          if (known !== undefined) unpackMetrics(known, columns);
          byHour.set(hour, columns);
        }
        this.#addRow(row, columns);
      }
      for (const [hour, columns] of byHour) {
        this.hours.put(hour, target, packMetrics(columns));
        this.buckets.put(hour, target, packBuckets(downsampleAll(columns)));
        hours++;
      }
      this.#deleteBefore.run(target, beforeMs);
    }
    return hours;
  }

  /** Rows as they were written, without what was down-sampled. */
  page(
    cursor: readonly [phase: number, after: number],
    limit: number,
  ): { rows: MetricRow[]; next: [number, number] | null } {
    const [phase, after] = cursor;
    const rows: MetricRow[] = [];
    if (phase === 0) {
      const page = this.hours.page(after, limit);
      for (const { key, body } of page) rows.push(...this.#unpackRows(key, body));
      return { rows, next: page.length < limit ? [1, -1] : [0, page.at(-1)!.key] };
    }
    const page = this.#page.all(after, limit) as unknown as (RecentRow & { id: number; target: number })[];
    for (const row of page) {
      const columns: MetricColumns = new Map();
      this.#addRow(row, columns);
      rows.push({
        target: this.#targets.id(row.target),
        atMs: row.at_ms,
        values: this.#namedValues(columns, row.at_ms),
      });
    }
    return { rows, next: page.length < limit ? null : [1, page.at(-1)!.id] };
  }

  countRecent(): number {
    return (this.#count.get() as { rows: number }).rows;
  }

  /** Rows of a packed hour, for counting and checking. Throws PackedError. */
  #unpackRows(key: number, body: Uint8Array): MetricRow[] {
    const columns: MetricColumns = new Map();
    unpackMetrics(body, columns);
    const times = new Set<number>();
    for (const column of columns.values()) for (const atMs of column.keys()) times.add(atMs);
    const target = this.#targets.id(splitHourKey(key).number);
    return [...times]
      .sort((a, b) => a - b)
      .map((atMs) => ({ target, atMs, values: this.#namedValues(columns, atMs) }));
  }

  #namedValues(columns: MetricColumns, atMs: number): Record<string, number> {
    const values: Record<string, number> = {};
    for (const [name, column] of columns) {
      const value = column.get(atMs);
      if (value !== undefined) values[this.#names.name(name)] = value;
    }
    return values;
  }

  #recent(target: number, range: TimeRange): RecentRow[] {
    return this.#within.all(target, range.fromMs, range.toMs) as unknown as RecentRow[];
  }

  #addRow(row: RecentRow, columns: MetricColumns): void {
    const values = toDoubles(row.values);
    for (const [i, name] of this.#names.list(row.list).entries()) {
      const column = columns.get(name) ?? new Map<number, number>();
      column.set(row.at_ms, values[i]!);
      columns.set(name, column);
    }
  }

  #collect(target: number, range: TimeRange, columns: MetricColumns): void {
    for (const { body } of this.hours.within(range, target)) unpackMetrics(body, columns);
    for (const row of this.#recent(target, range)) this.#addRow(row, columns);
  }

  #newestTime(target: number): number | undefined {
    const recent = (this.#newest.get(target) as { at_ms: number | null }).at_ms;
    if (recent !== null) return recent;
    const hours = this.hours.hoursWithin({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER });
    for (let hour = hours?.last ?? -1; hour >= (hours?.first ?? 0); hour--) {
      const body = this.hours.get(hour, target);
      if (body === undefined) continue;
      const columns: MetricColumns = new Map();
      unpackMetrics(body, columns);
      return Math.max(...[...columns.values()].map((column) => Math.max(...column.keys())));
    }
    return undefined;
  }
}

function downsampleAll(columns: MetricColumns) {
  return new Map(
    [...columns].map(([name, rows]) => [name, downsample([...rows.keys()], [...rows.values()])]),
  );
}

function toDoubles(bytes: Uint8Array): Float64Array {
  // A blob may begin anywhere; a column of doubles may not.
  return new Float64Array(bytes.slice().buffer);
}
