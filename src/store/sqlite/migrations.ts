import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "../store.ts";

/**
 * What turns a database of version n into n + 1, oldest first; never changed once released. `history` holds what is
 * much and expires; `records` what must not be lost (findings, alerts, audit), each commit of which is on the disk.
 *
 * Numbers of targets, names and stacks are the store's own. Columns named `hour_key` are hour · 2^24 + number, so that
 * whole hours lie together, expire from one end, and need no second index.
 */
const HISTORY: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  INSERT INTO meta VALUES ('commit', 0);
  -- Batches of the last hour, by a hash of their id.
  CREATE TABLE batches (id_hash INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL);
  -- What a commit's batches have for the other file, until it is there.
  CREATE TABLE pending (commit_number INTEGER PRIMARY KEY, body BLOB NOT NULL);
  CREATE TABLE targets (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    -- NULL: only measured, not described yet.
    address TEXT, labels TEXT, first_seen_ms INTEGER, last_seen_ms INTEGER);
  CREATE TABLE names (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  -- Names of a row's values, in their order: numbers of \`names\` as JSON.
  CREATE TABLE name_lists (number INTEGER PRIMARY KEY, names TEXT NOT NULL UNIQUE);
  CREATE TABLE metrics (
    id INTEGER PRIMARY KEY, target INTEGER NOT NULL, at_ms INTEGER NOT NULL, list INTEGER NOT NULL,
    -- Doubles, little-endian.
    "values" BLOB NOT NULL);
  CREATE UNIQUE INDEX metrics_key ON metrics (target, at_ms, list);
  CREATE TABLE metric_hours (hour_key INTEGER PRIMARY KEY, body BLOB NOT NULL);
  CREATE TABLE metric_buckets (hour_key INTEGER PRIMARY KEY, body BLOB NOT NULL);
  CREATE TABLE series (
    number INTEGER PRIMARY KEY, service TEXT NOT NULL, target INTEGER NOT NULL, type TEXT NOT NULL, unit TEXT NOT NULL,
    UNIQUE (service, type, target));
  CREATE TABLE profiles (
    id INTEGER PRIMARY KEY, series INTEGER NOT NULL, at_ms INTEGER NOT NULL, duration_ms REAL NOT NULL,
    total REAL NOT NULL, body BLOB NOT NULL);
  CREATE UNIQUE INDEX profiles_key ON profiles (series, at_ms);
  CREATE TABLE profile_hours (hour_key INTEGER PRIMARY KEY, body BLOB NOT NULL);
  CREATE TABLE frames (number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
  CREATE TABLE stacks (
    -- The hash's 64 bits read as a signed number. frames: numbers of \`frames\`, root first; NULL where nobody told.
    number INTEGER PRIMARY KEY, hash INTEGER NOT NULL UNIQUE, frames BLOB, seen_day INTEGER NOT NULL);
  CREATE TABLE run_packs (number INTEGER PRIMARY KEY, newest_slot_ms INTEGER NOT NULL, body BLOB NOT NULL);
  CREATE TABLE runs (
    target INTEGER NOT NULL, slot_ms INTEGER NOT NULL, id_hash INTEGER NOT NULL,
    pack INTEGER NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (target, slot_ms, id_hash)) WITHOUT ROWID;
  CREATE TABLE run_hours (hour_key INTEGER PRIMARY KEY, body BLOB NOT NULL);
  CREATE TABLE captures (
    target INTEGER NOT NULL, kind TEXT NOT NULL, at_ms INTEGER NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL,
    PRIMARY KEY (target, kind, at_ms, sha256)) WITHOUT ROWID;
  `,
];

const RECORDS: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  -- The last commit of the other file whose pending rows are here.
  INSERT INTO meta VALUES ('commit', 0);
  CREATE TABLE findings (
    id TEXT NOT NULL, version INTEGER NOT NULL, target TEXT NOT NULL, state TEXT NOT NULL, at_ms INTEGER NOT NULL,
    body TEXT NOT NULL, PRIMARY KEY (id, version)) WITHOUT ROWID;
  CREATE TABLE alerts (
    id TEXT PRIMARY KEY, phase TEXT NOT NULL, last_evaluated_ms INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE events (id INTEGER PRIMARY KEY, target TEXT NOT NULL, at_ms INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE INDEX events_time ON events (at_ms);
  CREATE TABLE audit (sequence INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, hash TEXT NOT NULL, body TEXT NOT NULL);
  CREATE INDEX audit_time ON audit (at_ms);
  CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
    BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
  CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
    BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
  `,
  // What `patrol why` asks for: one target's events of a time.
  `
  CREATE INDEX events_target ON events (target, at_ms);
  `,
];

export type DatabaseName = "history" | "records";

const MIGRATIONS: Readonly<Record<DatabaseName, readonly string[]>> = { history: HISTORY, records: RECORDS };

/** Brings a database up to the newest version, each step whole or not at all. */
export function migrate(database: DatabaseSync, name: DatabaseName): void {
  const migrations = MIGRATIONS[name];
  checkVersion(database, name);
  for (let version = readVersion(database); version < migrations.length; version++) {
    database.exec("BEGIN IMMEDIATE");
    try {
      database.exec(migrations[version]!);
      database.exec(`PRAGMA user_version = ${version + 1}; COMMIT`);
    } catch (error) {
      // A full disk has ended it already.
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }
}

/** Throws StoreError if the database is of a newer gopatrol. */
export function checkVersion(database: DatabaseSync, name: DatabaseName): void {
  const version = readVersion(database);
  const newest = MIGRATIONS[name].length;
  if (version > newest) {
    throw new StoreError(
      "newer-schema",
      `${name}.db is of schema version ${version}, this gopatrol knows ${newest}`,
      "Use the newer gopatrol that wrote it, or another folder",
    );
  }
}

export function isCurrent(database: DatabaseSync, name: DatabaseName): boolean {
  return readVersion(database) === MIGRATIONS[name].length;
}

function readVersion(database: DatabaseSync): number {
  return (database.prepare("PRAGMA user_version").get() as { user_version: number }).user_version;
}
