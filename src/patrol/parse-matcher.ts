import { RE2JS, RE2JSSyntaxException } from "re2js";
import type { LabelMatcher } from "./labels.ts";

export class MatcherError extends Error {
  override readonly name = "MatcherError";
  readonly hint: string | null;

  constructor(message: string, hint: string | null) {
    super(message);
    this.hint = hint;
  }
}

/** The matcher that fits every target: any label may be anything, absent ones too. */
const ANY: LabelMatcher = { label: "target", operator: "=~", value: ".*" };

/**
 * `label="value"` as Prometheus writes it, quotes optional, or `*`. Values of `=~` and `!~` are checked to be RE2.
 * Throws MatcherError.
 */
export function parseMatcher(text: string): LabelMatcher {
  const trimmed = text.trim();
  if (trimmed === "*") return ANY;
  const match = /^\{?\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|==|=)\s*(.*?)\s*\}?$/s.exec(trimmed);
  if (match === null) {
    throw new MatcherError(
      `${JSON.stringify(text)} is not a matcher`,
      'write label="value", label!="value", label=~"expression" or "*"',
    );
  }
  const [, label, sign, written] = match as unknown as [string, string, string, string];
  if (sign === "==") throw new MatcherError(`${JSON.stringify(text)} has ==`, `write ${label}=${written}`);
  const operator = sign as LabelMatcher["operator"];
  const value = unquote(written, text);
  if (operator === "=~" || operator === "!~") checkExpression(value);
  return { label, operator, value };
}

function unquote(written: string, whole: string): string {
  const quote = written[0];
  if (quote !== '"' && quote !== "'") return written;
  if (written.length < 2 || !written.endsWith(quote)) {
    throw new MatcherError(
      `the quotes of ${JSON.stringify(whole)} do not close`,
      "put the value in one pair of quotes",
    );
  }
  const inner = written.slice(1, -1);
  return quote === "'" ? inner : inner.replaceAll(/\\(["\\])/g, "$1");
}

function checkExpression(expression: string): void {
  const problem = findExpressionProblem(expression);
  if (problem !== null) {
    throw new MatcherError(
      `${JSON.stringify(expression)} is not a regular expression: ${problem}`,
      "RE2 syntax, as in Go; it must match the whole value",
    );
  }
}

/** What is wrong with an RE2 expression, or null. */
export function findExpressionProblem(expression: string): string | null {
  try {
    RE2JS.compile(expression);
    return null;
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    return error.message.replace(/^error parsing regexp: /, "");
  }
}
