import { z } from "zod";

const value = z.number();

const call = z.object({ name: z.string(), inline: z.boolean(), weight: value });

const entry = z.object({
  name: z.string(),
  /** Of `top`: whether calls of it were inlined. */
  inline: z.enum(["inline", "partial-inline", ""]).optional(),
  flat: value,
  cum: value,
  /** Of `tree` and `peek`, heaviest first. */
  callers: z.array(call).optional(),
  callees: z.array(call).optional(),
});

/** What `gopatrol pprof top|tree|peek -format json` promises. Published under docs/schema/. */
export const pprofSchema = z.object({
  format: z.literal("gopatrol-pprof"),
  version: z.literal(1),
  view: z.enum(["top", "tree", "peek"]),
  /** "inuse_space", or "mean_inuse_space" with -mean. */
  sampleType: z.string(),
  /** Unit of every value, as the profile has it: "bytes", "count", "nanoseconds". Not divided by -divide_by. */
  unit: z.string(),
  /** What percentages are of. */
  total: value,
  /** The lines above the entries, as text. */
  header: z.array(z.string()),
  entries: z.array(entry),
});
