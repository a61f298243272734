import { CaptureError } from "../capture-error.ts";
import type { CaptureSession } from "../capture-session.ts";
import { systemClock } from "../system-clock.ts";
import { adviceOfContainers } from "./container-pid.ts";
import { listFds } from "./fd-listing.ts";
import { type ProcBytes, readProcFile } from "./proc-file.ts";
import { readExecutableLink, readSystemFiles } from "./system-files.ts";

/** A hundred thousand mappings; vm.max_map_count allows 65,530 unless somebody raised it. */
const MAX_MAPS_BYTES = 64 * 1024 * 1024;
const MAX_TEXT_BYTES = 256 * 1024;
/**
 * Reading smaps walks the page tables while the process's own mmap and munmap wait (about 25 ms a GB): it may have this
 * share of the time; where it takes more, samples are left out.
 */
const SMAPS_SHARE = 0.05;

interface ProcessToCapture {
  pid: number;
  /** The user named the process; otherwise it was found at the URL's port. */
  isGiven: boolean;
  /** Time between two samples. */
  everyMs: number;
}

/**
 * Takes what the kernel says of one process in each sample: files of /proc and its cgroup. What may not be read is
 * noted once, and the rest goes on.
 */
export class ProcessCapture {
  readonly pid: number;
  readonly isGiven: boolean;
  readonly #everyMs: number;
  readonly #path: string;
  /** With the pid it identifies the process: pids are used again. */
  #startTicks: string | undefined;
  /** Not to be asked for again: not permitted, or not there on this kernel. */
  readonly #refused = new Set<string>();
  readonly #commandLine: string;
  #nextMapsMs = Number.NEGATIVE_INFINITY;
  #isDropped = false;
  #statusOfMaps: ProcBytes | undefined;

  private constructor(process: ProcessToCapture, commandLine: string) {
    this.pid = process.pid;
    this.isGiven = process.isGiven;
    this.#everyMs = process.everyMs;
    this.#path = `/proc/${process.pid}`;
    this.#commandLine = commandLine;
  }

  /** Throws CaptureError "no-such-process" or "not-permitted". */
  static async open(process: ProcessToCapture): Promise<ProcessCapture> {
    const path = `/proc/${process.pid}/cmdline`;
    const { bytes } = await readProcFile(path, MAX_TEXT_BYTES).catch((error: CaptureError) => {
      throw describeMissing(process.pid, error);
    });
    return new ProcessCapture(process, trimCommand(bytes));
  }

  /** False once the process has ended, or turned out to be another than the one that answers. */
  get isPresent(): boolean {
    return !this.#isDropped;
  }

  /** What costs next to nothing, before anything is asked of the target: a guard may go by it. */
  async takeFirst(session: CaptureSession): Promise<void> {
    if (this.#isDropped) return;
    if (this.#isOtherProcess(session)) {
      this.#isDropped = true;
      return;
    }
    if ((await this.#findLiveness(session)) === "ended") return;
    if (session.sample === 0) {
      await session.take(
        { kind: "proc-system", file: "proc-exe.txt", origin: `${this.#path}/exe` },
        async () => ({ bytes: await readExecutableLink(this.#path), cutOff: false }),
      );
    }
    await this.#take(session, "proc-limits", "limits", MAX_TEXT_BYTES);
    await session.take(
      { kind: "proc-system", file: "proc-system.txt", origin: `${this.#path}/cgroup and /sys` },
      async () => ({ bytes: await readSystemFiles(this.#path, session.sample === 0), cutOff: false }),
    );
  }

  /** Mappings, and status right behind them, since the one is to add up to the other; then the descriptors. */
  async takeMemory(session: CaptureSession, isLast: boolean): Promise<void> {
    if (this.#isDropped) return;
    if (isLast || session.elapsedMs() >= this.#nextMapsMs) await this.#takeMappings(session);
    const status = this.#statusOfMaps;
    this.#statusOfMaps = undefined;
    await this.#read(session, "proc-status", "status", async () =>
      status === undefined ? await readProcFile(`${this.#path}/status`, MAX_TEXT_BYTES) : status,
    );
    await this.#read(session, "proc-fds", "fd", async () => ({
      bytes: await listFds(this.#path),
      cutOff: false,
    }));
  }

  async #takeMappings(session: CaptureSession): Promise<void> {
    const beganMs = session.elapsedMs();
    const error = await this.#read(session, "proc-maps", "smaps", async () => {
      const { smaps, status } = await readMapsAndStatus(this.#path);
      this.#statusOfMaps = status;
      return smaps;
    });
    const tookMs = session.elapsedMs() - beganMs;
    this.#nextMapsMs = beganMs + Math.max(0, tookMs / SMAPS_SHARE - this.#everyMs / 2);
    // A kernel without page monitoring has no smaps. Who may not read smaps may not read maps either.
    if (error !== undefined && error.code !== "not-permitted" && error.code !== "no-such-process") {
      await this.#take(session, "proc-maps", "maps", MAX_MAPS_BYTES);
    }
  }

  #take(
    session: CaptureSession,
    kind: "proc-status" | "proc-stat" | "proc-limits" | "proc-maps",
    name: string,
    maxBytes: number,
  ): Promise<CaptureError | undefined> {
    return this.#read(session, kind, name, () => readProcFile(`${this.#path}/${name}`, maxBytes));
  }

  async #read(
    session: CaptureSession,
    kind: "proc-status" | "proc-stat" | "proc-limits" | "proc-maps" | "proc-fds",
    name: string,
    read: () => Promise<ProcBytes>,
  ): Promise<CaptureError | undefined> {
    if (this.#refused.has(name)) return undefined;
    const part = { kind, file: `proc-${name}.txt`, origin: `${this.#path}/${name}` };
    const error = await session.take(part, read);
    if (error?.code === "not-permitted" || error?.code === "no-such-file") this.#refused.add(name);
    return error;
  }

  /** `/proc/PID/stat` as evidence, and to see whether it is still the same process. */
  async #findLiveness(session: CaptureSession): Promise<"alive" | "ended"> {
    const error = await this.#take(session, "proc-stat", "stat", MAX_TEXT_BYTES);
    if (error?.code === "no-such-process") {
      this.#isDropped = true;
      return "ended";
    }
    const text = new TextDecoder().decode(session.latest.get("proc-stat"));
    const ticks = text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
    this.#startTicks ??= ticks;
    if (this.#startTicks === ticks) return "alive";
    this.#isDropped = true;
    return "ended";
  }

  /**
   * What listens at a port may be a proxy or a tunnel (ssh, kubectl port-forward): then the command lines differ. Where
   * the target does not tell its own, nothing speaks for a process that nobody named.
   */
  #isOtherProcess(session: CaptureSession): boolean {
    if (this.isGiven || session.latest.has("proc-stat")) return false;
    const answered = session.latest.get("cmdline");
    return answered === undefined || this.#commandLine !== trimCommand(answered);
  }
}

/** A heap that is collected and given back all the time changes by megabytes between two readings. */
const MOST_TRIES = 5;
const TRY_MS = 150;
const GOOD_MATCH = 0.005;

/** smaps and the status right behind it: of several tries the two that belong together best. */
async function readMapsAndStatus(path: string): Promise<{ smaps: ProcBytes; status: ProcBytes | undefined }> {
  let best: { smaps: ProcBytes; status: ProcBytes | undefined; skew: number } | undefined;
  const deadlineMs = systemClock.monotonicMs() + TRY_MS;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const smaps = await readProcFile(`${path}/smaps`, MAX_MAPS_BYTES);
    const status = await readProcFile(`${path}/status`, MAX_TEXT_BYTES).catch(() => undefined);
    const skew = status === undefined ? Number.POSITIVE_INFINITY : computeSkew(smaps.bytes, status.bytes);
    if (best === undefined || skew < best.skew) best = { smaps, status, skew };
    if (best.skew <= GOOD_MATCH || systemClock.monotonicMs() > deadlineMs) break;
  }
  return best!;
}

/** How far the resident set in status is from the sum over all mappings, as a share. */
function computeSkew(smaps: Uint8Array, status: Uint8Array): number {
  const decoder = new TextDecoder();
  let sum = 0;
  for (const [, kilobytes] of decoder.decode(smaps).matchAll(/^Rss: +(\d+) kB$/gm)) sum += Number(kilobytes);
  const resident = Number(/^VmRSS:\s+(\d+) kB$/m.exec(decoder.decode(status))?.[1]);
  return Math.abs(resident - sum) / Math.max(1, sum);
}

/** Arguments end with a zero byte each in /proc, and are joined with it in pprof's answer. */
function trimCommand(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replace(/\0+$/, "");
}

function describeMissing(pid: number, error: CaptureError): CaptureError {
  if (error.code !== "no-such-process") return error;
  // With hidepid another user's processes look as if they were not there; a signal of 0 tells.
  try {
    process.kill(pid, 0);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EPERM") {
      return new CaptureError(
        "no-such-process",
        `there is no process ${pid}`,
        `check the number, as in pgrep -a NAME${adviceOfContainers(pid)}`,
        cause,
      );
    }
  }
  return new CaptureError(
    "not-permitted",
    `process ${pid} is hidden from this user`,
    "run gopatrol as the user of the process, as root, or with CAP_SYS_PTRACE",
    error,
  );
}
