import { z } from "zod";
import type { AuditEntry } from "../audit-entry.ts";
import { epochMs } from "./parts.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** One line of the audit file, and one row of `gopatrol store export audit`. */
export const auditEntrySchema = z.object({
  sequence: z.int().min(1).describe("counts up without a gap"),
  atMs: epochMs,
  actor: z.string(),
  action: z.string(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  previousHash: sha256.describe("64 zeros for the first"),
  hash: sha256,
});

true satisfies AuditEntry extends z.infer<typeof auditEntrySchema> ? true : never;
