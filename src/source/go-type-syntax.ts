import type { GoTokens } from "./go-lexer.ts";
import { tokenText } from "./go-lexer.ts";
import { TokenKind } from "./go-token.ts";

/** Tokens with the ends of their bracket regions: what every reader of Go syntax here works on. */
export interface GoTokenRegions {
  tokens: GoTokens;
  /** From `buildBracketEnds`. */
  ends: Int32Array;
}

/** First token behind the bracket region that opens at `open`. */
export function afterRegion({ tokens, ends }: GoTokenRegions, open: number): number {
  const end = ends[open]!;
  if (end < 0) return open + 1;
  // Kinds of closing brackets follow those of their opening ones. A region that something else ended leaves that be.
  return tokens.kind[end] === tokens.kind[open]! + 1 ? end + 1 : end;
}

/** First token behind the type that begins at `at`; `at` itself if no type begins there. */
export function findTypeEnd(regions: GoTokenRegions, at: number): number {
  const { kind } = regions.tokens;
  let i = at;
  // Each turn takes one prefix of the type: "*", "[]", "map[K]", "chan", "func(…)".
  for (;;) {
    switch (kind[i]) {
      case TokenKind.Mul:
      case TokenKind.Ellipsis:
      case TokenKind.Tilde:
        i++;
        continue;
      case TokenKind.LBrack:
        i = afterRegion(regions, i);
        continue;
      case TokenKind.Map:
        i = kind[i + 1] === TokenKind.LBrack ? afterRegion(regions, i + 1) : i + 1;
        continue;
      case TokenKind.Chan:
        i += kind[i + 1] === TokenKind.Arrow ? 2 : 1;
        continue;
      case TokenKind.Arrow:
        if (kind[i + 1] !== TokenKind.Chan) return i;
        i++;
        continue;
      case TokenKind.Struct:
      case TokenKind.Interface:
        return kind[i + 1] === TokenKind.LBrace ? afterRegion(regions, i + 1) : i + 1;
      case TokenKind.Func:
        if (kind[i + 1] !== TokenKind.LParen) return i + 1;
        i = afterRegion(regions, i + 1);
        if (!isTypeStart(kind[i]!)) return i;
        continue;
      case TokenKind.LParen:
        return afterRegion(regions, i);
      case TokenKind.Ident:
        i++;
        if (kind[i] === TokenKind.Period && kind[i + 1] === TokenKind.Ident) i += 2;
        return kind[i] === TokenKind.LBrack && isTypeArguments(regions, i) ? afterRegion(regions, i) : i;
      default:
        return i;
    }
  }
}

/** True for a token that can begin a type (an expression may begin with some of them too). */
export function isTypeStart(kind: number): boolean {
  switch (kind) {
    case TokenKind.Mul:
    case TokenKind.LBrack:
    case TokenKind.Map:
    case TokenKind.Chan:
    case TokenKind.Arrow:
    case TokenKind.Struct:
    case TokenKind.Interface:
    case TokenKind.Func:
    case TokenKind.LParen:
    case TokenKind.Ident:
      return true;
    default:
      return false;
  }
}

function isTypeArguments(regions: GoTokenRegions, open: number): boolean {
  return regions.ends[open]! > open + 1 && isTypeStart(regions.tokens.kind[open + 1]!);
}

/**
 * One name of a parameter or result list; `name` is -1 in an unnamed list. Token ranges are half open; the `...` of
 * a variadic parameter is not part of its type.
 */
export interface ParameterTokens {
  name: number;
  typeStart: number;
  typeEnd: number;
  variadic: boolean;
}

/** The parameters between the parenthesis `open` and its end, one entry a name. */
export function readParameters(regions: GoTokenRegions, open: number): ParameterTokens[] {
  const { kind } = regions.tokens;
  const entries = splitAtCommas(regions, open + 1, regions.ends[open]!);
  const isNamed = entries.some(({ start, end }) => {
    if (end - start < 2 || kind[start] !== TokenKind.Ident || kind[start + 1] === TokenKind.Period)
      return false;
    // `T[int]` is one generic type; in `list [4]int` more follows the bracket.
    return kind[start + 1] !== TokenKind.LBrack || afterRegion(regions, start + 1) < end;
  });
  const parameters: ParameterTokens[] = [];
  for (const { start, end } of entries) {
    const typeStart = isNamed ? start + 1 : start;
    const variadic = kind[typeStart] === TokenKind.Ellipsis;
    parameters.push({
      name: isNamed ? start : -1,
      typeStart: variadic ? typeStart + 1 : typeStart,
      typeEnd: end,
      variadic,
    });
  }
  // In `a, b int` only the last name has the type.
  for (let i = parameters.length - 2; i >= 0; i--) {
    const parameter = parameters[i]!;
    const next = parameters[i + 1]!;
    if (parameter.typeStart >= parameter.typeEnd) {
      parameters[i] = { ...next, name: parameter.name };
    }
  }
  return parameters;
}

/** The non-empty stretches of `[from, to)` between commas that no bracket encloses. */
export function splitAtCommas(
  regions: GoTokenRegions,
  from: number,
  to: number,
): { start: number; end: number }[] {
  const { kind } = regions.tokens;
  const parts: { start: number; end: number }[] = [];
  let start = from;
  for (let i = from; i < to; ) {
    if (kind[i] === TokenKind.Comma) {
      if (i > start) parts.push({ start, end: i });
      start = ++i;
    } else {
      i = regions.ends[i]! >= 0 ? afterRegion(regions, i) : i + 1;
    }
  }
  // A newline before the closing parenthesis is legal after a comma only, but costs nothing to forgive.
  let end = to;
  while (end > start && kind[end - 1] === TokenKind.Semicolon) end--;
  if (end > start) parts.push({ start, end });
  return parts;
}

const MAX_TYPE_TEXT = 160;

/** A type as one canonical line: no comments or line breaks, blanks only where Go's formatter puts them. */
export function typeText(tokens: GoTokens, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end && text.length < MAX_TYPE_TEXT; i++) {
    const kind = tokens.kind[i]!;
    if (kind === TokenKind.Semicolon && (i + 1 >= end || tokens.kind[i + 1] === TokenKind.RBrace)) continue;
    const word = kind === TokenKind.Semicolon ? ";" : tokenText(tokens, i);
    if (text !== "" && needsBlank(tokens, i)) text += " ";
    text += word;
  }
  return text.length < MAX_TYPE_TEXT ? text : `${text.slice(0, MAX_TYPE_TEXT)}…`;
}

function needsBlank(tokens: GoTokens, at: number): boolean {
  const before = tokens.kind[at - 1]!;
  const kind = tokens.kind[at]!;
  if (kind === TokenKind.RBrace) return false;
  if (before === TokenKind.Comma || before === TokenKind.Semicolon) return true;
  if (before === TokenKind.Chan) return kind !== TokenKind.Arrow;
  // `chan<- T`, but `<-chan T`.
  if (before === TokenKind.Arrow) return kind !== TokenKind.Chan;
  if (before === TokenKind.RParen) return isTypeStart(kind);
  const wordBefore =
    before === TokenKind.Ident || before === TokenKind.Interface || before === TokenKind.Struct;
  // A name before `[]` is a parameter or field; type arguments are never empty.
  if (before === TokenKind.Ident && kind === TokenKind.LBrack)
    return tokens.kind[at + 1] === TokenKind.RBrack;
  return wordBefore && (kind === TokenKind.Ident || kind >= TokenKind.Break || kind === TokenKind.Mul);
}
