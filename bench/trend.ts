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
  options: {
    each: { type: "string", default: "24" },
    seed: { type: "string", default: "1" },
    misses: { type: "boolean", default: false },
  },
});
const each = Number(values.each);
const seed = Number(values.seed);
report("Corpus", generateTrendCorpus({ seed, each }));
report("Held out: another seed, other windows, a third more noise", generateTrendCorpus({ seed: seed + 1000, each, heldOut: true }));

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
  console.log(`${"".padEnd(18)}precision  recall  false alarms  missed   ms a series`);
  for (const name of names) {
    const raised = alarms.get(name)!;
    const hits = corpus.filter((series, i) => series.leaks && raised[i]).length;
    const falseAlarms = corpus.filter((series, i) => !series.leaks && raised[i]).length;
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`.padStart(9);
    console.log(
      `${name.padEnd(18)}${percent(hits / (hits + falseAlarms))}${percent(hits / leaking)}` +
        `${String(falseAlarms).padStart(11)}${String(leaking - hits).padStart(10)}` +
        `${(milliseconds.get(name)! / corpus.length).toFixed(1).padStart(12)}`,
    );
  }
  console.log(`\nalarms by family${" ".repeat(33)}${names.map((name) => name.slice(0, 12).padStart(14)).join("")}`);
  for (const family of new Set(corpus.map((series) => series.family))) {
    const members = corpus.flatMap((series, i) => (series.family === family ? [i] : []));
    const kind = corpus[members[0]!]!.leaks ? "leak" : "";
    const counts = names.map((name) => `${members.filter((i) => alarms.get(name)![i]).length}/${members.length}`);
    console.log(`${kind.padEnd(6)}${family.padEnd(43)}${counts.map((count) => count.padStart(14)).join("")}`);
  }
  if (!values.misses) return;
  for (const [i, series] of corpus.entries()) {
    if (alarms.get("gopatrol")![i] === series.leaks) continue;
    const noise = Math.max(512 * 1024, 0.02 * series.bytes[0]!);
    const { shape, pRising, slope, spanSeconds, samples } = computeTrend(series.seconds, series.bytes, { noise, guessRestarts: true });
    console.log(`${series.leaks ? "missed" : "false alarm"}: ${series.family} #${i}: ${shape}, p ${pRising.toPrecision(2)}, rise ${((slope * spanSeconds) / series.bytes[0]!).toFixed(3)}, ${samples} in ${spanSeconds}`);
  }
}
