import { KEYWORDS, TokenKind } from "./go-token.ts";

/**
 * The tokens of one Go file, as columns.
 *
 * Token `i` is `text.slice(start[i], end[i])` (UTF-16 offsets) and begins on line `line[i]` (1-based). A semicolon
 * that Go's rule of automatic insertion adds has no length. The last token is always EndOfFile.
 */
export interface GoTokens {
  text: string;
  count: number;
  kind: Uint8Array;
  start: Int32Array;
  end: Int32Array;
  line: Int32Array;
  /** Comments in order, apart from the tokens: directives and suppressions are read from here. */
  comments: GoComments;
}

interface GoComments {
  count: number;
  start: Int32Array;
  end: Int32Array;
  line: Int32Array;
}

/**
 * Cuts Go source into tokens by the lexical rules of the Go specification.
 *
 * Takes any text: what is no token becomes `Illegal`, an unterminated string ends at its line, an unterminated raw
 * string or comment at the end of the file. One pass, linear time, never throws.
 */
export function tokenizeGo(text: string): GoTokens {
  const tokens = new Columns(text.length >> 2);
  const comments = new Columns(text.length >> 8);
  const length = text.length;
  let line = 1;
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  // True if the last token is one after which a newline means a semicolon.
  let endsStatement = false;

  while (at < length) {
    const c = text.charCodeAt(at);
    if (c === NEWLINE) {
      if (endsStatement) tokens.push(TokenKind.Semicolon, at, at, line);
      endsStatement = false;
      line++;
      at++;
      continue;
    }
    if (c === 0x20 || c === 0x09 || c === 0x0d) {
      at++;
      continue;
    }
    const start = at;
    const startLine = line;

    if (c === SLASH && text.charCodeAt(at + 1) === SLASH) {
      at = text.indexOf("\n", at);
      if (at < 0) at = length;
      comments.push(0, start, at, startLine);
      continue;
    }
    if (c === SLASH && text.charCodeAt(at + 1) === STAR) {
      const close = text.indexOf("*/", at + 2);
      at = close < 0 ? length : close + 2;
      const newlines = countNewlines(text, start, at);
      // A comment that spans lines acts like a newline.
      if (newlines > 0 && endsStatement) {
        tokens.push(TokenKind.Semicolon, start, start, line);
        endsStatement = false;
      }
      comments.push(0, start, at, startLine);
      line += newlines;
      continue;
    }

    let kind: number;
    if (isAsciiLetter(c) || (c >= 0x80 && isWideIdentifierPart(text, at))) {
      at = findIdentifierEnd(text, at);
      kind = (at - start >= 2 && at - start <= 11 && KEYWORDS.get(text.slice(start, at))) || TokenKind.Ident;
    } else if (isDigit(c) || (c === PERIOD && isDigit(text.charCodeAt(at + 1)))) {
      at = findNumberEnd(text, at);
      kind = numberKind(text, start, at);
    } else if (c === DOUBLE_QUOTE || c === SINGLE_QUOTE) {
      at = findQuotedEnd(text, at, c);
      kind = c === DOUBLE_QUOTE ? TokenKind.String : TokenKind.Rune;
    } else if (c === BACK_QUOTE) {
      const close = text.indexOf("`", at + 1);
      at = close < 0 ? length : close + 1;
      line += countNewlines(text, start, at);
      kind = TokenKind.RawString;
    } else {
      const operator = readOperator(text, at, c);
      kind = operator & 0xff;
      at += operator >> 8;
    }
    tokens.push(kind, start, at, startLine);
    endsStatement = isStatementEnd(kind);
  }
  if (endsStatement) tokens.push(TokenKind.Semicolon, length, length, line);
  tokens.push(TokenKind.EndOfFile, length, length, line);

  return {
    text,
    count: tokens.count,
    kind: tokens.kind.subarray(0, tokens.count),
    start: tokens.start.subarray(0, tokens.count),
    end: tokens.end.subarray(0, tokens.count),
    line: tokens.line.subarray(0, tokens.count),
    comments: {
      count: comments.count,
      start: comments.start.subarray(0, comments.count),
      end: comments.end.subarray(0, comments.count),
      line: comments.line.subarray(0, comments.count),
    },
  };
}

/** The source text of one token; an automatic semicolon gives "". */
export function tokenText(tokens: GoTokens, index: number): string {
  return tokens.text.slice(tokens.start[index], tokens.end[index]);
}

const NEWLINE = 0x0a;
const SLASH = 0x2f;
const STAR = 0x2a;
const PERIOD = 0x2e;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const BACK_QUOTE = 0x60;
const BACKSLASH = 0x5c;

class Columns {
  count = 0;
  kind: Uint8Array<ArrayBuffer>;
  start: Int32Array<ArrayBuffer>;
  end: Int32Array<ArrayBuffer>;
  line: Int32Array<ArrayBuffer>;

  constructor(capacity: number) {
    const size = Math.max(16, capacity);
    this.kind = new Uint8Array(size);
    this.start = new Int32Array(size);
    this.end = new Int32Array(size);
    this.line = new Int32Array(size);
  }

  push(kind: number, start: number, end: number, line: number): void {
    const at = this.count++;
    if (at === this.kind.length) this.#grow();
    this.kind[at] = kind;
    this.start[at] = start;
    this.end[at] = end;
    this.line[at] = line;
  }

  #grow(): void {
    const size = this.kind.length * 2;
    const grown = { kind: this.kind, start: this.start, end: this.end, line: this.line };
    this.kind = new Uint8Array(size);
    this.kind.set(grown.kind);
    this.start = new Int32Array(size);
    this.start.set(grown.start);
    this.end = new Int32Array(size);
    this.end.set(grown.end);
    this.line = new Int32Array(size);
    this.line.set(grown.line);
  }
}

function isAsciiLetter(c: number): boolean {
  return (c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a) || c === 0x5f;
}

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

const WIDE_IDENTIFIER_PART = /^[\p{L}\p{Nd}]$/u;

function isWideIdentifierPart(text: string, at: number): boolean {
  return WIDE_IDENTIFIER_PART.test(String.fromCodePoint(text.codePointAt(at) ?? 0));
}

function findIdentifierEnd(text: string, from: number): number {
  let at = from;
  for (;;) {
    const c = text.charCodeAt(at);
    if (isAsciiLetter(c) || isDigit(c)) at++;
    else if (c >= 0x80 && isWideIdentifierPart(text, at)) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    else return at;
  }
}

function findNumberEnd(text: string, from: number): number {
  const hex = text.charCodeAt(from) === 0x30 && (text.charCodeAt(from + 1) | 0x20) === 0x78;
  const exponent = hex ? 0x70 : 0x65;
  let at = from;
  for (;;) {
    const c = text.charCodeAt(at);
    if (isDigit(c) || isAsciiLetter(c)) {
      at++;
      if ((c | 0x20) === exponent) {
        const sign = text.charCodeAt(at);
        if ((sign === 0x2b || sign === 0x2d) && isDigit(text.charCodeAt(at + 1))) at++;
      }
    } else if (c === PERIOD) at++;
    else return at;
  }
}

function numberKind(text: string, start: number, end: number): number {
  if (text.charCodeAt(end - 1) === 0x69) return TokenKind.Imaginary;
  const hex = text.charCodeAt(start) === 0x30 && (text.charCodeAt(start + 1) | 0x20) === 0x78;
  const exponent = hex ? 0x70 : 0x65;
  for (let i = start; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c === PERIOD || (c | 0x20) === exponent) return TokenKind.Float;
  }
  return TokenKind.Int;
}

function findQuotedEnd(text: string, from: number, quote: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === quote) return at + 1;
    if (c === NEWLINE) return at;
    if (c === BACKSLASH && text.charCodeAt(at + 1) !== NEWLINE) at++;
  }
  return text.length;
}

function countNewlines(text: string, start: number, end: number): number {
  let newlines = 0;
  // indexOf would look beyond `end`, which is quadratic on one long line of short comments.
  for (let at = start; at < end; at++) if (text.charCodeAt(at) === NEWLINE) newlines++;
  return newlines;
}

function isStatementEnd(kind: number): boolean {
  switch (kind) {
    case TokenKind.Ident:
    case TokenKind.Int:
    case TokenKind.Float:
    case TokenKind.Imaginary:
    case TokenKind.Rune:
    case TokenKind.String:
    case TokenKind.RawString:
    case TokenKind.RParen:
    case TokenKind.RBrack:
    case TokenKind.RBrace:
    case TokenKind.Increment:
    case TokenKind.Decrement:
    case TokenKind.Break:
    case TokenKind.Continue:
    case TokenKind.Fallthrough:
    case TokenKind.Return:
      return true;
    default:
      return false;
  }
}

/** Kind in the low byte, length in code units above it. */
function readOperator(text: string, at: number, c: number): number {
  const next = text.charCodeAt(at + 1);
  const EQUALS = 0x3d;
  switch (c) {
    case 0x28:
      return one(TokenKind.LParen);
    case 0x29:
      return one(TokenKind.RParen);
    case 0x5b:
      return one(TokenKind.LBrack);
    case 0x5d:
      return one(TokenKind.RBrack);
    case 0x7b:
      return one(TokenKind.LBrace);
    case 0x7d:
      return one(TokenKind.RBrace);
    case 0x2c:
      return one(TokenKind.Comma);
    case 0x3b:
      return one(TokenKind.Semicolon);
    case 0x7e:
      return one(TokenKind.Tilde);
    case PERIOD:
      return next === PERIOD && text.charCodeAt(at + 2) === PERIOD
        ? three(TokenKind.Ellipsis)
        : one(TokenKind.Period);
    case 0x3a:
      return next === EQUALS ? two(TokenKind.Define) : one(TokenKind.Colon);
    case EQUALS:
      return next === EQUALS ? two(TokenKind.Equal) : one(TokenKind.Assign);
    case 0x21:
      return next === EQUALS ? two(TokenKind.NotEqual) : one(TokenKind.Not);
    case 0x2b:
      if (next === 0x2b) return two(TokenKind.Increment);
      return next === EQUALS ? two(TokenKind.AddAssign) : one(TokenKind.Add);
    case 0x2d:
      if (next === 0x2d) return two(TokenKind.Decrement);
      return next === EQUALS ? two(TokenKind.SubAssign) : one(TokenKind.Sub);
    case STAR:
      return next === EQUALS ? two(TokenKind.MulAssign) : one(TokenKind.Mul);
    case SLASH:
      return next === EQUALS ? two(TokenKind.QuoAssign) : one(TokenKind.Quo);
    case 0x25:
      return next === EQUALS ? two(TokenKind.RemAssign) : one(TokenKind.Rem);
    case 0x5e:
      return next === EQUALS ? two(TokenKind.XorAssign) : one(TokenKind.Xor);
    case 0x7c:
      if (next === 0x7c) return two(TokenKind.LogicalOr);
      return next === EQUALS ? two(TokenKind.OrAssign) : one(TokenKind.Or);
    case 0x26:
      if (next === 0x26) return two(TokenKind.LogicalAnd);
      if (next === 0x5e) {
        return text.charCodeAt(at + 2) === EQUALS ? three(TokenKind.AndNotAssign) : two(TokenKind.AndNot);
      }
      return next === EQUALS ? two(TokenKind.AndAssign) : one(TokenKind.And);
    case 0x3c:
      if (next === 0x3c) {
        return text.charCodeAt(at + 2) === EQUALS ? three(TokenKind.ShlAssign) : two(TokenKind.Shl);
      }
      if (next === 0x2d) return two(TokenKind.Arrow);
      return next === EQUALS ? two(TokenKind.LessEqual) : one(TokenKind.Less);
    case 0x3e:
      if (next === 0x3e) {
        return text.charCodeAt(at + 2) === EQUALS ? three(TokenKind.ShrAssign) : two(TokenKind.Shr);
      }
      return next === EQUALS ? two(TokenKind.GreaterEqual) : one(TokenKind.Greater);
    default:
      return one(TokenKind.Illegal);
  }
}

function one(kind: number): number {
  return kind | (1 << 8);
}

function two(kind: number): number {
  return kind | (2 << 8);
}

function three(kind: number): number {
  return kind | (3 << 8);
}
