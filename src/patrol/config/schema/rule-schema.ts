import { z } from "zod";
import { duration, labels, text } from "./fields.ts";

export const tierField = () => z.enum(["P0", "P1", "P2", "P3"]);

/** What stands beside a threshold; in a rule, in a check with alert_threshold, and in a short table. */
export const RULE_TERMS = {
  for: duration({ min: 0 }).prefault("0s").describe("How long the threshold must have held before it fires"),
  keep_firing_for: duration({ min: 0 })
    .prefault("0s")
    .describe("How long it goes on firing when the threshold no longer holds"),
  min_samples: z.int().min(1).max(10_000).prefault(1).describe("Samples that must have shown it"),
  clear_threshold: text()
    .optional()
    .describe("Once firing, resolves when this holds; default: when the threshold does not"),
  on_unknown: z
    .enum(["hold", "warn", "alert"])
    .prefault("warn")
    .describe("When a metric of the threshold is missing: stay as it is, say so, or fire"),
  tier: tierField()
    .prefault("P1")
    .describe("How soon somebody has to act: P0 now, P1 within the hour, P2 today, P3 to know"),
  summary: text().optional().describe("Sentence of the alert; default: made from the threshold"),
};

export const ruleSchema = z
  .strictObject({
    name: text().describe("Name of the alert; unique in the file"),
    threshold: text().describe('What must not be: "latency_ms > 300 OR error_rate > 0.001"'),
    ...RULE_TERMS,
    labels: labels().prefault({}).describe("Labels of the alert, besides the target's"),
  })
  .describe("An alert on the metrics of a check");
