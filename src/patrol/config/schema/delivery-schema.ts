import { z } from "zod";
import { compileTemplate, escapeKindOf } from "../../messages/template.ts";
import { cronExpression, duration, httpUrl, instant, matchers, size, text, timeZone } from "./fields.ts";
import { tierField } from "./rule-schema.ts";
import { authSchema, needsSecret, secretFields } from "./secret-fields.ts";

const EVERY_RECEIVER = {
  name: text().describe("Unique; routes name it"),
  language: z.enum(["en", "zh"]).prefault("en").describe("Of its messages"),
  fallback: text().optional().describe("Receiver that is told instead after three failures in a row"),
};
const URL = secretFields("url", "URL of the service; it holds the key");
const SIGNED = { ...URL, ...secretFields("secret", "Signing secret") };
const MENTIONS = {
  mentions: z
    .array(text())
    .prefault([])
    .describe("Ids of people to mention for P0 and P1; all for everybody"),
};

export const receiverSchema = z
  .discriminatedUnion("kind", [
    z
      .strictObject({
        kind: z.literal("wecom").describe("WeCom group robot"),
        ...EVERY_RECEIVER,
        ...URL,
        ...MENTIONS,
      })
      .superRefine(needsSecret("url")),
    z
      .strictObject({
        kind: z.literal("dingtalk").describe("DingTalk robot"),
        ...EVERY_RECEIVER,
        ...SIGNED,
        ...MENTIONS,
      })
      .superRefine(needsSecret("url")),
    z
      .strictObject({
        kind: z.literal("feishu").describe("Feishu or Lark robot"),
        ...EVERY_RECEIVER,
        ...SIGNED,
        ...MENTIONS,
      })
      .superRefine(needsSecret("url")),
    z
      .strictObject({
        kind: z.literal("slack").describe("Slack incoming webhook"),
        ...EVERY_RECEIVER,
        ...URL,
        ...MENTIONS,
      })
      .superRefine(needsSecret("url")),
    z
      .strictObject({
        kind: z.literal("webhook").describe("Any HTTP service"),
        ...EVERY_RECEIVER,
        ...URL,
        ...secretFields("secret", "Key of the HMAC-SHA256 signature in the header X-Gopatrol-Signature"),
        method: z.enum(["POST", "PUT"]).prefault("POST").describe("HTTP method"),
        headers: z.record(z.string(), z.string()).prefault({}).describe("Headers to send"),
        template: text().optional().describe("Body with {{ fields }}; default: the notification as JSON"),
        content_type: text().prefault("application/json").describe("Of the body"),
      })
      .superRefine(needsSecret("url"))
      .superRefine(checkTemplate),
    z
      .strictObject({
        kind: z.literal("alertmanager").describe("Prometheus Alertmanager, API v2"),
        ...EVERY_RECEIVER,
        ...URL,
        auth: authSchema.optional().describe("Credentials and TLS"),
        generator_url: httpUrl().optional().describe("Link back, shown by Alertmanager"),
      })
      .superRefine(needsSecret("url")),
    z.strictObject({
      kind: z.literal("email").describe("E-mail by SMTP"),
      ...EVERY_RECEIVER,
      host: text().describe("SMTP server"),
      port: z.int().min(1).max(65_535).prefault(587).describe("465 is TLS from the start, others STARTTLS"),
      from: text().describe("Sender"),
      to: z.array(text()).min(1).describe("Recipients"),
      ...secretFields("user", "SMTP user"),
      ...secretFields("password", "SMTP password"),
      tls: z.enum(["auto", "required", "none"]).prefault("auto").describe("Encryption of the connection"),
      ca_file: text().optional().describe("PEM file of the certificate authorities to trust"),
    }),
    z.strictObject({ kind: z.literal("log").describe("The patrol's own log"), ...EVERY_RECEIVER }),
  ])
  .describe("Somebody who can be told");

/** A template that cannot be read would be found out by the first alert that it should tell of. */
function checkTemplate(
  { template, content_type: contentType }: { template?: string | undefined; content_type: string },
  context: z.RefinementCtx,
): void {
  if (template === undefined) return;
  const compiled = compileTemplate(template, escapeKindOf(contentType));
  if (!("error" in compiled)) return;
  const { message, start, end } = compiled.error;
  const part = template.slice(start, Math.min(end, start + 40));
  context.addIssue({
    code: "custom",
    path: ["template"],
    message: `the template cannot be used at ${JSON.stringify(part)}: ${message}`,
    params: {
      code: "bad-template",
      hint: "{{ name }}, {{ json name }}, {{#each alerts}} … {{/each}} and {{#if name}} … {{else}} … {{/if}} are known",
    },
  });
}

export const routeSchema = z
  .strictObject({
    match: matchers().prefault([]).describe("Labels of the alerts that take this route; empty: all"),
    tiers: z.array(tierField()).prefault([]).describe("Tiers that take it; empty: all"),
    receivers: z.array(text()).min(1).describe("Names of receivers"),
    group_by: z
      .array(text())
      .prefault(["target"])
      .describe(`Labels whose alerts come in one message; "target" and "rule" are labels too`),
    group_wait: duration({ min: 0 }).prefault("30s").describe("Wait for more of a new group"),
    group_interval: duration()
      .prefault("5m")
      .describe("Least time between messages about changes of a group"),
    repeat_interval: duration().prefault("4h").describe("Remind of what still fires"),
    send_resolved: z.boolean().prefault(true).describe("Tell when it is over"),
    continue: z.boolean().prefault(false).describe("Try the next routes too"),
  })
  .describe("Who is told what; tried in order, the first that fits decides");

export const maintenanceSchema = z
  .strictObject({
    name: text().describe("Told as the reason why an alert was held"),
    match: matchers().prefault("*").describe("Targets whose alerts are held"),
    start: instant().optional().describe("Of a single window"),
    end: instant().optional().describe("Of a single window"),
    cron: cronExpression().optional().describe("When a repeated window begins"),
    duration: duration().optional().describe("How long a repeated window lasts"),
    time_zone: timeZone().prefault("UTC").describe("Of the cron expression"),
  })
  .superRefine((window, context) => {
    const refuse = (path: string[], message: string, hint: string) =>
      context.addIssue({ code: "custom", message, path, params: { code: "bad-window", hint } });
    const { start, end, cron, duration: length } = window;
    if (cron !== undefined && (start ?? end) !== undefined) {
      refuse(["cron"], "the window has both a cron expression and a start or end", "give one of the two");
    } else if (cron !== undefined && length === undefined) {
      refuse(["cron"], "the repeated window has no duration", 'add duration = "2h"');
    } else if (cron === undefined && (start === undefined || end === undefined)) {
      refuse([], "the window has no time", "give start and end, or cron and duration");
    } else if (start !== undefined && end !== undefined && end <= start) {
      refuse(["end"], "the window ends before it begins", "swap start and end");
    }
  })
  .describe("A time within which alerts are held, and told as held");

export const sinkSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("elasticsearch").describe("Elasticsearch or OpenSearch, by _bulk into a data stream"),
      name: text().optional().describe("Default: the kind"),
      url: httpUrl().describe("Of the cluster"),
      auth: authSchema.optional().describe("Credentials and TLS"),
      data_stream: text().prefault("gopatrol-runs").describe("Name of the data stream"),
      spool: text()
        .optional()
        .describe("Folder for what cannot be delivered yet; default: spool in the store's folder"),
      max_spool: size()
        .prefault("512MiB")
        .describe("Most that is spooled; what is over it is dropped, counted and told"),
    }),
    z.strictObject({
      kind: z.literal("otlp").describe("Metrics by OTLP over HTTP"),
      name: text().optional().describe("Default: the kind"),
      url: httpUrl().describe("Of the collector, e.g. http://localhost:4318/v1/metrics"),
      headers: z.record(z.string(), z.string()).prefault({}).describe("Headers to send"),
      headers_env: z
        .record(z.string(), z.string())
        .prefault({})
        .describe("Headers to send, from environment variables"),
      interval: duration({ min: 1000 }).prefault("1m").describe("How often"),
    }),
    z.strictObject({
      kind: z.literal("file").describe("A file of one JSON line for each run"),
      name: text().optional().describe("Default: the kind"),
      path: text().describe("The file"),
    }),
  ])
  .describe("Where run records go besides the store");
