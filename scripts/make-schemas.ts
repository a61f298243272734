/** Writes docs/schema/*.json from the schemas in the code; --check only says whether they are current. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { manifestSchema } from "../src/bundle/manifest.ts";
import { diffSchema } from "../src/report/diff-schema.ts";
import { goroutineReportSchema } from "../src/report/goroutines/schema.ts";
import { reportSchema } from "../src/report/report-schema.ts";
import { rssSchema } from "../src/report/rss/schema.ts";

const root = resolve(import.meta.dirname, "..");
const schemas: Record<string, { title: string; schema: z.ZodType }> = {
  "docs/schema/report-v1.schema.json": { title: "gopatrol inspect --format json", schema: reportSchema },
  "docs/schema/goroutines-v1.schema.json": {
    title: "gopatrol goroutines --format json",
    schema: goroutineReportSchema,
  },
  "docs/schema/diff-v1.schema.json": { title: "gopatrol diff --format json", schema: diffSchema },
  "docs/schema/rss-v1.schema.json": { title: "gopatrol rss --format json", schema: rssSchema },
  "docs/schema/bundle-manifest-v1.schema.json": {
    title: "manifest.json of a gopatrol bundle",
    schema: manifestSchema,
  },
};

for (const [path, { title, schema }] of Object.entries(schemas)) {
  const text = `${JSON.stringify({ title, ...z.toJSONSchema(schema, { io: "input" }) }, null, 2)}\n`;
  const file = join(root, path);
  if (!process.argv.includes("--check")) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } else if (readFileSync(file, "utf8") !== text) {
    console.error(`${path} is not what the code says: run node scripts/make-schemas.ts`);
    process.exitCode = 1;
  }
}
