import { z } from "zod";
import { parseHttpAddress } from "./address.ts";
import { LATENCY_METRIC } from "./check-metric.ts";
import { defineCheckType } from "./define-check-type.ts";
import { renderUrl } from "./http.ts";
import { durationOption, HTTPS_OPTIONS, metricNameOption, queryOption } from "./option-schemas.ts";
import { ACCESS_PROBLEMS } from "./problem-codes.ts";

const MAX_QUERIES = 20;
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: placeholders of the option itself.
const QUERIES =
  "Metric = PromQL. ${id}, ${address}, ${host} and ${labels.name} are the target's own, escaped as within a PromQL string";
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above.

const options = z.strictObject({
  server: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Of Prometheus, with its path prefix if it has one; without it the target's address is it"),
  queries: z
    .record(metricNameOption, queryOption)
    .refine((queries) => Object.keys(queries).length > 0, { error: "give at least one query" })
    .refine((queries) => Object.keys(queries).length <= MAX_QUERIES, {
      error: `give at most ${MAX_QUERIES} queries`,
    })
    .describe(QUERIES),
  reduce: z
    .enum(["max", "min", "sum", "avg"])
    .default("max")
    .describe("What several series of one query become"),
  empty: z
    .enum(["missing", "zero", "fail"])
    .default("missing")
    .describe(
      `A query without a result: "missing" leaves its metric unknown, "zero" makes it 0, "fail" fails the check`,
    ),
  offset: durationOption.optional().describe("Query as of so long ago, for metrics that arrive late"),
  ...HTTPS_OPTIONS,
});
export type PromqlOptions = z.infer<typeof options>;

export const promqlType = defineCheckType({
  kind: "promql",
  heavy: false,
  cost: "One instant query of Prometheus for each entry of `queries`; the service itself is not asked.",
  options,
  metrics: {
    ...LATENCY_METRIC,
    "*": { unit: "any", meaning: "each name of `queries`: its value, or the reduced value of its series" },
    series: { unit: "count", meaning: "that all queries returned" },
    warnings: { unit: "count", meaning: "that Prometheus gave with its answers" },
  },
  ownMetrics: ({ queries }) => Object.keys(queries),
  problems: [
    ...ACCESS_PROBLEMS,
    "not-ready",
    "bad-status",
    "bad-response",
    "redirected",
    "too-large",
    "query-failed",
    "no-result",
  ],
  plan(target, { server, queries }) {
    const url = server === undefined ? parseHttpAddress(target) : new URL(server);
    const base = renderUrl(url).replace(/\/+$/, "");
    return Object.keys(queries).map((name) => `POST ${base}/api/v1/query (${name})`);
  },
});
