import { describe, expect, it } from "vitest";
import { tokenizeGo, tokenText } from "./go-lexer.ts";
import { TokenKind } from "./go-token.ts";

const names = new Map<number, string>(Object.entries(TokenKind).map(([name, kind]) => [kind, name]));

/** Kinds and texts, without the end of the file: "Ident:x Define::= Int:1 ;" (an automatic semicolon is ";"). */
function show(source: string): string {
  const tokens = tokenizeGo(source);
  const words: string[] = [];
  for (let i = 0; i < tokens.count - 1; i++) {
    const text = tokenText(tokens, i);
    words.push(text === "" ? ";" : `${names.get(tokens.kind[i]!)}:${text}`);
  }
  return words.join(" ");
}

describe("tokenizeGo", () => {
  it.each([
    ["x := 1", "Ident:x Define::= Int:1 ;"],
    ["0x1F 0b01 0o7 1_000 017", "Int:0x1F Int:0b01 Int:0o7 Int:1_000 Int:017 ;"],
    [
      "1.5 .5 1e-3 0x1p-2 0x1e+2 1. 3i 1.e2i",
      "Float:1.5 Float:.5 Float:1e-3 Float:0x1p-2 Int:0x1e Add:+ Int:2 Float:1. Imaginary:3i Imaginary:1.e2i ;",
    ],
    [`'a' '\\'' '\\n' '世'`, "Rune:'a' Rune:'\\'' Rune:'\\n' Rune:'世' ;"],
    [`"a\\"b" "" "\\\\"`, `String:"a\\"b" String:"" String:"\\\\" ;`],
    ['`raw \\ "`', 'RawString:`raw \\ "` ;'],
    [
      "&^= &^ &= && & <<= << <- <= < >>= >> >= >",
      "AndNotAssign:&^= AndNot:&^ AndAssign:&= LogicalAnd:&& And:& ShlAssign:<<= Shl:<< Arrow:<- LessEqual:<= Less:< ShrAssign:>>= Shr:>> GreaterEqual:>= Greater:>",
    ],
    [
      "... . .. :=: == = != ! ~",
      "Ellipsis:... Period:. Period:. Period:. Define::= Colon:: Equal:== Assign:= NotEqual:!= Not:! Tilde:~",
    ],
    [
      "+= ++ + -= -- - *= * /= / %= % ^= ^ |= || |",
      "AddAssign:+= Increment:++ Add:+ SubAssign:-= Decrement:-- Sub:- MulAssign:*= Mul:* QuoAssign:/= Quo:/ RemAssign:%= Rem:% XorAssign:^= Xor:^ OrAssign:|= LogicalOr:|| Or:|",
    ],
    ["func if go selectX", "Func:func If:if Go:go Ident:selectX ;"],
    ["größe _x x1 日本", "Ident:größe Ident:_x Ident:x1 Ident:日本 ;"],
    ["Map[K,V]{}", "Ident:Map LBrack:[ Ident:K Comma:, Ident:V RBrack:] LBrace:{ RBrace:} ;"],
  ])("%s", (source, expected) => {
    expect(show(source)).toBe(expected);
  });

  it.each([
    ["return\nx", "Return:return ; Ident:x ;"],
    ["f()\n}\n", "Ident:f LParen:( RParen:) ; RBrace:} ;"],
    ["a +\nb", "Ident:a Add:+ Ident:b ;"],
    ["x++ // done\ny", "Ident:x Increment:++ ; Ident:y ;"],
    ["a /* one line */ b", "Ident:a Ident:b ;"],
    ["a /* two\nlines */ b", "Ident:a ; Ident:b ;"],
    ["a; b", "Ident:a Semicolon:; Ident:b ;"],
    ["if x {\n\n}\r\nelse", "If:if Ident:x LBrace:{ RBrace:} ; Else:else"],
  ])("puts in semicolons: %j", (source, expected) => {
    expect(show(source)).toBe(expected);
  });

  it.each([
    ['"open\nx', 'String:"open ; Ident:x ;'],
    ["`open\nx", "RawString:`open\nx ;"],
    ["x /* open", "Ident:x ;"],
    ["'a", "Rune:'a ;"],
    ["a # b ¿", "Ident:a Illegal:# Ident:b Illegal:¿"],
    ['"\\', 'String:"\\ ;'],
    ["", ""],
  ])("bears what is no Go: %j", (source, expected) => {
    expect(show(source)).toBe(expected);
  });

  it("counts lines through raw strings and comments, and keeps comments apart", () => {
    const source = "\ufeff// one\nx = `a\nb`\n/* c\nd */ y\n//go:build linux";
    const tokens = tokenizeGo(source);
    const lineOf = (text: string): number => {
      for (let i = 0; i < tokens.count; i++) if (tokenText(tokens, i) === text) return tokens.line[i]!;
      return -1;
    };
    expect([lineOf("x"), lineOf("`a\nb`"), lineOf("y")]).toEqual([2, 2, 5]);
    const { comments } = tokens;
    const texts = Array.from({ length: comments.count }, (_, i) =>
      source.slice(comments.start[i], comments.end[i]),
    );
    expect(texts).toEqual(["// one", "/* c\nd */", "//go:build linux"]);
    expect([...comments.line]).toEqual([1, 4, 6]);
  });
});
