import { z } from "zod";
import type { RunRecord } from "../run-record.ts";
import { alertEvent, count, epochMs, finding, numbers, texts, word } from "./parts.ts";

const elapsedMs = z.number().min(0);

const stage = z.object({
  stage: z.enum(["permission", "configuration", "precheck", "checks", "report", "store", "sinks", "notify"]),
  outcome: z.enum(["passed", "refused", "failed", "skipped"]),
  elapsedMs,
  detail: z.string().nullable(),
});

const check = z.object({
  check: z.string(),
  kind: word,
  outcome: z.enum(["ok", "failed", "refused", "error", "skipped"]),
  problem: z.object({ code: word, message: z.string(), hint: z.string().nullable() }).nullable(),
  attempts: count.describe("0 if it was skipped"),
  elapsedMs,
  metrics: numbers.describe("values by name, the unit is in the name"),
  facts: texts,
  captures: z.array(z.string()).describe("sha256 of the raw captures that were kept"),
});

/** The JSON report of one run: stored, sent to sinks, printed by --once. */
export const runSchema = z.object({
  schema: z.literal("gopatrol.run/v1"),
  id: word.describe("target@slot/lane; the same run done twice is the same record"),
  patrol: z.string(),
  target: z.string(),
  labels: texts,
  level: z.enum(["L1", "L2", "L3"]),
  lane: word.describe("checks of a level that share a schedule"),
  trigger: z.enum(["schedule", "once", "manual", "suspicion"]),
  slotMs: epochMs,
  startedMs: epochMs,
  endedMs: epochMs,
  latenessMs: z.number().min(0).describe("behind its slot and jitter"),
  outcome: z.enum(["passed", "findings", "failed", "refused", "abandoned", "missed"]),
  stages: z.array(stage),
  checks: z.array(check),
  findings: z.array(finding).describe("versions that this run wrote"),
  alerts: z.array(alertEvent).describe("changes of alerts by this run"),
  redacted: z.record(z.string(), z.int()).describe("how much was taken out, by class"),
  configHash: z.string(),
  version: z.string(),
});

/** Does not compile where the record and the published schema part. */
true satisfies RunRecord extends z.infer<typeof runSchema> ? true : never;
