import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { writeAlerts } from "../../src/deliver/notify/alertmanager.ts";
import { writeDingtalkMessage } from "../../src/deliver/notify/dingtalk.ts";
import { writeMail } from "../../src/deliver/notify/email.ts";
import { writeFeishuMessage } from "../../src/deliver/notify/feishu.ts";
import { writeSlackMessage } from "../../src/deliver/notify/slack.ts";
import { writeWebhookBody } from "../../src/deliver/notify/webhook.ts";
import { writeWecomMarkdown } from "../../src/deliver/notify/wecom.ts";
import { buildWebhookBody } from "../../src/patrol/messages/webhook-body.ts";
import { SAMPLES } from "../deliver/sample-notifications.ts";

const file = fileURLToPath(new URL("../../docs/notifications.md", import.meta.url));
const BEGIN = "<!-- samples -->\n";
const END = "<!-- end of samples -->";
const ZONE = "Asia/Shanghai";

function block(language: string, text: string): string {
  // Two spaces end a line in DingTalk; editors take them away.
  return `\`\`\`${language}\n${text.replaceAll(/ +$/gm, "")}\n\`\`\`\n`;
}

function writeSamples(): string {
  const one = SAMPLES["one alert"]!;
  const several = SAMPLES["several, one over"]!;
  const storm = {
    ...SAMPLES["a storm, folded"]!,
    alerts: SAMPLES["a storm, folded"]!.alerts.slice(0, 2),
    folded: 498,
  };
  const json = (value: unknown): string => JSON.stringify(value, null, 2);
  const zh = { language: "zh", options: { mentions: ["13800138000"] } } as const;
  const en = {
    language: "en",
    options: { mentions: ["U012"], from: "patrol@example.com", to: ["ops@example.com"] },
  } as const;
  const wecom = { language: "zh", options: { mentions: ["zhangsan"] } } as const;
  return [
    "### WeCom: one alert, in Chinese\n",
    block("markdown", writeWecomMarkdown(one, wecom, ZONE).content),
    "### WeCom: one over, a finding, others that fire on\n",
    block("markdown", writeWecomMarkdown(several, { language: "en", options: {} }, ZONE).content),
    "### DingTalk: a storm, told instead of a receiver that failed\n",
    block("json", json(writeDingtalkMessage(storm, zh, ZONE).message)),
    "### Feishu: over\n",
    block("json", json(writeFeishuMessage(SAMPLES["resolved"]!, zh, ZONE).message)),
    "### Slack: a reminder\n",
    block("json", json(writeSlackMessage(SAMPLES["reminder"]!, en, "UTC").message)),
    "### E-mail\n",
    block(
      "text",
      `Subject: ${writeMail(several, en, "UTC").message.subject}\n\n${writeMail(several, en, "UTC").message.text}`,
    ),
    "### Alertmanager\n",
    block("json", json(writeAlerts(one, null))),
    "### Webhook\n",
    block("json", json(buildWebhookBody(one, "en", "UTC"))),
  ].join("\n");
}

test("the samples are what is sent", () => {
  const page = readFileSync(file, "utf8");
  const begin = page.indexOf(BEGIN) + BEGIN.length;
  const end = page.indexOf(END);
  const samples = `\n${writeSamples()}\n`;
  if (process.env["UPDATE_DOCS"] === "1")
    writeFileSync(file, page.slice(0, begin) + samples + page.slice(end));
  else expect(page.slice(begin, end)).toBe(samples);
});

test("the template gives JSON", () => {
  const template = /```json template\n(.*?)```/s.exec(readFileSync(file, "utf8"))![1]!;
  const config = { language: "en", options: { template, contentType: "application/json" } } as const;
  expect(JSON.parse(writeWebhookBody(SAMPLES["several, one over"]!, config, "UTC"))).toMatchObject({
    text: "🔴 P1 FIRING · 2 alerts, 1 resolved · payments",
    urgent: true,
    alerts: [
      { target: "checkout", values: { latency_ms: 412 } },
      { target: "cart-7d9f" },
      { target: "cart" },
      null,
    ],
    more: 0,
  });
});
