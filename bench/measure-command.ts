/** What a command takes: CPU time, wall time and peak resident set. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const POLL_MS = 5;
const TICKS_PER_SECOND = 100;

export interface Measured {
  cpuSeconds: number;
  wallSeconds: number;
  peakMegabytes: number;
  /** It was ended for its time or memory: the figures are what it took by then. */
  isCut: boolean;
}

export function median(all: readonly Measured[]): Measured {
  const middle = (pick: (each: Measured) => number): number =>
    all.map(pick).toSorted((a, b) => a - b)[all.length >> 1]!;
  return {
    cpuSeconds: middle(({ cpuSeconds }) => cpuSeconds),
    wallSeconds: middle(({ wallSeconds }) => wallSeconds),
    peakMegabytes: middle(({ peakMegabytes }) => peakMegabytes),
    isCut: all.some(({ isCut }) => isCut),
  };
}

/** Runs a command; its CPU and wall time come from bash's `time`, its peak from looking while it runs. */
export function measure(
  program: string,
  words: readonly string[],
  { limitMinutes, limitMegabytes }: { limitMinutes: number; limitMegabytes: number },
): Promise<Measured> {
  const script = 'TIMEFORMAT="%R %U %S"; time "$@" > /dev/null 2> /dev/null';
  const begun = performance.now();
  const child = spawn("bash", ["-c", script, "bash", program, ...words], {
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  const limitMs = limitMinutes * 60_000;
  let peakMegabytes = 0;
  let cut: Measured | undefined;
  const timer = setInterval(() => {
    const use = readUse(child.pid!);
    peakMegabytes = Math.max(peakMegabytes, use.peakMegabytes);
    const wallMs = performance.now() - begun;
    if (cut !== undefined || (wallMs < limitMs && peakMegabytes < limitMegabytes)) return;
    cut = { cpuSeconds: use.cpuSeconds, wallSeconds: wallMs / 1000, peakMegabytes, isCut: true };
    process.kill(-child.pid!, "SIGKILL");
  }, POLL_MS);
  let printed = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  return new Promise((done) => {
    child.on("close", () => {
      clearInterval(timer);
      if (cut !== undefined) {
        done(cut);
        return;
      }
      const [wall, user, system] = printed.trim().split("\n").at(-1)!.split(" ").map(Number) as [
        number,
        number,
        number,
      ];
      done({ cpuSeconds: user + system, wallSeconds: wall, peakMegabytes, isCut: false });
    });
  });
}

/** Largest resident set, and CPU time so far, among the descendants of a process. */
function readUse(pid: number): { peakMegabytes: number; cpuSeconds: number } {
  let peakMegabytes = 0;
  let cpuSeconds = 0;
  try {
    for (const child of readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")) {
      if (child === "") continue;
      const status = readFileSync(`/proc/${child}/status`, "utf8");
      const [user, system] = readFileSync(`/proc/${child}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ")
        .slice(11, 13)
        .map(Number) as [number, number];
      const below = readUse(Number(child));
      const own = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
      peakMegabytes = Math.max(peakMegabytes, own, below.peakMegabytes);
      cpuSeconds += (user + system) / TICKS_PER_SECOND + below.cpuSeconds;
    }
  } catch {
    // It has ended.
  }
  return { peakMegabytes, cpuSeconds };
}
