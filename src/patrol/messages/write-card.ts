import { formatQuantity } from "../../lib/format-quantity.ts";
import { makeAllPrintable } from "../../report/printable-text.ts";
import type { Notification, NotifiedAlert } from "../notification.ts";
import type { Tier } from "../tier.ts";
import { en } from "./en.ts";
import { formatTime } from "./format-time.ts";
import type { NotificationWords } from "./notification-words.ts";
import { collectSentences, translateSummary } from "./translate-reason.ts";
import { zh } from "./zh.ts";

const WORDS: Record<"en" | "zh", NotificationWords> = { en, zh };

/** What a message says, before a service's dialect makes text of it. */
export interface Card {
  title: string;
  tone: Tone;
  entries: CardEntry[];
  /** Lines after the entries; `more` says how many entries are not listed. */
  more(unlisted: number): string | null;
  foot: string[];
}

/** How urgent it looks: each service has its own colours. */
export type Tone = "critical" | "warning" | "notice" | "good";

export interface CardEntry {
  tone: Tone;
  /** "P1 · checkout · http/slow". */
  head: string;
  /** The summary, then facts, each a line. */
  lines: string[];
}

const TONE_OF: Record<Tier, Tone> = { P0: "critical", P1: "critical", P2: "warning", P3: "notice" };

/** Seen at a glance, in every service and in a list of unread messages. */
const MARK_OF: Record<Tone, string> = { critical: "🔴", warning: "🟠", notice: "🔵", good: "🟢" };

/** Puts a notification into words. `timeZone`: IANA name of the zone in which the readers live. */
export function writeCard(foreign: Notification, language: "en" | "zh", timeZone: string): Card {
  const words = WORDS[language];
  // A name with a line break would begin a header of a mail, or a line that looks like ours.
  const notification = makeAllPrintable(foreign);
  const { alerts, folded, stillFiring, insteadOf, patrol, atMs, tier, state, reminder } = notification;
  const time = (ms: number): string => formatTime(ms, timeZone);
  const firing = alerts.filter((alert) => alert.state === "firing").length;
  const only = alerts.length === 1 && folded === 0 ? alerts[0]! : null;
  const tone = state === "resolved" ? "good" : TONE_OF[tier];
  const status = state === "resolved" ? words.resolved : reminder ? words.reminder : words.firing;
  const group = Object.entries(notification.groupLabels)
    .filter(([, value]) => value !== "")
    .map(([, value]) => value)
    .join(" ");
  const subject =
    only === null
      ? [words.counted(firing + (state === "firing" ? folded : 0), alerts.length - firing), group]
      : [only.target, only.rule];
  return {
    title: [`${MARK_OF[tone]} ${tier} ${status}`, ...subject.filter((part) => part !== "")].join(" · "),
    tone,
    entries: alerts.map((alert) => writeEntry(inLanguage(alert, language), words, time, only === null)),
    more: (unlisted) => (unlisted + folded > 0 ? words.more(unlisted + folded) : null),
    foot: [
      ...(stillFiring > 0 ? [words.stillFiring(stillFiring)] : []),
      ...(insteadOf === null ? [] : [words.insteadOf(insteadOf)]),
      ...(only === null ? [] : [words.why(only.target)]),
      words.signed(patrol, time(atMs)),
    ],
  };
}

/** What an alert says was written in English, whoever reads it. */
function inLanguage(alert: NotifiedAlert, language: "en" | "zh"): NotifiedAlert {
  if (language === "en") return alert;
  const { finding } = alert;
  const known = collectSentences(finding === null ? [] : [finding]);
  return {
    ...alert,
    summary: translateSummary(alert.summary, known),
    finding: finding === null ? null : { ...finding, ...finding.translations?.[language] },
  };
}

function writeEntry(
  alert: NotifiedAlert,
  words: NotificationWords,
  time: (ms: number) => string,
  isNamed: boolean,
): CardEntry {
  const { tier, state, target, rule, summary, startedMs, endedMs, finding, firedInHour, values } = alert;
  const fact = (name: string, text: string): string => `${name}${words.colon}${text}`;
  const rate = values["bytes_per_second"];
  const when =
    endedMs === null
      ? words.since(time(startedMs))
      : words.lasted(time(startedMs), formatQuantity((endedMs - startedMs) / 1000, "seconds"));
  return {
    tone: state === "resolved" ? "good" : TONE_OF[tier],
    // The title of a message about one alert names it.
    head: [
      tier,
      state === "resolved" ? words.resolved : words.tier[tier],
      ...(isNamed ? [target, rule] : []),
    ].join(" · "),
    lines: [
      summary,
      ...(finding === null || finding.site === "" || summary.includes(finding.site)
        ? []
        : [fact(words.site, finding.site)]),
      ...(finding !== null && rate !== undefined
        ? [fact(words.growth, formatQuantity(rate, "bytes/s", { per: "minute" }))]
        : []),
      ...(finding === null || state === "resolved"
        ? []
        : finding.fix.slice(0, 2).map((fix) => fact(words.fix, fix))),
      firedInHour > 1 ? [when, words.flapping(firedInHour)].join(words.semicolon) : when,
    ],
  };
}
