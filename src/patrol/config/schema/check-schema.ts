import { z } from "zod";
import type { CheckKind } from "../../check.ts";
import { CHECK_TYPES } from "../../check-types/check-types.ts";
import type { Level } from "../patrol-config.ts";
import { cronExpression, duration, matchers, text, timeZone } from "./fields.ts";
import { RULE_TERMS, ruleSchema } from "./rule-schema.ts";
import { authSchema } from "./secret-fields.ts";

/** Keys that every kind has; those of the kind itself stand beside them in the table. */
export const commonCheckSchema = z.strictObject({
  name: text().max(100).describe("Unique; targets, alerts and reports name it"),
  kind: text().describe("What it does"),
  level: z
    .enum(["L1", "L2", "L3"])
    .optional()
    .describe("L1 heartbeat, L2 metrics, L3 deep; default: by kind"),
  interval: duration({ min: 1000 }).optional().describe("How often; default: 30s at L1, 1m at L2, 1h at L3"),
  jitter: duration({ min: 0 })
    .optional()
    .describe("The targets are spread over this long after each slot; default: the interval, at most 5m"),
  cron: cronExpression().optional().describe("Instead of an interval"),
  time_zone: timeZone().prefault("UTC").describe("Of the cron expression"),
  splay: duration({ min: 0 })
    .prefault("0s")
    .describe("The targets are spread over this long after each moment of the cron expression"),
  when: z
    .enum(["always", "suspect"])
    .optional()
    .describe(
      "suspect: only while something speaks against the target; default for heavy kinds at L2 and L3",
    ),
  match: matchers().prefault([]).describe("Targets that get it; none: only those that name it in checks"),
  timeout: duration({ max: 3_600_000 })
    .optional()
    .describe("For one attempt; default: 5s at L1, 15s at L2, 5m at L3"),
  timeout_ms: z.int().min(1).max(3_600_000).optional().describe("The same in milliseconds"),
  retries: z
    .int()
    .min(0)
    .max(10)
    .optional()
    .describe("Attempts after the first; default: 1, for heavy kinds 0"),
  auth: authSchema.optional().describe("Credentials and TLS of this check; default: the target's"),
  alert_when_down: z
    .boolean()
    .optional()
    .describe("Alert <name>-down when it fails twice in a row; default: for kinds that are heartbeats"),
  alert_threshold: text().optional().describe("A rule of the check's own name; the next keys are its terms"),
  ...RULE_TERMS,
});

const checkRules = z.array(ruleSchema).prefault([]).describe("Alerts on its metrics");

export const KIND_LEVEL: Readonly<Record<CheckKind, Level>> = {
  tcp: "L1",
  http: "L1",
  redis: "L1",
  mysql: "L1",
  postgres: "L1",
  pprof: "L1",
  runtime: "L2",
  promql: "L2",
  sql: "L2",
  goroutines: "L2",
  rss: "L2",
  "heap-diff": "L3",
  inspect: "L3",
};

export const CHECK_KINDS = Object.keys(KIND_LEVEL) as CheckKind[];

/** Names of the keys that belong to the kind alone. */
export function optionKeys(kind: CheckKind): string[] {
  return Object.keys(optionShape(CHECK_TYPES[kind].optionsSchema));
}

function optionShape(schema: z.ZodType<unknown>): z.ZodRawShape {
  return schema instanceof z.ZodObject ? (schema.shape as z.ZodRawShape) : {};
}

/** All keys of a check of each kind, as the JSON Schema and the documentation show them. */
const [first, ...others] = CHECK_KINDS.map((kind) =>
  z.strictObject({
    ...commonCheckSchema.shape,
    kind: z.literal(kind),
    rules: checkRules,
    ...optionShape(CHECK_TYPES[kind].optionsSchema),
  }),
);
export const checkSchema = z
  .discriminatedUnion("kind", [first!, ...others])
  .describe("One thing that is done to targets on a schedule");
