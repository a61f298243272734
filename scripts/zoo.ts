/**
 * npm run zoo: builds every zoo program, runs it, inspects it live, and prints whether the leak was named with its
 * line and whether the repaired twins and the look-alikes stayed silent.
 *
 *   npm run zoo -- [--only PART,PART] [--for 30s] [--go go1.22.12] [--jobs 2] [--no-source] [--write]
 *   npm run zoo -- --matrix go1.21.13,go1.22.12 [--only …] [--write]      the same by several Go versions
 *   npm run zoo -- --cores [--only …] [--for 40s]      judges what a core alone tells of each leak in the heap and its twin
 *   npm run zoo -- --record [--only PART] [--go …]      records bundles for the tests that run without Go
 */
import { existsSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parseDurationMs } from "../src/lib/parse-quantity.ts";
import { examineCore, listCorePrograms } from "./zoo-cores.ts";
import { examineProgram } from "./zoo-examination.ts";
import type { Row } from "./zoo-judgement.ts";
import { listZooPrograms, readGoVersion, type ZooProgram } from "./zoo-programs.ts";

const root = resolve(import.meta.dirname, "..");
const { values: flags } = parseArgs({
  options: {
    only: { type: "string" },
    for: { type: "string" },
    every: { type: "string", default: "5s" },
    go: { type: "string" },
    matrix: { type: "string" },
    jobs: { type: "string", default: "2" },
    "no-source": { type: "boolean", default: false },
    record: { type: "boolean", default: false },
    cores: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const window = flags.for ?? (flags.cores ? "40s" : "30s");
const goVersion = await readGoVersion(flags.go).catch(() => undefined);
if (goVersion === undefined) {
  console.error(
    "npm run zoo needs a Go toolchain on PATH; npm test covers the recorded bundles without one.",
  );
  process.exit(2);
}
const parts = flags.only?.split(",") ?? [""];
const wanted = listZooPrograms().filter(({ program }) => parts.some((part) => program.includes(part)));
const programs = (flags.cores ? listCorePrograms(wanted) : wanted).filter((program) => {
  const missing = program.needs.filter((tool) => !isOnPath(tool));
  if (missing.length > 0) console.error(`skip ${program.program}: needs ${missing.join(", ")} on PATH`);
  return missing.length === 0;
});
const rows = await (flags.cores
  ? runCores()
  : flags.matrix === undefined
    ? runOnce()
    : runMatrix(flags.matrix.split(",")));
process.exitCode = rows.every((row) => row.ok) ? 0 : 1;

/** One after the other: each is to have its memory and its time. */
async function runCores(): Promise<Row[]> {
  const all: Row[] = [];
  const seconds = (parseDurationMs(window) ?? 40_000) / 1000;
  for (const program of programs) {
    const row = await examineCore(program, { seconds, go: flags.go });
    all.push(row);
    console.error(`${row.ok ? "ok  " : "FAIL"} ${program.program}: ${row.found} ${row.line} ${row.note}`);
  }
  process.stdout.write(renderCores(all));
  return all;
}

async function runOnce(): Promise<Row[]> {
  const all = await examineAll(flags.go);
  const table = renderTable(all);
  process.stdout.write(table);
  if (flags.write) writeFileSync(join(root, "docs/zoo.md"), renderPage(table));
  return all;
}

async function runMatrix(versions: readonly string[]): Promise<Row[]> {
  const columns: Row[][] = [];
  for (const version of versions) columns.push(await examineAll(version));
  const table = renderMatrix(versions, columns);
  process.stdout.write(table);
  if (flags.write) writeFileSync(join(root, "docs/zoo-versions.md"), renderMatrixPage(table));
  return columns.flat();
}

/** In the order of the programs, whichever ends first. */
async function examineAll(go: string | undefined): Promise<Row[]> {
  // An expectation about one toolchain says nothing of another.
  const queue = programs.filter(
    (program) => go === undefined || program.go === undefined || program.go === go,
  );
  const order = [...queue];
  console.error(`${queue.length} programs, ${await readGoVersion(go)}, window ${window} each`);
  const all: Row[] = [];
  const { every, record } = flags;
  const options = { for: window, every, go, withSource: !flags["no-source"], record };
  const worker = async (): Promise<void> => {
    for (let program = queue.shift(); program !== undefined; program = queue.shift()) {
      const row = await examineProgram(program, options);
      all.push(row);
      console.error(`${row.ok ? "ok  " : "FAIL"} ${program.program}: ${row.found} ${row.line} ${row.note}`);
    }
  };
  await Promise.all(Array.from({ length: Number(flags.jobs) }, worker));
  return all.sort((a, b) => order.indexOf(a.program) - order.indexOf(b.program));
}

function isOnPath(tool: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, tool)));
}

function nameOf({ program, go }: ZooProgram): string {
  return go === undefined ? program : `${program} (${go})`;
}

function expected({ leaks }: ZooProgram): string {
  return leaks.map((leak) => leak.pattern).join(", ") || "silence";
}

function renderTable(all: readonly Row[]): string {
  const leaky = all.filter((r) => r.program.leaks.length > 0);
  const silent = all.filter((r) => r.program.leaks.length === 0);
  const result = (r: Row) => `${r.ok ? "ok" : "**wrong**"}${r.note === "" ? "" : ` (${r.note})`}`;
  const lines = [
    "| program | expected | found | line | confidence | result |",
    "|---|---|---|---|---|---|",
    ...all.map(
      (r) =>
        `| ${nameOf(r.program)} | ${expected(r.program)} | ${r.found} | ${r.line} | ${r.confidence} | ${result(r)} |`,
    ),
    "",
    `Leaks named with their line: ${leaky.filter((r) => r.ok).length} of ${leaky.length}. ` +
      `Silent programs silent: ${silent.filter((r) => r.ok).length} of ${silent.length}.`,
    "",
  ];
  return lines.join("\n");
}

function renderCores(all: readonly Row[]): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const lines = [
    "| program | found in the core | what it says | confidence | result |",
    "|---|---|---|---|---|",
    ...all.map(
      (r) =>
        `| ${nameOf(r.program)} | ${r.found} | ${cell(r.line)} | ${r.confidence} | ${r.ok ? "ok" : "**wrong**"}${r.note === "" ? "" : ` (${cell(r.note)})`} |`,
    ),
    "",
    `${all.filter((r) => r.ok).length} of ${all.length} as expected.`,
    "",
  ];
  return lines.join("\n");
}

function renderMatrix(versions: readonly string[], columns: readonly (readonly Row[])[]): string {
  const cell = (program: ZooProgram, column: readonly Row[]) => {
    const row = column.find((r) => r.program === program);
    return row === undefined ? "" : row.ok ? "ok" : `**${row.found}** ${row.note}`;
  };
  const lines = [
    `| program | expected | ${versions.join(" | ")} |`,
    `|---|---|${versions.map(() => "---|").join("")}`,
    ...programs.map(
      (program) =>
        `| ${nameOf(program)} | ${expected(program)} | ${columns.map((column) => cell(program, column)).join(" | ")} |`,
    ),
    "",
  ];
  return lines.join("\n");
}

function renderPage(table: string): string {
  const source = flags["no-source"] ? ", without the programs' source" : "";
  return `# The zoo, measured

Made by \`npm run zoo -- --write\` on ${today()} with ${goVersion} on linux/amd64, a window of ${window} for each program, ${flags.jobs} at a time
on 2 cores${source}. A leak counts as named when the first finding has the right pattern and one of the
lines of its expectations.json; a silent program has no finding above info. A part of it under each Go from 1.21 to 1.27:
[zoo-versions.md](zoo-versions.md).

${table}`;
}

function renderMatrixPage(table: string): string {
  return `# The zoo, by Go version

Made by \`npm run zoo -- --matrix ${flags.matrix} --only ${flags.only} --write\` on ${today()} on linux/amd64, a window of ${window}
for each program, ${flags.jobs} at a time on 2 cores: "ok" is the right pattern with its line, or silence where nothing is wrong.

${table}`;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}
