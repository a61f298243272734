import { z } from "zod";
import { DIFF_VERSION } from "./diff-json.ts";

/** The JSON of `gopatrol diff --format json`. Published under docs/schema/. */

const site = z
  .object({ function: z.string(), file: z.string(), line: z.number() })
  .describe("a position in Go code as a profile prints it; line 0 if not known");
const origin = z.enum(["runtime", "standard-library", "third-party", "own"]);
const change = z
  .enum(["new", "gone"])
  .nullable()
  .describe("new: nothing was ever allocated there before; gone: nothing is left there");
const course = z
  .enum(["monotone", "levelled", "wave", "level", "falling", "unknown"])
  .describe("over all moments, of which it takes three; wave: up and down again");
const series = z.array(z.number().nullable()).describe("at each moment of all inputs");
const part = z.object({
  name: z.string(),
  origin,
  beforeBytes: z.number(),
  afterBytes: z.number(),
  cumulativeGrowthBytes: z.number().describe("of all stacks it is on"),
  allocatedBytes: z.number(),
});
const siteDiff = z.object({
  site,
  origin,
  operation: z.string().nullable(),
  beforeBytes: z.number(),
  afterBytes: z.number(),
  growthBytes: z.number(),
  growthObjects: z.number(),
  errorBytes: z.number().describe("standard deviation of growthBytes from the profile's sampling"),
  change,
  course,
  allocatedBytes: z.number().nullable().describe("in between, also if freed since"),
  allocatedPerGrowth: z.number().nullable(),
  survivors: z
    .number()
    .nullable()
    .describe("share of what was allocated in between that is in use at the end"),
  growthPerUnit: z.number().nullable().describe("bytes for each unit of the load counter"),
  bytesPerSecond: z.number().nullable(),
  series,
});
const group = z.object({
  state: z.string(),
  site,
  origin,
  createdBy: site.nullable(),
  before: z.number(),
  after: z.number(),
  growth: z.number(),
  change,
  course,
  growthPerUnit: z.number().nullable(),
  stack: z.array(site),
  series,
});

export const diffSchema = z.object({
  format: z.literal("gopatrol-diff"),
  version: z.literal(DIFF_VERSION),
  gopatrol: z.string(),
  inputs: z.array(
    z.object({
      name: z.string(),
      samples: z.number(),
      wallMs: z.number().describe("of its first sample, milliseconds since 1970"),
      inuseBytes: z.number().nullable().describe("at its last sample; of the first input at its first"),
      inuseObjects: z.number().nullable(),
      goroutines: z.number().nullable(),
    }),
  ),
  program: z.object({ mainModule: z.string().nullable(), goVersion: z.string().nullable() }),
  seconds: z
    .array(z.number())
    .nullable()
    .describe("of each moment since the first; null where the inputs are not in the order of their times"),
  isSameProcess: z.boolean().describe("false: allocations count from the start of the last process"),
  commonFunctions: z
    .number()
    .describe("share of their own functions that the first and the last moment have in common"),
  load: z
    .object({
      name: z.string(),
      chosenBy: z.enum(["name", "flag"]),
      before: z.number(),
      after: z.number(),
      growth: z.number(),
    })
    .nullable(),
  heap: z
    .object({
      beforeBytes: z.number(),
      afterBytes: z.number(),
      growthBytes: z.number(),
      growthObjects: z.number(),
      allocatedBytes: z.number().nullable(),
      survivors: z.number().nullable(),
      growthPerUnit: z.number().nullable(),
      allocatedPerUnit: z.number().nullable(),
      course,
      series,
      siteCount: z.number(),
      newCount: z.number(),
      goneCount: z.number(),
      sites: z.array(siteDiff).describe("largest growth first, what shrank most last; at most 100"),
      packages: z.array(part),
      modules: z.array(part),
    })
    .nullable(),
  goroutines: z
    .object({
      before: z.number(),
      after: z.number(),
      growth: z.number(),
      growthPerUnit: z.number().nullable(),
      course,
      series,
      groups: z.array(group),
    })
    .nullable(),
  flame: z
    .object({
      function: z.array(z.string()),
      file: z.array(z.string()),
      line: z.array(z.number()),
      origin: z.array(origin),
      parent: z.array(z.number()),
      beforeBytes: z.array(z.number()),
      afterBytes: z.array(z.number()),
      allocatedBytes: z.array(z.number()),
    })
    .nullable()
    .describe("the call tree in columns, root first; totals over each subtree"),
  damage: z.array(z.object({ format: z.string(), offset: z.number(), path: z.string(), what: z.string() })),
});
