import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../bin/gopatrol", import.meta.url));

export interface GopatrolRun {
  /** Null if a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** Most memory the process had, in bytes; NaN where the system does not tell. */
  peakRssBytes: number;
}

export interface RunOptions {
  env?: Record<string, string>;
  cwd?: string;
  /** What it finds on stdin; without, nothing. */
  input?: string;
  /** Called with the process, to send it a signal later. */
  onStart?: (child: ChildProcess) => void;
  /** Called with all of stderr so far, whenever there is more: to send a signal at a certain point. */
  onStderr?: (stderr: string, child: ChildProcess) => void;
  /** Closes its end of stdout after so many bytes, as `head` does. */
  closeStdoutAfter?: number;
  /** Another program to run in place of the checkout's. */
  program?: string;
}

/** Prints what the process took, when it ends. */
const PEAK_MARK = "gopatrol-test-peak-rss ";
const REPORT_PEAK = `data:text/javascript,process.on("exit",()=>{process._rawDebug("${PEAK_MARK}"+process.resourceUsage().maxRSS)})`;

/** Runs bin/gopatrol as its users do, with the Node that runs the tests, and without a terminal. */
export function runGopatrol(args: readonly string[], options: RunOptions = {}): Promise<GopatrolRun> {
  const env: NodeJS.ProcessEnv = { ...process.env, ...options.env };
  // The test runner's own wishes.
  for (const name of ["FORCE_COLOR", "NO_COLOR", "NODE_OPTIONS", "COLUMNS"]) {
    if (options.env?.[name] === undefined) delete env[name];
  }
  const child = spawn(process.execPath, [`--import=${REPORT_PEAK}`, options.program ?? program, ...args], {
    env,
    cwd: options.cwd,
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => {}).end(options.input);
  options.onStart?.(child);
  let stdout = "";
  let stderr = "";
  let taken = 0;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    taken += chunk.length;
    if (taken >= (options.closeStdoutAfter ?? Number.POSITIVE_INFINITY)) child.stdout.destroy();
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
    options.onStderr?.(stderr, child);
  });
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code, signal) => {
      const peak = new RegExp(`${PEAK_MARK}(\\d+)\\n`).exec(stderr);
      done({
        code,
        signal,
        stdout,
        stderr: peak === null ? stderr : stderr.replace(peak[0], ""),
        peakRssBytes: peak === null ? Number.NaN : Number(peak[1]) * 1024,
      });
    });
  });
}

/** Eleven samples, of which a busy machine may leave out all but four before growth cannot be told. */
export const SHORT_WINDOW: readonly string[] = ["--for", "5s", "--every", "500ms", "--no-source"];

/** Text as it was before it was wrapped. */
export function unwrap(text: string): string {
  return text.replace(/\s+/g, " ");
}
