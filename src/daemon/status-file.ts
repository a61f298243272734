import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../patrol/log.ts";
import type { PatrolStatus } from "../patrol/patrol-status.ts";

const FILE = "status.json";

/** Written whole or not at all: a reader must not see half of it, nor a restart. */
export async function writeStatus(folder: string, status: PatrolStatus): Promise<void> {
  await writeWhole(join(folder, FILE), `${JSON.stringify(status, null, 2)}\n`);
}

/** As `writeStatus`; a disk that does not take it is logged. */
export async function saveStatus(folder: string, status: PatrolStatus, log: Log): Promise<void> {
  try {
    await writeStatus(folder, status);
  } catch (error) {
    log.error("the status file cannot be written", { error });
  }
}

export async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, text, { mode: 0o640 });
  await rename(temporary, path);
}

/** Null if no patrol has been here, or the file is damaged: then nothing is known of what was before. */
export async function readStatus(folder: string): Promise<PatrolStatus | null> {
  try {
    const status = JSON.parse(await readFile(join(folder, FILE), "utf8")) as PatrolStatus;
    return status.schema === "gopatrol.status/v1" && Number.isFinite(status.aliveUntilMs) ? status : null;
  } catch {
    return null;
  }
}
