import { z } from "zod";
import { findPprofPath, parseHttpAddress } from "./address.ts";
import { defineCheckType } from "./define-check-type.ts";
import { HTTPS_OPTIONS, pathOption, sizeOption } from "./option-schemas.ts";
import { PPROF_PROBLEMS } from "./pprof-facts.ts";

const options = z.strictObject({
  pprof_path: pathOption
    .optional()
    .describe("Where pprof's index is; without it the address's own path, or /debug/pprof"),
  max_dump_goroutines: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(10_000)
    .describe(
      "A full dump (debug=2), which alone tells how long goroutines wait, up to so many goroutines; 0 never takes it",
    ),
  max_body: sizeOption.default("64MiB").describe("A larger answer is not taken"),
  ...HTTPS_OPTIONS,
});

export const goroutinesType = defineCheckType({
  kind: "goroutines",
  heavy: true,
  cost: "One goroutine profile, and a full dump up to `max_dump_goroutines`; about 1 ms of CPU per 1000 goroutines for the profile, and 4 ms for the dump, for which all goroutines stop.",
  options,
  metrics: {
    goroutines: { unit: "count", meaning: "in the profile" },
    goroutines_growth: { unit: "count", meaning: "against the previous check" },
    goroutines_per_minute: { unit: "per-minute", meaning: "the same for each minute between them" },
    groups: { unit: "count", meaning: "different stacks" },
    groups_growing: { unit: "count", meaning: "stacks with more goroutines than at the previous check" },
    largest_group: { unit: "count", meaning: "goroutines of the most frequent stack" },
    largest_group_share: { unit: "ratio", meaning: "the same of all" },
    largest_group_growth: { unit: "count", meaning: "of the stack that grew most since the previous check" },
    longest_wait_seconds: {
      unit: "seconds",
      meaning: "of the goroutine that waits longest, by the full dump",
    },
    waiting_long: { unit: "count", meaning: "goroutines that wait for 10 min or longer" },
  },
  problems: [...PPROF_PROBLEMS, "bad-profile", "memory-near-limit"],
  plan(target, { pprof_path, max_dump_goroutines }) {
    const url = parseHttpAddress(target);
    const profile = `${url.origin}${findPprofPath(url, pprof_path)}/goroutine`;
    return [
      `GET ${url.origin}/metrics or another source of the runtime's numbers, for the share of the memory limit`,
      `GET ${profile}`,
      ...(max_dump_goroutines === 0
        ? []
        : [`GET ${profile}?debug=2, if there are no more than ${max_dump_goroutines} goroutines`]),
    ];
  },
});
