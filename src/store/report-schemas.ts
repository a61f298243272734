import { z } from "zod";
import type { CompactReport, VerifyReport } from "./store.ts";

const count = z.int().min(0);

/** `gopatrol store verify --format json`. */
export const verifySchema = z.object({
  schema: z.literal("gopatrol.store-verify/v1"),
  ok: z.boolean(),
  problems: z.array(z.string()).describe("one sentence each: what is damaged and what to do"),
  rows: z.record(z.string(), count).describe("by table"),
  auditFileEntries: count.optional().describe("where there is an audit file"),
});

/** `gopatrol store compact --format json`. */
export const compactSchema = z.object({
  schema: z.literal("gopatrol.store-compact/v1"),
  removedRows: count,
  rewrittenHours: count.describe("hours of one target or profile type that became one row"),
  bytesBefore: count,
  bytesAfter: count,
});

type Named<Schema extends string, Report> = Report & { schema: Schema };
true satisfies Named<"gopatrol.store-verify/v1", VerifyReport> extends z.infer<typeof verifySchema>
  ? true
  : never;
true satisfies Named<"gopatrol.store-compact/v1", CompactReport> extends z.infer<typeof compactSchema>
  ? true
  : never;
