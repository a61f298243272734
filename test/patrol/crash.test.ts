import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runPatrolCrashTrial } from "../support/patrol-crash-trial.ts";

const dir = mkdtempSync(join(tmpdir(), "gopatrol-crash-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("a patrol killed in random moments starts again by itself, loses nothing and tells nothing twice", async () => {
  const trial = await runPatrolCrashTrial({ dir, kills: 4, seed: 20_261_125 });
  expect(trial.problems).toEqual([]);
  expect(trial.told).toBeGreaterThan(0);
}, 180_000);
