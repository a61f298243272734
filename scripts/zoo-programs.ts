/** The zoo's programs and what each is expected to show, from zoo/expectations.json. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

export const ZOO = resolve(import.meta.dirname, "../zoo");

interface Place {
  file: string;
  snippet: string;
}

export interface ZooProgram {
  id: string;
  program: string;
  /** Absent for programs that must stay silent. */
  pattern: string | null;
  function: string | null;
  places: Place[];
}

export function listZooPrograms(): ZooProgram[] {
  const entries = JSON.parse(readFileSync(join(ZOO, "expectations.json"), "utf8")) as (Omit<
    ZooProgram,
    "places"
  > &
    Partial<Place> & { alsoAcceptable?: Place[] })[];
  return entries.map(({ file, snippet, alsoAcceptable = [], ...program }) => ({
    ...program,
    places: file === undefined || snippet === undefined ? [] : [{ file, snippet }, ...alsoAcceptable],
  }));
}

/** `file:line` of every place that counts as naming the leak, in the form that a path's tail can be compared with. */
export function listAcceptedLines(program: ZooProgram): { file: string; line: number }[] {
  return program.places.map(({ file, snippet }) => {
    const text = readFileSync(join(ZOO, file), "utf8");
    const at = text.indexOf(snippet);
    if (at < 0 || text.indexOf(snippet, at + 1) >= 0)
      throw new Error(`${file}: the snippet ${snippet} must occur once`);
    return { file, line: text.slice(0, at).split("\n").length };
  });
}

export interface BuildOptions {
  /** "go1.22.12", or undefined for the toolchain on PATH. */
  toolchain?: string | undefined;
  /** Leaves this machine's paths out of the binary. */
  trimPath?: boolean;
}

/** Builds one program and returns the binary's path. */
export async function buildProgram(
  program: string,
  { toolchain, trimPath }: BuildOptions = {},
): Promise<string> {
  const out = join(ZOO, ".build", toolchain ?? "path", trimPath === true ? "trim" : "full", program);
  mkdirSync(dirname(out), { recursive: true });
  const args = ["build", ...(trimPath === true ? ["-trimpath"] : []), "-o", out, `./${program}`];
  await promisify(execFile)("go", args, { cwd: ZOO, env: goEnvironment(toolchain) });
  return out;
}

function goEnvironment(toolchain: string | undefined): NodeJS.ProcessEnv {
  return {
    ...process.env,
    GOFLAGS: "-mod=mod",
    ...(toolchain === undefined ? {} : { GOTOOLCHAIN: toolchain }),
  };
}

export async function readGoVersion(toolchain?: string): Promise<string> {
  const { stdout } = await promisify(execFile)("go", ["env", "GOVERSION"], {
    cwd: ZOO,
    env: goEnvironment(toolchain),
  });
  return stdout.trim();
}

export interface RunningProgram {
  url: string;
  stop(): Promise<void>;
}

/** Starts a built program on a free port and waits for the URL on its first line. */
export async function startProgram(binary: string, args: readonly string[] = []): Promise<RunningProgram> {
  // A relative name keeps this machine's folders out of what the program tells of its command line.
  const child = spawn(`./${binary.slice(dirname(binary).length + 1)}`, args, {
    cwd: dirname(binary),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await readFirstLine(child);
  return {
    url,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function readFirstLine(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout! });
  for await (const line of lines) {
    child.stdout!.resume();
    return line.trim();
  }
  throw new Error("the program ended before it printed its URL");
}
