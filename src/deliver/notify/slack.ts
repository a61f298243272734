import type { ReceiverConfig } from "../../patrol/config/patrol-config.ts";
import { type Dialect, renderCard } from "../../patrol/messages/render-card.ts";
import { type Tone, writeCard } from "../../patrol/messages/write-card.ts";
import type { Notification, Notifier } from "../../patrol/notification.ts";
import { judgeStatus, post, tryToSend } from "./http-post.ts";
import { describeSecret, type NotifierParts, readStrings, readUrl } from "./notifier-parts.ts";
import { isUrgent } from "./urgency.ts";

/** A section's text has at most 3000 characters. */
const MAX_BYTES = 2900;
const COLOUR: Record<Tone, string> = {
  critical: "#d93025",
  warning: "#f29900",
  notice: "#1a73e8",
  good: "#188038",
};

/** mrkdwn: three signs are escaped, and a star within bold would end it. */
const DIALECT: Dialect = {
  escape: (text) =>
    text
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll(/[*~`]|(?<!\w)_|_(?!\w)/g, (sign) => `${sign}\u200b`),
  bold: (text) => `*${text}*`,
  toned: (text) => `*${text}*`,
  faint: (text) => `_${text}_`,
  lineBreak: "\n",
  paragraphBreak: "\n\n",
};

/** Slack incoming webhook: HTTP 200 with `ok`, otherwise a status and a word that says why. */
export function createSlackNotifier(config: ReceiverConfig, parts: NotifierParts): Notifier {
  return {
    name: config.name,
    // One a second; short bursts are taken.
    limits: { messages: 20, perMs: 60_000, maxBytes: MAX_BYTES, maxAlerts: 20 },
    refreshMs: null,
    plan: () => `POST ${describeSecret(config.url)} (Slack webhook)`,
    deliver: (notification, signal) =>
      tryToSend(async () => {
        const { message, unlisted } = writeSlackMessage(notification, config, parts.timeZone);
        const url = await readUrl(config, parts);
        const answer = await post({ url, body: JSON.stringify(message) }, signal);
        const refused = judgeStatus(answer);
        if (refused !== null) return refused;
        return answer.body.trim() === "ok"
          ? { outcome: "delivered", folded: unlisted }
          : { outcome: "retry", reason: `HTTP 200 without ok: ${answer.body.slice(0, 200)}`, afterMs: null };
      }),
  };
}

export function writeSlackMessage(
  notification: Notification,
  config: Pick<ReceiverConfig, "language" | "options">,
  timeZone: string,
): { message: object; unlisted: number } {
  const card = writeCard(notification, config.language, timeZone);
  const called = isUrgent(notification)
    ? readStrings(config.options["mentions"]).map((id) => (id === "all" ? "<!channel>" : `<@${id}>`))
    : [];
  const { text, unlisted } = renderCard(card, DIALECT, MAX_BYTES);
  const title = [DIALECT.escape(card.title), ...called].join(" ");
  const section = { type: "section", text: { type: "mrkdwn", text } };
  return {
    message: { text: title, attachments: [{ color: COLOUR[card.tone], blocks: [section] }] },
    unlisted,
  };
}
