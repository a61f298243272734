import { createTransport, type SentMessageInfo } from "nodemailer";
import type { ReceiverConfig, SecretRef } from "../../patrol/config/patrol-config.ts";
import { type Dialect, PLAIN, renderCard } from "../../patrol/messages/render-card.ts";
import { type Tone, writeCard } from "../../patrol/messages/write-card.ts";
import type { DeliveryResult, Notification, Notifier } from "../../patrol/notification.ts";
import { readPem } from "./http-post.ts";
import { type NotifierParts, readStrings } from "./notifier-parts.ts";

const MAX_BYTES = 256 * 1024;
const TIMEOUT_MS = 20_000;
const COLOUR: Record<Tone, string> = {
  critical: "#d93025",
  warning: "#b06000",
  notice: "#1a73e8",
  good: "#188038",
};

const HTML: Dialect = {
  escape: (text) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
  bold: (text) => `<b>${text}</b>`,
  toned: (text, tone) => `<b style="color:${COLOUR[tone]}">${text}</b>`,
  faint: (text) => `<span style="color:#5f6368">${text}</span>`,
  lineBreak: "<br>\n",
  paragraphBreak: "<br><br>\n",
};

/** E-mail by SMTP: text and HTML, one thread for each group. */
export function createEmailNotifier(config: ReceiverConfig, parts: NotifierParts): Notifier {
  const { host, port } = readServer(config);
  return {
    name: config.name,
    limits: { messages: 20, perMs: 60_000, maxBytes: MAX_BYTES, maxAlerts: 200 },
    refreshMs: null,
    plan: () => `SMTP ${host}:${port} to ${readStrings(config.options["to"]).join(", ")}`,
    deliver: (notification, signal) => send(notification, config, parts, signal),
  };
}

async function send(
  notification: Notification,
  config: ReceiverConfig,
  parts: NotifierParts,
  signal: AbortSignal,
): Promise<DeliveryResult> {
  const { host, port, tls, caFile } = readServer(config);
  const user = config.options["user"] as SecretRef | null;
  const password = config.options["password"] as SecretRef | null;
  let transport: ReturnType<typeof createTransport> | undefined;
  const stop = (): void => transport?.close();
  try {
    const ca = await readPem(caFile);
    transport = createTransport({
      host,
      port,
      secure: port === 465 && tls !== "none",
      requireTLS: tls === "required",
      ignoreTLS: tls === "none",
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      ...(ca === undefined ? {} : { tls: { ca } }),
      ...(user === null || user === undefined
        ? {}
        : {
            auth: {
              user: await parts.secret(user),
              pass: password === null ? "" : await parts.secret(password),
            },
          }),
    });
    signal.addEventListener("abort", stop);
    const mail = writeMail(notification, config, parts.timeZone);
    const info: SentMessageInfo = await transport.sendMail(mail.message);
    const refused = readStrings(info.rejected);
    if (refused.length > 0 && readStrings(info.accepted).length === 0) {
      return { outcome: "rejected", reason: `no recipient was accepted: ${refused.join(", ")}` };
    }
    return { outcome: "delivered", folded: mail.unlisted };
  } catch (error) {
    return judgeFailure(error as Error & { responseCode?: number; code?: string });
  } finally {
    signal.removeEventListener("abort", stop);
    transport?.close();
  }
}

/** 4xx of SMTP is for now, 5xx for good (RFC 5321, 4.2.1); without an answer the server is down. */
function judgeFailure(error: Error & { responseCode?: number; code?: string }): DeliveryResult {
  const { responseCode, code, message } = error;
  const reason = `SMTP ${responseCode ?? code ?? "error"}: ${message.slice(0, 200)}`;
  const forGood =
    responseCode !== undefined ? responseCode >= 500 : code === "EENVELOPE" || code === "ENOAUTH";
  return forGood ? { outcome: "rejected", reason } : { outcome: "retry", reason, afterMs: null };
}

export function writeMail(
  notification: Notification,
  config: Pick<ReceiverConfig, "language" | "options">,
  timeZone: string,
): {
  message: {
    from: string;
    to: string[];
    subject: string;
    text: string;
    html: string;
    messageId: string;
    references: string;
    headers: Record<string, string>;
  };
  unlisted: number;
} {
  const card = writeCard(notification, config.language, timeZone);
  const plain = renderCard(card, PLAIN, MAX_BYTES, [card.title]);
  const html = renderCard(card, HTML, MAX_BYTES, [`<h3>${HTML.escape(card.title)}</h3>`]);
  const thread = Buffer.from(JSON.stringify([notification.receiver, notification.groupLabels])).toString(
    "hex",
  );
  return {
    message: {
      from: String(config.options["from"]),
      to: readStrings(config.options["to"]),
      // A line break in a subject would begin a header.
      subject: card.title.replaceAll(/\s+/g, " "),
      text: plain.text,
      html: html.text,
      messageId: `<${notification.id}@gopatrol>`,
      references: `<${thread.slice(0, 64)}@gopatrol>`,
      headers: { "Auto-Submitted": "auto-generated", "X-Gopatrol-Tier": notification.tier },
    },
    unlisted: Math.max(plain.unlisted, html.unlisted),
  };
}

function readServer({ options }: ReceiverConfig): {
  host: string;
  port: number;
  tls: "auto" | "required" | "none";
  caFile: string | null;
} {
  const { host, port, tls, caFile } = options;
  return {
    host: String(host),
    port: Number(port ?? 587),
    tls: tls === "required" || tls === "none" ? tls : "auto",
    caFile: typeof caFile === "string" ? caFile : null,
  };
}
