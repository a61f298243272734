import { createHmac } from "node:crypto";
import type { ReceiverConfig } from "../../patrol/config/patrol-config.ts";
import { compileTemplate, escapeKindOf } from "../../patrol/messages/template.ts";
import { buildWebhookBody } from "../../patrol/messages/webhook-body.ts";
import type { Notification, Notifier } from "../../patrol/notification.ts";
import { judgeStatus, post, tryToSend } from "./http-post.ts";
import { describeSecret, type NotifierParts, readUrl } from "./notifier-parts.ts";

const MAX_BYTES = 1024 * 1024;

/** Any HTTP service: the notification as JSON (docs/notifications.md) or a template's text, signed if there is a secret. */
export function createWebhookNotifier(config: ReceiverConfig, parts: NotifierParts): Notifier {
  const { method, headers, contentType } = readOptions(config.options);
  return {
    name: config.name,
    limits: { messages: 60, perMs: 60_000, maxBytes: MAX_BYTES, maxAlerts: 500 },
    refreshMs: null,
    plan: () =>
      `${method} ${describeSecret(config.url)} (webhook${config.secret === null ? "" : ", signed"})`,
    deliver: (notification, signal) =>
      tryToSend(async () => {
        let body: string;
        try {
          body = writeWebhookBody(notification, config, parts.timeZone);
        } catch (error) {
          return { outcome: "rejected", reason: (error as Error).message };
        }
        const timestamp = String(Math.floor(parts.wallMs() / 1000));
        const signature: Record<string, string> =
          config.secret === null
            ? {}
            : {
                "x-gopatrol-timestamp": timestamp,
                "x-gopatrol-signature": signWebhook(await parts.secret(config.secret), timestamp, body),
              };
        const answer = await post(
          {
            url: await readUrl(config, parts),
            method,
            // The same for each attempt: who keeps it takes a message once.
            headers: { ...headers, ...signature, "idempotency-key": notification.id },
            body,
            contentType,
          },
          signal,
        );
        return judgeStatus(answer) ?? { outcome: "delivered" };
      }),
  };
}

/** HMAC-SHA256 over timestamp, dot, body, so that an old body cannot be sent again under a new time. */
function signWebhook(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`;
}

export function writeWebhookBody(
  notification: Notification,
  config: Pick<ReceiverConfig, "language" | "options">,
  timeZone: string,
): string {
  const { template, contentType } = readOptions(config.options);
  const data = buildWebhookBody(notification, config.language, timeZone);
  if (template === null) return JSON.stringify(data);
  const compiled = compileTemplate(template, escapeKindOf(contentType));
  if ("error" in compiled) throw new Error(`its template: ${compiled.error.message}`);
  const body = compiled.render(data);
  if (escapeKindOf(contentType) === "json") checkJson(body);
  return body;
}

function checkJson(body: string): void {
  try {
    JSON.parse(body);
  } catch (error) {
    throw new Error(`its template gives no JSON: ${(error as Error).message}`);
  }
}

function readOptions(options: ReceiverConfig["options"]): {
  method: "POST" | "PUT";
  headers: Record<string, string>;
  template: string | null;
  contentType: string;
} {
  const { method, headers, template, contentType } = options;
  return {
    method: method === "PUT" ? "PUT" : "POST",
    headers: typeof headers === "object" && headers !== null ? (headers as Record<string, string>) : {},
    template: typeof template === "string" ? template : null,
    contentType: typeof contentType === "string" ? contentType : "application/json",
  };
}
