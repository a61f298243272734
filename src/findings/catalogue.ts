/**
 * The ways in which memory grows that gopatrol can recognise. Ids are stable: they appear in JSON, in baselines and
 * in links. Each has one file in `patterns/` and one page in docs/patterns/.
 */
export const PATTERN_IDS = [
  "data/unbounded-map",
  "data/unbounded-slice",
  "data/subslice-retention",
  "data/map-high-cardinality",
  "data/listener-registry",
  "data/map-never-shrinks",
  "data/channel-backlog",
  "data/slice-growth-waste",
  "data/string-concat",
  "goroutine/blocked-send",
  "goroutine/blocked-receive",
  "goroutine/blocked-select",
  "goroutine/blocked-lock",
  "goroutine/blocked-io",
  "goroutine/blocked-sleep",
  "goroutine/blocked-waitgroup",
  "goroutine/stack-heavy",
  "gc/alloc-churn",
  "gc/gogc-off",
  "gc/gogc-low",
  "gc/gogc-high",
  "gc/no-memory-limit",
  "gc/limit-thrash",
  "gc/finalizer-backlog",
  "gc/finalizer-pin",
  "behaviour/malloc-burst",
  "gc/mark-assist",
  "gc/long-stw",
  "resource/http-body",
  "resource/client-per-request",
  "resource/fd",
  "resource/mmap",
  "resource/cgo",
  "resource/plugin",
  "rss/not-released",
  "rss/outside-go",
  "resource/http-transport",
  "resource/timer",
  "resource/context",
  "resource/sync-pool",
] as const;

export type PatternId = (typeof PATTERN_IDS)[number];

/** Patterns that cost memory or CPU while nothing is kept without end: their verdict does not say "leak". */
const NO_LEAKS: ReadonlySet<PatternId> = new Set<PatternId>([
  "data/map-never-shrinks",
  "data/slice-growth-waste",
  "data/string-concat",
  "gc/alloc-churn",
  "gc/gogc-off",
  "gc/gogc-low",
  "gc/gogc-high",
  "gc/no-memory-limit",
  "gc/limit-thrash",
  "rss/not-released",
  "behaviour/malloc-burst",
  "goroutine/stack-heavy",
  "gc/mark-assist",
  "gc/long-stw",
]);

export function isLeak(pattern: PatternId): boolean {
  return !NO_LEAKS.has(pattern);
}
