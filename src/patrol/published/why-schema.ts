import { z } from "zod";
import type { WhyReport } from "../why/why-report.ts";
import { alertEvent, alertFinding, alertKind, alertPhase, count, epochMs, tier, told } from "./parts.ts";

const rule = z.string().describe("`check/rule`, `finding/<pattern>` or `patrol/<what>`");
const reason = z.string();
const elapsedMs = z.number();

const answer = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("no-target") }),
  z.object({ kind: z.literal("never-looked") }),
  z.object({ kind: z.literal("told"), rule, receivers: z.array(z.string()) }),
  z.object({ kind: z.literal("held"), rule, reason }),
  z.object({ kind: z.literal("undelivered"), rule, reason }),
  z.object({ kind: z.literal("waiting"), rule }),
  z.object({
    kind: z.literal("pending"),
    rule,
    heldMs: elapsedMs,
    forMs: elapsedMs,
    samples: count,
    minSamples: count,
  }),
  z.object({ kind: z.literal("unknown"), rule, reason }),
  z.object({ kind: z.literal("not-judged"), check: z.string(), reason }),
  z.object({ kind: z.literal("no-rules") }),
  z.object({ kind: z.literal("quiet"), rules: count }),
]);

const look = z.object({
  check: z.string(),
  atMs: epochMs,
  outcome: z.enum(["ok", "failed", "refused", "error", "skipped"]),
  reason: reason.nullable(),
});

const whyRule = z.object({
  rule,
  kind: alertKind,
  tier,
  phase: alertPhase,
  sinceMs: epochMs.nullable(),
  firedMs: epochMs.nullable(),
  resolvedMs: epochMs.nullable(),
  expression: z.string().nullable().describe("what must hold; null for what is not a threshold"),
  clearExpression: z.string().nullable(),
  forMs: elapsedMs,
  minSamples: count,
  now: z.string().nullable().describe("the rule in words, by the last values"),
  held: reason.nullable().describe("why nobody is told although it fires"),
  finding: alertFinding.nullable(),
  receivers: z.array(z.object({ receiver: z.string(), told: told.nullable() })),
  removed: z.boolean().describe("it is no longer in the configuration"),
});

export const whySchema = z.object({
  schema: z.literal("gopatrol.why/v1"),
  target: z.string(),
  atMs: epochMs,
  answer: answer.describe("the first of these that applies, by its worst rule"),
  looks: z.array(look).describe("the last look of each check"),
  rules: z.array(whyRule).describe("those that fire first, then pending and unknown ones, then the quiet"),
  events: z.array(alertEvent).describe("oldest first"),
  similar: z.array(z.string()).describe("names like the one asked for, where none is known"),
});

true satisfies WhyReport extends z.infer<typeof whySchema> ? true : never;
