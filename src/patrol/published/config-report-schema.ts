import { z } from "zod";
import type { ConfigReport } from "../config/config-report.ts";
import { count, word } from "./parts.ts";

/** `gopatrol patrol check-config --format json`. */
export const configReportSchema = z.object({
  schema: z.literal("gopatrol.check-config/v1"),
  file: z.string(),
  ok: z.boolean().describe("it can be used; warnings may be left"),
  hash: z.string().nullable().describe("as run records and metrics have it"),
  problems: z.array(
    z.object({
      severity: z.enum(["error", "warning"]),
      code: word,
      message: z.string(),
      hint: z.string().nullable(),
      line: z.int().min(1),
      column: z.int().min(1).describe("UTF-16 units, from 1"),
      endColumn: z.int().min(1),
    }),
  ),
  counts: z
    .object({ targets: count, sources: count, checks: count, rules: count, receivers: count, sinks: count })
    .nullable(),
});

true satisfies ConfigReport extends z.infer<typeof configReportSchema> ? true : never;
