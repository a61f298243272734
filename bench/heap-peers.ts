/**
 * `gopatrol heap` beside viewcore (golang.org/x/debug) and goref (`grf`) on the same cores, several sizes and Go versions:
 * objects found, CPU time, wall time, peak resident set; medians of runs in turn. What is not on PATH is left out, or give
 * `--viewcore FILE --goref FILE`. Needs Go, and kernel cores in the working directory.
 *
 * `--program known,tree`, `--versions go1.23.12,…`, `--scales 1,3,10,20` (tens of thousands of keys), `--rounds 5`.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { decodeProfile } from "../src/formats/pprof/decode.ts";
import { dumpKnownCore } from "../test/support/known-heap.ts";
import { type Measured, measure, median } from "./measure-command.ts";

const { values: flags } = parseArgs({
  options: {
    program: { type: "string", default: "known,tree" },
    versions: { type: "string", default: "go1.23.12,go1.24.11,go1.25.5,go1.26.8" },
    scales: { type: "string", default: "1,3,10,20" },
    rounds: { type: "string", default: "5" },
    viewcore: { type: "string", default: "viewcore" },
    goref: { type: "string", default: "grf" },
  },
});

interface Tool {
  name: string;
  program: string;
  words: readonly string[];
  /** Objects that it found in its last run; undefined if it failed. */
  found(): number | undefined;
}

/** Keys of the tree at scale 1, which has as many objects as `known` has there. */
const TREE_KEYS = 20_000;
const LIMITS = { limitMinutes: 10, limitMegabytes: 8192 };
const gopatrol = resolve(import.meta.dirname, "../bin/gopatrol");
const viewcore = findProgram(flags.viewcore);
const goref = findProgram(flags.goref);
const folder = mkdtempSync(join(tmpdir(), "gopatrol-heap-peers-"));
process.chdir(folder);

console.log("| program | Go | objects (MemStats) | | found | CPU | wall | peak RSS |");
console.log("|---|---|---|---|---|---|---|---|");
try {
  for (const program of flags.program.split(",")) {
    for (const version of flags.versions.split(",")) {
      for (const scale of flags.scales.split(",")) await compare(program, version, Number(scale));
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}

async function compare(program: string, version: string, scale: number): Promise<void> {
  const scratch = mkdtempSync(join(folder, "core-"));
  const dumped = await dumpKnownCore(scratch, {
    version,
    isStripped: false,
    program: program === "tree" ? "../../../bench/heap-tree" : program,
    arguments: [String(program === "tree" ? Math.ceil(scale * TREE_KEYS) : scale)],
  });
  if (dumped === undefined) throw new Error("the kernel wrote no core: see ulimit -c and core_pattern");
  const { core, exe, expected } = dumped;
  const tools = listTools(core, exe);
  const runs = tools.map((): Measured[] => []);
  for (let round = -1; round < Number(flags.rounds); round++) {
    for (const [i, { program: file, words }] of tools.entries()) {
      const taken = await measure(file, words, LIMITS);
      // The first round fills caches, the system's and Node's.
      if (round >= 0) runs[i]!.push(taken);
    }
  }
  for (const [i, tool] of tools.entries()) {
    const { cpuSeconds, wallSeconds, peakMegabytes } = median(runs[i]!);
    const found = tool.found();
    const head = i === 0 ? `${program} | ${version} | ${expected.heapObjects.toLocaleString("en")}` : " | | ";
    console.log(
      `| ${head} | ${tool.name} | ${found?.toLocaleString("en") ?? "fails"} | ${cpuSeconds.toFixed(2)} s | ${wallSeconds.toFixed(2)} s | ${peakMegabytes.toFixed(0)} MB |`,
    );
  }
  rmSync(scratch, { recursive: true });
}

function listTools(core: string, exe: string): Tool[] {
  const ours = ["heap", core, "--exe", exe];
  const ask = (...words: string[]) =>
    JSON.parse(
      execFileSync(process.execPath, [gopatrol, ...ours, ...words, "--format", "json"], {
        maxBuffer: 2 ** 30,
      }).toString(),
    ) as { objects: number };
  const tools: Tool[] = [
    {
      name: "gopatrol histogram",
      program: process.execPath,
      words: [gopatrol, ...ours, "histogram"],
      found: () => ask("histogram").objects,
    },
    {
      name: "gopatrol report",
      program: process.execPath,
      words: [gopatrol, ...ours],
      found: () => ask().objects,
    },
  ];
  if (viewcore !== undefined) {
    const words = [core, "--exe", exe, "histogram"];
    tools.push({ name: "viewcore histogram", program: viewcore, words, found: () => countRows(words) });
  }
  if (goref !== undefined) {
    const words = ["core", exe, core];
    tools.push({ name: "goref", program: goref, words, found: () => countReferences() });
  }
  return tools;
}

/** The first column of viewcore's table. */
function countRows(words: readonly string[]): number | undefined {
  const { status, stdout } = spawnSync(viewcore!, words, { maxBuffer: 2 ** 30 });
  if (status !== 0) return undefined;
  const rows = stdout.toString().matchAll(/^ *(\d+) +\d+ +\d+ /gm);
  return [...rows].reduce((total, [, count]) => total + Number(count), 0);
}

/** goref writes a profile of reference paths where it was started: objects and bytes. */
function countReferences(): number | undefined {
  const path = join(folder, "grf.out");
  if (!existsSync(path) || statSync(path).size === 0) return undefined;
  const { profile } = decodeProfile(gunzipSync(readFileSync(path)));
  return profile.samples.columns[0]!.value.reduce((total, value) => total + value, 0);
}

function findProgram(name: string): string | undefined {
  if (name.includes("/")) return resolve(name);
  const places = (process.env["PATH"] ?? "").split(delimiter).map((place) => join(place, name));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) console.log(`${name} is not on PATH and is left out`);
  return found;
}
