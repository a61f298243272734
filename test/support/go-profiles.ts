import { execFile } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const GENERATOR = join(import.meta.dirname, "../fixtures/profiles/generator");

/** The toolchains whose profiles are committed and, where a machine has them, made afresh by tests. */
export const TOOLCHAINS = [
  "go1.19.13",
  "go1.21.13",
  "go1.22.12",
  "go1.24.11",
  "go1.26.8",
  "go1.27.0",
] as const;

/** GOPROXY=off: a test uses a toolchain that is on this machine, and never fetches one. */
function goEnvironment(toolchain: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    GOTOOLCHAIN: toolchain,
    GOPROXY: "off",
    GOWORK: "off",
    GOFLAGS: "-buildvcs=false",
    TZ: "UTC",
  };
}

/** Those of `toolchains` that `go` can run without fetching anything. */
export async function findToolchains(go: string, toolchains: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    toolchains.map(async (toolchain) => {
      try {
        const { stdout } = await run(go, ["env", "GOVERSION"], { env: goEnvironment(toolchain) });
        return stdout.trim() === toolchain ? [toolchain] : [];
      } catch {
        return [];
      }
    }),
  );
  return found.flat();
}

/**
 * Builds the generator with a toolchain and runs it, which takes about 3 s, and 20 s where the toolchain has compiled
 * nothing yet. Returns the paths of the profiles, gzipped, in `directory`: heap, allocs, goroutine, threadcreate,
 * block, mutex, cpu, a custom profile, deltas, and goroutineleak where the runtime has it.
 */
export async function makeGoProfiles(go: string, toolchain: string, directory: string): Promise<string[]> {
  // Profiles name the program's path, so it is the same wherever they are made.
  const program = join(tmpdir(), "shop", toolchain, "shop");
  await mkdir(join(program, ".."), { recursive: true });
  const env = goEnvironment(toolchain);
  // Go 1.26 has the goroutineleak profile behind an experiment; other versions refuse the word.
  if (toolchain.startsWith("go1.26.")) env["GOEXPERIMENT"] = "goroutineleakprofile";
  await run(go, ["build", "-trimpath", "-o", program, "."], { cwd: GENERATOR, env });
  await mkdir(directory, { recursive: true });
  await run(program, ["-dir", directory]);
  return (await readdir(directory)).toSorted().map((name) => join(directory, name));
}

/** What `go tool pprof -raw` prints of a profile: all of it but the string table, in text. */
export async function renderRaw(go: string, path: string): Promise<string> {
  const { stdout } = await run(go, ["tool", "pprof", "-raw", "-symbolize=none", path], {
    env: goEnvironment("local"),
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

/** Merges profiles as `go tool pprof -proto` does. */
export async function mergeWithPprof(go: string, output: string, paths: readonly string[]): Promise<void> {
  await run(go, ["tool", "pprof", "-proto", "-symbolize=none", `-output=${output}`, ...paths], {
    env: goEnvironment("local"),
  });
}
