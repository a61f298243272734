/**
 * `gopatrol pprof` beside the `go tool pprof` of the installed Go on call-graph-shaped heap profiles of 50 kB, 30 MB and
 * 300 MB (raw): CPU time, wall time and peak resident set of each command, in turn in one run.
 *
 * `--only small,middle` leaves sizes out; `--rounds n` repeats all but the large ones; `--limit-minutes n` is how long one
 * command may take, and `--limit-memory n` how many gigabytes (three quarters of the machine's): what is ended by then is
 * told with what it took so far. `--without-go` runs gopatrol alone. `--shrink n` makes every profile n times smaller, to
 * see that it works.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { encodeProfile } from "../src/formats/pprof/encode.ts";
import { makeCallGraphProfile } from "./call-graph-profile.ts";
import { type Measured, measure, median } from "./measure-command.ts";
import type { ProfileSize } from "./synthetic-profile.ts";

const GIGABYTE = 2 ** 30;
const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    only: { type: "string", default: "small,middle,large" },
    shrink: { type: "string", default: "1" },
    "limit-minutes": { type: "string", default: "15" },
    "limit-memory": { type: "string", default: String(Math.floor((0.75 * totalmem()) / GIGABYTE)) },
    "without-go": { type: "boolean", default: false },
  },
});
const limits = {
  limitMinutes: Number(flags["limit-minutes"]),
  limitMegabytes: Number(flags["limit-memory"]) * 1024,
};
const gopatrol = resolve(import.meta.dirname, "../bin/gopatrol");
const MERGED = 20;
/** Seed of the first of the merged ones. */
const FIRST_PART = 10;

interface Scale {
  name: string;
  title: string;
  profile: ProfileSize;
  /** Each of the profiles that are merged. */
  part: ProfileSize;
  rounds: number;
  /** As people call it where it is quick, itself where the go command's own share would not show. */
  throughGo: boolean;
}

const size = (samples: number, locations: number, functions: number): ProfileSize => {
  const shrink = Number(flags.shrink);
  return { samples: Math.ceil(samples / shrink), framesPerSample: 20, locations, functions };
};
const SMALL = size(260, 400, 300);
const SCALES: readonly Scale[] = [
  {
    name: "small",
    title: "50 kB",
    profile: SMALL,
    part: SMALL,
    rounds: Number(flags.rounds),
    throughGo: true,
  },
  {
    name: "middle",
    title: "30 MB",
    profile: size(345_000, 80_000, 30_000),
    part: size(33_000, 20_000, 8_000),
    rounds: Number(flags.rounds),
    throughGo: false,
  },
  {
    name: "large",
    title: "300 MB",
    profile: size(3_450_000, 200_000, 80_000),
    part: size(172_000, 80_000, 30_000),
    rounds: 1,
    throughGo: false,
  },
];

const folder = mkdtempSync(join(tmpdir(), "bench-pprof-"));
try {
  const goPprof = flags["without-go"] ? undefined : findGoPprof();
  console.log(
    `go tool pprof: ${goPprof === undefined ? "not here" : execFileSync("go", ["version"], { encoding: "utf8" }).trim()}`,
  );
  for (const scale of SCALES) {
    if (!flags.only.split(",").includes(scale.name)) continue;
    await compare(scale, goPprof);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Writes a profile and returns its path. */
function write(name: string, size: ProfileSize, seed: number): string {
  const path = join(folder, `${name}.pb.gz`);
  const bytes = encodeProfile(makeCallGraphProfile(size, seed));
  const compressed = gzipSync(bytes, { level: 1 });
  writeFileSync(path, compressed);
  const megabytes = (length: number): string => `${(length / 1e6).toFixed(2)} MB`;
  if (seed <= FIRST_PART)
    console.log(`${name}: ${megabytes(bytes.length)} raw, ${megabytes(compressed.length)} gzipped`);
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

async function compare(scale: Scale, goPprof: string | undefined): Promise<void> {
  const { name, title } = scale;
  const profile = write(name, scale.profile, 1);
  const base = write(`${name}-base`, scale.profile, 2);
  const parts = Array.from({ length: MERGED }, (_, at) =>
    write(`${name}-part${at}`, scale.part, FIRST_PART + at),
  );
  const commands: [what: string, words: string[]][] = [
    ["top", ["-top", profile]],
    ["top -diff_base", ["-top", `-diff_base=${base}`, profile]],
    [`merge of ${MERGED}, top`, ["-top", ...parts]],
    ["peek", ["-peek=Type1.*Method1", profile]],
  ];
  for (const [what, words] of commands) {
    const ours: Measured[] = [];
    const theirs: Measured[] = [];
    for (let round = 0; round < scale.rounds; round++) {
      ours.push(await measure(process.execPath, [gopatrol, "pprof", ...words], limits));
      if (goPprof === undefined) continue;
      theirs.push(
        await (scale.throughGo
          ? measure("go", ["tool", "pprof", ...words], limits)
          : measure(goPprof, words, limits)),
      );
    }
    report(title, what, median(ours), theirs.length === 0 ? undefined : median(theirs));
  }
}

function report(size: string, what: string, ours: Measured, theirs: Measured | undefined): void {
  const show = ({ cpuSeconds, wallSeconds, peakMegabytes, isCut }: Measured): string =>
    `${isCut ? "ended after " : ""}${cpuSeconds.toFixed(2)} s CPU, ${wallSeconds.toFixed(2)} s wall, ${peakMegabytes.toFixed(0)} MB`;
  console.log(`${size.padEnd(6)} ${what.padEnd(18)} gopatrol ${show(ours)}`);
  if (theirs === undefined) return;
  const more = theirs.isCut ? "more than " : "";
  const ratio = (pick: (each: Measured) => number): string => more + (pick(theirs) / pick(ours)).toFixed(1);
  console.log(
    `${" ".repeat(25)} go tool pprof ${show(theirs)}: ` +
      `${ratio(({ cpuSeconds }) => cpuSeconds)} × CPU, ${ratio(({ wallSeconds }) => wallSeconds)} × wall, ` +
      `${ratio(({ peakMegabytes }) => peakMegabytes)} × memory`,
  );
}
