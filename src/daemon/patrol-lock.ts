import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const LOCK_FILE = "patrol.lock";
/** Who only looks whether somebody has the lock has it for a moment: that must not keep a patrol from starting. */
const TAKE_WITHIN_MS = 500;
const HOLDER_FILE = "patrol.lock.txt";

/** Another patrol works in this folder. */
export class LockedError extends Error {
  override readonly name = "LockedError";
}

export interface PatrolLock {
  release(): void;
}

/**
 * One patrol for one store, also beside `--once`: two would ask every target twice and tell everything twice. The lock
 * is SQLite's own (POSIX byte ranges), which the kernel gives back when the process dies, however it dies, and which
 * holds between containers that share a volume; a file with a pid does neither.
 *
 * @throws LockedError that names the holder
 */
export function takePatrolLock(folder: string, about: string): PatrolLock {
  mkdirSync(folder, { recursive: true, mode: 0o750 });
  const lock = lockFolder(folder, TAKE_WITHIN_MS);
  if (lock === null) {
    throw new LockedError(`another patrol works in ${folder}: ${readHolder(folder)}`);
  }
  writeFileSync(join(folder, HOLDER_FILE), `${about}\n`, { mode: 0o640 });
  return lock;
}

/** Who works in this folder, or null. */
export function findLockHolder(folder: string): string | null {
  if (!existsSync(join(folder, LOCK_FILE))) return null;
  const lock = lockFolder(folder, 0);
  lock?.release();
  return lock === null ? readHolder(folder) : null;
}

/** Null if somebody else has it. */
function lockFolder(folder: string, withinMs: number): PatrolLock | null {
  const database = new DatabaseSync(join(folder, LOCK_FILE), { timeout: withinMs });
  try {
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (error instanceof Error && /locked|busy/i.test(error.message)) return null;
    throw error;
  }
  let isHeld = true;
  return {
    release() {
      if (!isHeld) return;
      isHeld = false;
      database.exec("ROLLBACK");
      database.close();
    },
  };
}

function readHolder(folder: string): string {
  try {
    return readFileSync(join(folder, HOLDER_FILE), "utf8").trim();
  } catch {
    return "it does not say who it is";
  }
}
