import { z } from "zod";
import type { WebhookBody } from "../messages/webhook-body.ts";
import { alertFinding, alertKind, count, epochMs, numbers, texts, tier, word } from "./parts.ts";

const isoTime = z.string().describe("the same as ISO time, in UTC");

const alert = z.object({
  id: word.describe("the same as long as target, rule and the rule's labels are"),
  kind: alertKind,
  target: z.string(),
  rule: z.string(),
  tier,
  state: z.enum(["firing", "resolved"]),
  startedMs: epochMs,
  endedMs: epochMs.nullable(),
  labels: texts,
  summary: z.string().describe("in English; `text` is in the receiver's language"),
  values: numbers.describe("the values that decided, by metric"),
  firedInHour: count.describe("how often it began to fire within the last hour"),
  finding: alertFinding.nullable(),
  started: isoTime,
  ended: isoTime.nullable(),
  text: z.string().describe("summary and facts, a line each, in the receiver's language"),
});

/** What a webhook without a template of its own is sent, and what a template sees. */
export const notificationSchema = z.object({
  schema: z.literal("gopatrol.notification/v1"),
  id: word.describe("the same for each attempt: who keeps it takes a message once"),
  receiver: z.string(),
  groupLabels: texts,
  tier: tier.describe("the most urgent of its alerts that fire; of those resolved if none does"),
  state: z.enum(["firing", "resolved"]),
  reminder: z.boolean(),
  alerts: z.array(alert).describe("most urgent first, firing before resolved"),
  folded: count.describe("alerts that it stands for but does not list"),
  stillFiring: count.describe("alerts of the group that fire on and were told before"),
  insteadOf: z.string().nullable().describe("the receiver that failed, for which this one stands in"),
  patrol: z.string(),
  atMs: epochMs,
  at: isoTime,
  title: z.string(),
});

true satisfies WebhookBody extends z.infer<typeof notificationSchema> ? true : never;
