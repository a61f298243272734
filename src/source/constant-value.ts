import { type GoTokens, tokenText } from "./go-lexer.ts";
import { TokenKind } from "./go-token.ts";

/** Settings are written out or named once or twice; what is longer is computed. */
const MOST_TOKENS = 24;
const MOST_NAMES = 3;

/** Binding strength of Go's binary operators on numbers, as far as constants use them. */
const BINARY: ReadonlyMap<string, { strength: number; apply: (a: number, b: number) => number }> = new Map([
  ["+", { strength: 4, apply: (a, b) => a + b }],
  ["-", { strength: 4, apply: (a, b) => a - b }],
  ["*", { strength: 5, apply: (a, b) => a * b }],
  ["/", { strength: 5, apply: (a, b) => a / b }],
  ["<<", { strength: 5, apply: (a, b) => a * 2 ** b }],
]);

/**
 * Value of a constant expression in the tokens from `start` to before `end`: numbers, + - * / <<, brackets, conversions
 * such as int64(…), and names that the same file gives a value. Undefined for anything else.
 */
export function findConstantValue(
  tokens: GoTokens,
  start: number,
  end: number,
  names = MOST_NAMES,
): number | undefined {
  if (end - start > MOST_TOKENS || start >= end) return undefined;
  const reader = new ExpressionReader(tokens, start, end, names);
  const value = reader.read(0);
  return value !== undefined && Number.isFinite(value) && reader.at === end ? value : undefined;
}

/** Recursion is bounded by MOST_TOKENS. */
class ExpressionReader {
  at: number;
  readonly #tokens: GoTokens;
  readonly #end: number;
  readonly #names: number;

  constructor(tokens: GoTokens, start: number, end: number, names: number) {
    this.#tokens = tokens;
    this.at = start;
    this.#end = end;
    this.#names = names;
  }

  read(strength: number): number | undefined {
    let left = this.#readOperand();
    while (left !== undefined && this.at < this.#end) {
      const operator = BINARY.get(tokenText(this.#tokens, this.at));
      if (operator === undefined || operator.strength <= strength) return left;
      this.at++;
      const right = this.read(operator.strength);
      left = right === undefined ? undefined : operator.apply(left, right);
    }
    return left;
  }

  #readOperand(): number | undefined {
    if (this.at >= this.#end) return undefined;
    const kind = this.#tokens.kind[this.at]!;
    const text = tokenText(this.#tokens, this.at);
    this.at++;
    if (text === "-") {
      const value = this.#readOperand();
      return value === undefined ? undefined : -value;
    }
    if (kind === TokenKind.Int || kind === TokenKind.Float) return Number(text.replaceAll("_", ""));
    if (text === "(") return this.#readBracket();
    if (kind !== TokenKind.Ident) return undefined;
    const opens = this.at < this.#end && tokenText(this.#tokens, this.at) === "(";
    if (opens && /^u?int(32|64)?$|^float(32|64)$/.test(text)) {
      this.at++;
      return this.#readBracket();
    }
    return this.#names === 0 ? undefined : findNamedValue(this.#tokens, text, this.#names - 1);
  }

  #readBracket(): number | undefined {
    const value = this.read(0);
    if (this.at >= this.#end || tokenText(this.#tokens, this.at) !== ")") return undefined;
    this.at++;
    return value;
  }
}

/** The only value that the file gives to a name: `name = …` or `name int64 = …`. */
function findNamedValue(tokens: GoTokens, name: string, names: number): number | undefined {
  let found: number | undefined;
  for (let i = 0; i + 2 < tokens.count; i++) {
    if (tokens.kind[i] !== TokenKind.Ident || tokenText(tokens, i) !== name) continue;
    if (i > 0 && tokens.kind[i - 1] === TokenKind.Period) continue;
    const typed = tokens.kind[i + 1] === TokenKind.Ident ? 1 : 0;
    const assign = tokens.kind[i + 1 + typed];
    if (assign !== TokenKind.Assign && assign !== TokenKind.Define) continue;
    const start = i + 2 + typed;
    let end = start;
    while (
      end < tokens.count &&
      end - start <= MOST_TOKENS &&
      tokens.kind[end] !== TokenKind.Semicolon &&
      tokens.kind[end] !== TokenKind.EndOfFile
    ) {
      end++;
    }
    const value = findConstantValue(tokens, start, end, names);
    if (value === undefined || (found !== undefined && found !== value)) return undefined;
    found = value;
  }
  return found;
}
