import { spawn } from "node:child_process";
import type { Log } from "../patrol/log.ts";

/**
 * Tells systemd how the patrol is, where it asks for it (Type=notify, WatchdogSec=). Node has no Unix datagram sockets,
 * so systemd's own command does it; the unit needs NotifyAccess=all.
 */
export class SystemdNotify {
  readonly #isWanted: boolean;
  readonly #log: Log;
  /** Half of what systemd allows between two signs of life; null if there is no watchdog. */
  readonly watchdogMs: number | null;
  #isBroken = false;

  constructor(env: NodeJS.ProcessEnv, log: Log) {
    this.#isWanted = (env["NOTIFY_SOCKET"] ?? "") !== "";
    this.#log = log;
    const microseconds = Number(env["WATCHDOG_USEC"]);
    const isOurs = env["WATCHDOG_PID"] === undefined || Number(env["WATCHDOG_PID"]) === process.pid;
    this.watchdogMs =
      this.#isWanted && isOurs && Number.isFinite(microseconds) && microseconds > 0
        ? Math.max(500, microseconds / 2000)
        : null;
  }

  /** "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=…"; resolves when systemd has it. Never rejects. */
  async tell(...assignments: string[]): Promise<void> {
    if (!this.#isWanted || this.#isBroken) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const child = spawn("systemd-notify", [`--pid=${process.pid}`, ...assignments], { stdio: "ignore" });
    child.on("error", (error) => {
      this.#isBroken = true;
      this.#log.error("systemd cannot be told anything: is systemd-notify on the PATH?", { error });
      resolve();
    });
    child.on("close", () => resolve());
    await promise;
  }
}
