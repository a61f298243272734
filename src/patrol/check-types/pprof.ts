import { z } from "zod";
import { findPprofPath, parseHttpAddress } from "./address.ts";
import { LATENCY_METRIC } from "./check-metric.ts";
import { defineCheckType } from "./define-check-type.ts";
import { HTTPS_OPTIONS, pathOption } from "./option-schemas.ts";
import { PPROF_PROBLEMS } from "./pprof-facts.ts";

const options = z.strictObject({
  path: pathOption
    .optional()
    .describe("Where pprof's index is mounted; without it the address's own path, or /debug/pprof"),
  open: z
    .enum(["report", "accept"])
    .default("report")
    .describe(
      `"report" tells of pprof that answers without credentials; "accept" where a network policy guards it`,
    ),
  expect: z
    .enum(["reachable", "forbidden"])
    .default("reachable")
    .describe(`"forbidden" turns it round: the check fails if pprof answers at all`),
  ...HTTPS_OPTIONS,
});

export const pprofType = defineCheckType({
  kind: "pprof",
  heavy: false,
  cost: "One or two requests for the index page, about 0.2 ms of the target's CPU each; no profile is taken.",
  options,
  metrics: {
    ...LATENCY_METRIC,
    pprof_reachable: { unit: "flag", meaning: "whether Go's index page answers, with our credentials" },
    pprof_open: {
      unit: "flag",
      meaning: "whether it answers without credentials, from where the patrol runs",
    },
    profiles: { unit: "count", meaning: "profiles that the index lists" },
    goroutines: { unit: "count", meaning: "as the index counts them" },
    threads: { unit: "count", meaning: "OS threads created, as the index counts them" },
  },
  problems: [...PPROF_PROBLEMS, "pprof-open"],
  plan(target, { path }) {
    const url = parseHttpAddress(target);
    return [
      `GET ${url.origin}${findPprofPath(url, path)}/`,
      ...(target.auth === null ? [] : [`GET ${url.origin}${findPprofPath(url, path)}/ without credentials`]),
    ];
  },
});
