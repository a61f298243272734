import { z } from "zod";
import { findPprofPath, parseHttpAddress } from "./address.ts";
import { LATENCY_METRIC } from "./check-metric.ts";
import { defineCheckType } from "./define-check-type.ts";
import { HTTPS_OPTIONS, pathOption, sizeOption } from "./option-schemas.ts";
import { PPROF_PROBLEMS } from "./pprof-facts.ts";

const options = z.strictObject({
  source: z
    .enum(["auto", "prometheus", "expvar", "heap-text"])
    .default("auto")
    .describe(
      `Where the numbers come from; "auto" tries them in this order and stays with the first that answers`,
    ),
  metrics_path: pathOption.default("/metrics").describe("Of the Prometheus text"),
  expvar_path: pathOption.default("/debug/vars").describe("Of expvar"),
  pprof_path: pathOption
    .optional()
    .describe("Where pprof's index is; without it the address's own path, or /debug/pprof"),
  max_body: sizeOption.default("8MiB").describe("A larger answer is not taken"),
  ...HTTPS_OPTIONS,
});
export type RuntimeOptions = z.infer<typeof options>;

export const runtimeType = defineCheckType({
  kind: "runtime",
  heavy: false,
  cost: "One scrape: /metrics about 1.3 ms of the target's CPU for 50 KiB, /debug/vars about 0.3 ms, heap?debug=1 (the last resort) about 1.5 ms; the latter two stop all goroutines for some 20 µs.",
  options,
  metrics: {
    ...LATENCY_METRIC,
    heap_live_bytes: {
      unit: "bytes",
      meaning:
        "marked live by the last collection; where it is not exported, worked back from the heap goal and GOGC; absent if GOGC is not exported either",
    },
    heap_goal_bytes: { unit: "bytes", meaning: "the heap size at which the next collection ends" },
    heap_alloc_bytes: { unit: "bytes", meaning: "allocated and not yet swept, live or not" },
    heap_inuse_bytes: { unit: "bytes", meaning: "spans in use" },
    heap_idle_bytes: { unit: "bytes", meaning: "spans kept and not in use" },
    heap_objects: { unit: "count", meaning: "allocated objects" },
    stack_bytes: { unit: "bytes", meaning: "stacks of goroutines" },
    sys_bytes: { unit: "bytes", meaning: "obtained from the operating system" },
    released_bytes: { unit: "bytes", meaning: "of these, given back" },
    rss_bytes: { unit: "bytes", meaning: "the process's resident set" },
    goroutines: { unit: "count", meaning: "at the moment" },
    threads: { unit: "count", meaning: "OS threads" },
    open_fds: { unit: "count", meaning: "open descriptors" },
    fd_share: { unit: "ratio", meaning: "open descriptors of those allowed" },
    gc_cycles: { unit: "count", meaning: "collections since the start", counter: true },
    gc_per_minute: { unit: "per-minute", meaning: "collections since the previous check" },
    gc_cpu_seconds: {
      unit: "seconds",
      meaning: "CPU time that the collector took from the program, since the start",
      counter: true,
    },
    cpu_available_seconds: {
      unit: "seconds",
      meaning: "CPU time that the program could have had, since the start",
      counter: true,
    },
    gc_cpu_fraction: {
      unit: "ratio",
      meaning:
        "share of the CPU time that the collector took: since the previous check where runtime/metrics are exported, else since the start",
    },
    gc_pause_seconds: { unit: "seconds", meaning: "total of all pauses since the start", counter: true },
    gc_pause_ms_per_minute: { unit: "ms", meaning: "paused in each minute since the previous check" },
    alloc_bytes: { unit: "bytes", meaning: "allocated since the start", counter: true },
    alloc_bytes_per_second: { unit: "bytes/s", meaning: "allocated since the previous check" },
    heap_growth_bytes_per_second: {
      unit: "bytes/s",
      meaning: "change of the live heap since the previous check; noisy alone",
    },
    memory_limit_bytes: {
      unit: "bytes",
      meaning: "the limit that counts: the target's own setting, else GOMEMLIMIT",
    },
    memory_share: {
      unit: "ratio",
      meaning: "of the limit: the resident set, else what was obtained and not given back",
    },
    process_start_seconds: { unit: "timestamp", meaning: "when the process started, since 1970" },
    process_age_seconds: { unit: "seconds", meaning: "since the process started" },
    restarted: { unit: "flag", meaning: "whether it started anew since the previous check" },
  },
  problems: [...PPROF_PROBLEMS, "no-metrics"],
  plan(target, { source, metrics_path, expvar_path, pprof_path }) {
    const url = parseHttpAddress(target);
    const all = {
      prometheus: `GET ${url.origin}${metrics_path}`,
      expvar: `GET ${url.origin}${expvar_path}`,
      "heap-text": `GET ${url.origin}${findPprofPath(url, pprof_path)}/heap?debug=1`,
    };
    if (source !== "auto") return [all[source]];
    const [first, ...others] = Object.values(all);
    return [
      first!,
      ...others.map((call) => `${call}, if the one before has no Go runtime`),
      `GET ${url.origin}${findPprofPath(url, pprof_path)}/, for the goroutines where that has none`,
    ];
  },
});
