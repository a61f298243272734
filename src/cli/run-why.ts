import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { loadPatrolConfig } from "../patrol/config/load-config.ts";
import type { PatrolConfig } from "../patrol/config/patrol-config.ts";
import { explainTarget } from "../patrol/why/explain-target.ts";
import { renderWhy } from "../patrol/why/render-why.ts";
import type { WhyReport } from "../patrol/why/why-report.ts";
import { openStore } from "../store/open-store.ts";
import { type Store, StoreError } from "../store/store.ts";
import { EXIT } from "./exit-code.ts";
import { findFolderProblem } from "./find-folder-problem.ts";
import type { WhyFlags } from "./why-command.ts";

/** As far back as a check that comes once a week. */
const LAST_LOOK_MS = 8 * 24 * 3_600_000;
/** Enough runs of frequent checks to find one of a rare check among them. */
const MAX_RUNS = 500;

/** Prints why the target did or did not alert; gives the exit code. */
export async function runWhy(target: string, flags: WhyFlags): Promise<number> {
  const config = await readConfig(flags.config);
  if (config === null) return EXIT.usage;
  const problem = await findFolderProblem(config.store);
  if (problem !== null) {
    process.stderr.write(`gopatrol: ${problem}\n`);
    return EXIT.notInspected;
  }
  let store: Store | undefined;
  try {
    store = await openStore(config.store, { readOnly: true });
    const report = await explain(target, config, store, flags.since);
    const timeZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    process.stdout.write(
      flags.format === "json"
        ? `${JSON.stringify(report, null, 2)}\n`
        : renderWhy(report, flags.lang, timeZone),
    );
    return report.answer.kind === "no-target" ? EXIT.usage : EXIT.nothingFound;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    process.stderr.write(`gopatrol: ${error.message}. ${error.hint}.\n`);
    return EXIT.notInspected;
  } finally {
    await store?.close();
  }
}

async function explain(
  target: string,
  config: PatrolConfig,
  store: Store,
  sinceMs: number,
): Promise<WhyReport> {
  const nowMs = Date.now();
  const toMs = nowMs + 1;
  const [rows, states, events, runs] = await Promise.all([
    store.targets(),
    store.alertStates(),
    store.alertEvents(target, { fromMs: nowMs - sinceMs, toMs }),
    store.runs(target, { fromMs: nowMs - LAST_LOOK_MS, toMs }, MAX_RUNS),
  ]);
  return explainTarget({
    target,
    nowMs,
    config,
    seen: new Map(rows.map(({ id, labels }) => [id, labels])),
    states: states.filter((state) => state.target === target),
    events,
    runs,
  });
}

async function readConfig(file: string): Promise<PatrolConfig | null> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    process.stderr.write(
      `gopatrol: ${file} cannot be read (${code}). Name the patrol's file with --config.\n`,
    );
    return null;
  }
  const { config, errors } = loadPatrolConfig(text, { baseDir: dirname(resolve(file)), fileMode: 0o600 });
  if (config === null) {
    process.stderr.write(
      `gopatrol: ${file} has ${errors.length === 1 ? "an error" : `${errors.length} errors`}; gopatrol patrol check-config ${file} shows them.\n`,
    );
  }
  return config;
}
