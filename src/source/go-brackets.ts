import type { GoTokens } from "./go-lexer.ts";
import { TokenKind } from "./go-token.ts";

/**
 * For each opening bracket, the token where its region ends: the closing bracket that pairs with it or, where that
 * is missing, the token at which the region must have ended. -1 for every other token.
 *
 * Regions nest properly for any input, so a reader may always step from a bracket to its end. Two rules keep damage
 * local: a brace is stronger than a parenthesis, and a function declaration ends whatever is still open before it.
 */
export function buildBracketEnds(tokens: GoTokens): Int32Array {
  const ends = new Int32Array(tokens.count).fill(-1);
  const open: number[] = [];
  // Open "(" and "[" above the innermost open "{", and the counts to go back to when that brace closes.
  let parens = 0;
  let bracks = 0;
  let braces = 0;
  const outer: number[] = [];

  const pop = (end: number): number => {
    const opener = open.pop()!;
    ends[opener] = end;
    switch (tokens.kind[opener]) {
      case TokenKind.LParen:
        parens--;
        break;
      case TokenKind.LBrack:
        bracks--;
        break;
      default:
        bracks = outer.pop()!;
        parens = outer.pop()!;
        braces--;
    }
    return tokens.kind[opener]!;
  };

  for (let i = 0; i < tokens.count; i++) {
    switch (tokens.kind[i]) {
      case TokenKind.LParen:
        parens++;
        open.push(i);
        break;
      case TokenKind.LBrack:
        bracks++;
        open.push(i);
        break;
      case TokenKind.LBrace:
        outer.push(parens, bracks);
        parens = 0;
        bracks = 0;
        braces++;
        open.push(i);
        break;
      case TokenKind.RParen:
        if (parens > 0) while (pop(i) !== TokenKind.LParen);
        break;
      case TokenKind.RBrack:
        if (bracks > 0) while (pop(i) !== TokenKind.LBrack);
        break;
      case TokenKind.RBrace:
        if (braces > 0) while (pop(i) !== TokenKind.LBrace);
        break;
      case TokenKind.Func:
        if (open.length > 0 && isFunctionDeclarationStart(tokens, i)) while (open.length > 0) pop(i);
        break;
      case TokenKind.EndOfFile:
        while (open.length > 0) pop(i);
        break;
    }
  }
  return ends;
}

const MAX_RECEIVER_TOKENS = 40;

/** `func` followed by a name, or at the start of a line or statement by a receiver and a name: never an expression. */
export function isFunctionDeclarationStart(tokens: GoTokens, at: number): boolean {
  const { kind } = tokens;
  const before = at === 0 ? TokenKind.Semicolon : kind[at - 1];
  const atLineStart = tokens.text.charCodeAt(tokens.start[at]! - 1) === 0x0a;
  let name = at + 1;
  if (kind[name] === TokenKind.LParen) {
    if (!atLineStart && before !== TokenKind.Semicolon && before !== TokenKind.RBrace) return false;
    const limit = Math.min(tokens.count, name + MAX_RECEIVER_TOKENS);
    name++;
    while (name < limit && kind[name] !== TokenKind.RParen) {
      if (kind[name] === TokenKind.LParen || kind[name] === TokenKind.LBrace) return false;
      name++;
    }
    name++;
  }
  if (kind[name] !== TokenKind.Ident) return false;
  // `func(x int) T[int] {` at the start of a statement is a literal with a generic result.
  return kind[name + 1] === TokenKind.LParen || (kind[name + 1] === TokenKind.LBrack && atLineStart);
}
