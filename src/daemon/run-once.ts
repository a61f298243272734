import { openDiscovery } from "../discovery/discovery.ts";
import { joinTargets } from "../discovery/join-targets.ts";
import type { RunRecord } from "../patrol/run-record.ts";
import { PATROL_EXIT } from "./exit-code.ts";
import { type OpenedPatrol, openPatrol, type PatrolOptions } from "./open-patrol.ts";
import { describePatrol } from "./patrol-state.ts";
import { saveStatus } from "./status-file.ts";

export interface OnceOptions extends PatrolOptions {
  onRun(run: RunRecord, done: number, all: number): void;
  /** Nothing is written, nobody is told: for a look beside a patrol that runs. */
  isShadow: boolean;
  /** Ctrl-C: what was gathered is kept. */
  signal: AbortSignal;
}

/** What waits for its group is told before the end, what is reminded of in hours is not. */
const SEND_WITHIN_MS = 90_000;
/** A source that has not answered by then brings no targets. */
const DISCOVERY_WAIT_MS = 30_000;

/** Every check of every target once; gives the exit code and the records. */
export async function runOnce(options: OnceOptions): Promise<{ code: number; runs: RunRecord[] }> {
  const { config, file, log, signal, isShadow } = options;
  const opened = await openPatrol(options, { isShadow });
  if (typeof opened === "number") return { code: opened, runs: [] };
  const { patrol } = opened;
  const { audit, inForce } = patrol.world;
  try {
    await findTargets(options, opened);
    audit.add("once", { hash: inForce.generation.hash, targets: inForce.targets.size });
    const runs = await patrol.runOnce(signal, options.onRun);
    if (!isShadow) await patrol.sendDue(SEND_WITHIN_MS, signal);
    await patrol.stop(config.run.stopWithinMs);
    if (!isShadow) {
      const around = { configFile: file.path, listener: null, pid: process.pid };
      await saveStatus(config.store.dir, describePatrol(patrol, "stopped", around), log);
    }
    return { code: findExitCode(runs), runs };
  } finally {
    await opened.close();
  }
}

async function findTargets(
  { config, clock, env, signal }: OnceOptions,
  { patrol, secrets, aliveUntilMs }: OpenedPatrol,
): Promise<void> {
  const found = openDiscovery(config.discovery, { clock, env, secret: secrets.read }, () => {});
  const waited = new AbortController();
  const enough = clock.sleep(DISCOVERY_WAIT_MS, AbortSignal.any([signal, waited.signal]));
  await Promise.race([found.ready, enough]);
  // A timer that is left would keep the process.
  waited.abort();
  const { isWhole, targets } = found;
  await patrol.setTargets({ targets: joinTargets(config.targets, targets), isWhole, aliveUntilMs });
  await found.close();
}

function findExitCode(runs: readonly RunRecord[]): number {
  const refusedAt = (stage: string) =>
    runs.some(({ stages }) => stages.some((each) => each.stage === stage && each.outcome === "refused"));
  if (refusedAt("permission")) return PATROL_EXIT.permission;
  if (refusedAt("precheck")) return PATROL_EXIT.precheck;
  return runs.every(({ outcome }) => outcome === "passed") ? PATROL_EXIT.ok : PATROL_EXIT.findings;
}
