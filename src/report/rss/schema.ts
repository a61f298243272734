import { z } from "zod";
import { reportSchema } from "../report-schema.ts";
import { RSS_REPORT_VERSION } from "./json.ts";

/** What `gopatrol rss --format json` promises. Published under docs/schema/. */
export const rssSchema = z.object({
  format: z.literal("gopatrol-rss"),
  version: z.literal(RSS_REPORT_VERSION),
  ...reportSchema.pick({
    gopatrol: true,
    target: true,
    window: true,
    limitBytes: true,
    limitSource: true,
    kernel: true,
    failures: true,
    damage: true,
  }).shape,
});
