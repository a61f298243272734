import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findBrokenLinks } from "../../src/patrol/audit-chain.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { Batch, Store } from "../../src/store/store.ts";
import { alertEvent, alertState, findingRecord, runRecord, stackSums } from "../contracts/store-rows.ts";
import { randomNumbers } from "./random-numbers.ts";

const START = Date.UTC(2026, 10, 10);
const TARGETS = 7;
const WRITERS = 8;
const ALWAYS = { fromMs: 0, toMs: START * 2 };

/** Nothing expires while it is counted. */
export const CRASH_RETENTION = {
  metricsMs: 1e13,
  downsampledMs: 1e13,
  profilesMs: 1e13,
  runsMs: 1e13,
  capturesMs: 1e13,
  maxCaptureBytes: 1e13,
};

/** Rows of every table that tell the batch's number, for both files of the store. */
export function crashBatch(number: number): Batch {
  const target = `t${number % TARGETS}`;
  const atMs = START + number * 1000;
  return {
    id: `batch ${number}`,
    metrics: [{ target, atMs, values: { number, half: number / 2 } }],
    profiles: [
      {
        target,
        service: "shop",
        sums: stackSums([[`main;f${number % 50}`, number + 1]], { atMs, type: "profile/cpu", durationMs: 1 }),
      },
    ],
    runs: [runRecord(target, atMs)],
    findings: [findingRecord(`finding ${number}`, 1, { target })],
    alerts: [alertState(`alert ${number}`, atMs)],
    events: [alertEvent(target, atMs, `event ${number}`)],
  };
}

export interface CrashTrial {
  kills: number;
  acknowledged: number;
  /** Batches that were there although nobody had been told: in the middle of the last commit. */
  unacknowledged: number;
  problems: string[];
}

/** Kills a writer `kills` times in moments that `seed` gives, and checks the store after each. */
export async function runCrashTrial(options: {
  dir: string;
  kills: number;
  seed: number;
  onKill?: (line: string) => void;
}): Promise<CrashTrial> {
  const { dir, kills } = options;
  const random = randomNumbers(options.seed);
  const trial: CrashTrial = { kills: 0, acknowledged: 0, unacknowledged: 0, problems: [] };
  const batches = new Set<number>();
  let newestAudit = 0;
  let next = 0;
  for (let kill = 1; kill <= kills; kill++) {
    const delayMs = Math.floor(random() * 400);
    const said = await writeUntilKilled(dir, next, delayMs);
    for (const line of said) {
      const [what, number] = line.split(" ");
      if (what === "batch") batches.add(Number(number));
      if (what === "audit") newestAudit = Math.max(newestAudit, Number(number));
    }
    const store = await SqliteStore.open({ dir, readOnly: false, retention: CRASH_RETENTION, lingerMs: 0 });
    try {
      const found = await findBatches(store, trial.problems);
      for (const number of batches) {
        if (!found.has(number))
          trial.problems.push(`kill ${kill}: batch ${number} was acknowledged and is lost`);
      }
      const audit = await store.audit(ALWAYS);
      if (audit.length < newestAudit)
        trial.problems.push(`kill ${kill}: audit entries after ${audit.length} are lost`);
      trial.problems.push(...findBrokenLinks(audit), ...(await store.verify()).problems);
      trial.kills = kill;
      trial.acknowledged = batches.size;
      trial.unacknowledged = found.size - batches.size;
      next = Math.max(-1, ...found) + 1;
      options.onKill?.(
        `kill ${kill} after ${delayMs} ms: ${batches.size} acknowledged, ${found.size} found, audit ${audit.length}, ${trial.problems.length} problems`,
      );
    } finally {
      await store.close();
    }
    if (trial.problems.length > 0) break;
  }
  return trial;
}

/** What it acknowledged, `delayMs` after it had opened the store. */
async function writeUntilKilled(dir: string, first: number, delayMs: number): Promise<string[]> {
  const writer = spawn(
    process.execPath,
    [join(import.meta.dirname, "crash-writer.ts"), dir, String(first), String(WRITERS)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const lines: string[] = [];
  for await (const line of createInterface({ input: writer.stdout })) {
    if (line === "open") setTimeout(() => writer.kill("SIGKILL"), delayMs);
    lines.push(line);
  }
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, "exit");
  if (writer.signalCode !== "SIGKILL") throw new Error(`the writer ended by itself (${writer.exitCode})`);
  return lines;
}

/** Numbers of the batches that are there; one of which only a part is there is a problem. */
async function findBatches(store: Store, problems: string[]): Promise<Set<number>> {
  const tables = {
    runs: (await store.runs(null, ALWAYS, 1e9)).map((run) => (run.slotMs - START) / 1000),
    findings: (await store.findings(null, "any")).map((finding) => Number(finding.id.split(" ")[1])),
    alerts: (await store.alertStates()).map((alert) => Number(alert.id.split(" ")[1])),
    events: (await store.alertEvents(null, ALWAYS)).map((event) => Number(event.reason.split(" ")[1])),
    metrics: [] as number[],
    profiles: [] as number[],
  };
  for (let target = 0; target < TARGETS; target++) {
    const series = (await store.metrics(`t${target}`, ["number"], ALWAYS)).get("number");
    tables.metrics.push(...(series?.value ?? []));
    const query = { service: "shop", target: `t${target}`, type: "profile/cpu", range: ALWAYS };
    tables.profiles.push(...(await store.timeline(query, 1000)).map((row) => row.total - 1));
  }
  const found = new Set(tables.runs);
  for (const [table, numbers] of Object.entries(tables)) {
    const there = new Set(numbers);
    if (there.size !== numbers.length) problems.push(`rows of ${table} are there twice`);
    for (const number of found) if (!there.has(number)) problems.push(`batch ${number} is not in ${table}`);
    for (const number of there) if (!found.has(number)) problems.push(`batch ${number} is only in ${table}`);
  }
  return found;
}
