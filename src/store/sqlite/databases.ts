import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StoreError } from "../store.ts";
import { checkVersion, isCurrent, migrate } from "./migrations.ts";
import { toStoreError } from "./sqlite-error.ts";

export interface Databases {
  dir: string;
  /** Metrics, profiles, runs: synchronous=NORMAL, which survives the process but not a power cut. */
  history: DatabaseSync;
  /** Findings, alerts, audit: synchronous=FULL. */
  records: DatabaseSync;
  readOnly: boolean;
  close(): void;
}

const BUSY_MS = 10_000;

/**
 * Opens both files of a folder. A writer holds the folder for itself, because what it remembers of the tables would be
 * wrong with two of them; readers come and go.
 *
 * @throws StoreError
 */
export function openDatabases(dir: string, { readOnly }: { readOnly: boolean }): Databases {
  const paths = { history: join(dir, "history.db"), records: join(dir, "records.db") };
  if (readOnly && !existsSync(paths.history)) {
    throw new StoreError(
      "missing",
      `there is no store in ${dir}`,
      "Name the folder of `store.dir` in the configuration",
    );
  }
  const opened: DatabaseSync[] = [];
  try {
    if (!readOnly) {
      mkdirSync(dir, { recursive: true, mode: 0o750 });
      opened.push(takeOwnership(dir));
    }
    const history = openDatabase(paths.history, readOnly, "NORMAL");
    opened.push(history);
    const records = openDatabase(paths.records, readOnly, "FULL");
    opened.push(records);
    for (const [name, database] of [
      ["history", history],
      ["records", records],
    ] as const) {
      if (readOnly) {
        checkVersion(database, name);
        if (!isCurrent(database, name)) {
          throw new StoreError(
            "refused",
            `${name}.db is of an older schema version`,
            "Run `gopatrol store compact` on it once, which brings it up to date",
          );
        }
      } else migrate(database, name);
    }
    return {
      dir,
      history,
      records,
      readOnly,
      close: () => {
        for (const database of opened.reverse()) database.close();
      },
    };
  } catch (error) {
    for (const database of opened.reverse()) database.close();
    throw toStoreError(error, dir);
  }
}

/** Bytes of both files and their logs. */
export function measureBytes(dir: string): number {
  let bytes = 0;
  for (const name of ["history.db", "history.db-wal", "records.db", "records.db-wal"]) {
    const path = join(dir, name);
    if (existsSync(path)) bytes += statSync(path).size;
  }
  return bytes;
}

function openDatabase(path: string, readOnly: boolean, synchronous: "NORMAL" | "FULL"): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly, timeout: BUSY_MS });
  try {
    if (!readOnly) {
      // Only before the first table is made does this say anything.
      database.exec("PRAGMA auto_vacuum = INCREMENTAL");
      database.exec("PRAGMA journal_mode = WAL");
      database.exec(`PRAGMA synchronous = ${synchronous}`);
      // Checkpoints come by 16 MiB, and a log that a long reader made grow is cut back.
      database.exec("PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 67108864");
    }
    database.exec("PRAGMA cache_size = -4096");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** An exclusive transaction on a file of its own: a lock that the system frees however the process ends. */
function takeOwnership(dir: string): DatabaseSync {
  const lock = new DatabaseSync(join(dir, "owner.db"), { timeout: 0 });
  const note = join(dir, "owner.pid");
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    const owner = existsSync(note) ? ` (process ${readFileSync(note, "utf8").trim()})` : "";
    throw new StoreError(
      "locked",
      `another gopatrol writes to ${dir}${owner}`,
      "Stop it, or give this one another folder; verifying and exporting work beside it",
      { cause: error },
    );
  }
  writeFileSync(note, `${process.pid}\n`);
  return lock;
}
