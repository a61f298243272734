import { existsSync } from "node:fs";
import { readConfigText } from "../daemon/load-file.ts";
import { findLockHolder } from "../daemon/patrol-lock.ts";
import { readStatus } from "../daemon/status-file.ts";
import { formatQuantity } from "../lib/format-quantity.ts";
import { loadPatrolConfig } from "../patrol/config/load-config.ts";
import type { PatrolStatus, PatrolStatusAnswer } from "../patrol/patrol-status.ts";
import { EXIT, UsageError } from "./exit-code.ts";
import { findFolderProblem } from "./find-folder-problem.ts";

/** It writes its status every five seconds; the pause does not. */
const STALE_MS = 60_000;

/** Says how the patrol is whose configuration this is; gives the exit code. */
export async function runPatrolStatus(file: string, format: "text" | "json"): Promise<number> {
  const { text, options } = await readConfigText(file);
  const { config } = loadPatrolConfig(text, options);
  if (config === null) {
    throw new UsageError(`${file} cannot be used; gopatrol patrol check-config ${file} says why.`);
  }
  const problem = await findFolderProblem(config.store);
  // For a program "nobody is here" is an answer, "it may not be read" is none.
  if (problem !== null && (format === "text" || existsSync(config.store.dir))) {
    process.stderr.write(`gopatrol: ${problem}\n`);
    return EXIT.notInspected;
  }
  const holder = problem === null ? findLockHolder(config.store.dir) : null;
  const status = await readStatus(config.store.dir);
  if (format === "json") {
    const schema = "gopatrol.patrol-status/v1";
    const answer: PatrolStatusAnswer = { schema, running: holder !== null, holder, status };
    process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
  } else process.stdout.write(renderStatus(status, holder, config.store.dir, Date.now()));
  if (holder === null) return EXIT.notInspected;
  return status === null || listProblems(status, Date.now()).length > 0 ? EXIT.findings : EXIT.nothingFound;
}

function listProblems(status: PatrolStatus, nowMs: number): string[] {
  const problems: string[] = [];
  const { reloadProblem, storeProblem, overdue, state, aliveUntilMs, missedSlots } = status;
  if (state === "running" && nowMs - aliveUntilMs > STALE_MS)
    problems.push("it has not said anything for a minute");
  if (state === "paused") problems.push("it is paused; SIGUSR1 lets it go on");
  if (reloadProblem !== null) problems.push(reloadProblem);
  if (storeProblem !== null) problems.push(`the store does not take anything: ${storeProblem}`);
  if (overdue.length > 0)
    problems.push(
      `${overdue.length} lanes of targets are overdue, first ${overdue[0]?.target} ${overdue[0]?.lane}`,
    );
  const late = missedSlots.late ?? 0;
  if (late > 0) problems.push(`${late} slots were missed because it could not keep up`);
  return problems;
}

function renderStatus(
  status: PatrolStatus | null,
  holder: string | null,
  dir: string,
  nowMs: number,
): string {
  if (status === null) {
    return holder === null
      ? `No patrol works in ${dir}, and none has.\n`
      : `A patrol begins in ${dir}: ${holder}\n`;
  }
  const { patrol, version, targets, lanes, runs, latenessMs, suspects, alertsFiring, openFindings } = status;
  const ago = (ms: number) => `${formatQuantity(Math.round((nowMs - ms) / 1000), "seconds")} ago`;
  const head =
    holder === null
      ? `${patrol}: not running; its last word was ${ago(status.aliveUntilMs)} (${status.state})`
      : `${patrol}: ${status.state}, begun ${ago(status.startedMs)}, ${holder}, gopatrol ${version}`;
  const counts = Object.entries(runs).map(([outcome, count]) => `${count} ${outcome}`);
  const lines = [
    head,
    `  ${targets} ${targets === 1 ? "target" : "targets"} in ${lanes.join(", ")}`,
    `  runs: ${counts.length === 0 ? "none yet" : counts.join(", ")}; late by ${Math.round(latenessMs.p50)} ms (median), ${Math.round(latenessMs.p99)} ms (p99)`,
    `  ${alertsFiring} alerts fire, ${openFindings} findings are open, ${suspects.length} suspects`,
    `  ${formatQuantity(status.rssBytes, "bytes")} resident, ${status.cpuSeconds.toFixed(1)} s of CPU`,
    ...suspects.slice(0, 10).map(({ target, reasons }) => `  suspect ${target}: ${reasons.join(", ")}`),
    ...listProblems(status, nowMs).map((problem) => `  ! ${problem}`),
    ...(status.listener === null ? [] : [`  metrics at ${status.listener}/metrics`]),
  ];
  return `${lines.join("\n")}\n`;
}
