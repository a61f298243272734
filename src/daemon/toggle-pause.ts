import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { PatrolSnapshotFile, PatrolStatus } from "../patrol/patrol-status.ts";
import type { Patrol } from "./patrol.ts";
import { collectMemory } from "./patrol-state.ts";
import { writeStatus, writeWhole } from "./status-file.ts";

/** First signal: all that is only in memory goes into a file, and nothing new begins; second: on it goes. */
export async function togglePause(patrol: Patrol, status: PatrolStatus): Promise<void> {
  const { log, inForce, clock } = patrol.world;
  if (patrol.paused) {
    patrol.resume();
    log.info("the patrol goes on");
    return;
  }
  patrol.pause();
  const { run, store } = inForce.config;
  const dir = run.snapshotDir ?? join(store.dir, "snapshots");
  const path = join(dir, `snapshot-${new Date(clock.wallMs()).toISOString().replaceAll(":", "")}.json`);
  const paused: PatrolStatus = { ...status, state: "paused" };
  try {
    await mkdir(dir, { recursive: true, mode: 0o750 });
    const content: PatrolSnapshotFile = {
      ...inForce.redactor.value({ ...paused, ...collectMemory(patrol) }),
      schema: "gopatrol.snapshot/v1",
    };
    await writeWhole(path, `${JSON.stringify(content, null, 2)}\n`);
    await writeStatus(store.dir, paused);
    log.info("the patrol is paused; SIGUSR1 again lets it go on", { snapshot: path });
  } catch (error) {
    log.error("the patrol is paused, but its snapshot could not be written", { error });
  }
}
