/**
 * The ways in which memory grows that gopatrol can recognise. Ids are stable: they appear in JSON, in baselines and
 * in links. Each has one file in `patterns/` and one page in docs/patterns/.
 */
export const PATTERN_IDS = [
  "data/unbounded-map",
  "data/unbounded-slice",
  "data/subslice-retention",
  "goroutine/blocked-send",
  "goroutine/blocked-receive",
  "goroutine/blocked-select",
  "goroutine/blocked-lock",
  "gc/alloc-churn",
  "gc/gogc-off",
  "resource/http-body",
] as const;

export type PatternId = (typeof PATTERN_IDS)[number];
