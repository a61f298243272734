import { z } from "zod";
import type { RunRecord } from "../run-record.ts";

/** By name; the lists of kinds, codes and patterns grow, so that a reader must take any word there. */
const word = z.string().min(1);
const epochMs = z.number().describe("milliseconds since 1970");
const elapsedMs = z.number().min(0);
const tier = z.enum(["P0", "P1", "P2", "P3"]);
const texts = z.record(z.string(), z.string());
const numbers = z.record(z.string(), z.number());

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
  attempts: z.int().min(0).describe("0 if it was skipped"),
  elapsedMs,
  metrics: numbers.describe("values by name, the unit is in the name"),
  facts: texts,
  captures: z.array(z.string()).describe("sha256 of the raw captures that were kept"),
});

const finding = z.object({
  id: word,
  version: z.int().min(1),
  target: z.string(),
  pattern: word.describe("as `gopatrol explain` lists them"),
  site: z.string().describe('"function (file:line)"; empty if it is about the whole process'),
  state: z.enum(["open", "resolved"]),
  severity: z.enum(["info", "warning", "critical"]),
  confidence: z.number().min(0).max(1),
  headline: z.string(),
  fix: z.array(z.string()),
  translations: z
    .object({ zh: z.object({ headline: z.string(), fix: z.array(z.string()) }).optional() })
    .optional()
    .describe("headline and fix in other languages"),
  bytesPerSecond: z.number().nullable(),
  firstSeenMs: epochMs,
  atMs: epochMs,
  runId: word,
  captures: z.array(z.string()),
});

const alertEvent = z.object({
  alert: word,
  target: z.string(),
  rule: z.string(),
  tier,
  atMs: epochMs,
  event: word,
  reason: z.string(),
  receiver: z.string().nullable(),
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
