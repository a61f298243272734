import type { Histogram } from "./histogram.ts";

export type SampleLabels = readonly (readonly [name: string, value: string])[];

export type Sample = { labels: SampleLabels; value: number } | { labels: SampleLabels; histogram: Histogram };

/** `info` is OpenMetrics' word for facts in labels with the value 1; in the older format it is a gauge. */
export type MetricType = "counter" | "gauge" | "histogram" | "info";

/** A metric by its full name in the text format: counters end in _total, info in _info. */
export interface MetricFamily<Source> {
  name: string;
  type: MetricType;
  help: string;
  samples(source: Source): Iterable<Sample>;
}
