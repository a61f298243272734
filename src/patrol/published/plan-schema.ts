import { z } from "zod";
import type { PatrolPlan } from "../run/plan-patrol.ts";
import { count, epochMs } from "./parts.ts";

const named = z.array(z.object({ name: z.string(), call: z.string() }));

/** `gopatrol patrol --dry-run --format json`. */
export const planSchema = z.object({
  schema: z.literal("gopatrol.plan/v1"),
  targets: z.array(
    z.object({
      id: z.string(),
      address: z.string(),
      lanes: z.array(
        z.object({
          lane: z.string(),
          checks: z.array(z.string()),
          firstMs: epochMs.nullable().describe("null: never"),
          thenMs: epochMs.nullable(),
        }),
      ),
      calls: z
        .array(
          z.object({ check: z.string(), calls: z.array(z.string()), when: z.enum(["always", "suspect"]) }),
        )
        .describe("outgoing calls of one round of all checks"),
    }),
  ),
  discovery: z.array(
    z.object({
      calls: z.array(z.string()).describe("what would be asked or read for targets, credentials left out"),
      targets: count.nullable().describe("null where only the call could tell"),
      problems: z.array(z.string()),
    }),
  ),
  receivers: named,
  sinks: named,
  store: z.string(),
  secrets: z.array(z.string()),
  listener: z.string().nullable(),
  checksPerHour: z.number().describe("suspects not counted"),
});

true satisfies PatrolPlan extends z.infer<typeof planSchema> ? true : never;
