import { z } from "zod";
import { findPprofPath, parseHttpAddress } from "./address.ts";
import { LATENCY_METRIC } from "./check-metric.ts";
import { defineCheckType } from "./define-check-type.ts";
import { HTTPS_OPTIONS, pathOption, sizeOption } from "./option-schemas.ts";
import { PPROF_PROBLEMS } from "./pprof-facts.ts";

const options = z.strictObject({
  /** Where the numbers come from; "auto" tries them in this order and stays with the first that answers. */
  source: z.enum(["auto", "prometheus", "expvar", "heap-text"]).default("auto"),
  metrics_path: pathOption.default("/metrics"),
  expvar_path: pathOption.default("/debug/vars"),
  /** Where pprof's index is mounted. */
  pprof_path: pathOption.optional(),
  max_body: sizeOption.default("8MiB"),
  ...HTTPS_OPTIONS,
});
export type RuntimeOptions = z.infer<typeof options>;

export const runtimeType = defineCheckType({
  kind: "runtime",
  heavy: false,
  cost: "One scrape: /metrics about 1 ms of the target's CPU, /debug/vars about 0.1 ms with a stop of all goroutines for some 20 µs, heap?debug=1 (the last resort) about 5 ms.",
  options,
  metrics: {
    ...LATENCY_METRIC,
    heap_live_bytes: {
      unit: "bytes",
      meaning:
        "marked live by the last collection; exact where runtime/metrics are exported, else the heap goal worked back",
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
    return [first!, ...others.map((call) => `${call}, if the one before has no Go runtime`)];
  },
});
