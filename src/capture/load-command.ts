import { spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";

interface LoadResult {
  /** Null if a signal ended it, or it could not be started. */
  exitCode: number | null;
  /** The end of what it wrote to stderr. */
  stderrTail: string;
}

export interface LoadRun {
  /** Settles when the shell has ended; never rejects. */
  readonly ended: Promise<LoadResult>;
  /** Ends the command and all that it started, first politely; resolves when they are gone. Never rejects. */
  stop(): Promise<LoadResult>;
}

const STDERR_TAIL_BYTES = 4096;
/** Between SIGTERM and SIGKILL. */
const GRACE_MS = 2_000;
/** After SIGKILL. In a container whose first process reaps no orphans, the dead stay in their group for ever. */
const GIVE_UP_MS = GRACE_MS + 500;
const POLL_MS = 20;

/**
 * Starts a shell command as the leader of a process group of its own: load generators start workers, and these must
 * not outlive the window. Its output is not shown; stdout is dropped and the end of stderr kept.
 */
export function startLoad(command: string): LoadRun {
  const child = spawn(command, { shell: true, detached: true, stdio: ["ignore", "ignore", "pipe"] });
  let stderr: Buffer = Buffer.alloc(0);
  child.stderr.on("data", (chunk: Buffer) => {
    stderr = Buffer.concat([stderr, chunk]).subarray(-STDERR_TAIL_BYTES);
  });
  child.stderr.on("error", () => {});
  // If we are made to exit in mid-window, nobody else would end a detached group.
  const killAtExit = (): void => void signalGroup(child.pid, "SIGKILL");
  process.on("exit", killAtExit);

  const { promise: ended, resolve } = Promise.withResolvers<LoadResult>();
  child.on("error", (error) => {
    resolve({ exitCode: null, stderrTail: error.message });
  });
  child.on("exit", (exitCode) => {
    // One turn later the last of stderr has arrived; "close" would wait for workers that hold the pipe open.
    setImmediate(() => resolve({ exitCode, stderrTail: stderr.toString("utf8") }));
  });

  let stopping: Promise<LoadResult> | undefined;
  const stop = async (): Promise<LoadResult> => {
    let isAlive = signalGroup(child.pid, "SIGTERM");
    for (let waitedMs = 0; isAlive && waitedMs < GIVE_UP_MS; waitedMs += POLL_MS) {
      await delay(POLL_MS);
      isAlive = signalGroup(child.pid, waitedMs < GRACE_MS ? 0 : "SIGKILL");
    }
    const result = await ended;
    child.stderr.destroy();
    process.off("exit", killAtExit);
    return result;
  };
  return {
    ended,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** Whether the group still had a process to signal. */
function signalGroup(pid: number | undefined, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}
