/**
 * `gopatrol pprof` beside the `go tool pprof` of the installed Go on call-graph-shaped heap profiles of 50 kB, 30 MB and,
 * with `--large`, 300 MB (raw): CPU time, wall time and peak resident set of each command, in turn in one run.
 * `--rounds n` repeats all but the large ones.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { encodeProfile } from "../src/formats/pprof/encode.ts";
import { makeCallGraphProfile } from "./call-graph-profile.ts";
import type { ProfileSize } from "./synthetic-profile.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    large: { type: "boolean", default: false },
    only: { type: "string", default: "" },
  },
});
const gopatrol = resolve(import.meta.dirname, "../bin/gopatrol");
const POLL_MS = 5;
const MERGED = 20;

interface Measured {
  cpuSeconds: number;
  wallSeconds: number;
  peakMegabytes: number;
}

const SMALL: ProfileSize = { samples: 260, framesPerSample: 20, locations: 400, functions: 300 };
const MIDDLE: ProfileSize = { samples: 345_000, framesPerSample: 20, locations: 80_000, functions: 30_000 };
const LARGE: ProfileSize = { samples: 3_450_000, framesPerSample: 20, locations: 200_000, functions: 80_000 };
const PART: ProfileSize = { samples: 33_000, framesPerSample: 20, locations: 20_000, functions: 8_000 };

const folder = mkdtempSync(join(tmpdir(), "bench-pprof-"));
try {
  const goPprof = findGoPprof();
  console.log(
    `go tool pprof: ${goPprof === undefined ? "not here" : execFileSync("go", ["version"], { encoding: "utf8" }).trim()}`,
  );
  const small = write("small", SMALL, 1);
  const smallBase = write("small-base", SMALL, 2);
  const smallParts = Array.from({ length: MERGED }, (_, at) => write(`small-part${at}`, SMALL, 10 + at));
  await compare("50 kB", small, smallBase, smallParts, Number(flags.rounds), goPprof);
  const parts = Array.from({ length: MERGED }, (_, at) => write(`part${at}`, PART, 10 + at));
  await compare(
    "30 MB",
    write("middle", MIDDLE, 1),
    write("middle-base", MIDDLE, 2),
    parts,
    Number(flags.rounds),
    goPprof,
  );
  if (flags.large) {
    await compare("300 MB", write("large", LARGE, 1), write("large-base", LARGE, 2), [], 1, goPprof);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Writes a profile and returns its path. */
function write(name: string, size: ProfileSize, seed: number): string {
  const path = join(folder, `${name}.pb.gz`);
  const wanted = flags.only === "" || name.startsWith(flags.only);
  if (!wanted) return path;
  const bytes = encodeProfile(makeCallGraphProfile(size, seed));
  writeFileSync(path, gzipSync(bytes, { level: 1 }));
  if (!/\d$/.test(name)) console.log(`${name}: ${(bytes.length / 1e6).toFixed(2)} MB raw`);
  return path;
}

function findGoPprof(): string | undefined {
  try {
    // Go builds it when it is first used.
    execFileSync(
      "go",
      ["tool", "pprof", "-top", join(import.meta.dirname, "../test/fixtures/profiles/go1.26.8-heap.pb.gz")],
      { stdio: "ignore" },
    );
    return execFileSync("go", ["tool", "-n", "pprof"], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}

async function compare(
  size: string,
  profile: string,
  base: string,
  parts: readonly string[],
  rounds: number,
  goPprof: string | undefined,
): Promise<void> {
  const name = { "50 kB": "small", "30 MB": "middle", "300 MB": "large" }[size]!;
  if (flags.only !== "" && !flags.only.startsWith(name) && !name.startsWith(flags.only)) return;
  const commands: [what: string, words: string[]][] = [
    ["top", ["-top", profile]],
    ["top -diff_base", ["-top", `-diff_base=${base}`, profile]],
    ["peek", ["-peek=Type1.*Method1", profile]],
  ];
  if (parts.length > 0) commands.push([`merge of ${parts.length}, top`, ["-top", ...parts]]);
  for (const [what, words] of commands) {
    const ours: Measured[] = [];
    const theirs: Measured[] = [];
    for (let round = 0; round < rounds; round++) {
      ours.push(await measure(process.execPath, [gopatrol, "pprof", ...words]));
      if (goPprof === undefined) continue;
      // As people call it where it is quick, itself where the go command's own share would not show.
      theirs.push(
        size === "50 kB" ? await measure("go", ["tool", "pprof", ...words]) : await measure(goPprof, words),
      );
    }
    report(size, what, median(ours), theirs.length === 0 ? undefined : median(theirs));
  }
}

function median(all: readonly Measured[]): Measured {
  const middle = (pick: (each: Measured) => number): number =>
    all.map(pick).toSorted((a, b) => a - b)[all.length >> 1]!;
  return {
    cpuSeconds: middle(({ cpuSeconds }) => cpuSeconds),
    wallSeconds: middle(({ wallSeconds }) => wallSeconds),
    peakMegabytes: middle(({ peakMegabytes }) => peakMegabytes),
  };
}

function report(size: string, what: string, ours: Measured, theirs: Measured | undefined): void {
  const show = ({ cpuSeconds, wallSeconds, peakMegabytes }: Measured): string =>
    `${cpuSeconds.toFixed(2)} s CPU, ${wallSeconds.toFixed(2)} s wall, ${peakMegabytes.toFixed(0)} MB`;
  console.log(`${size.padEnd(6)} ${what.padEnd(18)} gopatrol ${show(ours)}`);
  if (theirs === undefined) return;
  const ratio = (pick: (each: Measured) => number): string => (pick(theirs) / pick(ours)).toFixed(1);
  console.log(
    `${" ".repeat(25)} go tool pprof ${show(theirs)}: ` +
      `${ratio(({ cpuSeconds }) => cpuSeconds)} × CPU, ${ratio(({ wallSeconds }) => wallSeconds)} × wall, ` +
      `${ratio(({ peakMegabytes }) => peakMegabytes)} × memory`,
  );
}

/** Runs a command; its CPU and wall time come from bash's `time`, its peak from looking while it runs. */
function measure(program: string, words: readonly string[]): Promise<Measured> {
  const script = 'TIMEFORMAT="%R %U %S"; time "$@" > /dev/null 2> /dev/null';
  const child = spawn("bash", ["-c", script, "bash", program, ...words], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let peakKilobytes = 0;
  const timer = setInterval(() => {
    peakKilobytes = Math.max(peakKilobytes, readPeak(child.pid!));
  }, POLL_MS);
  let printed = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  return new Promise((done) => {
    child.on("close", () => {
      clearInterval(timer);
      const [wall, user, system] = printed.trim().split("\n").at(-1)!.split(" ").map(Number) as [
        number,
        number,
        number,
      ];
      done({ cpuSeconds: user + system, wallSeconds: wall, peakMegabytes: peakKilobytes / 1024 });
    });
  });
}

/** Largest VmHWM, in kB, among the descendants of a process. */
function readPeak(pid: number): number {
  let peak = 0;
  try {
    for (const child of readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")) {
      if (child === "") continue;
      const status = readFileSync(`/proc/${child}/status`, "utf8");
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0), readPeak(Number(child)));
    }
  } catch {
    // It has ended.
  }
  return peak;
}
