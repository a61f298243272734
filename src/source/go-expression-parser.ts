import { NO_NODE, NodeKind, SyntaxTree } from "./go-syntax-tree.ts";
import { binaryPrecedence, isAssignOperator, isUnaryOperator, TokenKind } from "./go-token.ts";
import {
  afterRegion,
  findTypeEnd,
  type GoTokenRegions,
  isTypeStart,
  readParameters,
} from "./go-type-syntax.ts";

/** Deeper nesting than in any code that people or generators write; what lies below is left out as Bad. */
export const MAX_DEPTH = 300;

/**
 * Reads expressions and signatures into a syntax tree.
 *
 * Every bracket is read as a region with a known end, so that what is wrong inside it cannot spoil what follows, and
 * every loop takes at least one token, so that the work is linear in the text.
 */
export abstract class ExpressionParser {
  protected readonly regions: GoTokenRegions;
  protected readonly kind: Uint8Array;
  protected readonly ends: Int32Array;
  protected readonly tree = new SyntaxTree();
  protected at = 0;
  /** No token at or behind this one is looked at: the end of the innermost region. */
  protected limit = 0;
  protected depth = 0;
  /** In the header of if, for and switch a `{` behind a type name begins the body, not a literal. */
  protected inHeader = false;

  constructor(regions: GoTokenRegions) {
    this.regions = regions;
    this.kind = regions.tokens.kind;
    this.ends = regions.ends;
  }

  // ---- regions ----

  protected current(): number {
    return this.at < this.limit ? this.kind[this.at]! : TokenKind.EndOfFile;
  }

  /** Runs `parse` on the inside of the bracket at the cursor, and steps behind the bracket whatever was read. */
  protected inRegion(parse: () => void): void {
    const open = this.at;
    const limit = this.limit;
    const inHeader = this.inHeader;
    this.limit = Math.min(limit, this.ends[open]!);
    this.inHeader = false;
    this.at = open + 1;
    if (this.depth < MAX_DEPTH) {
      this.depth++;
      parse();
      this.depth--;
    }
    this.at = Math.min(limit, Math.max(open + 1, afterRegion(this.regions, open)));
    this.limit = limit;
    this.inHeader = inHeader;
  }

  /** Skips to the next separator of this region. */
  protected skipTo(separator: number): void {
    while (this.at < this.limit) {
      const kind = this.kind[this.at]!;
      if (kind === separator || kind === TokenKind.Semicolon) return;
      this.at = this.ends[this.at]! >= 0 ? afterRegion(this.regions, this.at) : this.at + 1;
    }
    this.at = Math.min(this.at, this.limit);
  }

  protected bad(from: number): number {
    return this.tree.close(this.tree.add(NodeKind.Bad, from, from), Math.max(from, this.at));
  }

  protected leaf(kind: NodeKind, length = 1): number {
    const node = this.tree.add(kind, this.at, this.at);
    this.at += length;
    return this.tree.close(node, this.at);
  }

  protected close(node: number): number {
    return this.tree.close(node, this.at);
  }

  // ---- signatures ----

  /** The list at the parenthesis `open`; an empty one at token `otherwise` if there is none. */
  protected parseParameters(open: number, otherwise: number): number {
    const tree = this.tree;
    const list = tree.add(NodeKind.ParameterList, open, open >= 0 ? open : otherwise);
    if (open < 0) return list;
    for (const { name, typeStart, typeEnd, variadic } of readParameters(this.regions, open)) {
      const parameter = tree.add(
        NodeKind.Parameter,
        variadic ? typeStart - 1 : -1,
        name >= 0 ? name : typeStart,
      );
      if (name >= 0) {
        tree.append(parameter, tree.close(tree.add(NodeKind.Ident, name, name), name + 1));
      }
      tree.append(parameter, tree.close(tree.add(NodeKind.Type, typeStart, typeStart), typeEnd));
      tree.append(list, tree.close(parameter, typeEnd));
    }
    return tree.close(list, afterRegion(this.regions, open));
  }

  protected parseResults(start: number, end: number, otherwise: number): number {
    const tree = this.tree;
    if (start >= 0 && this.kind[start] === TokenKind.LParen) return this.parseParameters(start, otherwise);
    const list = tree.add(NodeKind.ParameterList, start, start >= 0 ? start : otherwise);
    if (start < 0 || start >= end) return list;
    const parameter = tree.add(NodeKind.Parameter, -1, start);
    tree.append(parameter, tree.close(tree.add(NodeKind.Type, start, start), end));
    tree.append(list, tree.close(parameter, end));
    return tree.close(list, end);
  }

  /** At `func` in an expression: a literal, or a type if no body follows. */
  protected parseFuncLit(): number {
    const tree = this.tree;
    const first = this.at;
    const open = first + 1;
    if (this.kind[open] !== TokenKind.LParen || open >= this.limit) return this.leaf(NodeKind.Bad);
    const resultStart = afterRegion(this.regions, open);
    const hasResult = resultStart < this.limit && isTypeStart(this.kind[resultStart]!);
    const resultEnd = hasResult ? Math.min(this.limit, findTypeEnd(this.regions, resultStart)) : resultStart;
    this.at = resultEnd;
    if (this.current() !== TokenKind.LBrace) {
      return this.close(tree.add(NodeKind.Type, first, first));
    }
    const literal = tree.add(NodeKind.FuncLit, first, first);
    tree.append(literal, this.parseParameters(open, open));
    tree.append(literal, this.parseResults(hasResult ? resultStart : -1, resultEnd, resultStart));
    tree.append(literal, this.parseBlock(this.at));
    return this.close(literal);
  }

  // ---- expressions ----

  protected parseExpressionList(): number {
    const tree = this.tree;
    const list = tree.add(NodeKind.ExpressionList, -1, this.at);
    for (;;) {
      const before = this.at;
      tree.append(list, this.parseExpression());
      if (this.current() !== TokenKind.Comma || this.at === before) break;
      this.at++;
    }
    return this.close(list);
  }

  protected parseExpression(): number {
    if (this.depth >= MAX_DEPTH) {
      const from = this.at;
      this.skipTo(TokenKind.Comma);
      return this.bad(from);
    }
    this.depth++;
    const node = this.parseBinary(1);
    this.depth--;
    return node;
  }

  // Precedence climbing: the depth of the recursion is the number of precedences, long chains loop.
  protected parseBinary(minimum: number): number {
    const tree = this.tree;
    let left = this.parseUnary();
    for (;;) {
      const precedence = binaryPrecedence(this.current());
      if (precedence < minimum || precedence === 0) return left;
      const binary = tree.add(NodeKind.Binary, this.at, tree.first(left));
      this.at++;
      tree.append(binary, left);
      tree.append(binary, this.parseBinary(precedence + 1));
      left = this.close(binary);
    }
  }

  protected parseUnary(): number {
    const tree = this.tree;
    let outermost = NO_NODE;
    let innermost = NO_NODE;
    // A loop, because `!!!!…` may be as long as the file.
    for (;;) {
      const kind = this.current();
      const isChannelType = kind === TokenKind.Arrow && this.kind[this.at + 1] === TokenKind.Chan;
      if (!isUnaryOperator(kind) || isChannelType) break;
      const unary = tree.add(NodeKind.Unary, this.at, this.at);
      this.at++;
      if (innermost !== NO_NODE) tree.append(innermost, unary);
      else outermost = unary;
      innermost = unary;
    }
    const operand = this.parsePostfix();
    if (innermost === NO_NODE) return operand;
    tree.append(innermost, operand);
    for (let node = innermost; node !== NO_NODE; node = tree.parent(node)) this.close(node);
    return outermost;
  }

  protected parsePostfix(): number {
    const tree = this.tree;
    let operand = this.parseOperand();
    for (;;) {
      switch (this.current()) {
        case TokenKind.Period:
          operand = this.parseSelector(operand);
          continue;
        case TokenKind.LBrack:
          operand = this.parseIndex(operand);
          continue;
        case TokenKind.LParen:
          operand = this.parseCall(operand);
          continue;
        case TokenKind.LBrace:
          if (!this.canBeLiteralType(operand)) return operand;
          operand = this.parseCompositeLit(operand);
          continue;
        default:
          return tree.kind(operand) === NodeKind.Bad ? this.recover(operand) : operand;
      }
    }
  }

  /** A Bad operand takes at least one token, or a broken list would never end. */
  protected recover(bad: number): number {
    if (this.tree.end(bad) === this.tree.first(bad) && this.at < this.limit) {
      const kind = this.current();
      const isSeparator =
        kind === TokenKind.Comma ||
        kind === TokenKind.Semicolon ||
        kind === TokenKind.Colon ||
        kind === TokenKind.LBrace ||
        isAssignOperator(kind);
      if (!isSeparator) this.at = this.ends[this.at]! >= 0 ? afterRegion(this.regions, this.at) : this.at + 1;
      this.at = Math.min(this.at, this.limit);
      this.close(bad);
    }
    return bad;
  }

  protected parseOperand(): number {
    const kind = this.current();
    switch (kind) {
      case TokenKind.Ident:
        return this.leaf(NodeKind.Ident);
      case TokenKind.Int:
      case TokenKind.Float:
      case TokenKind.Imaginary:
      case TokenKind.Rune:
      case TokenKind.String:
      case TokenKind.RawString:
        return this.leaf(NodeKind.Literal);
      case TokenKind.LParen: {
        const paren = this.tree.add(NodeKind.Paren, this.at, this.at);
        this.inRegion(() => this.tree.append(paren, this.parseExpression()));
        return this.close(paren);
      }
      case TokenKind.Func:
        return this.parseFuncLit();
      case TokenKind.LBrack:
      case TokenKind.Map:
      case TokenKind.Chan:
      case TokenKind.Arrow:
      case TokenKind.Struct:
      case TokenKind.Interface: {
        const end = Math.min(this.limit, findTypeEnd(this.regions, this.at));
        return this.leaf(NodeKind.Type, Math.max(1, end - this.at));
      }
      default:
        return this.bad(this.at);
    }
  }

  protected parseSelector(operand: number): number {
    const tree = this.tree;
    const period = this.at++;
    if (this.current() === TokenKind.LParen) {
      const assertion = tree.add(NodeKind.TypeAssert, period, tree.first(operand));
      tree.append(assertion, operand);
      this.inRegion(() => {
        if (this.current() !== TokenKind.Type && this.at < this.limit) {
          tree.append(assertion, this.leaf(NodeKind.Type, this.limit - this.at));
        }
      });
      return this.close(assertion);
    }
    const selector = tree.add(NodeKind.Selector, this.at, tree.first(operand));
    tree.append(selector, operand);
    tree.append(
      selector,
      this.current() === TokenKind.Ident ? this.leaf(NodeKind.FieldName) : this.bad(this.at),
    );
    return this.close(selector);
  }

  protected parseIndex(operand: number): number {
    const tree = this.tree;
    const index = tree.add(NodeKind.Index, this.at, tree.first(operand));
    tree.append(index, operand);
    this.inRegion(() => {
      while (this.at < this.limit) {
        const before = this.at;
        if (this.current() !== TokenKind.Colon) tree.append(index, this.parseExpression());
        if (this.current() === TokenKind.Colon) tree.setKind(index, NodeKind.Slice);
        if (this.current() === TokenKind.Colon || this.current() === TokenKind.Comma) this.at++;
        if (this.at === before) break;
      }
    });
    return this.close(index);
  }

  protected parseCall(operand: number): number {
    const tree = this.tree;
    const call = tree.add(NodeKind.Call, -1, tree.first(operand));
    tree.append(call, operand);
    this.inRegion(() => {
      while (this.at < this.limit) {
        const before = this.at;
        tree.append(call, this.parseExpression());
        if (this.current() === TokenKind.Ellipsis) tree.setToken(call, this.at++);
        if (this.current() !== TokenKind.Comma) this.skipTo(TokenKind.Comma);
        if (this.at < this.limit) this.at++;
        if (this.at === before) break;
      }
    });
    return this.close(call);
  }

  protected canBeLiteralType(operand: number): boolean {
    const tree = this.tree;
    if (tree.kind(operand) === NodeKind.Type) return true;
    if (this.inHeader) return false;
    let name = operand;
    if (tree.kind(name) === NodeKind.Index) name = tree.firstChild(name);
    if (tree.kind(name) === NodeKind.Selector) name = tree.firstChild(name);
    return tree.kind(name) === NodeKind.Ident;
  }

  /** At `{`; `type` is the literal's type or a NoType node. */
  protected parseCompositeLit(type: number): number {
    const tree = this.tree;
    const literal = tree.add(NodeKind.CompositeLit, this.at, tree.first(type));
    tree.append(literal, type);
    this.inRegion(() => {
      while (this.at < this.limit) {
        const before = this.at;
        let element = this.parseElement();
        if (this.current() === TokenKind.Colon) {
          const pair = tree.add(NodeKind.KeyValue, this.at++, tree.first(element));
          tree.append(pair, element);
          tree.append(pair, this.parseElement());
          element = this.close(pair);
        }
        tree.append(literal, element);
        if (this.current() !== TokenKind.Comma) this.skipTo(TokenKind.Comma);
        if (this.at < this.limit) this.at++;
        if (this.at === before) break;
      }
    });
    return this.close(literal);
  }

  protected parseElement(): number {
    if (this.current() !== TokenKind.LBrace) return this.parseExpression();
    return this.parseCompositeLit(this.leaf(NodeKind.NoType, 0));
  }

  /** The statements between braces, with the cursor at the opening one. */
  protected abstract parseBlock(open: number): number;
}
