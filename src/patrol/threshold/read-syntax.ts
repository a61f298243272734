import { type ASTNode, Environment, ParseError } from "@marcbachmann/cel-js";
import type { Place } from "./expression.ts";
import type { ThresholdError } from "./threshold-error.ts";

/** Longer than any sentence that a reader can follow; they also bound the time of reading and evaluating. */
const MAX_SOURCE_BYTES = 2048;
const MAX_DEPTH = 20;
const MAX_NODES = 200;

/** Only its grammar is used: it evaluates `matches` by a RegExp that can blow up, and takes NaN > 3 as false. */
const grammar = new Environment({
  limits: {
    maxAstNodes: MAX_NODES,
    maxDepth: MAX_DEPTH,
    maxListElements: MAX_NODES,
    maxMapEntries: 1,
    maxCallArguments: 32,
  },
});

/** CEL's operators by word, each replaced by one as long, so that every offset stays true. */
const WORD_OPERATORS: Record<string, string> = { or: "||", and: "&& ", not: "!  " };

/** Reads an expression by CEL's grammar. There are no strings in a threshold, so no word can stand inside of one. */
export function readSyntax(source: string): { tree: ASTNode } | { error: ThresholdError } {
  const bytes = Buffer.byteLength(source);
  if (bytes > MAX_SOURCE_BYTES) {
    const message = `the expression is ${bytes} bytes long; at most ${MAX_SOURCE_BYTES} are read`;
    return { error: { message, start: 0, end: source.length, suggestion: "make several rules of it" } };
  }
  const quote = source.search(/["'`]/);
  if (quote >= 0) {
    return {
      error: {
        message: "a threshold compares numbers; text has no place in it",
        start: quote,
        end: quote + 1,
        suggestion: "choose targets by the check's matchers, not in the expression",
      },
    };
  }
  if (source.trim() === "") {
    return { error: { message: "the expression is empty", start: 0, end: source.length, suggestion: null } };
  }
  const cel = source.replace(
    /(?<![A-Za-z0-9_])(?:or|and|not)(?![A-Za-z0-9_])/gi,
    (word) => WORD_OPERATORS[word.toLowerCase()]!,
  );
  try {
    return { tree: grammar.parse(cel).ast };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { error: describeSyntaxError(source, error) };
  }
}

function describeSyntaxError(source: string, error: ParseError): ThresholdError {
  const start = Math.min(error.range?.start ?? 0, source.length);
  const end = Math.min(
    Math.max(error.range?.end ?? start, Math.min(start + 1, source.length)),
    source.length,
  );
  const place: Place = { start, end };
  if (error.code === "limit_exceeded") {
    const what = error.summary.includes("maxDepth") ? `more than ${MAX_DEPTH} levels deep` : "too large";
    return { message: `the expression is ${what}`, ...place, suggestion: "make several rules of it" };
  }
  const rest = source.slice(start).trimStart();
  if (rest === "") {
    const suggestion = source.trimEnd().endsWith("%") ? SHARE_HINT : null;
    return { message: "the expression ends where a value should follow", ...place, suggestion };
  }
  const hint = HINTS.find(({ text }) => text.test(source.slice(Math.max(0, start - 1))));
  return {
    message: `'${firstWord(rest)}' cannot stand here`,
    ...place,
    suggestion: hint?.suggestion ?? null,
  };
}

const SHARE_HINT = "write a share as a number: 80 % is 0.8";

/** What people write by habit of other languages. */
const HINTS: readonly { text: RegExp; suggestion: string }[] = [
  { text: /^.?=[^=]/, suggestion: "compare by ==" },
  { text: /^.?%/, suggestion: SHARE_HINT },
  { text: /^.?[≥≤≠]/, suggestion: "write >=, <= or !=" },
  { text: /^.?&[^&]/, suggestion: "write AND" },
  { text: /^.?\|[^|]/, suggestion: "write OR" },
  { text: /^.?[<>]=?\s*$/, suggestion: "a number should follow" },
  {
    text: /^[0-9 ]?(ns|us|ms|s|m|h|d|b|kb|mb|gb|[kmgt]ib|[kmgt])\b/i,
    suggestion: "a number stands in its metric's unit; sizes can be written KiB(64), MiB(64), GiB(2)",
  },
];

function firstWord(text: string): string {
  return /^\w+|^./su.exec(text)?.[0] ?? "";
}
