/**
 * Ends a whole patrol by SIGKILL, again and again, while its targets go down and up, and looks whether it starts again
 * by itself, whether its store is whole, and whether anything was told twice or never: `npm run crash:patrol -- --kills 50`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runPatrolCrashTrial } from "../test/support/patrol-crash-trial.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "50" },
    seed: { type: "string", default: String(Date.now() % 1e6) },
  },
});
const dir = mkdtempSync(join(tmpdir(), "gopatrol-crash-"));
console.log(`seed ${values.seed}, ${dir}`);
try {
  const trial = await runPatrolCrashTrial({
    dir,
    kills: Number(values.kills),
    seed: Number(values.seed),
    onKill: (line) => console.log(line),
  });
  const { kills, told, messages, sentAgain, problems } = trial;
  console.log(
    `${kills} kills, ${told} alerts told in ${messages} messages, ${sentAgain} sent again under an id that the receiver had, ${problems.length} problems`,
  );
  for (const problem of problems) console.log(`✗ ${problem}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
}
