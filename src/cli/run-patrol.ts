import { writeFile } from "node:fs/promises";
import { systemClock } from "../capture/system-clock.ts";
import { PATROL_EXIT } from "../daemon/exit-code.ts";
import { Generation } from "../daemon/generation.ts";
import { type ConfigText, readConfigText } from "../daemon/load-file.ts";
import { createLog } from "../daemon/log.ts";
import { openNotifiers, openRedactor } from "../daemon/open-outlets.ts";
import { runDaemon } from "../daemon/run-daemon.ts";
import { runOnce } from "../daemon/run-once.ts";
import { ReportError, readRuns, renderComparison } from "../daemon/shadow-report.ts";
import { describeStatus } from "../daemon/status-line.ts";
import { joinTargets } from "../discovery/join-targets.ts";
import { planDiscovery } from "../discovery/plan-discovery.ts";
import { loadPatrolConfig } from "../patrol/config/load-config.ts";
import type { PatrolConfig } from "../patrol/config/patrol-config.ts";
import { renderProblems } from "../patrol/config/render-problems.ts";
import { type Log, silentLog } from "../patrol/log.ts";
import { type CompareRules, compareRuns, DEFAULT_RULES } from "../patrol/run/compare-runs.ts";
import { planPatrol } from "../patrol/run/plan-patrol.ts";
import type { RunRecord } from "../patrol/run-record.ts";
import { LANGUAGES } from "../report/messages/language.ts";
import { UsageError } from "./exit-code.ts";
import { withInterrupt } from "./interrupt.ts";
import type { PatrolFlags } from "./patrol-command.ts";
import { renderInit } from "./patrol-init.ts";
import { renderPlan } from "./patrol-plan.ts";
import { renderRunLine } from "./patrol-run-line.ts";
import { ProgressLine } from "./progress-line.ts";

interface Ready {
  file: ConfigText;
  config: PatrolConfig;
  log: Log;
  progress: ProgressLine;
  version: string;
}

/** The daemon and its other modes; gives the exit code. */
export async function runPatrol(flags: PatrolFlags, version: string): Promise<number> {
  if (flags.init !== undefined) {
    process.stdout.write(renderInit(flags.init));
    return PATROL_EXIT.ok;
  }
  if (flags.config === undefined) {
    throw new UsageError("patrol needs -c FILE; gopatrol patrol --init HOST:PORT prints one to begin with.");
  }
  const loaded = await load(flags.config);
  if (loaded === null) return PATROL_EXIT.configuration;
  const { file, config } = loaded;
  const progress = new ProgressLine(process.stderr, { quiet: flags.quiet === true, language: LANGUAGES.en });
  if (flags.dryRun === true) return await printPlan(config, flags);
  const log = createLog({
    // Log lines stay and the progress line comes back below them.
    write: (line) =>
      process.stderr.isTTY === true ? progress.say(line.trimEnd()) : process.stderr.write(line),
    format: flags.logFormat ?? "text",
    level: flags.logLevel,
    redactor: await openRedactor(
      { ...config, redaction: { ...config.redaction, salt: null } },
      async () => "",
    ),
    clock: systemClock,
  });
  const ready: Ready = { file, config, log, progress, version };
  if (flags.shadow !== undefined) return await shadow(ready, flags, flags.shadow);
  if (flags.once === true) return await once(ready, flags);
  try {
    return await runDaemon({
      file,
      config,
      version,
      clock: systemClock,
      log,
      env: process.env,
      onTick: (status) => progress.show(describeStatus(status)),
    });
  } finally {
    progress.clear();
  }
}

/** Null if it cannot be used; then it was told why. */
async function load(path: string): Promise<{ file: ConfigText; config: PatrolConfig } | null> {
  let file: ConfigText;
  try {
    file = await readConfigText(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    process.stderr.write(`gopatrol: ${path} cannot be read (${code}).\n`);
    return null;
  }
  const { config, errors, warnings } = loadPatrolConfig(file.text, file.options);
  const problems = renderProblems([...errors, ...warnings], {
    file: path,
    text: file.text,
    style: (_, words) => words,
  });
  if (problems !== "") process.stderr.write(problems.endsWith("\n") ? problems : `${problems}\n`);
  return config === null ? null : { file, config };
}

async function printPlan(config: PatrolConfig, flags: PatrolFlags): Promise<number> {
  const nothing = () => Promise.reject(new Error("a dry run reads no secrets"));
  const notifiers = openNotifiers(config, { secret: nothing, clock: systemClock, log: silentLog });
  const nowMs = systemClock.wallMs();
  const generation = new Generation(config, nowMs);
  const sources = await planDiscovery(config.discovery, process.env);
  const found = sources.flatMap(({ targets }) => targets ?? []);
  const plan = planPatrol({
    config,
    targets: joinTargets(config.targets, found),
    discovery: sources.map((source) => ({ ...source, targets: source.targets?.length ?? null })),
    lanesOf: (target) => generation.lanesOf(target),
    notifiers,
    nowMs,
  });
  process.stdout.write(flags.format === "json" ? `${JSON.stringify(plan, null, 2)}\n` : renderPlan(plan));
  return PATROL_EXIT.ok;
}

async function runAll(ready: Ready, isShadow: boolean): Promise<{ code: number; runs: RunRecord[] }> {
  const { progress } = ready;
  return await withInterrupt(progress, (signal) =>
    runOnce({
      ...ready,
      clock: systemClock,
      env: process.env,
      isShadow,
      signal,
      onRun: (run, done, all) => progress.show(`${done}/${all} ${run.target} ${run.outcome}`),
    }),
  ).finally(() => progress.clear());
}

async function once(ready: Ready, flags: PatrolFlags): Promise<number> {
  const { code, runs } = await runAll(ready, false);
  const lines = runs.map((run) => `${JSON.stringify(run)}\n`).join("");
  if (flags.out !== undefined) await writeFile(flags.out, lines, { mode: 0o640 });
  process.stdout.write(flags.format === "json" ? lines : runs.map(renderRunLine).join(""));
  return code;
}

async function shadow(ready: Ready, flags: PatrolFlags, report: string): Promise<number> {
  const rules = readRules(flags);
  const oldRuns = await readRuns(report).catch((error: unknown) => {
    throw error instanceof ReportError ? new UsageError(`--shadow: ${error.message}.`) : error;
  });
  const { code, runs } = await runAll(ready, true);
  if (runs.length === 0) return code;
  const comparison = compareRuns(oldRuns, runs, rules);
  const out = flags.out ?? `shadow-${new Date(systemClock.wallMs()).toISOString().replaceAll(":", "")}.json`;
  const text = `${JSON.stringify({ ...comparison, report, config: ready.file.path }, null, 2)}\n`;
  await writeFile(out, text, { mode: 0o640 });
  process.stdout.write(flags.format === "json" ? text : renderComparison(comparison, out));
  return comparison.outcome === "same" ? PATROL_EXIT.ok : PATROL_EXIT.comparison;
}

function readRules({ ignore = [], tolerance = [] }: PatrolFlags): CompareRules {
  return {
    ...DEFAULT_RULES,
    ignore,
    tolerances: tolerance.map((text) => {
      const match = /^(.+)=(\d+(?:\.\d+)?)(%?)$/.exec(text);
      if (match === null)
        throw new UsageError(`--tolerance: '${text}' is not FIELD=SHARE, e.g. '*/*/metrics.rss_bytes=40%'.`);
      const relative = Number(match[2]) / (match[3] === "%" ? 100 : 1);
      return { field: match[1]!, tolerance: { relative, absolute: 0 } };
    }),
  };
}
