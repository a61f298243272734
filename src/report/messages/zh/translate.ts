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

/** One text under translation. */
interface Task {
  known: ReadonlyMap<string, string>;
  /** What became of its parts. */
  seen: Map<string, string | undefined>;
}

/** A comparison of the patrol's expressions, told from prose by its operators: "heap_bytes = 1024 (1 kB) > 500". */
const WORD = String.raw`(?!not |NOT )[\w.()"[\]-]+`;
const TERM = String.raw`${WORD}(?:, ${WORD})*(?: \([\d.,]+ [kMGTP]?B(?:/\w+)?\))?`;
const OPERATOR = String.raw`(?:[<>=!]=?|[-+*/%]|AND|OR|and|or|&&|\|\||in|IN)(?: not| NOT)?`;
const CONDITION = `(${TERM}(?: ${OPERATOR} ${TERM})+)`;

/** Numbers, names and quoted words do not run over the end of a clause; a text to translate may. */
function matchOf(name: string): string {
  if (name === "condition") return CONDITION;
  if (/^[A-Z]|^said$/.test(name)) return "(.+?)";
  return NUMBERS.has(name) ? "(\\d+)" : "((?:(?![;:] ).)+?)";
}

/**
 * English sentences that were written before a language was chosen, in Chinese. Names and numbers in them are carried
 * over.
 */
export class Phrasebook {
  readonly #phrases: ReadonlyMap<string, string>;
  readonly #templates: readonly Template[];

  /** English text → Chinese, with placeholders as foreign.ts explains them. Of two that fit the earlier is taken. */
  constructor(phrases: Readonly<Record<string, string>>) {
    this.#phrases = new Map(Object.entries(phrases));
    this.#templates = Object.entries(phrases)
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
  }

  /** undefined: it is not known. `known`: whole sentences, without their full stop, that are known besides. */
  translate(english: string, known: ReadonlyMap<string, string> = new Map()): string | undefined {
    if (english.length > MAX_LENGTH) return undefined;
    const chinese = this.#sentence(english, { known, seen: new Map() }, MOST_CLAUSES);
    return chinese !== undefined && english.endsWith(".") ? `${chinese}。` : chinese;
  }

  /** As a whole, failing that clause by clause: "what happened; what to do". */
  #sentence(english: string, task: Task, clauses: number): string | undefined {
    const text = english.endsWith(".") ? english.slice(0, -1) : english;
    const whole = this.#clause(text, task);
    if (whole !== undefined || clauses === 0) return whole;
    for (const { index, 0: separator } of text.matchAll(/[;:.,] /g)) {
      const first = this.#clause(text.slice(0, index), task);
      if (first === undefined) continue;
      const rest = this.#sentence(text.slice(index + separator.length), task, clauses - 1);
      if (rest !== undefined) return `${first}；${rest}`;
    }
    return undefined;
  }

  #clause(text: string, task: Task): string | undefined {
    // A text of many clauses is looked at in many ways, each part of it once.
    if (!task.seen.has(text)) task.seen.set(text, this.#findClause(text, task));
    return task.seen.get(text);
  }

  #findClause(text: string, task: Task): string | undefined {
    const exact = task.known.get(text) ?? this.#phrases.get(text);
    if (exact !== undefined) return exact;
    for (const { pattern, names, chinese } of this.#templates) {
      const match = pattern.exec(text);
      if (match === null) continue;
      const filled = this.#fill(chinese, names, match.slice(1), task);
      if (filled !== undefined) return filled;
    }
    return undefined;
  }

  #fill(
    chinese: string,
    names: readonly string[],
    values: readonly string[],
    task: Task,
  ): string | undefined {
    let complete = true;
    const text = chinese.replace(PLACEHOLDER, (_, name: string) => {
      const value = values[names.indexOf(name)] ?? "";
      if (!/^[A-Z]/.test(name)) return value;
      const translated = /[A-Za-z]/.test(value) ? this.#sentence(value, task, MOST_CLAUSES) : value;
      if (translated === undefined) complete = false;
      return translated ?? "";
    });
    return complete ? text : undefined;
  }
}

const REPORTS = new Phrasebook(FOREIGN);

/** A sentence of capture or of a decoder in Chinese. What is not known is `otherwise`. */
export function translate(english: string, otherwise = UNTRANSLATED): string {
  return REPORTS.translate(english) ?? otherwise;
}
