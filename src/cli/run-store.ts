import { createWriteStream, existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { verifyAuditFile } from "../daemon/audit-file.ts";
import { formatQuantity } from "../lib/format-quantity.ts";
import { LANGUAGES } from "../report/messages/language.ts";
import { type CompactStep, STORE_TABLES, type Store, StoreError, type StoreTable } from "../store/store.ts";
import { EXIT, UsageError } from "./exit-code.ts";
import { type NamedStore, openNamedStore } from "./open-named-store.ts";
import { ProgressLine } from "./progress-line.ts";
import type { StoreExportFlags, StoreFlags, StoreReportFlags } from "./store-command.ts";

/** Rows between two words of progress. */
const PROGRESS_ROWS = 1000;

export function runStoreVerify(flags: StoreReportFlags): Promise<number> {
  return withStore(flags, { readOnly: true }, async ({ store, auditFile }, progress) => {
    const ofStore = await store.verify((step) => progress.show(`verifying ${step.table} …`));
    if (auditFile !== null) progress.show("verifying the audit file …");
    const audit = auditFile === null || !existsSync(auditFile) ? null : await verifyAuditFile(auditFile);
    progress.clear();
    const problems = [...ofStore.problems, ...(audit?.problems ?? [])];
    const report = { ...ofStore, ok: problems.length === 0, problems };
    if (flags.format === "json") {
      const auditFileEntries = audit === null ? {} : { auditFileEntries: audit.entries };
      process.stdout.write(
        `${JSON.stringify({ schema: "gopatrol.store-verify/v1", ...report, ...auditFileEntries }, null, 2)}\n`,
      );
    } else {
      for (const problem of problems) process.stdout.write(`✗ ${problem}\n`);
      const rows = Object.entries(report.rows).map(([table, count]) => `${table} ${count}`);
      if (report.ok)
        process.stdout.write(
          audit === null ? "The store is whole.\n" : "The store and the audit file are whole.\n",
        );
      process.stdout.write(`Rows: ${rows.join(", ")}\n`);
      if (audit !== null) process.stdout.write(`Audit file: ${audit.entries} entries\n`);
    }
    return report.ok ? EXIT.nothingFound : EXIT.findings;
  });
}

export function runStoreCompact(flags: StoreReportFlags): Promise<number> {
  return withStore(flags, { readOnly: false }, async ({ store }, progress) => {
    const sum = { removedRows: 0, rewrittenHours: 0 };
    const report = await store.compact(Date.now(), (step: CompactStep) => {
      sum.removedRows += step.removedRows;
      sum.rewrittenHours += step.rewrittenHours;
      progress.show(`${step.table}: ${sum.rewrittenHours} hours packed, ${sum.removedRows} rows removed …`);
    });
    progress.clear();
    const bytes = (count: number) => formatQuantity(count, "bytes");
    process.stdout.write(
      flags.format === "json"
        ? `${JSON.stringify({ schema: "gopatrol.store-compact/v1", ...report }, null, 2)}\n`
        : `${report.rewrittenHours} hours packed, ${report.removedRows} rows removed, ${bytes(report.bytesBefore)} → ${bytes(report.bytesAfter)}\n`,
    );
    return EXIT.nothingFound;
  });
}

export async function runStoreExport(table: string | undefined, flags: StoreExportFlags): Promise<number> {
  if (table === undefined && flags.out === undefined) {
    throw new UsageError(`name a table (${STORE_TABLES.join(", ")}), or a folder for all of them with --out`);
  }
  if (table !== undefined && !STORE_TABLES.includes(table as StoreTable)) {
    throw new UsageError(`there is no table "${table}"; it is one of ${STORE_TABLES.join(", ")}`);
  }
  const tables = table === undefined ? STORE_TABLES : [table as StoreTable];
  return withStore(flags, { readOnly: true }, async ({ store }, progress) => {
    if (flags.out !== undefined) await mkdir(flags.out, { recursive: true });
    for (const each of tables) {
      const path = flags.out === undefined ? undefined : join(flags.out, `${each}.ndjson`);
      const rows = await writeRows(
        store,
        each,
        path === undefined ? process.stdout : createWriteStream(path),
        progress,
      );
      if (path !== undefined) progress.say(`${path}: ${rows} rows`);
    }
    progress.clear();
    return EXIT.nothingFound;
  });
}

/** Waits where the reader is slow; how many rows there were. */
async function writeRows(
  store: Store,
  table: StoreTable,
  out: Writable,
  progress: ProgressLine,
): Promise<number> {
  let rows = 0;
  async function* lines(): AsyncGenerator<string> {
    let block = "";
    for await (const row of store.rows(table)) {
      block += `${JSON.stringify(row, toPlain)}\n`;
      rows++;
      if (rows % PROGRESS_ROWS === 0) progress.show(`exporting ${table}: ${rows} rows …`);
      if (block.length < 65_536) continue;
      yield block;
      block = "";
    }
    if (block !== "") yield block;
  }
  await pipeline(Readable.from(lines()), out, { end: out !== process.stdout });
  return rows;
}

/** Hashes of 64 bits as text in hex, columns as arrays, and frames as an object by hash. */
function toPlain(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString(16).padStart(16, "0");
  if (value instanceof BigUint64Array) return Array.from(value, (each) => toPlain("", each));
  if (value instanceof Float64Array) return [...value];
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, each]) => [toPlain("", key) as string, each]));
  }
  return value;
}

async function withStore(
  flags: StoreFlags,
  { readOnly }: { readOnly: boolean },
  work: (named: NamedStore, progress: ProgressLine) => Promise<number>,
): Promise<number> {
  const progress = new ProgressLine(process.stderr, {
    quiet: flags.quiet === true,
    language: LANGUAGES.en,
  });
  try {
    const named = await openNamedStore(flags, { readOnly });
    try {
      return await work(named, progress);
    } finally {
      await named.store.close();
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    progress.clear();
    process.stderr.write(`gopatrol: ${error.message}.\n${error.hint}.\n`);
    return EXIT.notInspected;
  }
}
