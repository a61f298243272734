/**
 * npm run fuzz -- [--format NAME] [--runs N] [--seed N] [--from N] [--seconds S] [--input FILE]
 *
 * Feeds every decoder, and the whole way from bundle to report, real captures that were broken at random. Each format
 * has a process of its own, so that its peak of memory is its own. Exits with 1 at the first input that is answered
 * by anything but a result whose foreign keys hold or a DecodeError, within bounds of time and memory.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { type FuzzResult, fuzz } from "./fuzz-runner.ts";
import { FUZZ_TARGETS, type FuzzTarget, isRefusal } from "./fuzz-targets.ts";

const { values: flags } = parseArgs({
  options: {
    format: { type: "string", multiple: true },
    runs: { type: "string" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    seconds: { type: "string", default: "Infinity" },
    input: { type: "string" },
    /** Of the processes that this one starts: print the result as JSON. */
    child: { type: "boolean", default: false },
  },
});
/** Prefixes of a seed cost its size squared. */
const PREFIX_BYTES = 32 * 1024;
const PROGRESS_MS = 1000;

const wanted = FUZZ_TARGETS.filter(({ name }) => flags.format === undefined || flags.format.includes(name));
if (wanted.length === 0 || wanted.length < (flags.format?.length ?? 0)) {
  console.error(`--format is one of ${FUZZ_TARGETS.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}
if (flags.input !== undefined) process.exitCode = tryAgain(wanted[0]!, flags.input);
else if (flags.child) await runHere(wanted[0]!);
else process.exitCode = await runAll(wanted);

function tryAgain(target: FuzzTarget, file: string): number {
  const bytes = Uint8Array.from(readFileSync(file));
  try {
    target.check(bytes);
    console.log(`${target.name} read ${file}`);
  } catch (error) {
    if (!isRefusal(error, bytes)) throw error;
    console.log(`${target.name} refused ${file}: ${(error as Error).message}`);
  }
  return 0;
}

async function runHere(target: FuzzTarget): Promise<void> {
  let shown = performance.now();
  const result = await fuzz(target, {
    seed: Number(flags.seed),
    from: Number(flags.from),
    runs: Number(flags.runs ?? target.runs),
    seconds: Number(flags.seconds),
    prefixBytes: Number(flags.from) > 0 ? -1 : PREFIX_BYTES,
    onProgress: (soFar) => {
      if (performance.now() - shown < PROGRESS_MS) return;
      shown = performance.now();
      console.log(JSON.stringify(soFar));
    },
  });
  console.log(JSON.stringify(result));
}

async function runAll(targets: readonly FuzzTarget[]): Promise<number> {
  const results: FuzzResult[] = [];
  for (const target of targets) {
    const result = await runInChild(target);
    results.push(result);
    if (result.failure === undefined) continue;
    const { run, what, file } = result.failure;
    console.error(`\n${target.name}: ${run}\n${what}\ninput: ${file}`);
    console.error(`again: npm run fuzz -- --format ${target.name} --input ${file}`);
  }
  console.log(renderTable(results));
  return results.some(({ failure }) => failure !== undefined) ? 1 : 0;
}

async function runInChild(target: FuzzTarget): Promise<FuzzResult> {
  const args = ["--child", "--format", target.name];
  for (const name of ["runs", "seed", "from", "seconds"] as const) {
    const value = flags[name];
    if (value !== undefined) args.push(`--${name}`, value);
  }
  const child = spawn(process.execPath, [import.meta.filename, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<string>((done) => {
    child.on("close", (code, signal) => done(signal ?? `exit code ${code}`));
  });
  let last: FuzzResult | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    last = JSON.parse(line) as FuzzResult;
    const { prefixes, runs, refused, seconds } = last;
    process.stderr.write(
      `${target.name}: ${prefixes} prefixes, ${runs} runs, ${refused} refused, ${seconds.toFixed(0)} s\n`,
    );
  }
  const how = await ended;
  if (last !== undefined && how === "exit code 0") return last;
  // Out of memory, or a bug of the fuzzer itself: there is no result to tell from.
  const what = `the process ended with ${how}; run it with --from ${last?.runs ?? 0} to come near`;
  const nothing = { name: target.name, runs: 0, prefixes: 0, refused: 0, seconds: 0, worstMs: 0 };
  return {
    ...(last ?? { ...nothing, worstRun: "", peakRssBytes: 0 }),
    failure: { run: `after run ${last?.runs ?? 0}`, what, file: "" },
  };
}

function renderTable(results: readonly FuzzResult[]): string {
  const rows = results.map((result) => [
    result.name,
    String(result.prefixes),
    String(result.runs),
    `${result.seconds.toFixed(0)} s`,
    `${Math.round((100 * result.refused) / Math.max(1, result.runs + result.prefixes))} %`,
    `${result.worstMs.toFixed(0)} ms`,
    `${Math.round(result.peakRssBytes / 2 ** 20)} MiB`,
    result.failure === undefined ? "ok" : "FAILED",
  ]);
  const head = ["format", "prefixes", "mutations", "time", "refused", "worst", "peak RSS", "result"];
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
