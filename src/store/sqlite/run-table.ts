import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { RunRecord } from "../../patrol/run-record.ts";
import { packTexts, unpackTexts } from "../packing/pack-texts.ts";
import type { TimeRange } from "../store.ts";
import { hashText } from "./hash-text.ts";
import { HOUR_MS, hourOf } from "./hour-key.ts";
import { HourTable } from "./hour-table.ts";
import type { PackedBatch } from "./packed-batch.ts";
import type { TargetTable } from "./target-table.ts";

/** So many runs are compressed together while they are recent: reading one unfolds them all. */
const RUNS_A_PACK = 128;

interface RecentRow {
  target: number;
  slot_ms: number;
  pack: number;
  position: number;
}

/** Runs as JSON: packed as they come, and by the hour of a target when it is complete, where they are most alike. */
export class RunTable {
  readonly hours: HourTable;
  readonly #targets: TargetTable;
  readonly #insertPack: StatementSync;
  readonly #pack: StatementSync;
  readonly #insert: StatementSync;
  readonly #ofTarget: StatementSync;
  readonly #ofAll: StatementSync;
  readonly #targetsBefore: StatementSync;
  readonly #deleteBefore: StatementSync;
  readonly #newestPack: StatementSync;
  readonly #expirePacks: StatementSync;
  readonly #page: StatementSync;
  readonly #count: StatementSync;

  constructor(database: DatabaseSync, targets: TargetTable) {
    this.hours = new HourTable(database, "run_hours");
    this.#targets = targets;
    this.#insertPack = database.prepare(
      "INSERT INTO run_packs (newest_slot_ms, body) VALUES (?, ?) RETURNING number",
    );
    this.#pack = database.prepare("SELECT body FROM run_packs WHERE number = ?");
    this.#insert = database.prepare(
      "INSERT OR REPLACE INTO runs (target, slot_ms, id_hash, pack, position) VALUES (?, ?, ?, ?, ?)",
    );
    const columns = "target, slot_ms, pack, position";
    this.#ofTarget = database.prepare(
      `SELECT ${columns} FROM runs WHERE target = ? AND slot_ms >= ? AND slot_ms < ? ORDER BY slot_ms DESC`,
    );
    this.#ofAll = database.prepare(
      `SELECT ${columns} FROM runs WHERE slot_ms >= ? AND slot_ms < ? ORDER BY slot_ms DESC`,
    );
    this.#targetsBefore = database.prepare(
      "SELECT DISTINCT target FROM runs WHERE slot_ms < ? ORDER BY target LIMIT ?",
    );
    this.#deleteBefore = database.prepare("DELETE FROM runs WHERE target = ? AND slot_ms < ?");
    this.#newestPack = database.prepare("SELECT coalesce(max(number), 0) AS number FROM run_packs");
    // The newest stays, so that no number is given twice.
    this.#expirePacks = database.prepare(
      `DELETE FROM run_packs WHERE number IN
        (SELECT number FROM run_packs WHERE number < ? AND newest_slot_ms < ? LIMIT ?)`,
    );
    this.#page = database.prepare(
      `SELECT ${columns} FROM runs WHERE (target, slot_ms, id_hash) > (?, ?, ?) ORDER BY target, slot_ms, id_hash LIMIT ?`,
    );
    this.#count = database.prepare("SELECT count(*) AS rows FROM runs");
  }

  write(runs: PackedBatch["runs"]): void {
    for (let from = 0; from < runs.length; from += RUNS_A_PACK) {
      const part = runs.slice(from, from + RUNS_A_PACK);
      const newest = Math.max(...part.map((run) => run.slotMs));
      const { number } = this.#insertPack.get(newest, packTexts(part.map((run) => run.body))) as {
        number: number;
      };
      for (const [position, run] of part.entries()) {
        this.#insert.run(this.#targets.number(run.target), run.slotMs, hashText(run.id), number, position);
      }
    }
  }

  /** By the target and slot that its id names; null if it names none or there is no such run. */
  get(id: string): RunRecord | null {
    const parts = /^(.*)@(\d{4,6}-\d\d-\d\dT[\d:.]+Z)(\/.*)?$/s.exec(id);
    const slotMs = Date.parse(parts?.[2] ?? "");
    if (parts === null || Number.isNaN(slotMs)) return null;
    const runs = this.read(parts[1]!, { fromMs: slotMs, toMs: slotMs + 1 }, Number.POSITIVE_INFINITY);
    return runs.find((run) => run.id === id) ?? null;
  }

  /** Newest first. */
  read(target: string | null, range: TimeRange, limit: number): RunRecord[] {
    if (range.fromMs >= range.toMs || limit <= 0) return [];
    const number = target === null ? null : this.#targets.find(target);
    if (number === undefined) return [];
    const found = new RunsFound(limit);
    const packs = new Map<number, string[]>();
    const recent = (
      number === null
        ? this.#ofAll.iterate(range.fromMs, range.toMs)
        : this.#ofTarget.iterate(number, range.fromMs, range.toMs)
    ) as Iterable<RecentRow>;
    for (const row of recent) {
      if (!found.takes(row.slot_ms)) break;
      found.add(this.#readRecent(row, packs));
    }
    const hours = this.hours.hoursWithin(range);
    for (let hour = hours?.last ?? -1; hour >= (hours?.first ?? 0); hour--) {
      found.trim();
      if (!found.takes((hour + 1) * HOUR_MS - 1)) break;
      for (const body of this.#hourBodies(hour, number)) {
        for (const run of unpackRuns(body)) {
          if (run.slotMs >= range.fromMs && run.slotMs < range.toMs) found.add(run);
        }
      }
    }
    return found.sorted();
  }

  /** Packs runs of hours before `beforeMs`, of at most `limit` targets; how many hours, null if none was left. */
  packBefore(beforeMs: number, limit: number): number | null {
    const targets = this.#targetsBefore.all(beforeMs, limit) as { target: number }[];
    if (targets.length === 0) return null;
    let hours = 0;
    const packs = new Map<number, string[]>();
    for (const { target } of targets) {
      const byHour = new Map<number, Map<string, RunRecord>>();
      for (const row of this.#ofTarget.all(
        target,
        Number.MIN_SAFE_INTEGER,
        beforeMs,
      ) as unknown as RecentRow[]) {
        const hour = hourOf(row.slot_ms);
        let runs = byHour.get(hour);
        if (runs === undefined) {
          const known = this.hours.get(hour, target);
          runs = new Map((known === undefined ? [] : unpackRuns(known)).map((run) => [run.id, run]));
          byHour.set(hour, runs);
        }
        const run = this.#readRecent(row, packs);
        runs.set(run.id, run);
      }
      for (const [hour, runs] of byHour) {
        const sorted = [...runs.values()].sort((a, b) => a.slotMs - b.slotMs || (a.id < b.id ? -1 : 1));
        this.hours.put(hour, target, packTexts(sorted.map((run) => JSON.stringify(run))));
        hours++;
      }
      this.#deleteBefore.run(target, beforeMs);
      if (packs.size > 64) packs.clear();
    }
    return hours;
  }

  newestPack(): number {
    return (this.#newestPack.get() as { number: number }).number;
  }

  /**
   * Removes packs whose runs are all packed by hours; how many. `before` is the newest pack from before the packing: a
   * run of an old slot may have come since then.
   */
  expirePacks(before: number, beforeMs: number, limit: number): number {
    return Number(this.#expirePacks.run(before, beforeMs, limit).changes);
  }

  page(
    cursor: readonly [phase: number, after: number],
    limit: number,
  ): { rows: RunRecord[]; next: [number, number] | null } {
    const [phase, after] = cursor;
    if (phase === 0) {
      const page = this.hours.page(after, limit);
      const rows = page.flatMap(({ body }) => unpackRuns(body));
      return { rows, next: page.length < limit ? [1, -1] : [0, page.at(-1)!.key] };
    }
    // A target's recent runs at a time: there are two hours of them at most, once the store is compacted.
    const [first] = this.#page.all(after, Number.MAX_SAFE_INTEGER, 0n, 1) as unknown as RecentRow[];
    if (first === undefined) return { rows: [], next: null };
    const packs = new Map<number, string[]>();
    const recent = this.#ofTarget.all(first.target, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    const rows = (recent as unknown as RecentRow[]).map((row) => this.#readRecent(row, packs)).reverse();
    return { rows, next: [1, first.target] };
  }

  countRecent(): number {
    return (this.#count.get() as { rows: number }).rows;
  }

  #readRecent(row: RecentRow, packs: Map<number, string[]>): RunRecord {
    let texts = packs.get(row.pack);
    if (texts === undefined) {
      const pack = this.#pack.get(row.pack) as { body: Uint8Array } | undefined;
      texts = pack === undefined ? [] : unpackTexts(pack.body);
      packs.set(row.pack, texts);
    }
    return readRun(texts[row.position]!);
  }

  *#hourBodies(hour: number, target: number | null): Generator<Uint8Array> {
    if (target !== null) {
      const body = this.hours.get(hour, target);
      if (body !== undefined) yield body;
      return;
    }
    yield* this.hours.ofHour(hour);
  }
}

function unpackRuns(body: Uint8Array): RunRecord[] {
  return unpackTexts(body).map(readRun);
}

/** Runs that were written before checks had facts have none. */
function readRun(text: string): RunRecord {
  const run = JSON.parse(text) as RunRecord;
  for (const check of run.checks) check.facts ??= {};
  return run;
}

/** The newest `limit` runs of those that were added. */
class RunsFound {
  readonly #limit: number;
  #runs = new Map<string, RunRecord>();
  /** Slot of the oldest of them, once there are enough. */
  #leastSlotMs = Number.NEGATIVE_INFINITY;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether a run of this slot could be among them; of the same slot it could. */
  takes(slotMs: number): boolean {
    return slotMs >= this.#leastSlotMs;
  }

  /** Of two with one id the first counts. */
  add(run: RunRecord): void {
    if (!this.takes(run.slotMs) || this.#runs.has(run.id)) return;
    this.#runs.set(run.id, run);
    if (this.#runs.size >= 2 * this.#limit + 100) this.trim();
  }

  trim(): void {
    const runs = this.sorted();
    this.#runs = new Map(runs.map((run) => [run.id, run]));
    if (runs.length === this.#limit) this.#leastSlotMs = runs.at(-1)!.slotMs;
  }

  sorted(): RunRecord[] {
    return [...this.#runs.values()]
      .sort((a, b) => b.slotMs - a.slotMs || (a.id < b.id ? -1 : 1))
      .slice(0, this.#limit);
  }
}
