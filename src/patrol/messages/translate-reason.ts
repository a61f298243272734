import { FOREIGN } from "../../report/messages/zh/foreign.ts";
import { Phrasebook } from "../../report/messages/zh/translate.ts";
import type { FindingWords } from "../finding-record.ts";
import { REASONS } from "./zh-reasons.ts";

/** Sentences of findings, English → Chinese, both without their full stop. */
export type KnownSentences = ReadonlyMap<string, string>;

const PHRASES = new Phrasebook({ ...REASONS, ...FOREIGN });

/** What findings say, for reasons that quote them. */
export function collectSentences(findings: Iterable<FindingWords>): KnownSentences {
  const known = new Map<string, string>();
  for (const { headline, fix, translations } of findings) {
    const chinese = translations?.zh;
    if (chinese === undefined) continue;
    const pairs = [headline, ...fix].map((english, i) => [english, [chinese.headline, ...chinese.fix][i]]);
    for (const [english, other] of pairs) {
      if (other !== undefined) known.set(english!.replace(/\.$/, ""), other.replace(/。$/, ""));
    }
  }
  return known;
}

/** A reason of history or of a run record in Chinese; words of a service that is quoted stay, marked as such. */
export function translateReason(english: string, known?: KnownSentences): string {
  const whole = PHRASES.translate(english, known);
  if (whole !== undefined) return whole;
  return english
    .split("; ")
    .map((clause) => PHRASES.translate(clause, known) ?? quote(clause))
    .join("；");
}

/** An alert's summary: the configuration's own words, which stay, and the reason after them. */
export function translateSummary(english: string, known?: KnownSentences): string {
  const whole = PHRASES.translate(english, known);
  if (whole !== undefined) return whole;
  for (const { index } of english.matchAll(/: /g)) {
    const reason = PHRASES.translate(english.slice(index + 2), known);
    if (reason !== undefined) return `${english.slice(0, index)}：${reason}`;
  }
  return english;
}

/** "GET http://…: what it said" → the place, and its words between back-quotes. */
function quote(text: string): string {
  const [, where, said] = /^((?:\S+ )?\S+): (.+)$/s.exec(text) ?? [null, null, text];
  const words = `\`${said!.replaceAll("`", "'")}\``;
  return where === null ? words : `${where}：${words}`;
}
