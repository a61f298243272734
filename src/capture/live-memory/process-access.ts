import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from "node:fs";
import { CaptureError } from "../capture-error.ts";
import { adviceOfContainers } from "../process/container-pid.ts";
import { decodeMemoryMap, isOwnMemory, type MemoryMapping } from "./memory-map.ts";
import { type AddressRange, addResidentRanges, PAGEMAP_ENTRY_BYTES } from "./resident-pages.ts";
import {
  decodeAuxiliaryVector,
  decodeProcessStat,
  decodeThreadPlace,
  type ThreadPlace,
} from "./thread-place.ts";

/** Entries for 512 MiB of address space at once. */
const PAGEMAP_PIECE_BYTES = 1024 * 1024;
/** A read of 64 KiB costs about as much as the call that makes it. */
const HOLE_PAGES = 16;

/**
 * The files of /proc by which another process's memory is read (ptrace(2), "Ptrace access mode checking"). Synchronous:
 * while the process stands still nothing else has to be done. Throws CaptureError "no-such-process", "not-permitted"
 * or "unreadable" from each method.
 */
export class ProcessAccess {
  readonly pid: number;
  readonly startTime: string;
  readonly pageBytes: number;
  /** Where the executable begins to run, as it was loaded. */
  readonly entry: number;
  readonly exeName: string;
  readonly #memory: number;
  readonly #pagemap: number | undefined;

  constructor(pid: number) {
    this.pid = pid;
    checkProcOfOurs(pid);
    const stat = this.stat();
    if (stat.state === "Z" || stat.state === "X") throw ended(pid);
    this.startTime = stat.startTime;
    this.exeName = this.#try(() => readlinkSync(`/proc/${pid}/exe`));
    const auxiliary = decodeAuxiliaryVector(this.#try(() => readFileSync(`/proc/${pid}/auxv`)));
    this.pageBytes = auxiliary.pageBytes;
    this.entry = auxiliary.entry;
    this.#memory = this.#try(() => openSync(`/proc/${pid}/mem`, "r"));
    this.#pagemap = openOrUndefined(`/proc/${pid}/pagemap`);
  }

  close(): void {
    closeSync(this.#memory);
    if (this.#pagemap !== undefined) closeSync(this.#pagemap);
  }

  stat(): { state: string; startTime: string } {
    const stat = decodeProcessStat(this.#try(() => readFileSync(`/proc/${this.pid}/stat`, "latin1")));
    if (stat === undefined || (this.startTime !== undefined && stat.startTime !== this.startTime))
      throw ended(this.pid);
    return stat;
  }

  /** One letter for each thread: T stopped, t held by a debugger, R, S, D … */
  threadStates(): string[] {
    return this.#tasks().flatMap((task) => {
      try {
        return decodeProcessStat(readFileSync(`${task}/stat`, "latin1"))?.state ?? [];
      } catch {
        // Ended since it was listed.
        return [];
      }
    });
  }

  threadPlaces(): ThreadPlace[] {
    return this.#tasks().flatMap((task) => {
      try {
        const id = Number(task.slice(task.lastIndexOf("/") + 1));
        return decodeThreadPlace(id, readFileSync(`${task}/syscall`, "latin1")) ?? [];
      } catch {
        // Kernels may be built without it; stacks of running goroutines are then scanned whole.
        return [];
      }
    });
  }

  /** What is the process's own, by rising address. */
  ownMappings(): MemoryMapping[] {
    const text = this.#try(() => readFileSync(`/proc/${this.pid}/maps`, "utf8"));
    // A process that has just ended has an empty map.
    if (text === "") throw ended(this.pid);
    return decodeMemoryMap(text).filter(isOwnMemory);
  }

  /** Pages of the mapping that hold something; all of it where the kernel does not tell. */
  residentRanges(mapping: MemoryMapping): AddressRange[] {
    if (this.#pagemap === undefined) return [{ start: mapping.start, end: mapping.end }];
    const ranges: AddressRange[] = [];
    const piece = new Uint8Array(
      Math.min(PAGEMAP_PIECE_BYTES, ((mapping.end - mapping.start) / this.pageBytes) * PAGEMAP_ENTRY_BYTES),
    );
    for (let start = mapping.start; start < mapping.end; ) {
      const wanted = Math.min(piece.length, ((mapping.end - start) / this.pageBytes) * PAGEMAP_ENTRY_BYTES);
      const count = readSync(this.#pagemap, piece, 0, wanted, (start / this.pageBytes) * PAGEMAP_ENTRY_BYTES);
      if (count < PAGEMAP_ENTRY_BYTES) break;
      addResidentRanges(ranges, start, piece.subarray(0, count), {
        pageBytes: this.pageBytes,
        holePages: HOLE_PAGES,
      });
      start += Math.floor(count / PAGEMAP_ENTRY_BYTES) * this.pageBytes;
    }
    return ranges;
  }

  /** Fills `out` from `address`; how many bytes could be read. */
  read(address: number, out: Uint8Array): number {
    let done = 0;
    while (done < out.length) {
      let count: number;
      try {
        count = readSync(this.#memory, out, done, out.length - done, address + done);
      } catch (cause) {
        // EIO: nothing is mapped there.
        if ((cause as NodeJS.ErrnoException).code === "EIO") return done;
        throw errorOf(this.pid, cause);
      }
      // The memory of a process that has ended is empty.
      if (count === 0) throw ended(this.pid);
      done += count;
    }
    return done;
  }

  u32(address: number): number {
    const word = new Uint8Array(4);
    return this.read(address, word) === 4 ? new DataView(word.buffer).getUint32(0, true) : Number.NaN;
  }

  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#try(() => process.kill(this.pid, name));
  }

  #tasks(): string[] {
    const folder = `/proc/${this.pid}/task`;
    return this.#try(() => readdirSync(folder)).map((name) => `${folder}/${name}`);
  }

  #try<T>(call: () => T): T {
    try {
      return call();
    } catch (cause) {
      throw errorOf(this.pid, cause);
    }
  }
}

function openOrUndefined(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch {
    return undefined;
  }
}

/**
 * Files are read through /proc, signals go to our own pid namespace: if /proc is another namespace's (a host's, mounted in
 * a container), the number means two processes, and the wrong one would be stopped.
 */
function checkProcOfOurs(pid: number): void {
  let self: string;
  try {
    self = readlinkSync("/proc/self");
  } catch (cause) {
    // It cannot be resolved in a namespace that we are not in.
    self = "";
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw errorOf(pid, cause);
  }
  if (self === String(process.pid)) return;
  throw new CaptureError(
    "not-permitted",
    "/proc is that of another pid namespace, so that its numbers are not those of the processes here",
    "run gopatrol in the namespace of that /proc (nsenter --target PID --pid), or mount a /proc of its own (unshare --pid --fork --mount-proc)",
  );
}

function ended(pid: number): CaptureError {
  return new CaptureError("no-such-process", `process ${pid} has ended`, "find the one that runs now");
}

function errorOf(pid: number, cause: unknown): CaptureError {
  if (cause instanceof CaptureError) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? "unknown";
  switch (code) {
    case "ENOENT":
    case "ESRCH":
      return new CaptureError(
        "no-such-process",
        `there is no process ${pid} here, or it is one of the kernel's`,
        `give the pid as this side sees it: within a container processes have other pids than on its host${adviceOfContainers(pid)}`,
        cause,
      );
    case "EACCES":
    case "EPERM":
      return new CaptureError(
        "not-permitted",
        `the memory of process ${pid} may not be read`,
        adviceOf(),
        cause,
      );
    default:
      return new CaptureError("unreadable", `process ${pid} cannot be read (${code})`, "try again", cause);
  }
}

/** Yama's setting forbids it even to the process's own user (Documentation/admin-guide/LSM/Yama.rst). */
function adviceOf(): string {
  let scope = "0";
  try {
    scope = readFileSync("/proc/sys/kernel/yama/ptrace_scope", "latin1").trim();
  } catch {
    // This kernel has no Yama.
  }
  if (process.getuid?.() === 0 && scope !== "3") {
    return "this root has no CAP_SYS_PTRACE over it (a container's root, or the process is another user namespace's): run gopatrol on the host, or in Kubernetes by kubectl debug --profile=sysadmin --target";
  }
  switch (scope) {
    case "1":
    case "2":
      return `run gopatrol as root or with CAP_SYS_PTRACE (kernel.yama.ptrace_scope is ${scope}; in Kubernetes: kubectl debug --profile=sysadmin --target)`;
    case "3":
      return "kernel.yama.ptrace_scope is 3, which forbids it to everybody until a reboot: take a core instead";
    default:
      return "run gopatrol as the user of the process, as root, or with CAP_SYS_PTRACE (in Kubernetes: kubectl debug --profile=sysadmin --target)";
  }
}
