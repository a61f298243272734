import { QueryError } from "./query-expression.ts";

export interface QueryToken {
  kind: "word" | "text" | "operator" | "open" | "close" | "end";
  /** Of a text: what stands between its quotes. */
  value: string;
  /** Characters before it. */
  at: number;
}

const MAX_CHARACTERS = 10_000;
const TOKEN = /\s*(?:([()])|(!~|!=|>=|<=|==|=~|&&|\|\||[~=<>!])|(["'])|([^\s()"'=<>!~]+))/y;

/**
 * Cuts a query into its words. Quotes are " or ', with \" for a quote within; a backslash before anything else stays,
 * so that regular expressions need no doubling. What follows ~ or = up to a blank may stand without quotes.
 *
 * @throws QueryError at what is no token
 */
export function readQueryTokens(text: string): QueryToken[] {
  if (text.length > MAX_CHARACTERS)
    throw new QueryError(text, MAX_CHARACTERS, `a query has at most ${MAX_CHARACTERS} characters`);
  const tokens: QueryToken[] = [];
  let at = 0;
  for (;;) {
    const previous = tokens.at(-1);
    const value = previous?.kind === "operator" && /[~=<>]$/.test(previous.value) ? bareValue(at) : undefined;
    if (value !== undefined) {
      tokens.push(value);
      at = value.at + value.value.length;
      continue;
    }
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) break;
    const [whole, bracket, operator, quote, word] = match;
    const start = at + whole.length - (bracket ?? operator ?? quote ?? word)!.length;
    at += whole.length;
    if (bracket !== undefined)
      tokens.push({ kind: bracket === "(" ? "open" : "close", value: bracket, at: start });
    else if (operator !== undefined) tokens.push({ kind: "operator", value: operator, at: start });
    else if (quote !== undefined) {
      const read = readQuoted(start, quote);
      tokens.push({ kind: "text", value: read.value, at: start });
      at = read.end;
    } else tokens.push({ kind: "word", value: word!, at: start });
  }
  tokens.push({ kind: "end", value: "", at: text.length });
  return tokens;

  /** Up to a blank, or to a bracket that nothing in it opened: types hold brackets, as in (*main.Session). */
  function bareValue(from: number): QueryToken | undefined {
    const start = from + /^\s*/.exec(text.slice(from))![0].length;
    if (start >= text.length || /["']/.test(text[start]!)) return undefined;
    let end = start;
    for (let open = 0; end < text.length && !/\s/.test(text[end]!); end++) {
      if (text[end] === "(") open++;
      else if (text[end] === ")" && --open < 0) break;
    }
    return end === start ? undefined : { kind: "word", value: text.slice(start, end), at: start };
  }

  function readQuoted(start: number, quote: string): { value: string; end: number } {
    let value = "";
    for (let i = start + 1; i < text.length; i++) {
      const character = text[i]!;
      if (character === quote) return { value, end: i + 1 };
      if (character === "\\" && text[i + 1] === quote) i++;
      value += text[i];
    }
    throw new QueryError(text, start, `the ${quote} is never closed`);
  }
}
