import { z } from "zod";
import { checkSchema } from "./check-schema.ts";
import { maintenanceSchema, receiverSchema, routeSchema, sinkSchema } from "./delivery-schema.ts";
import { text } from "./fields.ts";
import {
  budgetSchema,
  precheckSchema,
  redactionSchema,
  runSchema,
  serverSchema,
  storeSchema,
  vaultSchema,
} from "./section-schemas.ts";
import { discoverySchema, targetSchema } from "./target-schema.ts";

/** Keys at the top of the file, above all tables. */
export const topSchema = z.object({
  name: text()
    .max(100)
    .optional()
    .describe("Name of this patrol in reports and metrics; default: the host's name"),
  default_checks: z
    .boolean()
    .prefault(true)
    .describe(
      "Whether targets get the checks pprof, runtime and inspect; [[checks]] of these names replace them",
    ),
});

/** Tables of the file that stand once. */
export const TABLES = {
  store: storeSchema,
  vault: vaultSchema,
  precheck: precheckSchema,
  budget: budgetSchema,
  redaction: redactionSchema,
  server: serverSchema,
  run: runSchema,
} as const;

/** Tables of the file that may stand many times: [[targets]]. Checks depend on their kinds. */
export const LISTS = {
  targets: targetSchema,
  discovery: discoverySchema,
  receivers: receiverSchema,
  routes: routeSchema,
  maintenance: maintenanceSchema,
  sinks: sinkSchema,
} as const;

export const SECTIONS: readonly string[] = [...Object.keys(LISTS), "checks", ...Object.keys(TABLES)];
export const TOP_KEYS: readonly string[] = Object.keys(topSchema.shape);

/** The whole file, for editors: what the loader reads piece by piece, so that one wrong piece hides no other. */
const many = <S extends z.ZodType>(schema: S) => z.array(schema).optional();
export const fileSchema = topSchema
  .extend({
    targets: many(targetSchema).describe("What is patrolled"),
    discovery: many(discoverySchema).describe("Where more targets come from"),
    checks: many(checkSchema).describe("What is done to them, and what must not be"),
    receivers: many(receiverSchema).describe("Who can be told"),
    routes: many(routeSchema).describe("Who is told what"),
    maintenance: many(maintenanceSchema).describe("When alerts are held"),
    sinks: many(sinkSchema).describe("Where run records go besides the store"),
    store: storeSchema.optional(),
    vault: vaultSchema.optional(),
    precheck: precheckSchema.optional(),
    budget: budgetSchema.optional(),
    redaction: redactionSchema.optional(),
    server: serverSchema.optional(),
    run: runSchema.optional(),
  })
  .catchall(z.looseObject({}).describe("A short table: one target with one check, named by the table"));
