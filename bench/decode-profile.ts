/** Decoding a large heap profile: ours against google/pprof's profile package, in the same minute on the same machine. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { inflateGzip } from "../src/bytes/gunzip.ts";
import { decodeProfile } from "../src/formats/pprof/decode.ts";
import { encodeProfile } from "../src/formats/pprof/encode.ts";
import { LARGE_HEAP, makeHeapProfile } from "./synthetic-profile.ts";

const ROUNDS = 15;

const made = makeHeapProfile(LARGE_HEAP);
const bytes = encodeProfile(made);
const zipped = gzipSync(bytes, { level: 1 });
console.log(
  `${LARGE_HEAP.samples} samples, ${made.samples.location.length} frames, ${LARGE_HEAP.locations} locations, ` +
    `${LARGE_HEAP.functions} functions: ${megabytes(bytes.length)} raw, ${megabytes(zipped.length)} gzipped`,
);

// First, so that its first run is that of a process that has decoded nothing yet.
const decoding = time(() => decodeProfile(bytes));
report("gopatrol decode", decoding, bytes.length);
report(
  "gopatrol encode",
  time(() => encodeProfile(made)),
  bytes.length,
);
report(
  "gopatrol inflate",
  time(() => inflateGzip(zipped)),
  bytes.length,
);
console.log(`gopatrol keeps ${megabytes(tableBytes())} of columns and names`);

const reference = timeReference();
if (reference === undefined) console.log("google/pprof: skipped, Go or its module is not here");
else {
  report("google/pprof decode", reference, bytes.length);
  console.log(
    `ratio of medians: ${(median(reference) / median(decoding)).toFixed(1)} times as fast as google/pprof`,
  );
  console.log(
    `ratio of best runs: ${(Math.min(...reference) / Math.min(...decoding)).toFixed(1)} times as fast as google/pprof`,
  );
  console.log(
    `ratio of first runs: ${(reference[0]! / decoding[0]!).toFixed(1)} times as fast as google/pprof`,
  );
}

/** Milliseconds of each round; the first one includes compilation, as a command that decodes once would. */
function time(work: () => unknown): number[] {
  return Array.from({ length: ROUNDS }, () => {
    const begin = performance.now();
    work();
    return performance.now() - begin;
  });
}

function timeReference(): number[] | undefined {
  const directory = mkdtempSync(join(tmpdir(), "bench-decode-"));
  try {
    const program = join(directory, "google-pprof");
    const input = join(directory, "profile.pb");
    writeFileSync(input, bytes);
    execFileSync("go", ["build", "-o", program, "."], {
      cwd: join(import.meta.dirname, "google-pprof"),
      stdio: "pipe",
    });
    const printed = execFileSync(program, ["time", String(ROUNDS), input], { encoding: "utf8" });
    return printed
      .trim()
      .split("\n")
      .map((nanoseconds) => Number(nanoseconds) / 1e6);
  } catch {
    return undefined;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Bytes outside the JavaScript heap that one decoded profile keeps; the input is not among them. */
function tableBytes(): number {
  globalThis.gc?.();
  const before = process.memoryUsage().arrayBuffers;
  const { profile } = decodeProfile(bytes);
  globalThis.gc?.();
  const after = process.memoryUsage().arrayBuffers;
  // Used after measuring, so that it was not collected before.
  return profile.samples.length > 0 ? after - before : 0;
}

function report(what: string, milliseconds: number[], size: number): void {
  const middle = median(milliseconds);
  const rate = size / 1e6 / (middle / 1e3);
  console.log(
    `${what.padEnd(20)} median ${middle.toFixed(0)} ms, best ${Math.min(...milliseconds).toFixed(0)} ms, ` +
      `first ${milliseconds[0]!.toFixed(0)} ms (${rate.toFixed(0)} MB/s)`,
  );
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

function megabytes(size: number): string {
  return `${(size / 1e6).toFixed(1)} MB`;
}
