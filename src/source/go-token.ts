/**
 * Kinds of Go token, named as in Go's go/token package.
 *
 * The order matters: each closing bracket follows its opening one, literals lie between `Ident` and `RawString`,
 * assignment operators between `Define` and `AndNotAssign`, keywords from `Break` on.
 */
export const TokenKind = {
  EndOfFile: 0,
  Illegal: 1,
  Semicolon: 2,

  Ident: 3,
  Int: 4,
  Float: 5,
  Imaginary: 6,
  Rune: 7,
  String: 8,
  RawString: 9,

  LParen: 10,
  RParen: 11,
  LBrack: 12,
  RBrack: 13,
  LBrace: 14,
  RBrace: 15,
  Comma: 16,
  Period: 17,
  Colon: 18,
  Ellipsis: 19,

  Add: 20,
  Sub: 21,
  Mul: 22,
  Quo: 23,
  Rem: 24,
  And: 25,
  Or: 26,
  Xor: 27,
  Shl: 28,
  Shr: 29,
  AndNot: 30,
  LogicalAnd: 31,
  LogicalOr: 32,
  Arrow: 33,
  Equal: 34,
  NotEqual: 35,
  Less: 36,
  LessEqual: 37,
  Greater: 38,
  GreaterEqual: 39,
  Not: 40,
  Tilde: 41,
  Increment: 42,
  Decrement: 43,

  Define: 44,
  Assign: 45,
  AddAssign: 46,
  SubAssign: 47,
  MulAssign: 48,
  QuoAssign: 49,
  RemAssign: 50,
  AndAssign: 51,
  OrAssign: 52,
  XorAssign: 53,
  ShlAssign: 54,
  ShrAssign: 55,
  AndNotAssign: 56,

  Break: 60,
  Case: 61,
  Chan: 62,
  Const: 63,
  Continue: 64,
  Default: 65,
  Defer: 66,
  Else: 67,
  Fallthrough: 68,
  For: 69,
  Func: 70,
  Go: 71,
  Goto: 72,
  If: 73,
  Import: 74,
  Interface: 75,
  Map: 76,
  Package: 77,
  Range: 78,
  Return: 79,
  Select: 80,
  Struct: 81,
  Switch: 82,
  Type: 83,
  Var: 84,
} as const;

export type TokenKind = (typeof TokenKind)[keyof typeof TokenKind];

export const KEYWORDS: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>([
  ["break", TokenKind.Break],
  ["case", TokenKind.Case],
  ["chan", TokenKind.Chan],
  ["const", TokenKind.Const],
  ["continue", TokenKind.Continue],
  ["default", TokenKind.Default],
  ["defer", TokenKind.Defer],
  ["else", TokenKind.Else],
  ["fallthrough", TokenKind.Fallthrough],
  ["for", TokenKind.For],
  ["func", TokenKind.Func],
  ["go", TokenKind.Go],
  ["goto", TokenKind.Goto],
  ["if", TokenKind.If],
  ["import", TokenKind.Import],
  ["interface", TokenKind.Interface],
  ["map", TokenKind.Map],
  ["package", TokenKind.Package],
  ["range", TokenKind.Range],
  ["return", TokenKind.Return],
  ["select", TokenKind.Select],
  ["struct", TokenKind.Struct],
  ["switch", TokenKind.Switch],
  ["type", TokenKind.Type],
  ["var", TokenKind.Var],
]);

/** True for `=`, `:=` and every `op=`. */
export function isAssignOperator(kind: number): boolean {
  return kind >= TokenKind.Define && kind <= TokenKind.AndNotAssign;
}

export function isUnaryOperator(kind: number): boolean {
  switch (kind) {
    case TokenKind.Add:
    case TokenKind.Sub:
    case TokenKind.Mul:
    case TokenKind.And:
    case TokenKind.Xor:
    case TokenKind.Not:
    case TokenKind.Tilde:
    case TokenKind.Arrow:
      return true;
    default:
      return false;
  }
}

/** Go's precedence of a binary operator, 1 (`||`) to 5 (`*`), 0 if the token is none. */
export function binaryPrecedence(kind: number): number {
  switch (kind) {
    case TokenKind.LogicalOr:
      return 1;
    case TokenKind.LogicalAnd:
      return 2;
    case TokenKind.Equal:
    case TokenKind.NotEqual:
    case TokenKind.Less:
    case TokenKind.LessEqual:
    case TokenKind.Greater:
    case TokenKind.GreaterEqual:
      return 3;
    case TokenKind.Add:
    case TokenKind.Sub:
    case TokenKind.Or:
    case TokenKind.Xor:
      return 4;
    case TokenKind.Mul:
    case TokenKind.Quo:
    case TokenKind.Rem:
    case TokenKind.Shl:
    case TokenKind.Shr:
    case TokenKind.And:
    case TokenKind.AndNot:
      return 5;
    default:
      return 0;
  }
}
