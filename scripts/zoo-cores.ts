/**
 * Lets a zoo program run for a while, takes its core, and judges what `gopatrol inspect --core` says of it alone: a leaky
 * program's owner with its size, of a repaired one nothing.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runGopatrol } from "./zoo-examination.ts";
import type { ReportedFinding, Row } from "./zoo-judgement.ts";
import { buildProgram, type ZooProgram } from "./zoo-programs.ts";

/** The programs whose cores are judged: those with an owner to be found, and their repaired twins. */
export function listCorePrograms(programs: readonly ZooProgram[]): ZooProgram[] {
  const patterns = new Set(programs.flatMap(({ id, heapOwner }) => (heapOwner === undefined ? [] : [id])));
  return programs.filter(({ id }) => patterns.has(id));
}

export async function examineCore(
  program: ZooProgram,
  options: { seconds: number; go: string | undefined },
): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), "zoo-core-"));
  try {
    const exe = await buildProgram(program.program, { toolchain: options.go ?? program.go });
    const core = await takeCore(exe, folder, options.seconds);
    const { findings } = await runGopatrol([
      "inspect",
      "--core",
      core,
      "--exe",
      exe,
      "--format",
      "json",
      "-q",
    ]);
    return judgeCore(program, findings);
  } catch (error) {
    return { program, ok: false, found: "error", line: "", confidence: "", note: String(error) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function takeCore(exe: string, folder: string, seconds: number): Promise<string> {
  // A shell, since Node cannot raise the limit on cores of its children.
  const child = spawn("/bin/sh", ["-c", 'ulimit -c unlimited; exec "$@"', "sh", exe, "-for", "10m"], {
    cwd: folder,
    env: { ...process.env, GOTRACEBACK: "crash" },
    stdio: "ignore",
  });
  const ended = once(child, "exit");
  try {
    await Promise.race([sleep(1000 * seconds), ended]);
    child.kill("SIGABRT");
    await ended;
  } finally {
    child.kill("SIGKILL");
  }
  const core = readdirSync(folder).find((file) => /^core(\.\d+)?$/.test(file));
  if (core === undefined) throw new Error("no core was written: see ulimit -c and core_pattern");
  return join(folder, core);
}

function judgeCore(program: ZooProgram, findings: readonly ReportedFinding[]): Row {
  const { heapOwner, leaks } = program;
  const loud = findings.filter(({ severity }) => severity !== "info");
  const wanted = leaks[0]?.pattern;
  const hit = heapOwner === undefined ? undefined : findings.find((f) => isAbout(f, wanted, heapOwner));
  const shown = hit ?? findings[0];
  const others = findings.filter((f) => f !== hit);
  return {
    program,
    ok: heapOwner === undefined ? findings.length === 0 : hit !== undefined && loud.every((f) => f === hit),
    found: shown === undefined ? "nothing" : `${shown.pattern} (${shown.severity})`,
    line: shown?.headline.text ?? "",
    confidence: shown === undefined ? "" : `${shown.confidence.toFixed(2)}, ${shown.state}`,
    note: others.map((f) => `also: ${f.pattern}: ${f.headline.text}`).join("; "),
  };
}

/** Says who it is, and how many bytes stay with it. */
function isAbout(
  { pattern, headline, evidence = [] }: ReportedFinding,
  wanted: string | undefined,
  owner: string,
): boolean {
  const texts = [headline, ...evidence].map(({ text }) => text);
  return (
    pattern === wanted &&
    texts.some((text) => new RegExp(owner).test(text)) &&
    texts.some((text) => /\d [kMG]B/.test(text))
  );
}
