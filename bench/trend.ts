/**
 * Precision and recall of the trend detector over generated, labelled series, beside the rules that others use.
 *
 *     npm run bench -- trend [--each 24] [--seed 1]
 */
import { parseArgs } from "node:util";
import { computeTrend } from "../src/analysis/trend.ts";
import { generateTrendCorpus, type LabelledSeries } from "../test/support/trend-corpus.ts";
import {
  corootAlarms,
  leastSquaresAlarms,
  mannKendallAlarms,
  predictLinearAlarms,
} from "./trend-baselines.ts";

const DETECTORS: Record<string, (series: LabelledSeries) => boolean> = {
  gopatrol: gopatrolAlarms,
  Coroot: (series) => corootAlarms(series),
  "Mann–Kendall": mannKendallAlarms,
  "least squares": leastSquaresAlarms,
  predict_linear: predictLinearAlarms,
};

function gopatrolAlarms({ seconds, bytes }: LabelledSeries): boolean {
  // The gate that inspections use for the live heap (analysis/memory-series.ts).
  const noise = Math.max(512 * 1024, 0.02 * bytes[0]!);
  return computeTrend(seconds, bytes, { noise, guessRestarts: true }).shape === "growing";
}

const { values } = parseArgs({
  options: { each: { type: "string", default: "24" }, seed: { type: "string", default: "1" } },
});
const each = Number(values.each);
const seed = Number(values.seed);
report("Corpus", generateTrendCorpus({ seed, each }));
report(
  "Held out: another seed, other windows, a third more noise",
  generateTrendCorpus({ seed: seed + 1000, each, heldOut: true }),
);

function report(title: string, corpus: readonly LabelledSeries[]): void {
  const names = Object.keys(DETECTORS);
  const leaking = corpus.filter((series) => series.leaks).length;
  console.log(`\n${title}: ${corpus.length} series, ${leaking} of them leaks`);
  const alarms = new Map<string, boolean[]>();
  const milliseconds = new Map<string, number>();
  for (const name of names) {
    const began = performance.now();
    alarms.set(name, corpus.map(DETECTORS[name]!));
    milliseconds.set(name, performance.now() - began);
  }
  console.log(
    `${"".padEnd(16)}${["precision", "recall", "false alarms", "missed", "ms a series", "seen after"].map((head) => head.padStart(14)).join("")}`,
  );
  for (const name of names) {
    const raised = alarms.get(name)!;
    const hits = corpus.filter((series, i) => series.leaks && raised[i]).length;
    const falseAlarms = corpus.filter((series, i) => !series.leaks && raised[i]).length;
    const cells = [
      percent(hits / (hits + falseAlarms)),
      percent(hits / leaking),
      String(falseAlarms),
      String(leaking - hits),
      (milliseconds.get(name)! / corpus.length).toFixed(1),
      percent(measureLatency(DETECTORS[name]!, corpus)),
    ];
    console.log(`${name.padEnd(16)}${cells.map((cell) => cell.padStart(14)).join("")}`);
  }
  console.log(`\n${"alarms by family".padEnd(52)}${names.map((name) => name.padStart(15)).join("")}`);
  for (const family of new Set(corpus.map((series) => series.family))) {
    const members = corpus.flatMap((series, i) => (series.family === family ? [i] : []));
    const kind = corpus[members[0]!]!.leaks ? "leak" : "";
    const counts = names.map(
      (name) => `${members.filter((i) => alarms.get(name)![i]).length}/${members.length}`,
    );
    console.log(`${kind.padEnd(6)}${family.padEnd(46)}${counts.map((count) => count.padStart(15)).join("")}`);
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/**
 * Share of the window after which a leak is seen for good: the median over the long leaks without restarts, looked at
 * after every tenth; 1 and more where it is not.
 */
function measureLatency(
  detector: (series: LabelledSeries) => boolean,
  corpus: readonly LabelledSeries[],
): number {
  const leaks = corpus.filter(
    ({ leaks: isLeak, family }) => isLeak && /linear|slow|accelerating|stepwise/.test(family),
  );
  const first = leaks
    .filter(({ family }) => !family.startsWith("short"))
    .map((series) => {
      let seen = 11;
      for (let tenth = 10; tenth >= 1; tenth--) {
        const samples = Math.floor((series.seconds.length * tenth) / 10);
        const part = {
          ...series,
          seconds: series.seconds.slice(0, samples),
          bytes: series.bytes.slice(0, samples),
        };
        if (!detector(part)) break;
        seen = tenth;
      }
      return seen / 10;
    })
    .sort((a, b) => a - b);
  return first[first.length >> 1] ?? Number.NaN;
}
