import { z } from "zod";

/** Parts that come again in what the patrol publishes. */

/** The lists of kinds, codes, rules and patterns grow, so that a reader must take any word there. */
export const word = z.string().min(1);
export const epochMs = z.number().describe("milliseconds since 1970");
export const tier = z.enum(["P0", "P1", "P2", "P3"]);
export const texts = z.record(z.string(), z.string());
export const numbers = z.record(z.string(), z.number());
export const count = z.int().min(0);

const words = z.object({ headline: z.string(), fix: z.array(z.string()) });
const findingWords = words.extend({
  translations: z.object({ zh: words.optional() }).optional().describe("headline and fix in other languages"),
});

export const finding = z.object({
  id: word,
  version: z.int().min(1),
  target: z.string(),
  pattern: word.describe("as `gopatrol explain` lists them"),
  site: z.string().describe('"function (file:line)"; empty if it is about the whole process'),
  state: z.enum(["open", "resolved"]),
  severity: z.enum(["info", "warning", "critical"]),
  confidence: z.number().min(0).max(1),
  ...findingWords.shape,
  bytesPerSecond: z.number().nullable(),
  firstSeenMs: epochMs,
  atMs: epochMs,
  runId: word,
  captures: z.array(z.string()),
});

export const alertFinding = findingWords
  .extend({ site: finding.shape.site })
  .describe("the finding behind an alert");

export const alertEvent = z.object({
  alert: word,
  target: z.string(),
  rule: z.string(),
  tier,
  atMs: epochMs,
  event: word,
  reason: z.string(),
  receiver: z.string().nullable(),
});

export const alertKind = z.enum(["threshold", "missing", "availability", "finding", "overdue", "patrol"]);
export const alertPhase = z.enum(["inactive", "pending", "firing", "keeping", "unknown"]);

export const told = z
  .object({
    state: z.enum(["firing", "resolved", "owed"]),
    atMs: epochMs,
    tier,
    triedMs: epochMs.optional().describe("the last attempt that failed"),
    sending: z
      .object({ message: word, atMs: epochMs })
      .optional()
      .describe("on its way when this was written"),
  })
  .describe("what a receiver was last told");
