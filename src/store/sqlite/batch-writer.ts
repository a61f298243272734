import type { DatabaseSync, StatementSync } from "node:sqlite";
import { deserialize, serialize } from "node:v8";
import type { AuditFacts } from "../../patrol/audit-chain.ts";
import type { AuditEntry } from "../../patrol/audit-entry.ts";
import { unzstd, zstd } from "../packing/zstd.ts";
import type { Databases } from "./databases.ts";
import { hashText } from "./hash-text.ts";
import type { PackedBatch, RecordRows } from "./packed-batch.ts";
import type { Tables } from "./tables.ts";

/** How long a batch's id is remembered. */
const BATCH_ID_KEPT_MS = 3600_000;

export interface WriteOutcome {
  /** By batch: null if it is written, also if it was before. */
  errors: (unknown | null)[];
  audit: AuditEntry[];
}

/**
 * Writes groups of batches. Two files cannot be committed at once, so the history is first, together with what it has for
 * the records; then the records, which note whose rows they have. If the process ends in between, `recover` brings them
 * over at the next start: a batch is there wholly or not at all.
 */
export class BatchWriter {
  readonly #history: DatabaseSync;
  readonly #records: DatabaseSync;
  readonly #tables: Tables;
  readonly #nowMs: () => number;
  readonly #isKnown: StatementSync;
  readonly #know: StatementSync;
  readonly #forgetBatches: StatementSync;
  readonly #nextCommit: StatementSync;
  readonly #insertPending: StatementSync;
  readonly #pending: StatementSync;
  readonly #deletePending: StatementSync;
  #batchesForgottenMs = 0;

  constructor({ history, records }: Databases, tables: Tables, nowMs: () => number) {
    this.#history = history;
    this.#records = records;
    this.#tables = tables;
    this.#nowMs = nowMs;
    this.#isKnown = history.prepare("SELECT 1 FROM batches WHERE id_hash = ?");
    this.#know = history.prepare("INSERT INTO batches (id_hash, at_ms) VALUES (?, ?)");
    this.#forgetBatches = history.prepare("DELETE FROM batches WHERE at_ms < ?");
    this.#nextCommit = history.prepare(
      "UPDATE meta SET value = value + 1 WHERE name = 'commit' RETURNING value",
    );
    this.#insertPending = history.prepare("INSERT INTO pending (commit_number, body) VALUES (?, ?)");
    this.#pending = history.prepare(
      "SELECT commit_number, body FROM pending WHERE commit_number > ? ORDER BY commit_number",
    );
    this.#deletePending = history.prepare("DELETE FROM pending WHERE commit_number <= ?");
  }

  /** Brings over what the records still lack, after a crash or a failed commit. */
  recover(): void {
    const waiting = this.#pending.all(this.#tables.records.commit) as {
      commit_number: number;
      body: Uint8Array;
    }[];
    if (waiting.length === 0) return;
    transact(this.#records, () => {
      for (const row of waiting) {
        this.#tables.records.write(row.commit_number, deserialize(unzstd(row.body)) as RecordRows);
      }
    });
  }

  /** All batches in one commit. One that cannot be written fails alone; if the commit fails this throws. */
  write(batches: readonly PackedBatch[], audit: readonly AuditFacts[]): WriteOutcome {
    const errors: (unknown | null)[] = batches.map(() => null);
    let commit = 0;
    const rows: RecordRows = { findings: [], alerts: [], events: [] };
    try {
      if (batches.length > 0) {
        this.recover();
        transact(this.#history, () => {
          this.#deletePending.run(this.#tables.records.commit);
          for (const [b, batch] of batches.entries()) errors[b] = this.#writeBatch(batch, rows);
          if (Object.values(rows).every((each) => each.length === 0)) return;
          commit = (this.#nextCommit.get() as { value: number }).value;
          this.#insertPending.run(commit, zstd(serialize(rows)));
        });
      }
    } catch (error) {
      this.#tables.forget();
      throw error;
    }
    const entries: AuditEntry[] = [];
    if (commit > 0 || audit.length > 0) {
      transact(this.#records, () => {
        if (commit > 0) this.#tables.records.write(commit, rows);
        for (const facts of audit) entries.push(this.#tables.records.appendAudit(facts));
      });
    }
    return { errors, audit: entries };
  }

  #writeBatch(batch: PackedBatch, rows: RecordRows): unknown {
    const hash = hashText(batch.id);
    if (this.#isKnown.get(hash) !== undefined) return null;
    this.#history.exec("SAVEPOINT batch");
    try {
      this.#tables.targets.write(batch.targets);
      this.#tables.metrics.write(batch.metrics);
      this.#tables.profiles.write(batch.profiles);
      this.#tables.runs.write(batch.runs);
      this.#tables.captures.write(batch.captures);
      this.#rememberBatch(hash);
      this.#history.exec("RELEASE batch");
    } catch (error) {
      // A full disk ends the whole transaction, and then there is no savepoint.
      if (!this.#history.isTransaction) throw error;
      this.#history.exec("ROLLBACK TO batch; RELEASE batch");
      this.#tables.forget();
      return error;
    }
    rows.findings.push(...batch.records.findings);
    rows.alerts.push(...batch.records.alerts);
    rows.events.push(...batch.records.events);
    return null;
  }

  #rememberBatch(hash: bigint): void {
    const now = this.#nowMs();
    this.#know.run(hash, now);
    if (now - this.#batchesForgottenMs < BATCH_ID_KEPT_MS / 60) return;
    this.#batchesForgottenMs = now;
    this.#forgetBatches.run(now - BATCH_ID_KEPT_MS);
  }
}

export function transact<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
