/**
 * Runs the benchmarks of this folder, each in a process of its own: all of them, or the one that is named, with its
 * arguments: `npm run bench -- trend --each 24`.
 */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";

/** Modules that benchmarks share. */
const NOT_BENCHMARKS = [
  "run.ts",
  "call-graph-profile.ts",
  "measure-command.ts",
  "synthetic-profile.ts",
  "trend-baselines.ts",
  "patrol-targets.ts",
];

console.log(
  `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} × ${cpus()[0]?.model}`,
);
const [wanted, ...rest] = process.argv.slice(2);
for (const name of readdirSync(import.meta.dirname).toSorted()) {
  if (!name.endsWith(".ts") || NOT_BENCHMARKS.includes(name)) continue;
  if (wanted !== undefined && name !== `${wanted}.ts`) continue;
  console.log(`\n== ${name}`);
  execFileSync(process.execPath, ["--expose-gc", join(import.meta.dirname, name), ...rest], {
    stdio: "inherit",
  });
}
