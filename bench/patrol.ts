/**
 * A patrol under load: simulated targets on loopback, one metrics check a minute each, profiles of those that are
 * suspect, and an hourly base profile of all. `npm run bench -- patrol --minutes 2 --targets 2000`.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { PatrolStatus } from "../src/patrol/patrol-status.ts";
import { findFreePort } from "../test/support/patrol-process.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    targets: { type: "string", default: "10000" },
    suspects: { type: "string", default: "200" },
  },
});
const [minutes, targets, suspects] = [values.minutes, values.targets, values.suspects].map(Number) as [
  number,
  number,
  number,
];
const PER_ADDRESS = 40;
const addresses = Math.ceil(targets / PER_ADDRESS);
const folder = mkdtempSync(join(tmpdir(), "gopatrol-bench-"));
const port = await findFreePort();
const program = join(import.meta.dirname, "../bin/gopatrol");

const services = spawn(
  process.execPath,
  [
    join(import.meta.dirname, "patrol-targets.ts"),
    `${port}`,
    `${addresses}`,
    `${Math.ceil(suspects / PER_ADDRESS)}`,
  ],
  { stdio: ["ignore", "pipe", "inherit"] },
);
await new Promise((resolve) => services.stdout.once("data", resolve));

const groups = Array.from({ length: targets }, (_, i) => ({
  targets: [
    `127.0.${1 + Math.floor(i / PER_ADDRESS / 250)}.${1 + (Math.floor(i / PER_ADDRESS) % 250)}:${port}`,
  ],
  id: i,
}));
writeFileSync(
  join(folder, "patrol.toml"),
  `[store]
dir = "data"
[run]
allow_root = true
[precheck]
min_free_disk = 0.01
[server]
enabled = false
${groups
  .map(
    ({ targets: [address] }, i) =>
      `[[targets]]\nid = "service-${i}"\naddress = "${address}"\nlabels = { service = "service-${i % 500}" }\ndefault_checks = false\nchecks = ["numbers", "heap"]\n`,
  )
  .join("")}
[[checks]]
name = "numbers"
kind = "runtime"
interval = "1m"
[[checks.rules]]
name = "goroutines"
threshold = "goroutines > 5000"
for = "1h"
[[checks]]
name = "heap"
kind = "heap-diff"
interval = "5m"
`,
  { mode: 0o600 },
);

const patrol = spawn(process.execPath, [program, "patrol", "-c", join(folder, "patrol.toml"), "-q"], {
  stdio: ["ignore", "inherit", "inherit"],
});
const began = performance.now();
const samples: { atSeconds: number; status: PatrolStatus; diskBytes: number }[] = [];
let ended = false;
const exit = new Promise<void>((resolve) =>
  patrol.once("close", () => {
    ended = true;
    resolve();
  }),
);
while (!ended && performance.now() - began < minutes * 60_000) {
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  const status = readStatus();
  if (status === undefined) continue;
  const atSeconds = (performance.now() - began) / 1000;
  samples.push({ atSeconds, status, diskBytes: sizeOf(join(folder, "data")) });
}
patrol.kill("SIGTERM");
await exit;
services.kill();
report();
rmSync(folder, { recursive: true, force: true });

function readStatus(): PatrolStatus | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, "data/status.json"), "utf8")) as PatrolStatus;
  } catch {
    return undefined;
  }
}

function sizeOf(path: string): number {
  try {
    const found = statSync(path);
    if (!found.isDirectory()) return found.size;
    return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
  } catch {
    return 0;
  }
}

function report(): void {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined) throw new Error("the patrol told nothing");
  const seconds = last.atSeconds - first.atSeconds;
  const mebibytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(0)} MiB`;
  const { status } = last;
  const runs = Object.values(status.runs).reduce((sum, count) => sum + count, 0);
  const lateHalf = samples.filter(({ atSeconds }) => atSeconds > last.atSeconds - Math.min(300, seconds / 2));
  const cpu = (last.status.cpuSeconds - first.status.cpuSeconds) / seconds;
  console.log(
    [
      `${targets} targets, ${status.suspects.length < 100 ? status.suspects.length : "100 or more"} suspects, ${(last.atSeconds / 60).toFixed(1)} min`,
      `runs: ${runs} (${Object.entries(status.runs)
        .map(([outcome, count]) => `${count} ${outcome}`)
        .join(", ")})`,
      `missed slots: ${JSON.stringify(status.missedSlots)}`,
      `lateness: p50 ${status.latenessMs.p50.toFixed(0)} ms, p99 ${status.latenessMs.p99.toFixed(0)} ms, most ${status.latenessMs.max.toFixed(0)} ms`,
      `CPU: ${(cpu * 100).toFixed(0)} % of a core`,
      `resident: ${mebibytes(status.rssBytes)} at the end; in the last ${((lateHalf.length * 10) / 60).toFixed(1)} min ${mebibytes(meanRss(lateHalf.slice(0, lateHalf.length / 2)))} in the first half of them, ${mebibytes(meanRss(lateHalf.slice(lateHalf.length / 2)))} in the second`,
      `resident, MiB by minute: ${byMinute().join(" ")}`,
      `disk: ${mebibytes(last.diskBytes)}, ${mebibytes(((last.diskBytes - first.diskBytes) / seconds) * 60)} a minute`,
    ].join("\n"),
  );
}

function meanRss(some: typeof samples): number {
  return some.reduce((sum, { status }) => sum + status.rssBytes, 0) / some.length;
}

function byMinute(): string[] {
  const minutes = Map.groupBy(samples, ({ atSeconds }) => Math.floor(atSeconds / 60));
  return [...minutes.values()].map((some) => (meanRss(some) / 2 ** 20).toFixed(0));
}
