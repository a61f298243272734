import type { MetricFamily } from "./metric-family.ts";
import type { PatrolSnapshot } from "./patrol-snapshot.ts";
import { SELF_METRICS } from "./self-metrics.ts";
import { TARGET_METRICS } from "./target-metrics.ts";

/** Everything that /metrics shows, in order. Names are an interface: dashboards and alerts depend on them. */
export const PATROL_METRICS: readonly MetricFamily<PatrolSnapshot>[] = [...SELF_METRICS, ...TARGET_METRICS];
