import type { ReceiverConfig } from "../../patrol/config/patrol-config.ts";
import { type Dialect, renderCard } from "../../patrol/messages/render-card.ts";
import type { Tone } from "../../patrol/messages/write-card.ts";
import { writeCard } from "../../patrol/messages/write-card.ts";
import type { DeliveryResult, Notification, Notifier } from "../../patrol/notification.ts";
import { judgeStatus, parseAnswer, post, tryToSend } from "./http-post.ts";
import { describeSecret, type NotifierParts, readStrings, readUrl } from "./notifier-parts.ts";
import { isUrgent } from "./urgency.ts";

/** Of the field `markdown.content`; more is refused with 40058 (developer.work.weixin.qq.com/document/path/91770). */
const MAX_BYTES = 4096;
/** Over-rate (45009) and the service's own troubles (-1); every other code will not change by trying again. */
const PASSING_CODES: Record<number, number> = { [-1]: 5000, 45009: 60_000 };

/** There are three colours and no others: info is green, warning orange, comment grey. */
const COLOUR: Record<Tone, string> = {
  critical: "warning",
  warning: "warning",
  notice: "comment",
  good: "info",
};

const DIALECT: Dialect = {
  // No way to escape is documented; what would be a tag or a link is broken by a full-width sign.
  escape: (text) =>
    text
      .replaceAll("<", "＜")
      .replaceAll("[", "［")
      .replaceAll(/([*`])/g, (sign) => (sign === "*" ? "∗" : "'")),
  bold: (text) => `**${text}**`,
  toned: (text, tone) => `<font color="${COLOUR[tone]}">**${text}**</font>`,
  faint: (text) => `<font color="comment">${text}</font>`,
  lineBreak: "\n> ",
  paragraphBreak: "\n\n",
};

/** WeCom group robot: markdown, no signature (the URL's key is the secret), HTTP 200 whatever happens. */
export function createWecomNotifier(config: ReceiverConfig, parts: NotifierParts): Notifier {
  return {
    name: config.name,
    // 20 a minute, with two kept for whoever else uses the robot.
    limits: { messages: 18, perMs: 60_000, maxBytes: MAX_BYTES, maxAlerts: 20 },
    refreshMs: null,
    plan: () => `POST ${describeSecret(config.url)} (WeCom robot)`,
    deliver: (notification, signal) =>
      tryToSend(async () => {
        const { content, unlisted } = writeWecomMarkdown(notification, config, parts.timeZone);
        const body = JSON.stringify({ msgtype: "markdown", markdown: { content } });
        const answer = await post({ url: await readUrl(config, parts), body }, signal);
        return judgeStatus(answer) ?? judgeErrcode(answer.body, PASSING_CODES, unlisted);
      }),
  };
}

export function writeWecomMarkdown(
  notification: Notification,
  config: Pick<ReceiverConfig, "language" | "options">,
  timeZone: string,
): { content: string; unlisted: number } {
  const card = writeCard(notification, config.language, timeZone);
  const mentions = isUrgent(notification)
    ? readStrings(config.options["mentions"])
        .map((id) => `<@${id}>`)
        .join(" ")
    : "";
  const head = [`**${DIALECT.escape(card.title)}**`, ...(mentions === "" ? [] : [mentions])];
  const { text, unlisted } = renderCard(card, DIALECT, MAX_BYTES, head);
  return { content: text, unlisted };
}

/** WeCom and DingTalk answer `{"errcode": 0, "errmsg": "ok"}`. An answer without a code was not theirs. */
export function judgeErrcode(
  body: string,
  passing: Readonly<Record<number, number>>,
  folded: number,
): DeliveryResult {
  const answer = parseAnswer(body);
  const code = answer?.["errcode"];
  if (code === 0) return { outcome: "delivered", folded };
  if (typeof code !== "number") {
    return { outcome: "retry", reason: `HTTP 200 without an errcode: ${body.slice(0, 200)}`, afterMs: null };
  }
  const reason = `errcode ${code}: ${String(answer?.["errmsg"] ?? "").slice(0, 200)}`;
  return Object.hasOwn(passing, code)
    ? { outcome: "retry", reason, afterMs: passing[code]! }
    : { outcome: "rejected", reason };
}
