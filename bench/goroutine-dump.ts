/**
 * A dump of 200,000 goroutines made by a real Go program, decoded as a whole, in pieces, and grouped:
 * `node bench/goroutine-dump.ts [FILE]`. Without a file it needs Go.
 */
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { takeCensus } from "../src/analysis/goroutine-census.ts";
import { decodeGoroutineDumps, GoroutineDumpStream } from "../src/formats/goroutine-dump/decode.ts";

const RUNS = 7;
const PIECE_BYTES = 1024 * 1024;

const given = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), "gopatrol-bench-"));
const path = given ?? join(folder, "dump.txt");
try {
  if (given === undefined) {
    const program = join(import.meta.dirname, "goroutine-dump");
    execFileSync("go", ["run", ".", "-o", path], { cwd: program, stdio: "inherit" });
  }
  measure();
} catch (error) {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  console.log("skipped: needs Go on PATH, or a dump as argument");
} finally {
  rmSync(folder, { recursive: true });
}

function measure(): void {
  const megabytes = statSync(path).size / 1e6;
  console.log(`${megabytes.toFixed(1)} MB`);
  report("in pieces of 1 MiB, kept nowhere", megabytes, () => decodePieces());
  const grown = (process.resourceUsage().maxRSS * 1024) / 1e6;
  console.log(`  largest resident set until here ${grown.toFixed(0)} MB, Node's own included`);
  report("in pieces, then grouped", megabytes, () => takeCensus([{ dump: decodePieces() }]));
  const bytes = new Uint8Array(readFileSync(path));
  report("as a whole, from memory", megabytes, () => decodeGoroutineDumps(bytes));
  const { table } = decodeGoroutineDumps(bytes).dumps[0]!;
  console.log(`  ${table.length} goroutines, ${table.stacks.length} stacks, ${table.frames.length} frames`);
}

function decodePieces() {
  const stream = new GoroutineDumpStream();
  const file = openSync(path, "r");
  const piece = new Uint8Array(PIECE_BYTES);
  for (;;) {
    const read = readSync(file, piece, 0, PIECE_BYTES, null);
    if (read === 0) break;
    stream.push(piece.subarray(0, read));
  }
  closeSync(file);
  return stream.finish().dumps[0]!.table;
}

function report(what: string, megabytes: number, run: () => unknown): void {
  const ms: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const began = performance.now();
    run();
    ms.push(performance.now() - began);
  }
  const first = ms[0]!;
  ms.sort((a, b) => a - b);
  const say = (value: number) => `${value.toFixed(0)} ms (${((1000 * megabytes) / value).toFixed(0)} MB/s)`;
  console.log(`${what}: median ${say(ms[RUNS >> 1]!)}, best ${say(ms[0]!)}, first ${say(first)}`);
}
