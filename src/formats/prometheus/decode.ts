import { DamageLog } from "../../bytes/damage-log.ts";
import { type Damage, DecodeError } from "../../bytes/decode-error.ts";
import { endsWith, skipBlanks, startsWith } from "../../lib/ascii.ts";
import { LineScanner } from "../../lib/text-lines.ts";
import type { MetricSample } from "../../tables/metric-samples.ts";
import { findSample } from "./sample-line.ts";

export interface PrometheusText {
  /** In the order of the text. Parts of histograms and summaries are samples of their own, as they are printed. */
  samples: MetricSample[];
  damage: Damage[];
}

const HASH = 0x23;
const MAX_SAMPLES = 1_000_000;
const MAX_LABELS = 4_000_000;
/** A label value may be long; a line beyond this is no metric. */
const MAX_LINE_BYTES = 1024 * 1024;

/**
 * Decodes a scrape: Prometheus text format 0.0.4, and OpenMetrics 1.0 as far as it differs. Types, help, timestamps and
 * exemplars are passed over.
 *
 * @throws DecodeError if there is neither a sample nor a `# HELP` or `# TYPE` line.
 */
export function decodePrometheusText(bytes: Uint8Array): PrometheusText {
  const samples: MetricSample[] = [];
  const damage = new DamageLog("prometheus");
  let labels = 0;
  let isDescribed = false;
  let isEnded = false;
  const lines = new LineScanner(bytes);
  while (!isEnded && lines.next()) {
    const { end } = lines;
    const start = skipBlanks(bytes, lines.start, end);
    if (start === end) continue;
    if (bytes[start] === HASH) {
      isDescribed ||= isDescription(bytes, start, end);
      isEnded = end - start === 5 && endsWith(bytes, start, end, "# EOF");
      continue;
    }
    if (samples.length === MAX_SAMPLES || labels >= MAX_LABELS) {
      damage.add(start, `too large: the samples after the first ${samples.length} were left out`);
      break;
    }
    // The number at the end of a line that is cut off could be longer.
    const sample =
      lines.isTerminated && end - start <= MAX_LINE_BYTES ? findSample(bytes, start, end) : undefined;
    if (sample !== undefined) {
      samples.push(sample);
      labels += sample.labels.size;
    } else if (!lines.isTerminated) {
      damage.add(start, "the text ends in the middle of a line; that line was left out");
    } else {
      damage.add(start, "a line that is no sample was left out");
    }
  }
  if (samples.length === 0 && !isDescribed) {
    throw new DecodeError("no sample in the text", {
      format: "prometheus",
      offset: 0,
      hint: "Fetch the metrics endpoint again and look at what the server answers.",
    });
  }
  return { samples, damage: damage.finish() };
}

export function isDescription(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    startsWith(bytes, start, end, "# TYPE ") ||
    startsWith(bytes, start, end, "# HELP ") ||
    startsWith(bytes, start, end, "# UNIT ")
  );
}
