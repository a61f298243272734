import type { PatrolStatus } from "../patrol/patrol-status.ts";
import { ConfigFollower } from "./config-follower.ts";
import { PATROL_EXIT } from "./exit-code.ts";
import { type HttpListener, startHttpListener } from "./http-listener.ts";
import { openPatrol, type PatrolOptions } from "./open-patrol.ts";
import type { Patrol } from "./patrol.ts";
import { describePatrol } from "./patrol-state.ts";
import { PatrolWatch } from "./patrol-view.ts";
import { onPauseSignal } from "./pause-signal.ts";
import { saveStatus } from "./status-file.ts";
import { describeStatus } from "./status-line.ts";
import { SystemdNotify } from "./systemd-notify.ts";
import { togglePause } from "./toggle-pause.ts";

export interface DaemonOptions extends PatrolOptions {
  /** Called about once a second with how it goes. */
  onTick(status: PatrolStatus): void;
}

const STATUS_EVERY_MS = 5_000;
const FILE_EVERY_MS = 5_000;
const TICK_MS = 1_000;
/** The loop comes round once a second; after so long it does not any more. */
const STALLED_MS = 30_000;

/** The patrol until it is told to end; gives the exit code. */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  const opened = await openPatrol(options);
  if (typeof opened === "number") return opened;
  const { log, clock, file } = options;
  const { patrol } = opened;
  const { inForce, audit } = patrol.world;
  const systemd = new SystemdNotify(options.env, log);
  const follower = new ConfigFollower(options, opened);
  const end = new AbortController();
  let listener: HttpListener | null = null;
  const describe = (): PatrolStatus => {
    const state = end.signal.aborted ? "stopping" : patrol.paused ? "paused" : "running";
    const around = { configFile: file.path, listener: listener?.url ?? null, pid: process.pid };
    return describePatrol(patrol, state, around);
  };
  onPauseSignal(() => void togglePause(patrol, describe()));
  const forget = onSignals({ hangUp: () => follower.reload("SIGHUP"), stop: () => end.abort() });

  try {
    const listening = await listen(patrol);
    if (listening === "refused") return PATROL_EXIT.precheck;
    listener = listening;
    await follower.start();
    patrol.start();
    const { size } = inForce.targets;
    audit.add("start", { hash: inForce.generation.hash, version: options.version, targets: size });
    await systemd.tell("READY=1", `STATUS=${size} targets`);
    let status = describe();
    const chores = [
      {
        everyMs: STATUS_EVERY_MS,
        work: async () => {
          if (!patrol.paused) await saveStatus(inForce.config.store.dir, status, log);
        },
      },
      { everyMs: FILE_EVERY_MS, work: () => follower.look() },
      {
        everyMs: systemd.watchdogMs ?? Number.POSITIVE_INFINITY,
        work: () => {
          // A schedule that stands still is what the watchdog is for.
          if (clock.monotonicMs() - patrol.loop.aliveMs < STALLED_MS)
            void systemd.tell("WATCHDOG=1", `STATUS=${describeStatus(status)}`);
        },
      },
    ].map((chore) => ({ ...chore, doneMs: Number.NEGATIVE_INFINITY }));
    while (!end.signal.aborted) {
      status = describe();
      options.onTick(status);
      for (const chore of chores) {
        const nowMs = clock.monotonicMs();
        if (nowMs - chore.doneMs < chore.everyMs) continue;
        chore.doneMs = nowMs;
        await chore.work();
      }
      await clock.sleep(TICK_MS, end.signal);
    }
    log.info("the patrol ends", { runs_in_flight: patrol.runs.underway.size });
    void systemd.tell("STOPPING=1");
    await follower.settle();
    await patrol.stop(inForce.config.run.stopWithinMs);
    const last: PatrolStatus = { ...describe(), state: "stopped", listener: null };
    await saveStatus(inForce.config.store.dir, last, log);
    return PATROL_EXIT.ok;
  } finally {
    forget();
    await listener?.close();
    await follower.close();
    await opened.close();
  }
}

const LISTEN_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: "is in use by another program",
  EADDRNOTAVAIL: "is no address of this machine",
  EACCES: "may not be listened on by this user",
};

/** Serves what the configuration asks for; null if that is nothing. */
async function listen(patrol: Patrol): Promise<HttpListener | null | "refused"> {
  const { inForce, log } = patrol.world;
  const { server } = inForce.config;
  if (server === null) return null;
  const view = new PatrolWatch(patrol);
  let listener: HttpListener;
  try {
    listener = await startHttpListener({ ...server, view, redactor: inForce.redactor, log });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what = LISTEN_PROBLEMS[code ?? ""];
    if (what === undefined) throw error;
    log.error("the patrol cannot start", {
      reason: `${server.host}:${server.port} ${what} (${code})`,
      hint: "give [server] another host or port, or set enabled = false",
    });
    return "refused";
  }
  log.info("metrics are served", { url: `${listener.url}/metrics` });
  return listener;
}

/** Until what it returns is called. */
function onSignals({ hangUp, stop }: { hangUp(): void; stop(): void }): () => void {
  process.on("SIGHUP", hangUp);
  for (const name of ["SIGTERM", "SIGINT"] as const) process.on(name, stop);
  return () => {
    process.off("SIGHUP", hangUp);
    for (const name of ["SIGTERM", "SIGINT"] as const) process.off(name, stop);
  };
}
