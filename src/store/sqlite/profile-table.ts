import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type FoldedProfile, foldTarget, foldTimeline, pickLargest, sortTimeline } from "../fold-stacks.ts";
import {
  packProfileHour,
  packStacks,
  type StackProfile,
  unpackProfileHour,
  unpackStacks,
} from "../packing/pack-profiles.ts";
import type { FoldedStack, ProfileQuery, ProfileRow, TimeRange } from "../store.ts";
import { hourOf, splitHourKey } from "./hour-key.ts";
import { HourTable } from "./hour-table.ts";
import type { PackedProfile } from "./packed-batch.ts";
import { StackTable } from "./stack-table.ts";
import type { TargetTable } from "./target-table.ts";

interface RecentRow {
  id: number;
  series: number;
  at_ms: number;
  duration_ms: number;
  total: number;
  body: Uint8Array;
}

interface SeriesRow {
  service: string;
  target: number;
  type: string;
  unit: string;
}

type SeriesQuery = Omit<ProfileQuery, "range">;

/** Profiles by series (service, target and type): a row each, packed into hours when they are complete. */
export class ProfileTable {
  readonly hours: HourTable;
  readonly stacks: StackTable;
  readonly #targets: TargetTable;
  readonly #numbers = new Map<string, number>();
  readonly #findSeries: StatementSync;
  readonly #insertSeries: StatementSync;
  readonly #seriesOf: StatementSync;
  readonly #seriesOfService: StatementSync;
  readonly #insert: StatementSync;
  readonly #within: StatementSync;
  readonly #seriesBefore: StatementSync;
  readonly #deleteBefore: StatementSync;
  readonly #page: StatementSync;
  readonly #count: StatementSync;

  constructor(database: DatabaseSync, targets: TargetTable) {
    this.hours = new HourTable(database, "profile_hours");
    this.stacks = new StackTable(database);
    this.#targets = targets;
    this.#findSeries = database.prepare(
      "SELECT number FROM series WHERE service = ? AND type = ? AND target = ?",
    );
    this.#insertSeries = database.prepare(
      "INSERT INTO series (service, type, target, unit) VALUES (?, ?, ?, ?) RETURNING number",
    );
    this.#seriesOf = database.prepare("SELECT service, target, type, unit FROM series WHERE number = ?");
    this.#seriesOfService = database.prepare(
      "SELECT number, target FROM series WHERE service = ? AND type = ? ORDER BY target",
    );
    this.#insert = database.prepare(
      "INSERT OR REPLACE INTO profiles (series, at_ms, duration_ms, total, body) VALUES (?, ?, ?, ?, ?)",
    );
    const columns = "id, series, at_ms, duration_ms, total, body";
    this.#within = database.prepare(
      `SELECT ${columns} FROM profiles WHERE series = ? AND at_ms >= ? AND at_ms < ? ORDER BY at_ms`,
    );
    this.#seriesBefore = database.prepare(
      "SELECT DISTINCT series FROM profiles WHERE at_ms < ? ORDER BY series LIMIT ?",
    );
    this.#deleteBefore = database.prepare("DELETE FROM profiles WHERE series = ? AND at_ms < ?");
    this.#page = database.prepare(`SELECT ${columns} FROM profiles WHERE id > ? ORDER BY id LIMIT ?`);
    this.#count = database.prepare("SELECT count(*) AS rows FROM profiles");
  }

  forget(): void {
    this.#numbers.clear();
    this.stacks.forget();
  }

  write(profiles: readonly PackedProfile[]): void {
    for (const profile of profiles) {
      const rows = Array.from(profile.stackHash, (hash, i) => ({
        stack: this.stacks.number(hash, profile.frames.get(hash), profile.atMs),
        value: profile.value[i]!,
      })).sort((a, b) => a.stack - b.stack);
      const body = packStacks({
        stack: Float64Array.from(rows, (row) => row.stack),
        value: Float64Array.from(rows, (row) => row.value),
      });
      this.#insert.run(this.#seriesNumber(profile), profile.atMs, profile.durationMs, profile.total, body);
    }
  }

  flame(query: ProfileQuery, limit: number): FoldedStack[] {
    const sums = new Map<number, number>();
    for (const series of this.#seriesWithin(query)) foldTarget(sums, this.#read(series, query.range));
    return this.#name(pickLargest(sums, limit));
  }

  timeline(query: ProfileQuery, bucketMs: number): { atMs: number; total: number }[] {
    const buckets = new Map<number, number>();
    for (const series of this.#seriesWithin(query))
      foldTimeline(buckets, this.#read(series, query.range), bucketMs);
    return sortTimeline(buckets);
  }

  diff(query: SeriesQuery, before: TimeRange, after: TimeRange, limit: number): FoldedStack[] {
    const sums = new Map<number, number>();
    for (const series of this.#seriesWithin(query)) {
      foldTarget(sums, this.#read(series, after), { byMean: true });
      foldTarget(sums, this.#read(series, before), { byMean: true, factor: -1 });
    }
    return this.#name(pickLargest(sums, limit));
  }

  /** Packs profiles of hours before `beforeMs`, of at most `limit` series; how many hours, null if none was left. */
  packBefore(beforeMs: number, limit: number): number | null {
    const all = this.#seriesBefore.all(beforeMs, limit) as { series: number }[];
    if (all.length === 0) return null;
    let hours = 0;
    for (const { series } of all) {
      const byHour = new Map<number, Map<number, StackProfile>>();
      for (const row of this.#within.all(
        series,
        Number.MIN_SAFE_INTEGER,
        beforeMs,
      ) as unknown as RecentRow[]) {
        const hour = hourOf(row.at_ms);
        let profiles = byHour.get(hour);
        if (profiles === undefined) {
          const known = this.hours.get(hour, series);
          const packed = known === undefined ? [] : unpackProfileHour(known);
          profiles = new Map(packed.map((profile) => [profile.atMs, profile]));
          byHour.set(hour, profiles);
        }
        profiles.set(row.at_ms, unpackRow(row));
      }
      for (const [hour, profiles] of byHour) {
        this.hours.put(hour, series, packProfileHour([...profiles.values()]));
        hours++;
      }
      this.#deleteBefore.run(series, beforeMs);
    }
    return hours;
  }

  page(
    cursor: readonly [phase: number, after: number],
    limit: number,
  ): { rows: ProfileRow[]; next: [number, number] | null } {
    const [phase, after] = cursor;
    if (phase === 0) {
      const page = this.hours.page(after, limit);
      const rows = page.flatMap(({ key, body }) => {
        const { number } = splitHourKey(key);
        return unpackProfileHour(body).map((profile) => this.#toRow(number, profile));
      });
      return { rows, next: page.length < limit ? [1, -1] : [0, page.at(-1)!.key] };
    }
    const page = this.#page.all(after, limit) as unknown as RecentRow[];
    const rows = page.map((row) => this.#toRow(row.series, unpackRow(row)));
    return { rows, next: page.length < limit ? null : [1, page.at(-1)!.id] };
  }

  countRecent(): number {
    return (this.#count.get() as { rows: number }).rows;
  }

  /** Oldest first; of two at one time the recent one. */
  #read(series: number, range: TimeRange): FoldedProfile<number>[] {
    const byTime = new Map<number, StackProfile>();
    for (const { body } of this.hours.within(range, series)) {
      for (const profile of unpackProfileHour(body)) {
        if (profile.atMs >= range.fromMs && profile.atMs < range.toMs) byTime.set(profile.atMs, profile);
      }
    }
    for (const row of this.#within.all(series, range.fromMs, range.toMs) as unknown as RecentRow[]) {
      byTime.set(row.at_ms, unpackRow(row));
    }
    return [...byTime.values()].map((profile) => ({ ...profile, key: profile.stack }));
  }

  #seriesWithin(query: SeriesQuery): number[] {
    const rows = this.#seriesOfService.all(query.service, query.type) as { number: number; target: number }[];
    if (query.target === null) return rows.map((row) => row.number);
    const target = this.#targets.find(query.target);
    return rows.filter((row) => row.target === target).map((row) => row.number);
  }

  #seriesNumber(profile: PackedProfile): number {
    const target = this.#targets.number(profile.target);
    const key = JSON.stringify([profile.service, profile.type, target]);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const row = (this.#findSeries.get(profile.service, profile.type, target) ??
      this.#insertSeries.get(profile.service, profile.type, target, profile.unit)) as { number: number };
    this.#numbers.set(key, row.number);
    return row.number;
  }

  #name(stacks: [number, number][]): FoldedStack[] {
    return stacks.map(([number, value]) => {
      const { hash, frames } = this.stacks.get(number);
      return { stackHash: hash, frames, value };
    });
  }

  #toRow(series: number, profile: StackProfile): ProfileRow {
    const { service, target, type, unit } = this.#seriesOf.get(series) as unknown as SeriesRow;
    const stacks = Array.from(profile.stack, (number, i) => ({
      ...this.stacks.get(number),
      value: profile.value[i]!,
    })).sort((a, b) => (a.hash < b.hash ? -1 : 1));
    return {
      target: this.#targets.id(target),
      service,
      sums: {
        type,
        unit,
        atMs: profile.atMs,
        durationMs: profile.durationMs,
        total: profile.total,
        stackHash: BigUint64Array.from(stacks, (stack) => stack.hash),
        value: Float64Array.from(stacks, (stack) => stack.value),
        frames: new Map(stacks.map((stack) => [stack.hash, stack.frames])),
      },
    };
  }
}

function unpackRow(row: RecentRow): StackProfile {
  return { atMs: row.at_ms, durationMs: row.duration_ms, total: row.total, ...unpackStacks(row.body) };
}
