/**
 * Kills `gopatrol heap pid:N` with SIGKILL at random moments, mostly while the process stands still, and sees whether
 * the process goes on each time.
 *
 *   npm run heap:kill -- PID [times]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const [pid, times = "20"] = process.argv.slice(2);
if (pid === undefined) throw new Error("usage: npm run heap:kill -- PID [times]");
const program = join(resolve(import.meta.dirname, ".."), "bin/gopatrol");
const state = () => {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  return stat[stat.lastIndexOf(")") + 2];
};

let killedInPause = 0;
let longestMs = 0;
for (let round = 0; round < Number(times); round++) {
  const reader = spawn(process.execPath, [program, "heap", `pid:${pid}`, "--max-pause", "20s"], {
    stdio: "ignore",
  });
  const ended = once(reader, "exit");
  const end = performance.now() + 30_000;
  if (round % 4 === 3) await sleep(Math.random() * 1000);
  else {
    while (state() !== "T" && reader.exitCode === null && performance.now() < end) await sleep(1);
    await sleep(Math.random() * 100);
  }
  const wasStopped = state() === "T";
  reader.kill("SIGKILL");
  const killedAt = performance.now();
  await ended;
  while (state() === "T") {
    if (performance.now() - killedAt > 10_000)
      throw new Error(`round ${round}: process ${pid} was left stopped`);
    await sleep(1);
  }
  const resumedMs = performance.now() - killedAt;
  if (wasStopped) killedInPause++;
  longestMs = Math.max(longestMs, resumedMs);
  // Nobody must stop it again later.
  await sleep(200);
  if (state() === "T") throw new Error(`round ${round}: process ${pid} is stopped again`);
}
console.log(
  `killed ${times} times, ${killedInPause} of them while it stood still; it went on each time, at the latest ${Math.ceil(longestMs)} ms after`,
);
