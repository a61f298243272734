import { z } from "zod";
import type { PatrolSnapshotFile, PatrolStatus, PatrolStatusAnswer } from "../patrol-status.ts";
import {
  alertFinding,
  alertKind,
  alertPhase,
  count,
  epochMs,
  finding,
  numbers,
  texts,
  tier,
  told,
  word,
} from "./parts.ts";

/** What the patrol writes to status.json in the store's folder every few seconds. */
export const statusSchema = z.object({
  schema: z.literal("gopatrol.status/v1"),
  patrol: z.string(),
  version: z.string(),
  pid: z.int(),
  state: z.enum(["running", "paused", "stopping", "stopped"]),
  startedMs: epochMs,
  aliveUntilMs: epochMs.describe("slots up to here were taken care of"),
  configHash: z.string(),
  configFile: z.string().nullable(),
  reloadProblem: z.string().nullable().describe("why the file's newest content is not in use"),
  targets: count,
  lanes: z.array(z.string()),
  suspects: z.array(z.object({ target: z.string(), reasons: z.array(z.string()) })).describe("at most 100"),
  overdue: z.array(z.object({ target: z.string(), lane: z.string(), slots: count })).describe("at most 100"),
  runsInFlight: count,
  checksInFlight: count,
  heavyInFlight: count,
  runs: z.record(z.string(), count).describe("by outcome, since the start"),
  missedSlots: z.record(z.string(), count).describe("by reason, since the start"),
  latenessMs: z.object({ p50: z.number(), p99: z.number(), max: z.number() }).describe("of the newest runs"),
  alertsFiring: count,
  openFindings: count,
  storeProblem: z.string().nullable(),
  rssBytes: z.number(),
  cpuSeconds: z.number(),
  listener: z.string().nullable().describe("URL of /metrics, /healthz and the others"),
});

/** `gopatrol patrol status --format json`. */
export const statusAnswerSchema = z.object({
  schema: z.literal("gopatrol.patrol-status/v1"),
  running: z.boolean(),
  holder: z.string().nullable().describe("who works in the store's folder"),
  status: statusSchema.nullable().describe("its last word; null if none has worked there"),
});

const alertState = z.object({
  id: word,
  kind: alertKind,
  target: z.string(),
  rule: z.string(),
  tier,
  labels: texts,
  phase: alertPhase,
  sinceMs: epochMs,
  holdsSinceMs: epochMs.nullable(),
  firedMs: epochMs.nullable(),
  resolvedMs: epochMs.nullable(),
  fired: z.array(epochMs).describe("beginnings within the last hour"),
  lastEvaluatedMs: epochMs,
  samples: count,
  unknownSinceMs: epochMs.nullable(),
  values: numbers,
  summary: z.string(),
  finding: alertFinding.nullable(),
  held: z.string().nullable(),
  notified: z.record(z.string(), told),
});

/** What SIGUSR1 writes: the status, and all that would be lost with the process. */
export const snapshotSchema = statusSchema.extend({
  schema: z.literal("gopatrol.snapshot/v1"),
  alerts: z.array(alertState),
  findings: z.array(finding),
  budgets: z
    .array(z.object({ target: z.string(), cpuSeconds: z.number(), captures: count }))
    .describe("spent of this hour's"),
  metrics: z.record(z.string(), numbers).describe("newest values by target"),
});

true satisfies PatrolStatus extends z.infer<typeof statusSchema> ? true : never;
true satisfies PatrolStatusAnswer extends z.infer<typeof statusAnswerSchema> ? true : never;
true satisfies PatrolSnapshotFile extends z.infer<typeof snapshotSchema> ? true : never;
