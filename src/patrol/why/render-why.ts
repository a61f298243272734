import { formatQuantity } from "../../lib/format-quantity.ts";
import { makePrintable } from "../../report/printable-text.ts";
import { isFiring } from "../alerting/step-alert.ts";
import { formatTime } from "../messages/format-time.ts";
import { collectSentences } from "../messages/translate-reason.ts";
import type { WhyReport, WhyRule } from "./why-report.ts";
import { WHY_WORDS, type WhyWords } from "./why-words.ts";

/** The report for a terminal: the answer first, then what it rests on. */
export function renderWhy(report: WhyReport, language: "en" | "zh", timeZone: string): string {
  const words = WHY_WORDS[language];
  const at = (ms: number): string => formatTime(ms, timeZone);
  const known = collectSentences(report.rules.flatMap(({ finding }) => (finding === null ? [] : [finding])));
  const say: Say = (text, kind = "reason") => words[kind](text, known);
  const { answer } = report;
  const lines = [
    words.answer(
      report.target,
      "reason" in answer ? { ...answer, reason: say(answer.reason).replace(/[.。]$/, "") } : answer,
      report.similar,
    ),
  ];
  if (answer.kind !== "no-target") {
    lines.push("", words.looks);
    const width = Math.max(0, ...report.looks.map(({ check }) => check.length));
    for (const { check, atMs, outcome, reason } of report.looks) {
      const ago = words.ago(formatQuantity((report.atMs - atMs) / 1000, "seconds"));
      const why = reason === null ? "" : `  ${say(reason)}`;
      lines.push(`  ${check.padEnd(width)}  ${words.outcome[outcome]}  ${at(atMs)}${words.aside(ago)}${why}`);
    }
    if (report.looks.length === 0) lines.push("  -");
    lines.push("", words.rules);
    for (const rule of report.rules) lines.push(...renderRule(rule, words, at, say));
    if (report.rules.length === 0) lines.push("  -");
    lines.push("", words.story);
    const names = Math.max(0, ...report.events.map(({ rule }) => rule.length));
    for (const { atMs, rule, event, receiver, reason } of report.events) {
      const who = receiver === null ? "" : `${receiver}${words.colon}`;
      lines.push(
        `  ${at(atMs)}  ${rule.padEnd(names)}  ${words.event[event]}${words.colon}${who}${say(reason)}`,
      );
    }
    if (report.events.length === 0) lines.push(`  ${words.noEvents}`);
  }
  return `${lines.map(makePrintable).join("\n")}\n`;
}

/** A sentence of history in the reader's language. */
type Say = (text: string, kind?: "reason" | "summary") => string;

function renderRule(rule: WhyRule, words: WhyWords, at: (ms: number) => string, say: Say): string[] {
  const { phase, sinceMs, tier, expression, clearExpression, forMs, minSamples, now, held } = rule;
  const since =
    phase === "inactive" || sinceMs === null
      ? ""
      : words.since(at(isFiring(rule) ? (rule.firedMs ?? sinceMs) : sinceMs));
  const removed = rule.removed ? words.aside(words.removed) : "";
  const lines: [string, string][] = [];
  if (expression !== null) {
    const needs = [
      ...(forMs > 0 ? [`${words.duration} ${formatQuantity(forMs / 1000, "seconds")}`] : []),
      ...(minSamples > 1 ? [words.atLeast(minSamples)] : []),
    ];
    lines.push([words.condition, [expression, ...needs].join(words.comma)]);
  }
  if (clearExpression !== null) lines.push([words.clears, clearExpression]);
  if (now !== null) lines.push([words.now, say(now, expression === null ? "summary" : "reason")]);
  if (held !== null && isFiring(rule)) lines.push([words.held, say(held)]);
  lines.push(...renderReceivers(rule, words, at));
  return [
    `  ${rule.rule}${words.aside(tier)}${words.gap}${words.phase[phase]}${since}${removed}`,
    ...lines.map(([name, text]) => `    ${name}${words.colon}${text}`),
  ];
}

function renderReceivers(rule: WhyRule, words: WhyWords, at: (ms: number) => string): [string, string][] {
  if (rule.receivers.length === 0) return [[words.wouldTell, words.nobody]];
  const told = rule.receivers.filter((each) => each.told !== null);
  const untold = rule.receivers.filter((each) => each.told === null).map(({ receiver }) => receiver);
  return [
    ...told.map(({ receiver, told }): [string, string] => [
      receiver,
      `${words.told[told!.state]}${words.comma}${at(told!.atMs)}`,
    ]),
    ...(untold.length === 0
      ? []
      : [
          [isFiring(rule) ? words.notTold : words.wouldTell, untold.join(words.list)] satisfies [
            string,
            string,
          ],
        ]),
  ];
}
