import { z } from "zod";
import { findPprofPath, parseHttpAddress } from "./address.ts";
import { defineCheckType } from "./define-check-type.ts";
import { HTTPS_OPTIONS, pathOption, sizeOption } from "./option-schemas.ts";
import { PPROF_PROBLEMS } from "./pprof-facts.ts";

const options = z.strictObject({
  pprof_path: pathOption
    .optional()
    .describe("Where pprof's index is; without it the address's own path, or /debug/pprof"),
  gc: z
    .boolean()
    .default(false)
    .describe("Force a collection first: exact to the moment, at the price of a whole mark phase"),
  max_body: sizeOption.default("64MiB").describe("A larger answer is not taken"),
  ...HTTPS_OPTIONS,
});

export const heapDiffType = defineCheckType({
  kind: "heap-diff",
  heavy: true,
  cost: "One heap profile: 1 to 50 ms of the target's CPU by the number of allocation sites; with `gc = true` a whole collection more, about 0.5 s of CPU for a GiB that is live.",
  options,
  metrics: {
    heap_inuse_bytes: { unit: "bytes", meaning: "live at the last collection, by the profile" },
    heap_inuse_objects: { unit: "count", meaning: "live at the last collection, by the profile" },
    sites: { unit: "count", meaning: "allocation sites in the profile" },
    base_age_seconds: { unit: "seconds", meaning: "between the base profile and this one" },
    growth_bytes: { unit: "bytes", meaning: "live heap against the base" },
    growth_bytes_per_second: { unit: "bytes/s", meaning: "the same over the time between them" },
    growth_bytes_per_hour: { unit: "bytes", meaning: "the same for an hour" },
    growth_share: { unit: "ratio", meaning: "growth of the base's live heap" },
    growth_share_of_limit_per_hour: { unit: "ratio", meaning: "an hour's growth of the memory limit" },
    top_site_growth_bytes: { unit: "bytes", meaning: "of the site that grew most" },
    top_site_growth_share: { unit: "ratio", meaning: "the same of the whole growth" },
    sites_growing: { unit: "count", meaning: "sites that grew beyond the profile's sampling error" },
  },
  problems: [...PPROF_PROBLEMS, "no-base-profile", "process-restarted", "bad-profile", "memory-near-limit"],
  plan(target, { pprof_path, gc }) {
    const url = parseHttpAddress(target);
    return [
      `GET ${url.origin}/metrics or another source of the runtime's numbers, for the share of the memory limit`,
      `GET ${url.origin}${findPprofPath(url, pprof_path)}/heap${gc ? "?gc=1" : ""}`,
    ];
  },
});
