import { z } from "zod";
import { MAPPING_CLASSES } from "../analysis/mapping-class.ts";
import { RSS_TERMS } from "../analysis/rss-account.ts";

/** `Inspection.kernel` as programs get it. */
const followed = {
  growth: z.number().describe("last sample less first"),
  growing: z.boolean().describe("rises beyond noise and chance, to the end of the window"),
  series: z.array(z.number()),
};
const mappingGroup = z.object({
  class: z.enum(MAPPING_CLASSES),
  part: z.string().describe('file, or shape of anonymous mappings: "rw- 65536"; empty for the whole class'),
  count: z.number(),
  sizeBytes: z.number(),
  rssBytes: z.number().nullable(),
  ...followed,
});
const bytes = z.number().nullable();

export const kernelSchema = (statement: z.ZodType) =>
  z
    .object({
      pid: z.number().nullable(),
      name: z.string().nullable(),
      exe: z.string().nullable(),
      threads: z.number().nullable(),
      cpuShare: z.number().nullable().describe("CPU seconds per second"),
      rss: z
        .object({
          bytes: z.number().describe("VmRSS; exactly the sum of all terms and the residual"),
          growthBytes: z.number(),
          growing: z.boolean(),
          detail: z.enum(["mappings", "totals"]),
          seconds: z.array(z.number()),
          series: z.array(z.number()),
          terms: z.array(
            z.object({
              id: z.enum(RSS_TERMS),
              bytes: z.number().describe("signed"),
              source: z.enum(["smaps", "mem-stats", "smaps-and-mem-stats", "status", "status-and-mem-stats"]),
              confidence: z.number().min(0).max(1),
              ...followed,
            }),
          ),
          residualBytes: z.number(),
          residualSeries: z.array(z.number()).describe("of every sample"),
        })
        .nullable(),
      fds: z
        .object({
          open: z.number(),
          limit: z.number().nullable(),
          growth: z.number(),
          growing: z.boolean(),
          kinds: z.array(z.object({ kind: z.string(), count: z.number(), ...followed })),
          groups: z.array(
            z.object({
              kind: z.string(),
              place: z.string(),
              direction: z.enum(["outgoing", "accepted", "listening"]).nullable(),
              count: z.number(),
              states: z.array(z.object({ state: z.string(), count: z.number() })),
              ...followed,
            }),
          ),
        })
        .nullable(),
      mappings: z
        .object({
          classes: z.array(mappingGroup),
          parts: z.array(mappingGroup),
          plugins: z.array(z.string()),
        })
        .nullable(),
      cgroup: z
        .object({
          version: z.union([z.literal(1), z.literal(2)]),
          path: z.string(),
          limitBytes: bytes,
          limitPath: z.string(),
          usageBytes: bytes,
          workingSetBytes: bytes.describe("usage without inactive page cache, as kubelet counts"),
          beside: z
            .array(z.object({ part: z.string(), bytes: z.number() }))
            .describe("charged to the cgroup and outside the resident set"),
          events: z
            .object({ high: z.number(), max: z.number(), oom: z.number(), oomKill: z.number() })
            .describe("in the window"),
          pressure: z.number().nullable().describe("share of the last 10 s that tasks waited for memory"),
        })
        .nullable(),
      advice: z.array(statement),
    })
    .describe("the process as the kernel sees it: /proc and its cgroup");
