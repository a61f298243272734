import { z } from "zod";
import type { Comparison } from "../run/compare-runs.ts";
import { count } from "./parts.ts";

const value = z.union([z.string(), z.number(), z.null()]);

/** The report of `gopatrol patrol --shadow`. */
export const shadowSchema = z.object({
  schema: z.literal("gopatrol.shadow/v1"),
  outcome: z.enum(["same", "differs", "too-few-fields"]),
  compared: count,
  ignored: count,
  differing: count,
  share: z.number().min(0).max(1),
  maxShare: z.number(),
  differences: z.array(
    z.object({
      field: z.string().describe("target/check/field"),
      old: value,
      new: value,
      why: z.string(),
    }),
  ),
  more: count.describe("differences beyond those that are listed"),
  report: z.string().describe("the file that was compared with"),
  config: z.string().describe("the configuration that was tried"),
});

true satisfies Comparison & { report: string; config: string } extends z.infer<typeof shadowSchema>
  ? true
  : never;
