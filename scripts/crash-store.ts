/**
 * Ends a process that writes to a store by SIGKILL, again and again, and looks each time whether everything it had
 * acknowledged is there, whole, and whether the store is sound: `npm run crash:store -- --kills 50`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runCrashTrial } from "../test/support/crash-trial.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "50" },
    seed: { type: "string", default: String(Date.now() % 1e6) },
  },
});
const dir = mkdtempSync(join(tmpdir(), "gopatrol-crash-"));
console.log(`seed ${values.seed}, ${dir}`);
try {
  const trial = await runCrashTrial({
    dir,
    kills: Number(values.kills),
    seed: Number(values.seed),
    onKill: (line) => console.log(line),
  });
  console.log(
    `${trial.kills} kills, ${trial.acknowledged} batches acknowledged, ${trial.unacknowledged} found besides, ${trial.problems.length} problems`,
  );
  for (const problem of trial.problems) console.log(`✗ ${problem}`);
  process.exitCode = trial.problems.length === 0 ? 0 : 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
}
