/**
 * Ends a process by SIGKILL, again and again, in moments that a seed gives, and looks each time what is left of its work:
 *
 *   npm run crash:store -- --kills 50      one that writes to a store: is all there that was acknowledged, and whole?
 *   npm run crash:patrol -- --kills 50     a whole patrol: does it start again by itself, is anything told twice or never?
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runCrashTrial } from "../test/support/crash-trial.ts";
import { runPatrolCrashTrial } from "../test/support/patrol-crash-trial.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kills: { type: "string", default: "50" },
    seed: { type: "string", default: String(Date.now() % 1e6) },
  },
});
const dir = mkdtempSync(join(tmpdir(), "gopatrol-crash-"));
const options = {
  dir,
  kills: Number(values.kills),
  seed: Number(values.seed),
  onKill: (line: string) => console.log(line),
};
console.log(`seed ${values.seed}, ${dir}`);
try {
  const { summary, problems } = positionals[0] === "patrol" ? await killPatrols() : await killWriters();
  console.log(`${summary}, ${problems.length} problems`);
  for (const problem of problems) console.log(`✗ ${problem}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
}

async function killWriters() {
  const { kills, acknowledged, unacknowledged, problems } = await runCrashTrial(options);
  const summary = `${kills} kills, ${acknowledged} batches acknowledged, ${unacknowledged} found besides`;
  return { summary, problems };
}

async function killPatrols() {
  const { kills, told, messages, sentAgain, problems } = await runPatrolCrashTrial(options);
  const again = `${sentAgain} sent again under an id that the receiver had`;
  return { summary: `${kills} kills, ${told} alerts told in ${messages} messages, ${again}`, problems };
}
