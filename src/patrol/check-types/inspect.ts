import { z } from "zod";
import { parseDurationMs } from "../../lib/parse-quantity.ts";
import { findPprofPath, parseHttpAddress, parsePidAddress } from "./address.ts";
import { defineCheckType } from "./define-check-type.ts";
import { durationOption, HTTPS_OPTIONS, pathOption, sizeOption } from "./option-schemas.ts";
import { PPROF_PROBLEMS } from "./pprof-facts.ts";

const options = z.strictObject({
  window: durationOption
    .default("2m")
    .describe("How long the target is watched; at most 0.85 of the check's time-out"),
  every: durationOption.default("15s").describe("Between two samples"),
  pprof_path: pathOption
    .optional()
    .describe("Where pprof's index is; without it the address's own path, or /debug/pprof"),
  gc: z
    .enum(["each", "never"])
    .default("each")
    .describe(`One forced collection a sample makes the verdict sure; "never" where that is too dear`),
  max_dump_goroutines: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(10_000)
    .describe("A full dump up to so many goroutines"),
  max_body: sizeOption.default("64MiB").describe("A larger answer is not taken"),
  ...HTTPS_OPTIONS,
});
export type InspectOptions = z.infer<typeof options>;

export const inspectType = defineCheckType({
  kind: "inspect",
  heavy: true,
  cost: `All profiles of each sample: 5 to 300 ms of the target's CPU a sample by the number of its sites and goroutines, and a whole collection a sample unless gc = "never" (about 0.5 s of CPU for a GiB that is live).`,
  options,
  metrics: {
    findings: { unit: "count", meaning: "patterns recognised" },
    findings_critical: { unit: "count", meaning: "of them, critical" },
    findings_warning: { unit: "count", meaning: "of them, warnings" },
    confidence: { unit: "ratio", meaning: "of the surest warning or critical finding" },
    heap_live_bytes: { unit: "bytes", meaning: "live heap at the end" },
    heap_growth_bytes_per_second: { unit: "bytes/s", meaning: "of the live heap, by its trend" },
    seconds_to_limit: {
      unit: "seconds",
      meaning: "until the limit is reached if it grows on; absent if it does not",
    },
    rss_bytes: { unit: "bytes", meaning: "resident set at the end" },
    goroutines: { unit: "count", meaning: "at the end" },
    samples: { unit: "count", meaning: "that the verdict rests on" },
    is_leaking: {
      unit: "flag",
      meaning: "1 if the verdict is growth that lasts, 0 if not; absent if it is undecided",
    },
  },
  problems: [...PPROF_PROBLEMS, "memory-near-limit", "no-such-process", "no-result"],
  plan(target, { window, every, pprof_path, gc }) {
    const samples = Math.floor(parseDurationMs(window)! / parseDurationMs(every)!) + 1;
    const place = target.address.startsWith("pid:")
      ? `/proc/${parsePidAddress(target)} and its pprof server`
      : `${parseHttpAddress(target).origin}${findPprofPath(parseHttpAddress(target), pprof_path)}/`;
    return [
      `${samples} samples in ${window} of ${place}: heap, goroutine, allocs, /debug/vars, /metrics${gc === "each" ? ", a forced collection each" : ""}`,
    ];
  },
});
