/** What a metric counts. "flag" is 0 or 1; "any" is whatever the user's own query returns. */
export type MetricUnit =
  | "ms"
  | "seconds"
  | "days"
  | "bytes"
  | "bytes/s"
  | "count"
  | "per-second"
  | "per-minute"
  | "ratio"
  | "flag"
  | "timestamp"
  | "any";

interface CheckMetric {
  unit: MetricUnit;
  /** One clause without a full stop. */
  meaning: string;
  /** Only ever rises while the process lives; exporters call it a counter. */
  counter?: true;
}

/** By name; the name `*` stands for any that the user's own query brings. */
export type CheckMetrics = Readonly<Record<string, CheckMetric>>;

/** Every kind has them. */
export const COMMON_METRICS = {
  up: {
    unit: "flag",
    meaning:
      "1 if the target answered as it must, 0 if not; absent if looking was refused or the fault is ours",
  },
} as const satisfies CheckMetrics;

export const LATENCY_METRIC = {
  latency_ms: { unit: "ms", meaning: "from the start of connecting to the end of the answer" },
} as const satisfies CheckMetrics;
