import { createHmac } from "node:crypto";
import type { ReceiverConfig } from "../../patrol/config/patrol-config.ts";
import { type Dialect, renderCard } from "../../patrol/messages/render-card.ts";
import { writeCard } from "../../patrol/messages/write-card.ts";
import type { Notification, Notifier } from "../../patrol/notification.ts";
import { judgeStatus, post, tryToSend } from "./http-post.ts";
import { describeSecret, type NotifierParts, readStrings, readUrl } from "./notifier-parts.ts";
import { isUrgent } from "./urgency.ts";
import { judgeErrcode } from "./wecom.ts";

/** The service takes 20,000 bytes; nobody reads more than a part of that on a telephone. */
const MAX_BYTES = 8000;
/** Too fast: the robot is throttled for ten minutes. Its own troubles: -1. */
const PASSING_CODES: Record<number, number> = { [-1]: 5000, 130101: 600_000, 410100: 600_000 };

/** No tables, no colours on every client; a line ends with two spaces, or the next is joined to it. */
const DIALECT: Dialect = {
  escape: (text) => text.replaceAll(/[\\`*_{}[\]<>#|~]/g, (sign) => `\\${sign}`),
  bold: (text) => `**${text}**`,
  toned: (text) => `#### ${text}`,
  faint: (text) => text,
  lineBreak: "  \n",
  paragraphBreak: "\n\n",
};

/** DingTalk robot: markdown, signed in the URL over milliseconds, HTTP 200 whatever happens. */
export function createDingtalkNotifier(config: ReceiverConfig, parts: NotifierParts): Notifier {
  return {
    name: config.name,
    limits: { messages: 18, perMs: 60_000, maxBytes: MAX_BYTES, maxAlerts: 30 },
    refreshMs: null,
    plan: () =>
      `POST ${describeSecret(config.url)} (DingTalk robot${config.secret === null ? "" : ", signed"})`,
    deliver: (notification, signal) =>
      tryToSend(async () => {
        const url = await readUrl(config, parts);
        if (config.secret !== null) signDingtalkUrl(url, await parts.secret(config.secret), parts.wallMs());
        const { message, unlisted } = writeDingtalkMessage(notification, config, parts.timeZone);
        const answer = await post({ url, body: JSON.stringify(message) }, signal);
        return judgeStatus(answer) ?? judgeErrcode(answer.body, PASSING_CODES, unlisted);
      }),
  };
}

/** Key: the secret; message: milliseconds, newline, secret. Base64, in the URL; valid for an hour. */
function signDingtalkUrl(url: URL, secret: string, wallMs: number): void {
  const timestamp = String(Math.floor(wallMs));
  const sign = createHmac("sha256", secret).update(`${timestamp}\n${secret}`).digest("base64");
  url.searchParams.set("timestamp", timestamp);
  url.searchParams.set("sign", sign);
}

export function writeDingtalkMessage(
  notification: Notification,
  config: Pick<ReceiverConfig, "language" | "options">,
  timeZone: string,
): { message: object; unlisted: number } {
  const card = writeCard(notification, config.language, timeZone);
  const ids = isUrgent(notification) ? readStrings(config.options["mentions"]) : [];
  const isAtAll = ids.includes("all");
  const people = ids.filter((id) => id !== "all");
  // Who is only in `at` and not in the text as well is not called.
  const called = people.map((id) => `@${id}`).join(" ");
  const head = [`### ${DIALECT.escape(card.title)}`, ...(called === "" ? [] : [called])];
  const { text, unlisted } = renderCard(card, DIALECT, MAX_BYTES, head);
  const isMobile = (id: string): boolean => /^\+?[\d-]{11,}$/.test(id);
  const at = {
    atMobiles: people.filter(isMobile),
    atUserIds: people.filter((id) => !isMobile(id)),
    isAtAll,
  };
  return { message: { msgtype: "markdown", markdown: { title: card.title, text }, at }, unlisted };
}
