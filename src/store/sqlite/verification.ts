import type { DatabaseSync } from "node:sqlite";
import { PackedError } from "../packing/packed-reader.ts";
import type { CompactStep, VerifyReport } from "../store.ts";
import type { Databases } from "./databases.ts";
import { createReader, type RowCursor } from "./reader.ts";
import type { Tables } from "./tables.ts";

/** More of one kind say nothing new. */
const MOST_PROBLEMS = 20;
const RESTORE = "Restore the folder from a backup, or start with a new one.";

/**
 * SQLite's own check of both files, the audit's chain, and every packed row unfolded. A step at a time: the next one may
 * be some time away.
 */
export function* verifySteps(databases: Databases, tables: Tables): Generator<CompactStep, VerifyReport> {
  const problems: string[] = [];
  const rows: Record<string, number> = {};
  for (const [name, database] of [
    ["history.db", databases.history],
    ["records.db", databases.records],
  ] as const) {
    problems.push(...checkIntegrity(database).map((problem) => `${name}: ${problem}. ${RESTORE}`));
    yield { table: name, removedRows: 0, rewrittenHours: 0 };
  }
  const reader = createReader(tables);
  for (const table of ["metrics", "profiles", "runs"] as const) {
    rows[table] = 0;
    for (let cursor: RowCursor | null = [0, -1]; cursor !== null; ) {
      try {
        const page = reader.rowPage(table, cursor);
        rows[table] += page.rows.length;
        cursor = page.next;
      } catch (error) {
        if (!(error instanceof PackedError || error instanceof SyntaxError)) throw error;
        problems.push(`A row of ${table} cannot be read: ${error.message}. ${RESTORE}`);
        break;
      }
      yield { table, removedRows: 0, rewrittenHours: 0 };
    }
  }
  for (const broken of tables.records.verifyAudit()) {
    problems.push(...broken);
    yield { table: "audit", removedRows: 0, rewrittenHours: 0 };
  }
  rows["targets"] = tables.targets.all().length;
  rows["captures"] = tables.captures.all().length;
  for (const table of ["findings", "alerts", "events", "audit"] as const)
    rows[table] = tables.records.count(table);
  return { ok: problems.length === 0, problems: problems.slice(0, MOST_PROBLEMS), rows };
}

function checkIntegrity(database: DatabaseSync): string[] {
  try {
    const rows = database.prepare(`PRAGMA integrity_check(${MOST_PROBLEMS})`).all() as {
      integrity_check: string;
    }[];
    return rows.map((row) => row.integrity_check).filter((text) => text !== "ok");
  } catch (error) {
    return [(error as Error).message];
  }
}
