import type { CodeSite } from "../../analysis/code-site.ts";
import type { Statement, StatementValues } from "../../findings/statement.ts";
import { formatQuantity } from "../../lib/format-quantity.ts";
import type { Quantity } from "../../lib/quantity.ts";
import { shortFunction, shortPosition } from "../code-position.ts";

/** One language: a wording for every statement. A missing one does not compile. */
export type Wording = WordingOf<StatementValues>;

/** The wordings of one family of statements. */
export type WordingOf<Statements> = { [Id in keyof Statements]: (values: Statements[Id]) => string };

/** A statement as a sentence of a language. */
export function renderStatement(wording: Wording, { id, values }: Statement): string {
  return (wording[id] as (values: unknown) => string)(values);
}

/** A word of a fixed list in a language; what is not on the list is a name and stays. */
export function wordOf(words: Readonly<Record<string, string>>, word: string): string {
  return Object.hasOwn(words, word) ? words[word]! : word;
}

/** "1.9 MB", "~1.9 MB" for estimates. */
export function q(value: Quantity): string {
  return formatQuantity(value.value, value.unit, value.estimate === true ? { estimate: true } : {});
}

/** "(*Store).Put (store.go:42)", or just the position where no function is known. */
export function at(site: CodeSite): string {
  const position = shortPosition(site);
  if (site.function === "") return position;
  return position === "" ? shortFunction(site.function) : `${shortFunction(site.function)} (${position})`;
}
