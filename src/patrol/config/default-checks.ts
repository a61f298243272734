import type { TomlTable } from "./toml-document.ts";

/**
 * Checks that every Go service gets unless the file says otherwise, as a file would have them. Rules hold while a metric
 * is missing: a service without a limit has no share of it, and one that does not grow has no forecast.
 */
export const DEFAULT_CHECKS: readonly TomlTable[] = [
  { name: "pprof", kind: "pprof" },
  {
    name: "runtime",
    kind: "runtime",
    rules: [
      {
        name: "memory-near-limit",
        threshold: "memory_share > 0.9",
        // A service with GOMEMLIMIT may live here for long; below, it is safe again.
        clear_threshold: "memory_share < 0.85",
        for: "10m",
        on_unknown: "hold",
        tier: "P2",
        summary: "memory is above 90 % of the limit",
      },
      {
        name: "memory-at-limit",
        threshold: "memory_share > 0.97",
        clear_threshold: "memory_share < 0.93",
        for: "2m",
        on_unknown: "hold",
        tier: "P1",
        summary: "memory has reached the limit",
      },
      {
        name: "gc-thrash",
        threshold: "memory_share > 0.85 AND gc_cpu_fraction > 0.25",
        for: "5m",
        on_unknown: "hold",
        tier: "P1",
        summary: "the collector takes a quarter of the CPU time to stay below the limit",
      },
      {
        name: "goroutines-many",
        threshold: "goroutines > 10000",
        clear_threshold: "goroutines < 8000",
        for: "10m",
        on_unknown: "hold",
        tier: "P2",
        summary: "more than 10,000 goroutines",
      },
    ],
  },
  {
    name: "inspect",
    kind: "inspect",
    // What it finds alerts by itself, each finding by its severity.
    rules: [
      {
        name: "limit-within-hours",
        threshold: "seconds_to_limit < 21600",
        // The forecast is absent as soon as nothing grows any more.
        clear_threshold: "missing(seconds_to_limit) OR seconds_to_limit > 43200",
        on_unknown: "hold",
        tier: "P1",
        summary: "memory reaches the limit within six hours",
      },
    ],
  },
];

export const DEFAULT_CHECK_NAMES: readonly string[] = DEFAULT_CHECKS.map(({ name }) => String(name));
