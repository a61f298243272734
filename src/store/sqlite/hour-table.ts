import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { TimeRange } from "../store.ts";
import { HOUR_MS, hourKey, hourOf, splitHourKey } from "./hour-key.ts";

const PAGE_ROWS = 200;

/** One table of packed hours: a row for each hour of each target or series. */
export class HourTable {
  readonly name: string;
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #bounds: StatementSync;
  readonly #page: StatementSync;
  readonly #expire: StatementSync;

  constructor(database: DatabaseSync, name: string) {
    this.name = name;
    this.#get = database.prepare(`SELECT body FROM ${name} WHERE hour_key = ?`);
    this.#put = database.prepare(`INSERT OR REPLACE INTO ${name} (hour_key, body) VALUES (?, ?)`);
    this.#bounds = database.prepare(
      `SELECT (SELECT min(hour_key) FROM ${name}) AS least, (SELECT max(hour_key) FROM ${name}) AS greatest`,
    );
    this.#page = database.prepare(
      `SELECT hour_key, body FROM ${name} WHERE hour_key > ? AND hour_key < ? ORDER BY hour_key LIMIT ?`,
    );
    this.#expire = database.prepare(
      `DELETE FROM ${name} WHERE hour_key IN (SELECT hour_key FROM ${name} WHERE hour_key < ? ORDER BY hour_key LIMIT ?)`,
    );
  }

  get(hour: number, number: number): Uint8Array | undefined {
    return (this.#get.get(hourKey(hour, number)) as { body: Uint8Array } | undefined)?.body;
  }

  put(hour: number, number: number, body: Uint8Array): void {
    this.#put.run(hourKey(hour, number), body);
  }

  /** First and last hour that the table has within the range; undefined if none. */
  hoursWithin(range: TimeRange): { first: number; last: number } | undefined {
    const { least, greatest } = this.#bounds.get() as { least: number | null; greatest: number | null };
    if (least === null || greatest === null || range.fromMs >= range.toMs) return undefined;
    const first = Math.max(splitHourKey(least).hour, hourOf(range.fromMs));
    const last = Math.min(splitHourKey(greatest).hour, hourOf(range.toMs - 1));
    return first <= last ? { first, last } : undefined;
  }

  /** Hours of one target or series that the range touches, oldest first. */
  *within(range: TimeRange, number: number): Generator<{ hour: number; body: Uint8Array }> {
    const hours = this.hoursWithin(range);
    if (hours === undefined) return;
    for (let hour = hours.first; hour <= hours.last; hour++) {
      const body = this.get(hour, number);
      if (body !== undefined) yield { hour, body };
    }
  }

  /** Rows behind `after` (-1: from the first) and before `before`, by key. */
  page(
    after: number,
    limit: number,
    before: number = Number.MAX_SAFE_INTEGER,
  ): { key: number; body: Uint8Array }[] {
    const rows = this.#page.all(after, before, limit) as { hour_key: number; body: Uint8Array }[];
    return rows.map(({ hour_key: key, body }) => ({ key, body }));
  }

  /** Bodies of all targets or series of an hour. */
  *ofHour(hour: number): Generator<Uint8Array> {
    for (let after = hourKey(hour, 0) - 1; ; ) {
      const page = this.page(after, PAGE_ROWS, hourKey(hour + 1, 0));
      for (const { body } of page) yield body;
      if (page.length < PAGE_ROWS) return;
      after = page.at(-1)!.key;
    }
  }

  /** Removes at most `limit` rows of hours that end by `beforeMs`; how many. */
  expire(beforeMs: number, limit: number): number {
    return Number(this.#expire.run(hourKey(Math.floor(beforeMs / HOUR_MS), 0), limit).changes);
  }
}
