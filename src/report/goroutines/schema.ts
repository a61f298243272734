import { z } from "zod";
import { site, statement } from "../report-schema.ts";
import { GOROUTINE_REPORT_VERSION } from "./json.ts";

/** What `gopatrol goroutines --format json` promises. Published under docs/schema/. */
export const goroutineReportSchema = z.object({
  format: z.literal("gopatrol-goroutines"),
  version: z.literal(GOROUTINE_REPORT_VERSION),
  gopatrol: z.string(),
  looks: z
    .array(
      z.object({
        name: z.string(),
        kind: z.enum(["dump", "profile", "leak profile"]),
        goroutines: z.number(),
      }),
    )
    .describe("in the order of time"),
  states: z
    .array(z.object({ reason: z.string(), state: z.string(), count: z.number() }))
    .describe("of the last look; reason is Go's word, state ours for several of them"),
  candidates: z.array(z.object({ state: z.string(), site, count: z.number(), criteria: z.array(statement) })),
  groups: z.array(
    z.object({
      state: z.string(),
      reason: z.string(),
      stack: z.array(site).describe("leaf first"),
      site: site.describe("first own frame"),
      origin: z.enum(["runtime", "standard-library", "third-party", "own"]),
      createdBy: site.nullable(),
      counts: z.array(z.number()).describe("at each look"),
      wait: z
        .object({ min: z.number(), median: z.number(), max: z.number() })
        .nullable()
        .describe("minutes, 0 for less than one; null from profiles, which do not tell"),
      lockedToThread: z.number(),
      leaked: z.number(),
      elided: z.number().describe("goroutines with more frames than Go prints"),
      labels: z.array(z.object({ text: z.string(), count: z.number() })),
      survival: z
        .number()
        .nullable()
        .describe(
          "share of the first look's goroutines (of three looks and more: that the second shows too) that are there at the last; null without ids",
        ),
    }),
  ),
  rest: z.object({ groups: z.number(), goroutines: z.number() }).describe("beyond --top"),
  damage: z.array(z.object({ format: z.string(), offset: z.number(), what: z.string(), path: z.string() })),
});
