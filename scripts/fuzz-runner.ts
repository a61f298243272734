/** Runs one target: every prefix of its small seeds, then mutations, until something is wrong or all are done. */
import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { runInThisContext } from "node:vm";
import { FuzzRandom, hashName } from "./fuzz-random.ts";
import { type FuzzTarget, isRefusal } from "./fuzz-targets.ts";

export interface FuzzOptions {
  seed: number;
  /** Number of the first run; runs do not depend on those before them. */
  from: number;
  runs: number;
  /** Ends earlier, after so many seconds. */
  seconds: number;
  /** Seeds up to this size have every prefix tried. */
  prefixBytes: number;
  onProgress?: (result: FuzzResult) => void;
}

interface FuzzFailure {
  /** What to repeat it with. */
  run: string;
  what: string;
  /** Where the input lies. */
  file: string;
}

export interface FuzzResult {
  name: string;
  runs: number;
  prefixes: number;
  refused: number;
  seconds: number;
  /** Processor time of the slowest input. */
  worstMs: number;
  worstRun: string;
  peakRssBytes: number;
  failure?: FuzzFailure;
}

/** Processor time, so that a busy machine is no failure. */
const MAX_INPUT_MS = 2000;
/** Real time; what takes longer is interrupted. */
const MAX_BATCH_MS = 60_000;
/** Growth of the process's peak by one input, which has at most 2 MiB. */
const MAX_RISE_BYTES = 256 * 2 ** 20;
/** The whole process, with its seeds and whatever garbage V8 has not collected yet. */
const MAX_RSS_BYTES = 1024 * 2 ** 20;
/** Interrupting needs a watchdog thread; one for every input would cost more than most inputs do. */
const BATCH = 64;

export async function fuzz(target: FuzzTarget, options: FuzzOptions): Promise<FuzzResult> {
  const begun = performance.now();
  const result: FuzzResult = {
    name: target.name,
    runs: 0,
    prefixes: 0,
    refused: 0,
    seconds: 0,
    worstMs: 0,
    worstRun: "",
    peakRssBytes: peakRss(),
  };
  const inputs = listInputs(target, options);
  const isOver = (): boolean => result.seconds >= options.seconds || result.failure !== undefined;
  let current: FuzzInput | undefined;
  const batch = (): boolean => {
    for (let n = 0; n < BATCH && result.failure === undefined; n++) {
      const next = inputs.next();
      if (next.done === true) return false;
      current = next.value;
      tryInput(target, current, result);
    }
    return true;
  };
  // The seeds are read before the first input is measured.
  target.seeds();
  result.peakRssBytes = peakRss();
  for (let more = true; more && !isOver(); ) {
    try {
      more = runInterruptibly(batch, MAX_BATCH_MS);
    } catch (error) {
      if (current === undefined || !isInterruption(error)) throw error;
      result.failure = report(target, current, `it took more than ${MAX_BATCH_MS} ms and was interrupted`);
    }
    // Node gives back what a failed decompression held in the next turn of its loop only.
    await setImmediate();
    result.seconds = (performance.now() - begun) / 1000;
    options.onProgress?.(result);
  }
  return result;
}

interface FuzzInput {
  kind: "prefix" | "mutation";
  name: string;
  bytes: Uint8Array;
}

function* listInputs(target: FuzzTarget, options: FuzzOptions): Generator<FuzzInput> {
  for (const [n, seed] of target.seeds().entries()) {
    if (seed.length > options.prefixBytes) continue;
    for (let length = 0; length <= seed.length; length++) {
      yield { kind: "prefix", name: `seed-${n}-prefix-${length}`, bytes: seed.slice(0, length) };
    }
  }
  for (let run = options.from; run < options.from + options.runs; run++) {
    const random = new FuzzRandom(hashName(target.name), options.seed, run);
    yield { kind: "mutation", name: `seed ${options.seed}, run ${run}`, bytes: target.makeInput(random) };
  }
}

function tryInput(target: FuzzTarget, input: FuzzInput, result: FuzzResult): void {
  const { bytes } = input;
  const before = process.threadCpuUsage();
  try {
    target.check(bytes);
  } catch (error) {
    if (isInterruption(error)) throw error;
    try {
      if (isRefusal(error, bytes)) result.refused++;
      else result.failure = report(target, input, describe(error));
    } catch (violation) {
      result.failure = report(target, input, describe(violation));
    }
  }
  if (input.kind === "prefix") result.prefixes++;
  else result.runs++;
  const used = process.threadCpuUsage(before);
  const ms = (used.user + used.system) / 1000;
  if (ms > result.worstMs) {
    result.worstMs = ms;
    result.worstRun = input.name;
  }
  const peak = peakRss();
  const rise = peak - result.peakRssBytes;
  result.peakRssBytes = peak;
  if (result.failure !== undefined) return;
  if (ms > MAX_INPUT_MS) result.failure = report(target, input, `it took ${Math.round(ms)} ms`);
  else if (rise > MAX_RISE_BYTES) {
    result.failure = report(target, input, `the process grew by ${mebibytes(rise)}`);
  } else if (peak > MAX_RSS_BYTES) {
    result.failure = report(target, input, `the process has grown to ${mebibytes(peak)}`);
  }
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

/** libuv gives kilobytes. */
function peakRss(): number {
  return process.resourceUsage().maxRSS * 1024;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : `threw ${String(error)}`;
}

/** Leaves the input where it can be tried again with --input. */
function report(target: FuzzTarget, input: FuzzInput, what: string): FuzzFailure {
  const folder = join(tmpdir(), "gopatrol-fuzz");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${target.name}-${input.name.replace(/[^a-z0-9]+/g, "-")}.${target.extension}`);
  writeFileSync(file, input.bytes);
  return { run: input.name, what, file };
}

const INTERRUPTED = "ERR_SCRIPT_EXECUTION_TIMEOUT";

function isInterruption(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === INTERRUPTED;
}

/** Node can end a script after a time, even one in an endless loop, and so whatever the script calls. */
function runInterruptibly<T>(run: () => T, timeoutMs: number): T {
  const call = runInThisContext("(run) => { globalThis.fuzzBatch = run; }") as (run: () => T) => void;
  call(run);
  return runInThisContext("fuzzBatch()", { timeout: timeoutMs }) as T;
}
