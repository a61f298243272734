import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parsePprofArguments } from "../../../src/cli/pprof/flags.ts";
import { showLoaded, showProfile } from "../../../src/cli/pprof/run-pprof.ts";
import { readPipedLines } from "../../../src/cli/pprof/shell/line-reader.ts";
import { runShell, startSession } from "../../../src/cli/pprof/shell/run-shell.ts";
import { loadProfile } from "../../../src/cli/pprof/sources.ts";
import { UTC } from "../../../src/pprof/go-format.ts";
import type { ConformanceCase } from "./cases.ts";

/** What a refused command is compared as: that it is refused, not in which words. */
export const REFUSED = "(refused)";

/** Source of the made-up programs, which `list` shows. */
export function writeSources(folder: string): void {
  const lines = Array.from({ length: 40 }, (_, at) => `\tstatement(${at + 1}) // ${"x".repeat(at % 7)}`).join(
    "\n",
  );
  for (const path of ["shop/cart.go", "shop/server.go", "src/work.cc"]) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), `${lines}\n`);
  }
}

export function writeFiles({ files }: ConformanceCase, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
}

/** The words of a command, with the folders in place. */
export function fillWords(words: readonly string[], folder: string, sourceFolder: string): string[] {
  return words.map((word) => word.replaceAll("{dir}", folder).replaceAll("{src}", sourceFolder));
}

/** Runs gopatrol's own pprof in this process. Bytes come as hexadecimal. */
export async function runOwn(words: readonly string[]): Promise<string> {
  let text = "";
  try {
    for (const part of await showProfile(parsePprofArguments(words), UTC, () => {})) {
      text += typeof part === "string" ? part : Buffer.from(part).toString("hex");
    }
  } catch (error) {
    if (error instanceof Error && /^(PprofError|UsageError|CaptureError)$/.test(error.name)) return REFUSED;
    throw error;
  }
  return text;
}

export interface SessionOutput {
  /** Prompts and reports. */
  stdout: string;
  /** Messages, and answers that are no reports. */
  stderr: string;
}

/** Runs an interactive session in this process, its lines coming as those of a pipe. */
export async function runOwnSession(words: readonly string[], input: string): Promise<SessionOutput> {
  const printed = { stdout: "", stderr: "" };
  const say = (text: string): void => {
    printed.stderr += text.endsWith("\n") ? text : `${text}\n`;
  };
  const command = parsePprofArguments(words);
  const profile = await loadProfile(command, say);
  const lines = readPipedLines(inPieces(input), (text) => {
    printed.stdout += text;
  });
  await runShell(startSession(profile, command), profile, command, {
    zone: UTC,
    read: lines.read,
    say,
    show: async (wanted) => {
      for (const part of await showLoaded(wanted, profile, UTC, say)) printed.stdout += part;
    },
  });
  return printed;
}

const PIECE_BYTES = 7;

/** As a slow writer's pipe gives them. */
async function* inPieces(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

/** Nodes and edges of a graph have no order: theirs are compared as sets. */
export function normalizeOutput(
  combination: readonly string[],
  output: string,
  sourceFolder: string,
): string {
  const text = output.replaceAll(sourceFolder, "{src}");
  return combination[0] === "-dot" ? text.split("\n").toSorted().join("\n") : text;
}
