import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { AlertEvent, AlertState } from "../../patrol/alert.ts";
import { type AuditFacts, chainEntry, findBrokenLinks } from "../../patrol/audit-chain.ts";
import type { AuditEntry } from "../../patrol/audit-entry.ts";
import type { FindingRecord } from "../../patrol/finding-record.ts";
import type { TimeRange } from "../store.ts";
import type { RecordRows } from "./packed-batch.ts";

const AUDIT_PAGE = 10_000;

/** Findings, alerts, events and the audit: few, and none may be lost. All as JSON beside the columns that are asked for. */
export class RecordTables {
  readonly #database: DatabaseSync;
  readonly #insertFinding: StatementSync;
  readonly #upsertAlert: StatementSync;
  readonly #insertEvent: StatementSync;
  readonly #insertAudit: StatementSync;
  readonly #lastAudit: StatementSync;
  readonly #auditPage: StatementSync;
  readonly #commit: StatementSync;
  readonly #setCommit: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insertFinding = database.prepare(
      "INSERT OR REPLACE INTO findings (id, version, target, state, at_ms, body) VALUES (?, ?, ?, ?, ?, ?)",
    );
    this.#upsertAlert = database.prepare(`
      INSERT INTO alerts (id, phase, last_evaluated_ms, body) VALUES (?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE
        SET phase = excluded.phase, last_evaluated_ms = excluded.last_evaluated_ms, body = excluded.body
        WHERE excluded.last_evaluated_ms >= alerts.last_evaluated_ms`);
    this.#insertEvent = database.prepare("INSERT INTO events (target, at_ms, body) VALUES (?, ?, ?)");
    this.#insertAudit = database.prepare(
      "INSERT INTO audit (sequence, at_ms, hash, body) VALUES (?, ?, ?, ?)",
    );
    this.#lastAudit = database.prepare("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1");
    this.#auditPage = database.prepare("SELECT body FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?");
    this.#commit = database.prepare("SELECT value FROM meta WHERE name = 'commit'");
    this.#setCommit = database.prepare("UPDATE meta SET value = ? WHERE name = 'commit'");
  }

  /** The last commit of the history whose records are here. */
  get commit(): number {
    return (this.#commit.get() as { value: number }).value;
  }

  /** Within a transaction; a commit that is here already is passed over. */
  write(commit: number, rows: RecordRows): void {
    if (commit <= this.commit) return;
    for (const row of rows.findings) {
      this.#insertFinding.run(row.id, row.version, row.target, row.state, row.atMs, row.body);
    }
    for (const row of rows.alerts) this.#upsertAlert.run(row.id, row.phase, row.lastEvaluatedMs, row.body);
    for (const row of rows.events) this.#insertEvent.run(row.target, row.atMs, row.body);
    this.#setCommit.run(commit);
  }

  /** Within a transaction. */
  appendAudit(facts: AuditFacts): AuditEntry {
    const previous = this.#lastAudit.get() as { sequence: number; hash: string } | undefined;
    const entry = chainEntry(previous ?? null, facts);
    this.#insertAudit.run(entry.sequence, Math.round(entry.atMs), entry.hash, JSON.stringify(entry));
    return entry;
  }

  audit(range: TimeRange): AuditEntry[] {
    return this.#bodies<AuditEntry>(
      "SELECT body FROM audit WHERE at_ms >= ? AND at_ms < ? ORDER BY sequence",
      range.fromMs,
      range.toMs,
    );
  }

  auditPage(after: number, limit: number): AuditEntry[] {
    return (this.#auditPage.all(after, limit) as { body: string }[]).map(
      (row) => JSON.parse(row.body) as AuditEntry,
    );
  }

  findings(target: string | null, state: "open" | "any"): FindingRecord[] {
    // The newest of each id, whatever its target and state were before.
    return this.#bodies<FindingRecord>(
      `SELECT body FROM findings AS f
        WHERE version = (SELECT max(version) FROM findings WHERE id = f.id)
          AND (?1 IS NULL OR target = ?1) AND (?2 = 'any' OR state = ?2)`,
      target,
      state,
    ).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  findingHistory(id: string): FindingRecord[] {
    return this.#bodies<FindingRecord>("SELECT body FROM findings WHERE id = ? ORDER BY version", id);
  }

  allFindings(): FindingRecord[] {
    return this.#bodies<FindingRecord>("SELECT body FROM findings ORDER BY at_ms, id, version");
  }

  alertStates(): AlertState[] {
    return this.#bodies<AlertState>("SELECT body FROM alerts").sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  alertEvents(target: string | null, range: TimeRange): AlertEvent[] {
    return this.#bodies<AlertEvent>(
      "SELECT body FROM events WHERE at_ms >= ?2 AND at_ms < ?3 AND (?1 IS NULL OR target = ?1) ORDER BY at_ms, id",
      target,
      range.fromMs,
      range.toMs,
    );
  }

  expireEvents(beforeMs: number, limit: number): number {
    return this.#delete(
      "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at_ms < ? LIMIT ?)",
      beforeMs,
      limit,
    );
  }

  expireAlerts(beforeMs: number, limit: number): number {
    return this.#delete(
      `DELETE FROM alerts WHERE id IN
        (SELECT id FROM alerts WHERE phase = 'inactive' AND last_evaluated_ms < ? LIMIT ?)`,
      beforeMs,
      limit,
    );
  }

  /** Broken links of the audit's chain, read in pages. */
  *verifyAudit(): Generator<string[]> {
    let last: AuditEntry[] = [];
    for (;;) {
      const page = this.auditPage(last.at(-1)?.sequence ?? 0, AUDIT_PAGE);
      // With the page's predecessor, so that the link between pages is looked at too.
      yield findBrokenLinks([...last.slice(-1), ...page]).slice(0, 10);
      if (page.length < AUDIT_PAGE) return;
      last = page;
    }
  }

  count(table: "findings" | "alerts" | "events" | "audit"): number {
    return (this.#database.prepare(`SELECT count(*) AS rows FROM ${table}`).get() as { rows: number }).rows;
  }

  #bodies<T>(sql: string, ...parameters: (string | number | null)[]): T[] {
    const rows = this.#database.prepare(sql).all(...parameters) as { body: string }[];
    return rows.map((row) => JSON.parse(row.body) as T);
  }

  #delete(sql: string, ...parameters: number[]): number {
    return Number(this.#database.prepare(sql).run(...parameters).changes);
  }
}
