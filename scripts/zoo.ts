/**
 * npm run zoo: builds every zoo program, runs it, inspects it live, and prints whether the leak was named with its
 * line and whether the repaired twins and the look-alikes stayed silent.
 *
 *   npm run zoo -- [--only PART] [--for 30s] [--go go1.22.12] [--jobs 2] [--no-source] [--write]
 *   npm run zoo -- --record [--only PART] [--go …]      records bundles for the tests that run without Go
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { stretchBundle } from "./stretch-bundle.ts";
import {
  buildProgram,
  isLoud,
  listAcceptedLines,
  listZooPrograms,
  readGoVersion,
  startProgram,
  ZOO,
  type ZooProgram,
} from "./zoo-programs.ts";

const root = resolve(import.meta.dirname, "..");
const { values: flags } = parseArgs({
  options: {
    only: { type: "string" },
    for: { type: "string", default: "30s" },
    every: { type: "string", default: "5s" },
    go: { type: "string" },
    jobs: { type: "string", default: "2" },
    "no-source": { type: "boolean", default: false },
    record: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});

interface ReportedFinding {
  pattern: string;
  state: string;
  severity: string;
  confidence: number;
  site?: { function: string; file: string; line: number };
  headline: { text: string };
}

interface Row {
  program: ZooProgram;
  ok: boolean;
  found: string;
  line: string;
  confidence: string;
  note: string;
}

const goVersion = await readGoVersion(flags.go).catch(() => undefined);
if (goVersion === undefined) {
  console.error(
    "npm run zoo needs a Go toolchain on PATH; npm test covers the recorded bundles without one.",
  );
  process.exit(2);
}
const wanted = listZooPrograms().filter((p) => flags.only === undefined || p.program.includes(flags.only));
const programs = wanted.filter((program) => {
  // An expectation about one toolchain says nothing of another.
  if (flags.go !== undefined && program.go !== undefined && program.go !== flags.go) return false;
  const missing = program.needs.filter((tool) => !isOnPath(tool));
  if (missing.length > 0) console.error(`skip ${program.program}: needs ${missing.join(", ")} on PATH`);
  return missing.length === 0;
});
console.error(`${programs.length} programs, ${goVersion}, window ${flags.for} each`);
const rows: Row[] = [];
const queue = [...programs];
await Promise.all(
  Array.from({ length: Number(flags.jobs) }, async () => {
    for (let program = queue.shift(); program !== undefined; program = queue.shift()) {
      const row = await examine(program);
      rows.push(row);
      console.error(`${row.ok ? "ok  " : "FAIL"} ${program.program}: ${row.found} ${row.line} ${row.note}`);
    }
  }),
);
rows.sort((a, b) => programs.indexOf(a.program) - programs.indexOf(b.program));
const table = renderTable(rows);
process.stdout.write(table);
if (flags.write) writeFileSync(join(root, "docs/zoo.md"), renderPage(table));
process.exitCode = rows.every((row) => row.ok) ? 0 : 1;

async function examine(program: ZooProgram): Promise<Row> {
  const toolchain = flags.go ?? program.go;
  const binary = await buildProgram(program.program, { toolchain, trimPath: flags.record });
  const clock = program.clock === 1 ? [] : ["-clock", String(program.clock)];
  const log = program.gcLog ? `${binary}.log` : undefined;
  const running = await startProgram(binary, ["-for", "4m", ...clock], program.env, log);
  try {
    const args = [
      "inspect",
      running.url,
      "--for",
      flags.for,
      "--every",
      flags.every,
      "--format",
      "json",
      "-q",
      ...program.inspect,
    ];
    if (log !== undefined) args.push("--gc-log", log);
    if (flags["no-source"]) args.push("--no-source");
    const saved = flags.record || program.clock !== 1 ? placeOfBundle(program) : undefined;
    if (saved !== undefined) args.push("--source", ZOO, "--save", saved);
    if (flags.record) {
      const folder = join(root, "test/fixtures/bundles");
      mkdirSync(folder, { recursive: true });
      const name = `${program.program.replaceAll("/", "-")}-${await readGoVersion(toolchain)}.tar.gz`;
      args.push("--source", ZOO, "--save", join(folder, name));
    }
    const report = await runGopatrol(args);
    if (saved === undefined || program.clock === 1) return judge(program, report.findings);
    await stretchBundle(saved, program.clock);
    const later = await runGopatrol(["inspect", saved, "--format", "json", "-q"]);
    return judge(program, later.findings);
  } catch (error) {
    return { program, ok: false, found: "error", line: "", confidence: "", note: String(error) };
  } finally {
    await running.stop();
  }
}

function placeOfBundle(program: ZooProgram): string {
  const folder = flags.record ? join(root, "test/fixtures/bundles") : join(ZOO, ".build");
  mkdirSync(folder, { recursive: true });
  return join(folder, `${program.program.replaceAll("/", "-")}-${goVersion}.tar.gz`);
}

function isOnPath(tool: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, tool)));
}

/** Findings exit with 1, which is no failure here. */
function runGopatrol(args: string[]): Promise<{ findings: ReportedFinding[] }> {
  return new Promise((done, fail) => {
    execFile(
      process.execPath,
      [join(root, "bin/gopatrol"), ...args],
      { maxBuffer: 1 << 28 },
      (error, stdout, stderr) => {
        if (error !== null && error.code !== 1) fail(new Error(stderr || String(error)));
        else done(JSON.parse(stdout) as { findings: ReportedFinding[] });
      },
    );
  });
}

function judge(program: ZooProgram, findings: ReportedFinding[]): Row {
  const loud = findings.filter((f) => isLoud(f, program));
  const others = new Set(loud);
  const notes: string[] = [];
  let right = true;
  let main: ReportedFinding | undefined;
  for (const leak of program.leaks) {
    const hits = loud.filter((f) => f.pattern === leak.pattern && others.has(f));
    const accepted = listAcceptedLines(leak);
    const hit = hits.find((f) => accepted.some((place) => isAt(f, place))) ?? hits[0];
    if (hit !== undefined) others.delete(hit);
    main ??= hit;
    const isNamed =
      hit !== undefined && (accepted.length === 0 || accepted.some((place) => isAt(hit, place)));
    right &&= isNamed;
    if (hit === undefined) notes.push(program.leaks.length > 1 ? `${leak.pattern} not found` : "");
    else if (!isNamed) notes.push(`${leak.pattern}: wrong line, wanted ${accepted[0]!.line}`);
    else if (accepted.length > 0 && !isAt(hit, accepted[0]!)) notes.push("a related line");
    else if (program.leaks.length > 1) notes.push(`${describe(hit)} ${position(hit)}`);
  }
  if (others.size > 0) {
    notes.push(
      `${main === undefined ? "" : "also: "}${[...others].map((f) => `${describe(f)} ${position(f)}`).join(", ")}`,
    );
  }
  const shown = main ?? loud[0];
  const isFirst =
    program.leaks.length === 0 || loud[0]?.pattern === program.leaks[0]!.pattern || program.leaks.length > 1;
  return {
    program,
    ok: right && others.size === 0 && isFirst,
    found: describe(shown),
    line: position(shown),
    confidence: main === undefined ? "" : `${main.confidence.toFixed(2)}, ${main.state}`,
    note: notes.filter((note) => note !== "" && note !== `${describe(shown)} ${position(shown)}`).join("; "),
  };
}

function describe(finding: ReportedFinding | undefined): string {
  return finding === undefined ? "nothing" : `${finding.pattern} (${finding.severity})`;
}

function position(finding: ReportedFinding | undefined): string {
  return finding?.site === undefined ? "" : `${finding.site.file.split("/").at(-1)}:${finding.site.line}`;
}

function isAt({ site }: ReportedFinding, place: { file: string; line: number }): boolean {
  return site?.line === place.line && site.file.endsWith(place.file);
}

function renderTable(all: Row[]): string {
  const leaky = all.filter((r) => r.program.leaks.length > 0);
  const silent = all.filter((r) => r.program.leaks.length === 0);
  const lines = [
    "| program | expected | found | line | confidence | result |",
    "|---|---|---|---|---|---|",
    ...all.map(
      (r) =>
        `| ${r.program.program}${r.program.go === undefined ? "" : ` (${r.program.go})`} | ${r.program.leaks.map((leak) => leak.pattern).join(", ") || "silence"} | ${r.found} | ${r.line} | ${r.confidence} | ${r.ok ? "ok" : "**wrong**"}${r.note === "" ? "" : ` (${r.note})`} |`,
    ),
    "",
    `Leaks named with their line: ${leaky.filter((r) => r.ok).length} of ${leaky.length}. ` +
      `Silent programs silent: ${silent.filter((r) => r.ok).length} of ${silent.length}.`,
    "",
  ];
  return `${lines.join("\n")}`;
}

function renderPage(table: string): string {
  const date = new Date().toISOString().slice(0, 10);
  return `# The zoo, measured

Made by \`npm run zoo -- --write\` on ${date} with ${goVersion} on linux/amd64, a window of ${flags.for} for each program, ${flags.jobs} at a time
on 2 cores${flags["no-source"] ? ", without the programs' source" : ""}. A leak counts as named when the first finding has the right pattern and one of the
lines of its expectations.json; a silent program has no finding above info.

${table}`;
}
