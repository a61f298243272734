import { FOREIGN } from "./foreign.ts";

/** Said for what has no translation: the JSON report has the original. */
export const UNTRANSLATED = "详见 JSON 报告中的原文。";

const PLACEHOLDER = /\{(\w+)\}/g;
/** Placeholders that stand for a whole number. */
const NUMBERS = new Set(
  "n m ms bytes captured limit status offset left field method asked all goroutines id".split(" "),
);
/** Longer texts than any of ours are not searched through: they hold something of the target's. */
const MAX_LENGTH = 2000;

const MOST_CLAUSES = 5;

interface Template {
  pattern: RegExp;
  names: string[];
  chinese: string;
}

const TEMPLATES: readonly Template[] = Object.entries(FOREIGN)
  .filter(([english]) => english.includes("{"))
  .map(([english, chinese]) => {
    const names: string[] = [];
    const pattern = english
      .split(PLACEHOLDER)
      .map((part, i) => {
        if (i % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
        names.push(part);
        return matchOf(part);
      })
      .join("");
    return { pattern: new RegExp(`^${pattern}$`, "s"), names, chinese };
  });

/** Numbers, names and quoted words do not run over the end of a clause; a text to translate may. */
function matchOf(name: string): string {
  if (/^[A-Z]|^said$/.test(name)) return "(.+?)";
  return NUMBERS.has(name) ? "(\\d+)" : "((?:(?![;:] ).)+?)";
}

/**
 * An English sentence of capture or of a decoder in Chinese. Names and numbers in it are carried over. What is not
 * known is `otherwise`.
 */
export function translate(english: string, otherwise = UNTRANSLATED): string {
  const chinese = english.length > MAX_LENGTH ? undefined : translateSentence(english);
  if (chinese === undefined) return otherwise;
  return english.endsWith(".") ? `${chinese}。` : chinese;
}

/** As a whole, failing that clause by clause: "what happened; what to do". */
function translateSentence(english: string, clauses = MOST_CLAUSES): string | undefined {
  const text = english.endsWith(".") ? english.slice(0, -1) : english;
  const whole = translateClause(text);
  if (whole !== undefined || clauses === 0) return whole;
  for (const { index, 0: separator } of text.matchAll(/[;:.,] /g)) {
    const first = translateClause(text.slice(0, index));
    if (first === undefined) continue;
    const rest = translateSentence(text.slice(index + separator.length), clauses - 1);
    if (rest !== undefined) return `${first}；${rest}`;
  }
  return undefined;
}

function translateClause(text: string): string | undefined {
  if (Object.hasOwn(FOREIGN, text)) return FOREIGN[text];
  for (const { pattern, names, chinese } of TEMPLATES) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const filled = fill(chinese, names, match.slice(1));
    if (filled !== undefined) return filled;
  }
  return undefined;
}

function fill(chinese: string, names: readonly string[], values: readonly string[]): string | undefined {
  let complete = true;
  const text = chinese.replace(PLACEHOLDER, (_, name: string) => {
    const value = values[names.indexOf(name)] ?? "";
    if (!/^[A-Z]/.test(name)) return value;
    const translated = /[A-Za-z]/.test(value) ? translateSentence(value) : value;
    if (translated === undefined) complete = false;
    return translated ?? "";
  });
  return complete ? text : undefined;
}
