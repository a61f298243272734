/** Runs every benchmark of this folder, each in a process of its own: `npm run bench`. */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";

/** Modules that benchmarks share. */
const NOT_BENCHMARKS = ["run.ts", "synthetic-profile.ts"];

console.log(
  `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} × ${cpus()[0]?.model}`,
);
for (const name of readdirSync(import.meta.dirname).toSorted()) {
  if (!name.endsWith(".ts") || NOT_BENCHMARKS.includes(name)) continue;
  console.log(`\n== ${name}`);
  execFileSync(process.execPath, ["--expose-gc", join(import.meta.dirname, name)], { stdio: "inherit" });
}
