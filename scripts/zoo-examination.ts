/** Builds a zoo program, runs it, inspects it live, and judges what was found. */
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { neutralizeBundle } from "./neutral-bundle.ts";
import { stretchBundle } from "./stretch-bundle.ts";
import { judgeFindings, type ReportedFinding, type Row } from "./zoo-judgement.ts";
import { buildProgram, readGoVersion, startProgram, ZOO, type ZooProgram } from "./zoo-programs.ts";

const root = resolve(import.meta.dirname, "..");

export interface ExaminationOptions {
  /** Window and interval as `gopatrol inspect` takes them. */
  for: string;
  every: string;
  /** "go1.22.12"; undefined is the program's own wish, or else the toolchain on PATH. */
  go: string | undefined;
  withSource: boolean;
  /** Keeps the bundle among the fixtures, without this machine's names. */
  record: boolean;
}

export async function examineProgram(program: ZooProgram, options: ExaminationOptions): Promise<Row> {
  try {
    return await examine(program, options);
  } catch (error) {
    return { program, ok: false, found: "error", line: "", confidence: "", note: String(error) };
  }
}

async function examine(program: ZooProgram, options: ExaminationOptions): Promise<Row> {
  const { record } = options;
  const toolchain = options.go ?? program.go;
  const binary = await buildProgram(program.program, { toolchain, trimPath: record });
  const clock = program.clock === 1 ? [] : ["-clock", String(program.clock)];
  const log = program.gcLog ? `${binary}.log` : undefined;
  const saved = await placeOfBundle(program, toolchain, record);
  const running = await startProgram(binary, ["-for", "4m", ...clock], program.env, log);
  try {
    const report = await runGopatrol([
      ...["inspect", running.url, "--for", options.for, "--every", options.every],
      ...["--format", "json", "-q", ...program.inspect],
      ...(log === undefined ? [] : ["--gc-log", log]),
      ...(options.withSource ? ["--source", ZOO] : ["--no-source"]),
      ...["--save", saved],
    ]);
    if (record) await neutralizeBundle(saved);
    if (program.clock !== 1) await stretchBundle(saved, program.clock);
    const isLater = record || program.clock !== 1;
    const row = judgeFindings(
      program,
      (isLater ? await runGopatrol(["inspect", saved, "--format", "json", "-q", ...program.inspect]) : report)
        .findings,
    );
    if (record) return row;
    if (row.ok) await rm(saved, { force: true });
    else process.stderr.write(`${program.program}: what was seen is in ${saved}\n`);
    return row;
  } finally {
    await running.stop();
  }
}

async function placeOfBundle(
  program: ZooProgram,
  toolchain: string | undefined,
  record: boolean,
): Promise<string> {
  const folder = record ? join(root, "test/fixtures/bundles") : join(ZOO, ".build");
  mkdirSync(folder, { recursive: true });
  return join(folder, `${program.program.replaceAll("/", "-")}-${await readGoVersion(toolchain)}.tar.gz`);
}

/** Findings exit with 1, which is no failure here. */
export function runGopatrol(args: string[]): Promise<{ findings: ReportedFinding[] }> {
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
