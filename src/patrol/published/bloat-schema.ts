import { z } from "zod";
import type { BloatIndex, TargetBloat } from "../exporter/target-bloat.ts";
import { count, epochMs, word } from "./parts.ts";

const bytesPerSecond = z.number().nullable();

/** The answer of /debug/bloat?target=ID. */
export const bloatSchema = z.object({
  schema: z.literal("gopatrol.bloat/v1"),
  target: z.string(),
  atMs: epochMs.describe("when the evidence ended"),
  windowSeconds: z.number(),
  verdict: word,
  liveHeapBytes: z.number().nullable(),
  limitBytes: z.number().nullable(),
  growthBytesPerSecond: bytesPerSecond,
  secondsToLimit: z
    .number()
    .nullable()
    .describe("until the live heap reaches the limit if it goes on like this"),
  goroutines: z.number().nullable(),
  sites: z
    .array(
      z.object({
        function: z.string(),
        file: z.string(),
        line: z.int(),
        bytes: z.number(),
        growthBytes: z.number(),
        bytesPerSecond,
      }),
    )
    .describe("fastest first, at most 50"),
  goroutineGroups: z
    .array(z.object({ state: z.string(), site: z.string(), count, perSecond: z.number().nullable() }))
    .describe("at most 20"),
  findings: z.array(
    z.object({
      id: word,
      pattern: word,
      severity: z.enum(["info", "warning", "critical"]),
      site: z.string(),
      bytesPerSecond,
      headline: z.string(),
    }),
  ),
});

/** The answer of /debug/bloat without a target. */
export const bloatIndexSchema = z.object({
  schema: z.literal("gopatrol.bloat-index/v1"),
  targets: z
    .array(z.object({ target: z.string(), growthBytesPerSecond: z.number(), sites: count }))
    .describe("fastest first"),
});

true satisfies TargetBloat extends z.infer<typeof bloatSchema> ? true : never;
true satisfies BloatIndex extends z.infer<typeof bloatIndexSchema> ? true : never;
