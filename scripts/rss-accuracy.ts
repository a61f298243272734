/**
 * How well the terms of a resident set add up: runs programs of the zoo one after the other, explains each with
 * `gopatrol rss`, and prints a table for docs/rss.md. `node scripts/rss-accuracy.ts [PROGRAM…]`, by folder of the zoo.
 */
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { buildProgram, readGoVersion, startProgram } from "./zoo-programs.ts";

const PROGRAMS = [
  "data/unbounded-map/leaky",
  "data/subslice-retention/leaky",
  "goroutine/blocked-send/leaky",
  "gc/alloc-churn/leaky",
  "gc/gogc-off/leaky",
  "lookalike/pooled-buffers",
  "lookalike/sawtooth-garbage",
  "resource/fd/leaky",
  "resource/cgo/leaky",
  "resource/mmap/leaky",
  "resource/plugin/leaky",
  "rss/not-released/leaky",
];
const GOPATROL = resolve(import.meta.dirname, "../bin/gopatrol");

interface Term {
  id: string;
  bytes: number;
  growth: number;
  growing: boolean;
  series: number[];
}

interface Report {
  kernel: {
    rss: {
      bytes: number;
      residualBytes: number;
      residualSeries: number[];
      series: number[];
      terms: Term[];
    };
  };
}

const wanted = process.argv.slice(2);
const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MB`;
const rows: { worst: number; grows: string }[] = [];

console.log(`Go ${await readGoVersion()}\n`);
console.log(
  "| program | VmRSS | sum of the terms | residual, last sample | largest residual | what grows most |",
);
console.log("|---|---:|---:|---:|---:|---|");
for (const program of wanted.length > 0 ? wanted : PROGRAMS) {
  const binary = await buildProgram(program);
  const running = await startProgram(binary, ["-addr", "127.0.0.1:0"]);
  try {
    const { stdout } = await promisify(execFile)(
      GOPATROL,
      ["rss", running.url, "--for", "20s", "--every", "4s", "--format", "json", "--quiet"],
      { maxBuffer: 64 * 2 ** 20 },
    );
    const { rss } = (JSON.parse(stdout) as Report).kernel;
    const residuals = rss.residualSeries.map((bytes, k) => Math.abs(bytes) / rss.series[k]!);
    const [most] = rss.terms.toSorted((a, b) => b.growth - a.growth);
    const worst = Math.max(...residuals);
    const grows =
      most === undefined ? "" : `${most.id} +${megabytes(most.growth)}${most.growing ? " ↑" : ""}`;
    rows.push({ worst, grows });
    console.log(
      `| ${program} | ${megabytes(rss.bytes)} | ${percent((rss.bytes - rss.residualBytes) / rss.bytes)} | ${percent(rss.residualBytes / rss.bytes)} | ${percent(worst)} | ${grows} |`,
    );
  } finally {
    await running.stop();
  }
}
if (rows.some(({ worst }) => worst > 0.05)) process.exitCode = 1;
