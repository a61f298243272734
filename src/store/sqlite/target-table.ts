import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { TargetRow } from "../store.ts";

/** Targets and their numbers. */
export class TargetTable {
  readonly #numbers = new Map<string, number>();
  readonly #insert: StatementSync;
  readonly #find: StatementSync;
  readonly #id: StatementSync;
  readonly #update: StatementSync;
  readonly #all: StatementSync;
  readonly #everyNumber: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare("INSERT INTO targets (id) VALUES (?) RETURNING number");
    this.#find = database.prepare("SELECT number FROM targets WHERE id = ?");
    this.#id = database.prepare("SELECT id FROM targets WHERE number = ?");
    this.#update = database.prepare(`
      UPDATE targets SET address = ?2, labels = ?3,
        first_seen_ms = min(?4, coalesce(first_seen_ms, ?4)), last_seen_ms = max(?5, coalesce(last_seen_ms, ?5))
      WHERE number = ?1`);
    this.#everyNumber = database.prepare("SELECT id, number FROM targets");
    this.#all = database.prepare(
      "SELECT id, address, labels, first_seen_ms, last_seen_ms FROM targets WHERE address IS NOT NULL ORDER BY id",
    );
  }

  /** After a rollback what is remembered may not be there. */
  forget(): void {
    this.#numbers.clear();
  }

  /** Of a target that may be new. */
  number(id: string): number {
    const known = this.find(id);
    if (known !== undefined) return known;
    const { number } = this.#insert.get(id) as { number: number };
    this.#numbers.set(id, number);
    return number;
  }

  find(id: string): number | undefined {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const row = this.#find.get(id) as { number: number } | undefined;
    if (row !== undefined) this.#numbers.set(id, row.number);
    return row?.number;
  }

  id(number: number): string {
    return (this.#id.get(number) as { id: string } | undefined)?.id ?? `unknown target ${number}`;
  }

  /** All, also those that were only measured. */
  numbers(): { id: string; number: number }[] {
    return this.#everyNumber.all() as { id: string; number: number }[];
  }

  write(rows: readonly TargetRow[]): void {
    for (const row of rows) {
      this.#update.run(
        this.number(row.id),
        row.address,
        JSON.stringify(row.labels),
        Math.round(row.firstSeenMs),
        Math.round(row.lastSeenMs),
      );
    }
  }

  all(): TargetRow[] {
    const rows = this.#all.all() as {
      id: string;
      address: string;
      labels: string;
      first_seen_ms: number;
      last_seen_ms: number;
    }[];
    return rows
      .map((row) => ({
        id: row.id,
        address: row.address,
        labels: JSON.parse(row.labels) as TargetRow["labels"],
        firstSeenMs: row.first_seen_ms,
        lastSeenMs: row.last_seen_ms,
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}
