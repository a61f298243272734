/** Writes docs/schema/*.json and docs/configuration.md from the schemas in the code; --check only says whether they are current. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { manifestSchema } from "../src/bundle/manifest.ts";
import { fileSchema } from "../src/patrol/config/schema/file-schema.ts";
import { auditEntrySchema } from "../src/patrol/published/audit-schema.ts";
import { bloatIndexSchema, bloatSchema } from "../src/patrol/published/bloat-schema.ts";
import { configReportSchema } from "../src/patrol/published/config-report-schema.ts";
import { notificationSchema } from "../src/patrol/published/notification-schema.ts";
import { planSchema } from "../src/patrol/published/plan-schema.ts";
import { runSchema } from "../src/patrol/published/run-schema.ts";
import { shadowSchema } from "../src/patrol/published/shadow-schema.ts";
import { snapshotSchema, statusAnswerSchema, statusSchema } from "../src/patrol/published/status-schema.ts";
import { whySchema } from "../src/patrol/published/why-schema.ts";
import { pprofSchema } from "../src/pprof/views/json-schema.ts";
import { diffSchema } from "../src/report/diff-schema.ts";
import { goroutineReportSchema } from "../src/report/goroutines/schema.ts";
import { heapSchema } from "../src/report/heap/schema.ts";
import { reportSchema } from "../src/report/report-schema.ts";
import { rssSchema } from "../src/report/rss/schema.ts";
import { compactSchema, verifySchema } from "../src/store/report-schemas.ts";
import { renderCheckPage } from "./check-page.ts";
import { renderConfigurationPage } from "./configuration-page.ts";

const root = resolve(import.meta.dirname, "..");
/** `reused`: parts that come again are written once, for a schema that would be large otherwise. */
const schemas: Record<string, { title: string; schema: z.ZodType; reused?: "ref" }> = {
  "docs/schema/report-v1.schema.json": { title: "gopatrol inspect --format json", schema: reportSchema },
  "docs/schema/goroutines-v1.schema.json": {
    title: "gopatrol goroutines --format json",
    schema: goroutineReportSchema,
  },
  "docs/schema/heap-v1.schema.json": {
    title: "gopatrol heap --format json",
    schema: heapSchema,
    reused: "ref",
  },
  "docs/schema/diff-v1.schema.json": { title: "gopatrol diff --format json", schema: diffSchema },
  "docs/schema/rss-v1.schema.json": { title: "gopatrol rss --format json", schema: rssSchema },
  "docs/schema/gopatrol-config-v1.schema.json": {
    title: "configuration of gopatrol patrol",
    schema: fileSchema,
    reused: "ref",
  },
  "docs/schema/run-v1.schema.json": { title: "the report of one run of gopatrol patrol", schema: runSchema },
  "docs/schema/why-v1.schema.json": { title: "gopatrol patrol why --format json", schema: whySchema },
  "docs/schema/notification-v1.schema.json": {
    title: "what a webhook without a template is sent",
    schema: notificationSchema,
  },
  "docs/schema/status-v1.schema.json": { title: "status.json of a patrol", schema: statusSchema },
  "docs/schema/patrol-status-v1.schema.json": {
    title: "gopatrol patrol status --format json",
    schema: statusAnswerSchema,
  },
  "docs/schema/snapshot-v1.schema.json": { title: "what SIGUSR1 writes", schema: snapshotSchema },
  "docs/schema/check-config-v1.schema.json": {
    title: "gopatrol patrol check-config --format json",
    schema: configReportSchema,
  },
  "docs/schema/plan-v1.schema.json": {
    title: "gopatrol patrol --dry-run --format json",
    schema: planSchema,
  },
  "docs/schema/shadow-v1.schema.json": {
    title: "the report of gopatrol patrol --shadow",
    schema: shadowSchema,
  },
  "docs/schema/bloat-v1.schema.json": { title: "GET /debug/bloat?target=ID", schema: bloatSchema },
  "docs/schema/bloat-index-v1.schema.json": { title: "GET /debug/bloat", schema: bloatIndexSchema },
  "docs/schema/audit-entry-v1.schema.json": { title: "a line of the audit log", schema: auditEntrySchema },
  "docs/schema/store-verify-v1.schema.json": {
    title: "gopatrol store verify --format json",
    schema: verifySchema,
  },
  "docs/schema/store-compact-v1.schema.json": {
    title: "gopatrol store compact --format json",
    schema: compactSchema,
  },
  "docs/schema/pprof-v1.schema.json": {
    title: "gopatrol pprof top, tree and peek -format json",
    schema: pprofSchema,
  },
  "docs/schema/bundle-manifest-v1.schema.json": {
    title: "manifest.json of a gopatrol bundle",
    schema: manifestSchema,
  },
};

const files: Record<string, string> = {
  "docs/configuration.md": renderConfigurationPage(),
  "docs/checks.md": renderCheckPage(),
};
for (const [path, { title, schema, reused = "inline" }] of Object.entries(schemas)) {
  files[path] = `${JSON.stringify({ title, ...z.toJSONSchema(schema, { io: "input", reused }) }, null, 2)}\n`;
}

for (const [path, text] of Object.entries(files)) {
  const file = join(root, path);
  if (!process.argv.includes("--check")) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } else if (readFileSync(file, "utf8") !== text) {
    console.error(`${path} is not what the code says: run node scripts/make-schemas.ts`);
    process.exitCode = 1;
  }
}
