import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { CaptureEntry } from "../raw-captures.ts";
import type { TargetTable } from "./target-table.ts";

interface CaptureRow {
  target: number;
  kind: string;
  at_ms: number;
  sha256: string;
  bytes: number;
}

/** Which raw captures were put, by target. */
export class CaptureTable {
  readonly #targets: TargetTable;
  readonly #insert: StatementSync;
  readonly #ofTarget: StatementSync;
  readonly #all: StatementSync;
  readonly #expire: StatementSync;

  constructor(database: DatabaseSync, targets: TargetTable) {
    this.#targets = targets;
    this.#insert = database.prepare(
      "INSERT OR REPLACE INTO captures (target, kind, at_ms, sha256, bytes) VALUES (?, ?, ?, ?, ?)",
    );
    const columns = "target, kind, at_ms, sha256, bytes";
    this.#ofTarget = database.prepare(
      `SELECT ${columns} FROM captures WHERE target = ? AND kind = ? ORDER BY at_ms DESC LIMIT ?`,
    );
    this.#all = database.prepare(`SELECT ${columns} FROM captures ORDER BY at_ms, sha256`);
    this.#expire = database.prepare(
      `DELETE FROM captures WHERE (target, kind, at_ms, sha256) IN
        (SELECT target, kind, at_ms, sha256 FROM captures WHERE at_ms < ? LIMIT ?)`,
    );
  }

  write(captures: readonly CaptureEntry[]): void {
    for (const { target, kind, atMs, sha256, bytes } of captures) {
      this.#insert.run(this.#targets.number(target), kind, Math.round(atMs), sha256, bytes);
    }
  }

  read(target: string, kind: string, limit: number): CaptureEntry[] {
    const number = this.#targets.find(target);
    if (number === undefined) return [];
    return this.#toEntries(this.#ofTarget.all(number, kind, limit));
  }

  all(): CaptureEntry[] {
    return this.#toEntries(this.#all.all());
  }

  expire(beforeMs: number, limit: number): number {
    return Number(this.#expire.run(beforeMs, limit).changes);
  }

  #toEntries(rows: unknown[]): CaptureEntry[] {
    return (rows as CaptureRow[]).map((row) => ({
      sha256: row.sha256,
      bytes: row.bytes,
      target: this.#targets.id(row.target),
      kind: row.kind,
      atMs: row.at_ms,
    }));
  }
}
