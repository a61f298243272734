import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCrashTrial } from "../../../test/support/crash-trial.ts";

/** `npm run crash:store` does it 50 times. */
test("nothing that was acknowledged is lost when the process is killed, and no batch is there in part", async () => {
  const dir = await mkdtemp(join(tmpdir(), "gopatrol-crash-"));
  try {
    const trial = await runCrashTrial({ dir, kills: 5, seed: 20_261_125 });
    expect(trial.problems).toEqual([]);
    expect(trial.kills).toBe(5);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}, 240_000);
