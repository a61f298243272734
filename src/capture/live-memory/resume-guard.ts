import { spawn } from "node:child_process";
import { once } from "node:events";
import { CaptureError } from "../capture-error.ts";

/**
 * What the guard runs. It lives in a session of its own, so that neither Ctrl-C nor the end of the terminal reaches
 * it, and it ignores what asks it to end. The pipe from us closes however we end, kill -9 included; then, or when the
 * pause has lasted too long, it lets the process go on, provided that the number is still that process's.
 */
const GUARD = `
const { readFileSync } = require("node:fs");
const [pid, startTime, maxPauseMs] = process.argv.slice(1);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGPIPE"]) process.on(signal, () => {});
const resume = () => {
  try {
    const stat = readFileSync("/proc/" + pid + "/stat", "latin1");
    if (stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] === startTime) process.kill(Number(pid), "SIGCONT");
  } catch {}
  process.exit(0);
};
process.stdin.on("data", (bytes) => {
  if (bytes.includes("d")) process.exit(0);
  if (bytes.includes("s")) setTimeout(resume, Number(maxPauseMs));
});
process.stdin.on("end", resume);
process.stdin.on("error", resume);
process.stdout.on("error", () => {});
process.stdout.write("r");
`;
/** Node on a machine that is out of memory takes its time to start. */
const START_MS = 20_000;

/** A process of its own that lets a stopped process go on if we cannot. */
export interface ResumeGuard {
  /** Call right before the process is stopped: from now on the longest pause is timed. */
  arm(): void;
  /** Call when it was let go on. */
  dismiss(): void;
}

/**
 * Starts the guard and waits until it says that it listens; only then may the process be stopped.
 *
 * @throws CaptureError if it does not start.
 */
export async function startResumeGuard(
  pid: number,
  startTime: string,
  maxPauseMs: number,
): Promise<ResumeGuard> {
  const child = spawn(process.execPath, ["-e", GUARD, String(pid), startTime, String(maxPauseMs)], {
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
    cwd: "/",
    // Without options for Node of our own, which may open a debugger's port or load code.
    env: {},
  });
  // Its death is seen by the missing answer; writing to a dead guard must not end us with the process stopped.
  child.stdin.on("error", () => {});
  try {
    await Promise.race([
      once(child.stdout, "data", { signal: AbortSignal.timeout(START_MS) }),
      once(child, "exit").then(() => Promise.reject(new Error("it ended at once"))),
    ]);
  } catch (cause) {
    child.kill("SIGKILL");
    throw new CaptureError(
      "unreadable",
      "the process that would resume the target if gopatrol were killed did not start",
      "the target was not stopped; try again with more memory, or read a core file",
      cause,
    );
  }
  child.unref();
  return {
    arm: () => void child.stdin.write("s"),
    dismiss: () => void child.stdin.end("d"),
  };
}
