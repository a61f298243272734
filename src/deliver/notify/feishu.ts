import { createHmac } from "node:crypto";
import type { ReceiverConfig } from "../../patrol/config/patrol-config.ts";
import { type Dialect, renderCard } from "../../patrol/messages/render-card.ts";
import { type Tone, writeCard } from "../../patrol/messages/write-card.ts";
import type { DeliveryResult, Notification, Notifier } from "../../patrol/notification.ts";
import { judgeStatus, parseAnswer, post, tryToSend } from "./http-post.ts";
import { describeSecret, type NotifierParts, readStrings, readUrl } from "./notifier-parts.ts";
import { isUrgent } from "./urgency.ts";

/** The whole body may have 20 kB, and JSON doubles some signs. */
const MAX_BYTES = 9000;
/** Frequency limited (11232, 9499) and internal errors. */
const PASSING_CODES: Record<number, number> = { 11232: 60_000, 9499: 60_000, 11233: 5000 };

const TEMPLATE: Record<Tone, string> = { critical: "red", warning: "orange", notice: "blue", good: "green" };
const COLOUR: Record<Tone, string> = { critical: "red", warning: "red", notice: "grey", good: "green" };

const DIALECT: Dialect = {
  escape: (text) =>
    text
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll(/[*~`[\]]|(?<!\w)_|_(?!\w)/g, encodeSign),
  bold: (text) => `**${text}**`,
  toned: (text, tone) => `<font color='${COLOUR[tone]}'>**${text}**</font>`,
  faint: (text) => `<font color='grey'>${text}</font>`,
  lineBreak: "\n",
  paragraphBreak: "\n\n",
};

function encodeSign(sign: string): string {
  return `&#${sign.charCodeAt(0)};`;
}

/** Feishu or Lark robot: a card, signed in the body over seconds, HTTP 200 for most failures. */
export function createFeishuNotifier(config: ReceiverConfig, parts: NotifierParts): Notifier {
  return {
    name: config.name,
    // 100 a minute and 5 a second.
    limits: { messages: 4, perMs: 3000, maxBytes: MAX_BYTES, maxAlerts: 30 },
    refreshMs: null,
    plan: () =>
      `POST ${describeSecret(config.url)} (Feishu robot${config.secret === null ? "" : ", signed"})`,
    deliver: (notification, signal) =>
      tryToSend(async () => {
        const { message, unlisted } = writeFeishuMessage(notification, config, parts.timeZone);
        const signed =
          config.secret === null ? {} : signFeishu(await parts.secret(config.secret), parts.wallMs());
        const body = JSON.stringify({ ...signed, ...message });
        const answer = await post({ url: await readUrl(config, parts), body }, signal);
        return judgeCode(answer.body, unlisted) ?? judgeStatus(answer) ?? noCode(answer.body);
      }),
  };
}

/** Key: seconds, newline, secret; the message is empty. The other way round than DingTalk's. */
function signFeishu(secret: string, wallMs: number): { timestamp: string; sign: string } {
  const timestamp = String(Math.floor(wallMs / 1000));
  return { timestamp, sign: createHmac("sha256", `${timestamp}\n${secret}`).digest("base64") };
}

export function writeFeishuMessage(
  notification: Notification,
  config: Pick<ReceiverConfig, "language" | "options">,
  timeZone: string,
): { message: object; unlisted: number } {
  const card = writeCard(notification, config.language, timeZone);
  const called = isUrgent(notification)
    ? readStrings(config.options["mentions"]).map((id) => `<at id=${id}></at>`)
    : [];
  const { text, unlisted } = renderCard(
    card,
    DIALECT,
    MAX_BYTES,
    called.length === 0 ? [] : [called.join(" ")],
  );
  const message = {
    msg_type: "interactive",
    card: {
      config: { wide_screen_mode: true },
      header: { title: { tag: "plain_text", content: card.title }, template: TEMPLATE[card.tone] },
      elements: [{ tag: "div", text: { tag: "lark_md", content: text } }],
    },
  };
  return { message, unlisted };
}

/** `{"code": 0}`, in the old form `{"StatusCode": 0}`; null if the answer has neither. */
function judgeCode(body: string, folded: number): DeliveryResult | null {
  const answer = parseAnswer(body);
  const code = answer?.["code"] ?? answer?.["StatusCode"];
  if (code === 0) return { outcome: "delivered", folded };
  if (typeof code !== "number") return null;
  const reason = `code ${code}: ${String(answer?.["msg"] ?? answer?.["StatusMessage"] ?? "").slice(0, 200)}`;
  return Object.hasOwn(PASSING_CODES, code)
    ? { outcome: "retry", reason, afterMs: PASSING_CODES[code]! }
    : { outcome: "rejected", reason };
}

function noCode(body: string): DeliveryResult {
  return { outcome: "retry", reason: `HTTP 200 without a code: ${body.slice(0, 200)}`, afterMs: null };
}
