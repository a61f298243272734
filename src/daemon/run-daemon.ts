import { mkdir } from "node:fs/promises";
import { availableParallelism, hostname } from "node:os";
import { join } from "node:path";
import { type Discovery, describePart, openDiscovery } from "../discovery/discovery.ts";
import { joinTargets } from "../discovery/join-targets.ts";
import type { Clock } from "../lib/clock.ts";
import type { PatrolConfig } from "../patrol/config/patrol-config.ts";
import { reloadConfig } from "../patrol/config/reload-config.ts";
import type { Log } from "../patrol/log.ts";
import type { PatrolSnapshotFile, PatrolStatus } from "../patrol/patrol-status.ts";
import { judgePermission } from "../patrol/run/permission.ts";
import type { RunRecord } from "../patrol/run-record.ts";
import { ALL_CHECKS } from "../probe/all-checks.ts";
import { openSecretSource, type SecretSource } from "../secrets/secret-source.ts";
import { openRawCaptures, openStore } from "../store/open-store.ts";
import { openAuditFile } from "./audit-file.ts";
import { PATROL_EXIT } from "./exit-code.ts";
import { isHeavy } from "./generation.ts";
import { HeavyWorkers } from "./heavy-workers.ts";
import { type HttpListener, startHttpListener } from "./http-listener.ts";
import { type ConfigText, readConfigText, readMark } from "./load-file.ts";
import { describeActor, readMachineFacts, readPermissionFacts } from "./machine-facts.ts";
import { MemoryCaptures } from "./memory-captures.ts";
import { openOutlets } from "./open-outlets.ts";
import { Patrol } from "./patrol.ts";
import { LockedError, type PatrolLock, takePatrolLock } from "./patrol-lock.ts";
import { collectMemory, describePatrol } from "./patrol-state.ts";
import { PatrolWatch } from "./patrol-view.ts";
import { onPauseSignal } from "./pause-signal.ts";
import { readStatus, writeStatus, writeWhole } from "./status-file.ts";
import { SystemdNotify } from "./systemd-notify.ts";

export interface DaemonOptions {
  file: ConfigText;
  config: PatrolConfig;
  version: string;
  clock: Clock;
  log: Log;
  env: NodeJS.ProcessEnv;
  /** Called about once a second with how it goes. */
  onTick(status: PatrolStatus): void;
}

export interface OnceOptions extends Omit<DaemonOptions, "onTick"> {
  onRun(run: RunRecord, done: number, all: number): void;
  /** Nothing is written, nobody is told: for a look beside a patrol that runs. */
  isShadow: boolean;
  /** Ctrl-C: what was gathered is kept. */
  signal: AbortSignal;
}

const STATUS_EVERY_MS = 5_000;
const FILE_EVERY_MS = 5_000;
const TICK_MS = 1_000;
/** The loop comes round once a second; after so long it does not any more. */
const STALLED_MS = 30_000;
/** For --once: what waits for its group is told before the end, what is reminded of in hours is not. */
const ONCE_WAIT_MS = 90_000;
/** For --once: a source that has not answered by then brings no targets. */
const DISCOVERY_WAIT_MS = 30_000;

interface Opened {
  patrol: Patrol;
  secrets: SecretSource;
  /** Until when an earlier process was at work. */
  aliveUntilMs: number | null;
  close(): Promise<void>;
}

/** The patrol until it is told to end; gives the exit code. */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  const { log, clock, file } = options;
  const systemd = new SystemdNotify(options.env, log);
  const refused = await checkBeforehand(options);
  if (refused !== null) return refused;
  const opened = await openPatrol(options, false);
  if (typeof opened === "number") return opened;
  const { patrol } = opened;
  let { config } = options;
  let mark = file.mark;
  let listener: HttpListener | null = null;
  const end = new AbortController();
  let discovery = null as Discovery | null;
  const listTargets = () => joinTargets(config.targets, discovery?.targets ?? []);
  const discover = async (aliveUntilMs: number | null): Promise<void> => {
    await discovery?.close();
    if (config.discovery.length === 0) {
      discovery = null;
      return;
    }
    let isFirst = aliveUntilMs !== null;
    discovery = openDiscovery(
      config.discovery,
      { clock, env: options.env, secret: (ref) => opened.secrets.read(ref) },
      (now) => {
        discovery = now;
        void patrol.setTargets(listTargets(), isFirst ? aliveUntilMs : null);
        isFirst = false;
        for (const part of now.parts) {
          if (part.problem !== null)
            log.warn("a source of targets has a problem", { part: describePart(part, clock.wallMs()) });
        }
      },
    );
  };
  const around = () => ({ configFile: file.path, listener: listener?.url ?? null, pid: process.pid });
  const state = (): PatrolStatus["state"] =>
    end.signal.aborted ? "stopping" : patrol.paused ? "paused" : "running";

  const reload = async (why: string): Promise<void> => {
    try {
      const fresh = await readConfigText(file.path);
      mark = fresh.mark;
      const loaded = reloadConfig(config, fresh.text, fresh.options);
      if (loaded.outcome === "kept") {
        const [first] = loaded.errors;
        throw new Error(
          `line ${first?.place.line}: ${first?.message}${loaded.errors.length > 1 ? ` (and ${loaded.errors.length - 1} more)` : ""}`,
        );
      }
      const outlets = await openOutlets(loaded.config, { secret: opened.secrets.read, clock, log });
      config = loaded.config;
      await discover(null);
      await patrol.apply(config, outlets, listTargets());
      patrol.reloadProblem = null;
      patrol.activity.reloads++;
      patrol.notices.clear("configuration");
      log.info("the configuration was reloaded", {
        why,
        hash: patrol.generation.hash,
        needs_restart: loaded.diff.needsRestart,
      });
      patrol.audit.add("reload", { hash: patrol.generation.hash, why });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      patrol.reloadProblem = `the new configuration is not used: ${reason}`;
      patrol.activity.failedReloads++;
      patrol.notices.raise("configuration", patrol.reloadProblem);
      patrol.audit.add("reload-refused", { why, reason });
    }
  };
  // One after the other, whatever comes how fast.
  let reloading: Promise<void> = Promise.resolve();
  const onHangup = () => {
    reloading = reloading.then(() => reload("SIGHUP"));
  };
  const onStop = () => end.abort();
  onPauseSignal(() => void togglePause(patrol, config, log, describePatrol(patrol, state(), around())));
  process.on("SIGHUP", onHangup);
  process.on("SIGTERM", onStop);
  process.on("SIGINT", onStop);

  try {
    if (config.server !== null) {
      const { host, port } = config.server;
      const view = new PatrolWatch(patrol, options.version);
      listener = await startHttpListener({ host, port, view, redactor: redactorOf(patrol), log });
      log.info("metrics are served", { url: `${listener.url}/metrics` });
    }
    await discover(opened.aliveUntilMs);
    patrol.start();
    patrol.audit.add("start", {
      hash: patrol.generation.hash,
      version: options.version,
      targets: patrol.targets.size,
    });
    await systemd.tell("READY=1", `STATUS=${patrol.targets.size} targets`);
    let statusMs = Number.NEGATIVE_INFINITY;
    let fileMs = clock.monotonicMs();
    let watchdogMs = Number.NEGATIVE_INFINITY;
    while (!end.signal.aborted) {
      const nowMs = clock.monotonicMs();
      const status = describePatrol(patrol, state(), around());
      options.onTick(status);
      if (nowMs - statusMs >= STATUS_EVERY_MS && !patrol.paused) {
        statusMs = nowMs;
        await saveStatus(config, status, log);
      }
      // A schedule that stands still is what the watchdog is for.
      if (
        systemd.watchdogMs !== null &&
        nowMs - watchdogMs >= systemd.watchdogMs &&
        nowMs - patrol.aliveMs < STALLED_MS
      ) {
        watchdogMs = nowMs;
        void systemd.tell("WATCHDOG=1", `STATUS=${describeStatus(status)}`);
      }
      if (nowMs - fileMs >= FILE_EVERY_MS) {
        fileMs = nowMs;
        const now = await readMark(file.path);
        if (now !== "" && now !== mark) {
          mark = now;
          reloading = reloading.then(() => reload("the file changed"));
        }
      }
      await clock.sleep(TICK_MS, end.signal);
    }
    log.info("the patrol ends", { runs_in_flight: patrol.runsInFlight });
    void systemd.tell("STOPPING=1");
    await reloading;
    await patrol.stop(config.run.stopWithinMs);
    await saveStatus(config, describePatrol(patrol, "stopped", { ...around(), listener: null }), log);
    return PATROL_EXIT.ok;
  } finally {
    process.off("SIGHUP", onHangup);
    process.off("SIGTERM", onStop);
    process.off("SIGINT", onStop);
    await listener?.close();
    await discovery?.close();
    await opened.close();
  }
}

/** Every check of every target once; gives the exit code and the records. */
export async function runOnce(options: OnceOptions): Promise<{ code: number; runs: RunRecord[] }> {
  const { signal, isShadow } = options;
  const refused = await checkBeforehand(options);
  if (refused !== null) return { code: refused, runs: [] };
  const opened = await openPatrol(options, isShadow);
  if (typeof opened === "number") return { code: opened, runs: [] };
  const { patrol } = opened;
  try {
    if (options.config.discovery.length > 0) {
      const context = { clock: options.clock, env: options.env, secret: opened.secrets.read };
      const found = openDiscovery(options.config.discovery, context, () => {});
      await Promise.race([found.ready, options.clock.sleep(DISCOVERY_WAIT_MS, signal)]);
      await patrol.setTargets(joinTargets(options.config.targets, found.targets));
      await found.close();
    }
    patrol.audit.add("once", { hash: patrol.generation.hash, targets: patrol.targets.size });
    const runs = await patrol.runOnce(signal, options.onRun);
    if (!isShadow) await patrol.sendDue(ONCE_WAIT_MS, signal);
    await patrol.stop(options.config.run.stopWithinMs);
    if (!isShadow) {
      const around = { configFile: options.file.path, listener: null, pid: process.pid };
      await saveStatus(options.config, describePatrol(patrol, "stopped", around), options.log);
    }
    return { code: findExitCode(runs), runs };
  } finally {
    await opened.close();
  }
}

function findExitCode(runs: readonly RunRecord[]): number {
  const refusedAt = (stage: string) =>
    runs.some(({ stages }) => stages.some((each) => each.stage === stage && each.outcome === "refused"));
  if (refusedAt("permission")) return PATROL_EXIT.permission;
  if (refusedAt("precheck")) return PATROL_EXIT.precheck;
  return runs.every(({ outcome }) => outcome === "passed") ? PATROL_EXIT.ok : PATROL_EXIT.findings;
}

/** Who runs it is looked at before anything is opened; the exit code if it must not run. */
async function checkBeforehand({ config, file, log }: Omit<DaemonOptions, "onTick">): Promise<number | null> {
  if (config.store.engine !== "memory")
    await mkdir(config.store.dir, { recursive: true, mode: 0o750 }).catch(() => {});
  const facts = await readPermissionFacts(config, file.path);
  const refusals = judgePermission(facts, config.run);
  for (const reason of refusals) log.error("the patrol may not run like this", { reason });
  return refusals.length === 0 ? null : PATROL_EXIT.permission;
}

async function openPatrol(
  { config, file, version, clock, log, env }: Omit<DaemonOptions, "onTick">,
  isShadow: boolean,
): Promise<Opened | number> {
  let lock: PatrolLock | null = null;
  const actor = describeActor(hostname());
  if (!isShadow) {
    try {
      lock = takePatrolLock(config.store.dir, actor);
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      log.error("a patrol runs already", { reason: error.message });
      return PATROL_EXIT.precheck;
    }
  }
  const secrets = openSecretSource({
    vault: config.vault,
    env,
    clock,
    warn: (message) => log.warn(message),
    onVaultEvent: (event) => log.info("vault", { ...event }),
  });
  const workers = new HeavyWorkers(Math.max(1, Math.min(2, availableParallelism() - 1)), log);
  const secret = secrets.read;
  const inMemory = isShadow || config.store.engine === "memory";
  const store = await openStore(inMemory ? { ...config.store, engine: "memory" } : config.store, { secret });
  const captures = inMemory ? new MemoryCaptures() : await openRawCaptures(config.store, { secret });
  const audit = isShadow || config.run.auditFile === null ? null : openAuditFile(config.run.auditFile);
  if (audit !== null && audit.tornBytes > 0)
    log.warn("an audit entry was cut short by a kill and put aside", { bytes: audit.tornBytes });
  const close = async () => {
    audit?.close();
    await workers.close();
    await secrets.close(AbortSignal.timeout(5_000)).catch((error: unknown) => log.warn("secrets", { error }));
    await store.close();
    lock?.release();
  };
  try {
    const outlets = await openOutlets(config, { secret: secrets.read, clock, log });
    const silent = { ...outlets, sinks: [], notifiers: new Map() };
    const patrol = await Patrol.open(
      {
        clock,
        log,
        version,
        host: hostname(),
        actor,
        store,
        captures,
        checkOf: (kind) => (isHeavy(kind) ? workers.checkOf(kind) : ALL_CHECKS[kind]),
        secret: (ref) => secrets.read(ref),
        permissionFacts: (current) => readPermissionFacts(current, file.path),
        machineFacts: (current) => readMachineFacts(current.store.dir),
        random: Math.random,
        auditFile: audit,
      },
      config,
      isShadow ? silent : outlets,
    );
    const before = isShadow ? null : await readStatus(config.store.dir);
    const aliveUntilMs = before?.aliveUntilMs ?? null;
    await patrol.setTargets(config.targets, aliveUntilMs);
    return { patrol, secrets, aliveUntilMs, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** First signal: all that is only in memory goes into a file, and nothing new begins; second: on it goes. */
async function togglePause(
  patrol: Patrol,
  config: PatrolConfig,
  log: Log,
  status: PatrolStatus,
): Promise<void> {
  if (patrol.paused) {
    patrol.resume();
    log.info("the patrol goes on");
    return;
  }
  patrol.pause();
  const dir = config.run.snapshotDir ?? join(config.store.dir, "snapshots");
  const path = join(dir, `snapshot-${new Date().toISOString().replaceAll(":", "")}.json`);
  try {
    await mkdir(dir, { recursive: true, mode: 0o750 });
    const content: PatrolSnapshotFile = {
      ...patrol.outlets.redactor.value({ ...status, state: "paused", ...collectMemory(patrol) }),
      schema: "gopatrol.snapshot/v1",
    };
    await writeWhole(path, `${JSON.stringify(content, null, 2)}\n`);
    await writeStatus(config.store.dir, { ...status, state: "paused" });
    log.info("the patrol is paused; SIGUSR1 again lets it go on", { snapshot: path });
  } catch (error) {
    log.error("the patrol is paused, but its snapshot could not be written", { error });
  }
}

async function saveStatus(config: PatrolConfig, status: PatrolStatus, log: Log): Promise<void> {
  try {
    await writeStatus(config.store.dir, status);
  } catch (error) {
    log.error("the status file cannot be written", { error });
  }
}

export function describeStatus(status: PatrolStatus): string {
  const { targets, runsInFlight, suspects, alertsFiring, openFindings, overdue, latenessMs } = status;
  return [
    status.state,
    `${targets} targets`,
    `${runsInFlight} runs in flight`,
    `${suspects.length} suspects`,
    `${alertsFiring} alerts`,
    `${openFindings} findings`,
    ...(overdue.length > 0 ? [`${overdue.length} overdue`] : []),
    `p99 ${Math.round(latenessMs.p99)} ms late`,
  ].join(" · ");
}

/** The one in use, whatever was reloaded. */
function redactorOf(patrol: Patrol) {
  return {
    text: (text: string) => patrol.outlets.redactor.text(text),
    value: <T>(value: T) => patrol.outlets.redactor.value(value),
    get counts() {
      return patrol.outlets.redactor.counts;
    },
  };
}
