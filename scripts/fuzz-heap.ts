/**
 * Breaks the recorded cores and their executables at random and reads them: whatever comes, the analyser ends with a
 * report or a DecodeError, in bounded time and memory. Mutations run in processes of their own, which are killed when they
 * exceed a bound.
 *
 *   npm run heap:fuzz [-- --runs 300 --seed 1 --from 0 --jobs 2]
 */
import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { FuzzAnswer, FuzzTask } from "./fuzz-heap-worker.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    jobs: { type: "string", default: "2" },
  },
});
/** Of processor time and resident memory for one mutation; an intact core takes about 0.2 s and 150 MB. */
const MAX_CPU_MS = 5000;
const MAX_RSS_MB = 1024;
/** The process itself, with the intact cores it keeps. */
const WATCH_MS = 500;
const CLOCK_TICKS_PER_SECOND = 100;
const PROGRESS_MS = 10_000;
/** A kind of outcome has many texts: what is told of an address is cut off. */
const MAX_OUTCOME = 60;

const seed = Number(values.seed);
const last = Number(values.from) + Number(values.runs);
let next = Number(values.from);
let done = 0;
let slowest = 0;
let largestMb = 0;
let failures = 0;
let shown = performance.now();
const outcomes = new Map<string, number>();
const kinds = new Map<string, number>();
await Promise.all(Array.from({ length: Number(values.jobs) }, () => work()));
const sorted = (counts: ReadonlyMap<string, number>) =>
  [...counts].sort((a, b) => b[1] - a[1]).map(([text, count]) => `${String(count).padStart(7)}  ${text}`);
console.log(sorted(outcomes).join("\n"));
console.log(`broken: ${[...kinds].map(([kind, count]) => `${kind} ${count}`).join(", ")}`);
console.log(
  `${done} mutations, ${failures} failures, slowest ${Math.round(slowest)} ms of CPU, at most ${Math.round(largestMb)} MB`,
);
process.exitCode = failures === 0 ? 0 : 1;

/** Keeps one process busy, and starts another when it had to be killed. */
async function work(): Promise<void> {
  while (next < last) {
    const child = fork(new URL("fuzz-heap-worker.ts", import.meta.url), {
      execArgv: ["--max-old-space-size=512"],
    });
    await message(child);
    while (next < last && child.connected && !child.killed) await mutate(child, next++);
    child.kill("SIGKILL");
  }
}

async function mutate(child: ChildProcess, mutation: number): Promise<void> {
  const began = cpuMs(child);
  let bound = "";
  const watch = setInterval(() => {
    const rss = rssMb(child);
    largestMb = Math.max(largestMb, rss);
    if (cpuMs(child) - began > MAX_CPU_MS * 2) bound = `ran for more than ${(MAX_CPU_MS * 2) / 1000} s`;
    else if (rss > MAX_RSS_MB * 2) bound = `took ${Math.round(rss)} MB`;
    if (bound !== "") child.kill("SIGKILL");
  }, WATCH_MS);
  const task: FuzzTask = { seed, mutation };
  child.send(task);
  const answer = (await message(child)) as FuzzAnswer | undefined;
  clearInterval(watch);
  done++;
  const peak = peakMb(child);
  largestMb = Math.max(largestMb, peak);
  if (answer === undefined) fail(mutation, "", bound || "ended its process");
  else {
    slowest = Math.max(slowest, answer.cpuMs);
    count(outcomes, answer.outcome.replace(/0x[0-9a-f]+|\d+/g, "N").slice(0, MAX_OUTCOME));
    for (const kind of answer.where) count(kinds, kind);
    const name = `${answer.name} (${answer.where.join(", ")})`;
    if (answer.outcome === "crashed") fail(mutation, name, answer.stack);
    else if (answer.cpuMs > MAX_CPU_MS) fail(mutation, name, `took ${Math.round(answer.cpuMs)} ms of CPU`);
    else if (peak > MAX_RSS_MB) {
      fail(mutation, name, `took ${Math.round(peak)} MB`);
      // Its peak is no measure for the next one.
      child.kill("SIGKILL");
    }
  }
  if (performance.now() - shown < PROGRESS_MS) return;
  shown = performance.now();
  console.error(`${done} mutations, ${failures} failures`);
}

function fail(mutation: number, name: string, what: string): void {
  failures++;
  count(outcomes, "FAILED");
  console.error(`seed ${seed}, mutation ${mutation}: ${name} ${what}`);
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** The next one, or undefined if the process ends first. */
function message(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => {
    const onMessage = (value: unknown) => settle(value);
    const onExit = () => settle(undefined);
    function settle(value: unknown): void {
      child.off("message", onMessage);
      child.off("exit", onExit);
      resolve(value);
    }
    child.on("message", onMessage);
    child.on("exit", onExit);
  });
}

function cpuMs(child: ChildProcess): number {
  const fields = procFile(child, "stat").split(") ")[1]?.split(" ") ?? [];
  return ((Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 1000) / CLOCK_TICKS_PER_SECOND;
}

function rssMb(child: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(procFile(child, "status"))?.[1] ?? 0) / 1024;
}

function peakMb(child: ChildProcess): number {
  return Number(/VmHWM:\s+(\d+)/.exec(procFile(child, "status"))?.[1] ?? 0) / 1024;
}

function procFile(child: ChildProcess, name: string): string {
  try {
    return readFileSync(`/proc/${child.pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}
