import { expect, test } from "vitest";
import { computeTrend } from "../src/analysis/trend.ts";
import { generateTrendCorpus } from "./support/trend-corpus.ts";

/** `npm run bench -- trend` measures more series, beside other rules; this keeps what it found. */
test("over labelled series that it was not tuned on, the detector is precise and misses little", () => {
  const corpus = generateTrendCorpus({ seed: 77, each: 5, heldOut: true });
  let [hits, leaks, alarms] = [0, 0, 0];
  for (const { leaks: isLeak, seconds, bytes } of corpus) {
    const noise = Math.max(512 * 1024, 0.02 * bytes[0]!);
    const alarm = computeTrend(seconds, bytes, { noise, guessRestarts: true }).shape === "growing";
    if (isLeak) leaks++;
    if (alarm) alarms++;
    if (alarm && isLeak) hits++;
  }
  expect(corpus.length).toBeGreaterThan(150);
  expect(hits / leaks).toBeGreaterThan(0.92);
  expect(hits / alarms).toBeGreaterThan(0.94);
});
