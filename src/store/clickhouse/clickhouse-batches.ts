import { hashStack } from "../../patrol/stack-hash.ts";
import { type Batch, StoreError } from "../store.ts";
import type { ClickHouseSession } from "./clickhouse-session.ts";

const DAY_MS = 24 * 3600_000;
/** Rows of an insert: ClickHouse likes them large, memory does not. */
const MOST_GATHERED = 2000;
const MAX_WAITING = 20_000;
/** Stacks that were told within the day are remembered, so that they are not told again. */
const MOST_REMEMBERED = 300_000;

interface Gathered {
  batch: Batch;
  hash: bigint;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Gathers batches into one insert a table. The insert into `batches` comes last: what is in it is whole. Everything before
 * it may be repeated, for each table keeps one row of a key.
 */
export class ClickHouseBatches {
  readonly #session: ClickHouseSession;
  readonly #lingerMs: number;
  readonly #told = new Set<bigint>();
  #toldDay = 0;
  #gathered: Gathered[] = [];
  #timer: NodeJS.Timeout | undefined;
  #inserting: Promise<void> | undefined;
  #lastInsertMs = Number.NEGATIVE_INFINITY;
  #lastWritten = 0;
  #closed = false;

  constructor(session: ClickHouseSession, lingerMs: number) {
    this.#session = session;
    this.#lingerMs = lingerMs;
  }

  write(batch: Batch): Promise<void> {
    if (this.#closed)
      return Promise.reject(new StoreError("failed", "the store is closed", "Start the patrol again"));
    if (this.#gathered.length >= MAX_WAITING) {
      return Promise.reject(
        new StoreError(
          "overloaded",
          `${MAX_WAITING} batches wait to be written`,
          "ClickHouse is too slow for what is measured: check it, or measure less often",
        ),
      );
    }
    return new Promise((resolve, reject) => {
      // The caller may go on changing what it wrote.
      const own = structuredClone(batch);
      this.#gathered.push({ batch: own, hash: hashStack([batch.id]), resolve, reject });
      this.#schedule();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    while (this.#gathered.length > 0 || this.#inserting !== undefined) {
      this.#start();
      await this.#inserting;
    }
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#inserting !== undefined) return;
    const waitMs = Math.max(0, this.#lastInsertMs + this.#lingerMs - performance.now());
    this.#timer = setTimeout(() => this.#start(), waitMs);
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#inserting !== undefined || this.#gathered.length === 0) return;
    const group = this.#gathered.splice(0, MOST_GATHERED);
    this.#inserting = this.#insert(group).finally(() => {
      this.#inserting = undefined;
      this.#lastInsertMs = performance.now();
      if (this.#gathered.length > 0) this.#schedule();
    });
  }

  async #insert(group: Gathered[]): Promise<void> {
    try {
      const fresh = await this.#findFresh(group);
      const tables = this.#toRows(fresh);
      await Promise.all([...tables].map(([table, rows]) => this.#session.insert(table, rows)));
      await this.#session.insert(
        "batches",
        fresh.map(({ hash }) => ({ id_hash: String(hash) })),
      );
      for (const { resolve } of group) resolve();
    } catch (error) {
      // What was told may not have arrived.
      this.#told.clear();
      for (const { reject } of group) reject(error);
    }
  }

  /** Those that were not written before, once each. */
  async #findFresh(group: Gathered[]): Promise<Gathered[]> {
    const byHash = new Map(group.map((each) => [each.hash, each]));
    const known = await this.#session.select<{ hash: string }>(
      `SELECT toString(id_hash) AS hash FROM batches WHERE id_hash IN (${[...byHash.keys()].join(",")})`,
    );
    for (const { hash } of known) byHash.delete(BigInt(hash));
    return [...byHash.values()];
  }

  #toRows(group: Gathered[]): Map<string, object[]> {
    const tables = new Map<string, object[]>();
    const add = (table: string, row: object) => {
      const rows = tables.get(table) ?? [];
      rows.push(row);
      tables.set(table, rows);
    };
    for (const { batch, hash } of group) {
      for (const row of batch.targets ?? []) {
        add("targets", {
          id: row.id,
          first_seen_ms: Math.round(row.firstSeenMs),
          last_seen_ms: Math.round(row.lastSeenMs),
          newest: {
            seen_ms: Math.round(row.lastSeenMs),
            address: row.address,
            labels: JSON.stringify(row.labels),
          },
        });
      }
      for (const { target, atMs, values } of batch.metrics ?? []) {
        for (const [metric, value] of Object.entries(values)) {
          add("metrics", { target, metric, at_ms: Math.round(atMs), value, written: this.#nextWritten() });
        }
      }
      for (const { target, service, sums } of batch.profiles ?? []) {
        const seenDay = Math.floor(sums.atMs / DAY_MS);
        for (const [stack, frames] of sums.frames) {
          if (this.#isTold(stack, seenDay)) continue;
          add("stacks", { hash: String(stack), frames, seen_day: seenDay });
        }
        add("profiles", {
          service,
          type: sums.type,
          target,
          at_ms: Math.round(sums.atMs),
          unit: sums.unit,
          duration_ms: sums.durationMs,
          total: sums.total,
          stack_hash: Array.from(sums.stackHash, String),
          value: [...sums.value],
          written: this.#nextWritten(),
        });
      }
      for (const row of batch.captures ?? []) {
        const { target, kind, sha256, bytes } = row;
        add("captures", { target, kind, at_ms: Math.round(row.atMs), sha256, bytes });
      }
      for (const row of batch.findings ?? []) {
        const { id, version, target, state } = row;
        add("findings", {
          id,
          version,
          target,
          state,
          at_ms: Math.round(row.atMs),
          body: JSON.stringify(row),
          written: this.#nextWritten(),
        });
      }
      for (const row of batch.alerts ?? []) {
        const last = Math.round(row.lastEvaluatedMs);
        add("alerts", { id: row.id, phase: row.phase, last_evaluated_ms: last, body: JSON.stringify(row) });
      }
      for (const [position, row] of (batch.events ?? []).entries()) {
        const at = Math.round(row.atMs);
        add("events", {
          target: row.target,
          at_ms: at,
          batch: String(hash),
          position,
          body: JSON.stringify(row),
        });
      }
      for (const row of batch.runs ?? []) {
        const slot = Math.round(row.slotMs);
        add("runs", {
          target: row.target,
          slot_ms: slot,
          id: row.id,
          body: JSON.stringify(row),
          written: this.#nextWritten(),
        });
      }
    }
    return tables;
  }

  /** Microseconds, always more than before: of two rows of a key the later one is kept. */
  #nextWritten(): number {
    this.#lastWritten = Math.max(this.#lastWritten + 1, Date.now() * 1000);
    return this.#lastWritten;
  }

  #isTold(stack: bigint, day: number): boolean {
    if (day > this.#toldDay || this.#told.size >= MOST_REMEMBERED) {
      this.#told.clear();
      this.#toldDay = Math.max(day, this.#toldDay);
    }
    if (this.#told.has(stack)) return true;
    this.#told.add(stack);
    return false;
  }
}
