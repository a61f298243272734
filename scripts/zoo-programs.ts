/** The zoo's programs and what each is expected to show, from the files expectations.json beside them. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

export const ZOO = resolve(import.meta.dirname, "../zoo");

interface Place {
  file: string;
  snippet: string;
}

/** One leak that must be named. */
export interface ExpectedLeak {
  pattern: string;
  function: string | null;
  /** Empty where the finding is about the whole process and has no line. */
  places: Place[];
  /** Waste is info where it does not hurt yet: then that counts as found. */
  mayBeInfo: boolean;
}

export interface ZooProgram {
  id: string;
  /** Folder of the main package. */
  program: string;
  /** Empty for programs that must stay silent. The first is the one that the verdict must be about. */
  leaks: ExpectedLeak[];
  /** Environment of the program: GOMEMLIMIT, GODEBUG … */
  env: Record<string, string>;
  /** Further arguments of `gopatrol inspect`: --limit, a longer --for … */
  inspect: string[];
  /** How many times as fast the program's clock runs; its recorded bundle tells the program's time. */
  clock: number;
  /** Commands that must be on PATH (redis-server, gcc); without them the program is skipped by name. */
  needs: string[];
  /** "go1.22.12": the only toolchain that the expectation holds for; undefined for all. */
  go: string | undefined;
  /** The program's stderr is handed to `gopatrol inspect` as --gc-log. */
  gcLog: boolean;
  /** Who keeps the memory, as a look at the program's core must say it: a regular expression. */
  heapOwner: string | undefined;
}

interface Entry {
  id: string;
  program: string;
  pattern: string | null;
  function?: string;
  file?: string;
  snippet?: string;
  severity?: "info";
  alsoAcceptable?: Place[];
  /** Further leaks of a program that has several. */
  also?: (Place & { pattern: string; function: string; alsoAcceptable?: Place[] })[];
  env?: Record<string, string>;
  inspect?: string[];
  clock?: number;
  needs?: string[];
  go?: string;
  gcLog?: boolean;
  heapOwner?: string;
}

/** All entries of the files `expectations.json` below the zoo, by their folder's name. */
export function listZooPrograms(): ZooProgram[] {
  const files = readdirSync(ZOO, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith("expectations.json") && !path.startsWith(".build"))
    .sort();
  return files.flatMap((path) => {
    const entries = JSON.parse(readFileSync(join(ZOO, path), "utf8")) as Entry[];
    return entries.map((entry) => ({
      id: entry.id,
      program: entry.program,
      leaks: listLeaks(entry),
      env: entry.env ?? {},
      inspect: entry.inspect ?? [],
      clock: entry.clock ?? 1,
      needs: entry.needs ?? [],
      go: entry.go,
      gcLog: entry.gcLog ?? false,
      heapOwner: entry.heapOwner,
    }));
  });
}

function listLeaks({ pattern, file, snippet, also = [], ...entry }: Entry): ExpectedLeak[] {
  if (pattern === null) return [];
  const main = file === undefined || snippet === undefined ? [] : [{ file, snippet }];
  return [
    {
      pattern,
      function: entry.function ?? null,
      places: [...main, ...(entry.alsoAcceptable ?? [])],
      mayBeInfo: entry.severity === "info",
    },
    ...also.map(({ alsoAcceptable = [], ...leak }) => ({
      pattern: leak.pattern,
      function: leak.function,
      places: [{ file: leak.file, snippet: leak.snippet }, ...alsoAcceptable],
      mayBeInfo: false,
    })),
  ];
}

/** Does the finding count? Info is for what may be nothing, unless it is what the program is expected to show. */
export function isLoud(
  finding: { pattern: string; severity: string },
  { leaks }: Pick<ZooProgram, "leaks">,
): boolean {
  return (
    finding.severity !== "info" || leaks.some((leak) => leak.mayBeInfo && leak.pattern === finding.pattern)
  );
}

/** `file:line` of every place that counts as naming the leak, in the form that a path's tail can be compared with. */
export function listAcceptedLines(leak: ExpectedLeak): { file: string; line: number }[] {
  return leak.places.map(({ file, snippet }) => {
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
  const module = findModule(program);
  const args = [
    "build",
    ...(trimPath === true ? ["-trimpath"] : []),
    "-o",
    out,
    `./${relative(module, join(ZOO, program))}`,
  ];
  await promisify(execFile)("go", args, { cwd: module, env: goEnvironment(toolchain) });
  return out;
}

/** The folder of the module that a program belongs to: programs with dependencies have modules of their own. */
function findModule(program: string): string {
  let folder = join(ZOO, program);
  while (folder !== ZOO && !existsSync(join(folder, "go.mod"))) folder = dirname(folder);
  return folder;
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

/** Starts a built program on a free port and waits for the URL on its first line. `stderrFile` takes its stderr. */
export async function startProgram(
  binary: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  stderrFile?: string,
): Promise<RunningProgram> {
  const stderr = stderrFile === undefined ? "inherit" : openSync(stderrFile, "w");
  // A relative name keeps this machine's folders out of what the program tells of its command line.
  const child = spawn(`./${binary.slice(dirname(binary).length + 1)}`, args, {
    cwd: dirname(binary),
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", stderr],
  });
  if (typeof stderr === "number") closeSync(stderr);
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
