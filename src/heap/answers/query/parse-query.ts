import { RE2JS, RE2JSException } from "re2js";
import { findNearestName } from "../../../lib/nearest-name.ts";
import { parseSizeBytes } from "../../../lib/parse-quantity.ts";
import {
  type Comparison,
  NUMBER_FIELDS,
  type NumberField,
  OBJECT_KINDS,
  QueryError,
  type QueryExpression,
  TEXT_FIELDS,
  type TextField,
} from "./query-expression.ts";
import { type QueryToken, readQueryTokens } from "./query-tokens.ts";

/** Other names that people give the fields. */
const ALIASES: Readonly<Record<string, NumberField | TextField>> = {
  size: "bytes",
  shallow: "bytes",
  addr: "address",
  pkg: "package",
};
const FIELDS = [...TEXT_FIELDS, ...NUMBER_FIELDS];
const CONDITIONS = [...FIELDS, "reachable from", "kept by", "not"];
const MAX_DEPTH = 100;
const TEXT_OPERATORS: readonly string[] = ["~", "=~", "!~", "=", "==", "!="];
const NUMBER_OPERATORS: readonly string[] = [">", ">=", "<", "<=", "=", "==", "!="];

/**
 * Reads `type ~ "Session$" and (bytes > 1MiB or retained > 10MiB) and not owner ~ cache`. Conditions beside each other
 * without a word must both hold; `and` binds closer than `or`. Expressions after ~ are RE2's, unanchored, and `=` wants
 * the whole text. An empty query takes every object.
 *
 * @throws QueryError with the place and what may have been meant
 */
export function parseQuery(text: string): QueryExpression {
  const tokens = readQueryTokens(text);
  let at = 0;
  let depth = 0;
  if (tokens.length === 1) return { op: "and", parts: [] };
  const whole = readOr();
  const rest = tokens[at]!;
  if (rest.kind === "close") fail(rest, "nothing opened this bracket");
  if (rest.kind !== "end") fail(rest, `"${rest.value}" is not expected here`);
  return whole;

  function fail(token: QueryToken, why: string): never {
    throw new QueryError(text, token.at, why);
  }

  function isWord(...words: readonly string[]): boolean {
    const { kind, value } = tokens[at]!;
    return (kind === "word" || kind === "operator") && words.includes(value.toLowerCase());
  }

  function readOr(): QueryExpression {
    const parts = [readAnd()];
    while (isWord("or", "||")) {
      at++;
      parts.push(readAnd());
    }
    return parts.length === 1 ? parts[0]! : { op: "or", parts };
  }

  function readAnd(): QueryExpression {
    const parts = [readNot()];
    while (tokens[at]!.kind !== "end" && tokens[at]!.kind !== "close" && !isWord("or", "||")) {
      if (isWord("and", "&&", ",")) at++;
      parts.push(readNot());
    }
    return parts.length === 1 ? parts[0]! : { op: "and", parts };
  }

  function readNot(): QueryExpression {
    const token = tokens[at]!;
    if (++depth > MAX_DEPTH) fail(token, `there are more than ${MAX_DEPTH} brackets and "not" in each other`);
    try {
      if (isWord("not", "!")) {
        at++;
        return { op: "not", part: readNot() };
      }
      if (token.kind !== "open") return readCondition();
      at++;
      const inside = readOr();
      if (tokens[at]!.kind !== "close") fail(token, "this bracket is never closed");
      at++;
      return inside;
    } finally {
      depth--;
    }
  }

  function readCondition(): QueryExpression {
    const token = tokens[at]!;
    if (token.kind === "end") fail(token, `a condition is missing: ${CONDITIONS.join(", ")}`);
    const name = token.value.toLowerCase();
    if (token.kind === "word" && name === "reachable") return readRelation("reachable", "from");
    if (token.kind === "word" && (name === "kept" || name === "dominated")) return readRelation("kept", "by");
    const field = ALIASES[name] ?? FIELDS.find((each) => each === name);
    if (token.kind !== "word" || field === undefined) {
      const nearest = findNearestName(name, [...FIELDS, ...Object.keys(ALIASES), "reachable", "kept"]);
      fail(
        token,
        `"${token.value}" is not a field${nearest === null ? `; there are ${CONDITIONS.join(", ")}` : `; did you mean "${nearest}"?`}`,
      );
    }
    at++;
    const operator = tokens[at]!;
    const isText = (TEXT_FIELDS as readonly string[]).includes(field);
    const operators = isText ? TEXT_OPERATORS : NUMBER_OPERATORS;
    if (operator.kind !== "operator" || !operators.includes(operator.value)) {
      const example = isText
        ? `${field} ~ "text"`
        : `${field} > ${field === "address" ? "0xc000000000" : "1MiB"}`;
      fail(operator, `after ${field} there must be one of ${operators.join(" ")}, as in ${example}`);
    }
    at++;
    const value = tokens[at]!;
    if (value.kind !== "word" && value.kind !== "text")
      fail(value, `a value is missing after ${operator.value}`);
    at++;
    return isText
      ? { op: "text", field: field as TextField, holds: readText(field as TextField, operator.value, value) }
      : {
          op: "number",
          field: field as NumberField,
          comparison: (operator.value === "==" ? "=" : operator.value) as Comparison,
          value: readNumber(field as NumberField, value),
        };
  }

  function readRelation(op: "reachable" | "kept", preposition: string): QueryExpression {
    at++;
    if (!isWord(preposition))
      fail(
        tokens[at]!,
        `after "${op}" there must be "${preposition}", as in ${op} ${preposition} main.cache`,
      );
    at++;
    const value = tokens[at]!;
    if (value.kind !== "word" && value.kind !== "text")
      fail(value, `a variable or an address is missing, as in ${op} ${preposition} main.cache`);
    at++;
    return { op, from: value.value, at: value.at };
  }

  function readText(field: TextField, operator: string, value: QueryToken): (text: string) => boolean {
    const isNegative = operator.startsWith("!");
    if (!operator.includes("~")) {
      if (field === "kind" && !(OBJECT_KINDS as readonly string[]).includes(value.value)) {
        const nearest = findNearestName(value.value, OBJECT_KINDS);
        fail(
          value,
          nearest === null
            ? `there is no kind "${value.value}"; there are ${OBJECT_KINDS.join(", ")}`
            : `there is no kind "${value.value}"; did you mean "${nearest}"?`,
        );
      }
      return (is) => (is === value.value) !== isNegative;
    }
    try {
      const pattern = RE2JS.compile(value.value);
      return (is) => pattern.test(is) !== isNegative;
    } catch (error) {
      if (!(error instanceof RE2JSException)) throw error;
      const hint = /^\*/.test(value.value) ? ` (for the type *T write "^\\*T")` : "";
      return fail(value, `"${value.value}" is not a regular expression: ${error.message}${hint}`);
    }
  }

  function readNumber(field: NumberField, value: QueryToken): number {
    if (field === "address") {
      if (!/^(0x)?[0-9a-f]{1,16}$/i.test(value.value))
        fail(value, `"${value.value}" is not an address such as 0xc000123400`);
      return Number.parseInt(value.value.replace(/^0x/i, ""), 16);
    }
    let size = value.value;
    // "1 MiB": a unit behind a blank.
    const unit = tokens[at]!;
    if (/^[\d.]+$/.test(size) && unit.kind === "word" && /^([kmgt]i?b?|b)$/i.test(unit.value)) {
      size += unit.value;
      at++;
    }
    const bytes = parseSizeBytes(size);
    if (bytes === undefined) fail(value, `"${size}" is not a size such as 4096, 64KiB or 1.5MB`);
    return bytes;
  }
}
