import { NO_NODE, NodeKind, SyntaxTree } from "./go-syntax-tree.ts";
import { binaryPrecedence, isAssignOperator, isUnaryOperator, TokenKind } from "./go-token.ts";
import {
  afterRegion,
  findTypeEnd,
  type GoTokenRegions,
  isTypeStart,
  readParameters,
} from "./go-type-syntax.ts";

/** Token positions of a function declaration; -1 for a part that is missing. */
export interface FunctionTokens {
  /** The `func` keyword. */
  first: number;
  /** Opening parentheses of the three lists. A single unparenthesised result has `resultStart` to `resultEnd`. */
  receiver: number;
  parameters: number;
  resultStart: number;
  resultEnd: number;
  /** Opening brace. */
  body: number;
  /** Behind the last token. */
  end: number;
}

/** The tree of one function. Anything that is no Go becomes `Bad` nodes: never throws, linear time. */
export function parseFunction(regions: GoTokenRegions, at: FunctionTokens): SyntaxTree {
  return new Parser(regions).parseFunction(at);
}

/** The tree of `var` specifications, each given as its token range: a root of kind Initializers. */
export function parseInitializers(
  regions: GoTokenRegions,
  specs: readonly { start: number; end: number }[],
): SyntaxTree {
  return new Parser(regions).parseInitializers(specs);
}

/** Deeper nesting than in any code that people or generators write; what lies below is left out as Bad. */
const MAX_DEPTH = 300;

class Parser {
  readonly #regions: GoTokenRegions;
  readonly #kind: Uint8Array;
  readonly #ends: Int32Array;
  readonly #tree = new SyntaxTree();
  #at = 0;
  /** No token at or behind this one is looked at: the end of the innermost region. */
  #limit = 0;
  #depth = 0;
  /** In the header of if, for and switch a `{` behind a type name begins the body, not a literal. */
  #inHeader = false;

  constructor(regions: GoTokenRegions) {
    this.#regions = regions;
    this.#kind = regions.tokens.kind;
    this.#ends = regions.ends;
  }

  parseFunction(at: FunctionTokens): SyntaxTree {
    const tree = this.#tree;
    const root = tree.add(NodeKind.Function, at.first, at.first);
    const signatureEnd = at.body >= 0 ? at.body : at.end;
    const inner = at.parameters >= 0 ? at.parameters : signatureEnd;
    tree.append(root, this.#parseParameters(at.receiver, at.first));
    tree.append(root, this.#parseParameters(at.parameters, inner));
    tree.append(root, this.#parseResults(at.resultStart, at.resultEnd, signatureEnd));
    if (at.body >= 0) tree.append(root, this.#parseBlock(at.body));
    tree.close(root, at.end);
    return tree;
  }

  parseInitializers(specs: readonly { start: number; end: number }[]): SyntaxTree {
    const tree = this.#tree;
    const root = tree.add(NodeKind.Initializers, -1, specs[0]?.start ?? 0);
    for (const { start, end } of specs) {
      this.#at = start;
      this.#limit = end;
      tree.append(root, this.#parseValueSpec(-1));
      tree.close(root, end);
    }
    return tree;
  }

  // ---- regions ----

  #current(): number {
    return this.#at < this.#limit ? this.#kind[this.#at]! : TokenKind.EndOfFile;
  }

  /** Runs `parse` on the inside of the bracket at the cursor, and steps behind the bracket whatever was read. */
  #inRegion(parse: () => void): void {
    const open = this.#at;
    const limit = this.#limit;
    const inHeader = this.#inHeader;
    this.#limit = Math.min(limit, this.#ends[open]!);
    this.#inHeader = false;
    this.#at = open + 1;
    if (this.#depth < MAX_DEPTH) {
      this.#depth++;
      parse();
      this.#depth--;
    }
    this.#at = Math.min(limit, Math.max(open + 1, afterRegion(this.#regions, open)));
    this.#limit = limit;
    this.#inHeader = inHeader;
  }

  /** Skips to the next separator of this region. */
  #skipTo(separator: number): void {
    while (this.#at < this.#limit) {
      const kind = this.#kind[this.#at]!;
      if (kind === separator || kind === TokenKind.Semicolon) return;
      this.#at = this.#ends[this.#at]! >= 0 ? afterRegion(this.#regions, this.#at) : this.#at + 1;
    }
    this.#at = Math.min(this.#at, this.#limit);
  }

  #bad(from: number): number {
    return this.#tree.close(this.#tree.add(NodeKind.Bad, from, from), Math.max(from, this.#at));
  }

  #leaf(kind: NodeKind, length = 1): number {
    const node = this.#tree.add(kind, this.#at, this.#at);
    this.#at += length;
    return this.#tree.close(node, this.#at);
  }

  #close(node: number): number {
    return this.#tree.close(node, this.#at);
  }

  // ---- signatures ----

  /** The list at the parenthesis `open`; an empty one at token `otherwise` if there is none. */
  #parseParameters(open: number, otherwise: number): number {
    const tree = this.#tree;
    const list = tree.add(NodeKind.ParameterList, open, open >= 0 ? open : otherwise);
    if (open < 0) return list;
    for (const { name, typeStart, typeEnd, variadic } of readParameters(this.#regions, open)) {
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
    return tree.close(list, afterRegion(this.#regions, open));
  }

  #parseResults(start: number, end: number, otherwise: number): number {
    const tree = this.#tree;
    if (start >= 0 && this.#kind[start] === TokenKind.LParen) return this.#parseParameters(start, otherwise);
    const list = tree.add(NodeKind.ParameterList, start, start >= 0 ? start : otherwise);
    if (start < 0 || start >= end) return list;
    const parameter = tree.add(NodeKind.Parameter, -1, start);
    tree.append(parameter, tree.close(tree.add(NodeKind.Type, start, start), end));
    tree.append(list, tree.close(parameter, end));
    return tree.close(list, end);
  }

  /** At `func` in an expression: a literal, or a type if no body follows. */
  #parseFuncLit(): number {
    const tree = this.#tree;
    const first = this.#at;
    const open = first + 1;
    if (this.#kind[open] !== TokenKind.LParen || open >= this.#limit) return this.#leaf(NodeKind.Bad);
    const resultStart = afterRegion(this.#regions, open);
    const hasResult = resultStart < this.#limit && isTypeStart(this.#kind[resultStart]!);
    const resultEnd = hasResult
      ? Math.min(this.#limit, findTypeEnd(this.#regions, resultStart))
      : resultStart;
    this.#at = resultEnd;
    if (this.#current() !== TokenKind.LBrace) {
      return this.#close(tree.add(NodeKind.Type, first, first));
    }
    const literal = tree.add(NodeKind.FuncLit, first, first);
    tree.append(literal, this.#parseParameters(open, open));
    tree.append(literal, this.#parseResults(hasResult ? resultStart : -1, resultEnd, resultStart));
    tree.append(literal, this.#parseBlock(this.#at));
    return this.#close(literal);
  }

  // ---- expressions ----

  #parseExpressionList(): number {
    const tree = this.#tree;
    const list = tree.add(NodeKind.ExpressionList, -1, this.#at);
    for (;;) {
      const before = this.#at;
      tree.append(list, this.#parseExpression());
      if (this.#current() !== TokenKind.Comma || this.#at === before) break;
      this.#at++;
    }
    return this.#close(list);
  }

  #parseExpression(): number {
    if (this.#depth >= MAX_DEPTH) {
      const from = this.#at;
      this.#skipTo(TokenKind.Comma);
      return this.#bad(from);
    }
    this.#depth++;
    const node = this.#parseBinary(1);
    this.#depth--;
    return node;
  }

  // Precedence climbing: the depth of the recursion is the number of precedences, long chains loop.
  #parseBinary(minimum: number): number {
    const tree = this.#tree;
    let left = this.#parseUnary();
    for (;;) {
      const precedence = binaryPrecedence(this.#current());
      if (precedence < minimum || precedence === 0) return left;
      const binary = tree.add(NodeKind.Binary, this.#at, tree.first(left));
      this.#at++;
      tree.append(binary, left);
      tree.append(binary, this.#parseBinary(precedence + 1));
      left = this.#close(binary);
    }
  }

  #parseUnary(): number {
    const tree = this.#tree;
    let outermost = NO_NODE;
    let innermost = NO_NODE;
    // A loop, because `!!!!…` may be as long as the file.
    for (;;) {
      const kind = this.#current();
      const isChannelType = kind === TokenKind.Arrow && this.#kind[this.#at + 1] === TokenKind.Chan;
      if (!isUnaryOperator(kind) || isChannelType) break;
      const unary = tree.add(NodeKind.Unary, this.#at, this.#at);
      this.#at++;
      if (innermost !== NO_NODE) tree.append(innermost, unary);
      else outermost = unary;
      innermost = unary;
    }
    const operand = this.#parsePostfix();
    if (innermost === NO_NODE) return operand;
    tree.append(innermost, operand);
    for (let node = innermost; node !== NO_NODE; node = tree.parent(node)) this.#close(node);
    return outermost;
  }

  #parsePostfix(): number {
    const tree = this.#tree;
    let operand = this.#parseOperand();
    for (;;) {
      switch (this.#current()) {
        case TokenKind.Period:
          operand = this.#parseSelector(operand);
          continue;
        case TokenKind.LBrack:
          operand = this.#parseIndex(operand);
          continue;
        case TokenKind.LParen:
          operand = this.#parseCall(operand);
          continue;
        case TokenKind.LBrace:
          if (!this.#canBeLiteralType(operand)) return operand;
          operand = this.#parseCompositeLit(operand);
          continue;
        default:
          return tree.kind(operand) === NodeKind.Bad ? this.#recover(operand) : operand;
      }
    }
  }

  /** A Bad operand takes at least one token, or a broken list would never end. */
  #recover(bad: number): number {
    if (this.#tree.end(bad) === this.#tree.first(bad) && this.#at < this.#limit) {
      const kind = this.#current();
      const isSeparator =
        kind === TokenKind.Comma ||
        kind === TokenKind.Semicolon ||
        kind === TokenKind.Colon ||
        kind === TokenKind.LBrace ||
        isAssignOperator(kind);
      if (!isSeparator)
        this.#at = this.#ends[this.#at]! >= 0 ? afterRegion(this.#regions, this.#at) : this.#at + 1;
      this.#at = Math.min(this.#at, this.#limit);
      this.#close(bad);
    }
    return bad;
  }

  #parseOperand(): number {
    const kind = this.#current();
    switch (kind) {
      case TokenKind.Ident:
        return this.#leaf(NodeKind.Ident);
      case TokenKind.Int:
      case TokenKind.Float:
      case TokenKind.Imaginary:
      case TokenKind.Rune:
      case TokenKind.String:
      case TokenKind.RawString:
        return this.#leaf(NodeKind.Literal);
      case TokenKind.LParen: {
        const paren = this.#tree.add(NodeKind.Paren, this.#at, this.#at);
        this.#inRegion(() => this.#tree.append(paren, this.#parseExpression()));
        return this.#close(paren);
      }
      case TokenKind.Func:
        return this.#parseFuncLit();
      case TokenKind.LBrack:
      case TokenKind.Map:
      case TokenKind.Chan:
      case TokenKind.Arrow:
      case TokenKind.Struct:
      case TokenKind.Interface: {
        const end = Math.min(this.#limit, findTypeEnd(this.#regions, this.#at));
        return this.#leaf(NodeKind.Type, Math.max(1, end - this.#at));
      }
      default:
        return this.#bad(this.#at);
    }
  }

  #parseSelector(operand: number): number {
    const tree = this.#tree;
    const period = this.#at++;
    if (this.#current() === TokenKind.LParen) {
      const assertion = tree.add(NodeKind.TypeAssert, period, tree.first(operand));
      tree.append(assertion, operand);
      this.#inRegion(() => {
        if (this.#current() !== TokenKind.Type && this.#at < this.#limit) {
          tree.append(assertion, this.#leaf(NodeKind.Type, this.#limit - this.#at));
        }
      });
      return this.#close(assertion);
    }
    const selector = tree.add(NodeKind.Selector, this.#at, tree.first(operand));
    tree.append(selector, operand);
    tree.append(
      selector,
      this.#current() === TokenKind.Ident ? this.#leaf(NodeKind.FieldName) : this.#bad(this.#at),
    );
    return this.#close(selector);
  }

  #parseIndex(operand: number): number {
    const tree = this.#tree;
    const index = tree.add(NodeKind.Index, this.#at, tree.first(operand));
    tree.append(index, operand);
    this.#inRegion(() => {
      while (this.#at < this.#limit) {
        const before = this.#at;
        if (this.#current() !== TokenKind.Colon) tree.append(index, this.#parseExpression());
        if (this.#current() === TokenKind.Colon) tree.setKind(index, NodeKind.Slice);
        if (this.#current() === TokenKind.Colon || this.#current() === TokenKind.Comma) this.#at++;
        if (this.#at === before) break;
      }
    });
    return this.#close(index);
  }

  #parseCall(operand: number): number {
    const tree = this.#tree;
    const call = tree.add(NodeKind.Call, -1, tree.first(operand));
    tree.append(call, operand);
    this.#inRegion(() => {
      while (this.#at < this.#limit) {
        const before = this.#at;
        tree.append(call, this.#parseExpression());
        if (this.#current() === TokenKind.Ellipsis) tree.setToken(call, this.#at++);
        if (this.#current() !== TokenKind.Comma) this.#skipTo(TokenKind.Comma);
        if (this.#at < this.#limit) this.#at++;
        if (this.#at === before) break;
      }
    });
    return this.#close(call);
  }

  #canBeLiteralType(operand: number): boolean {
    const tree = this.#tree;
    if (tree.kind(operand) === NodeKind.Type) return true;
    if (this.#inHeader) return false;
    let name = operand;
    if (tree.kind(name) === NodeKind.Index) name = tree.firstChild(name);
    if (tree.kind(name) === NodeKind.Selector) name = tree.firstChild(name);
    return tree.kind(name) === NodeKind.Ident;
  }

  /** At `{`; `type` is the literal's type or a NoType node. */
  #parseCompositeLit(type: number): number {
    const tree = this.#tree;
    const literal = tree.add(NodeKind.CompositeLit, this.#at, tree.first(type));
    tree.append(literal, type);
    this.#inRegion(() => {
      while (this.#at < this.#limit) {
        const before = this.#at;
        let element = this.#parseElement();
        if (this.#current() === TokenKind.Colon) {
          const pair = tree.add(NodeKind.KeyValue, this.#at++, tree.first(element));
          tree.append(pair, element);
          tree.append(pair, this.#parseElement());
          element = this.#close(pair);
        }
        tree.append(literal, element);
        if (this.#current() !== TokenKind.Comma) this.#skipTo(TokenKind.Comma);
        if (this.#at < this.#limit) this.#at++;
        if (this.#at === before) break;
      }
    });
    return this.#close(literal);
  }

  #parseElement(): number {
    if (this.#current() !== TokenKind.LBrace) return this.#parseExpression();
    return this.#parseCompositeLit(this.#leaf(NodeKind.NoType, 0));
  }

  // ---- statements ----

  #parseBlock(open: number): number {
    const block = this.#tree.add(NodeKind.Block, open, open);
    if (this.#limit <= open) this.#limit = Math.max(open + 1, afterRegion(this.#regions, open));
    this.#at = open;
    this.#inRegion(() => this.#parseStatements(block));
    return this.#close(block);
  }

  /** Statements up to the end of the region, or up to `case` or `default` in a clause. */
  #parseStatements(parent: number): void {
    while (this.#at < this.#limit) {
      const kind = this.#current();
      if (kind === TokenKind.Case || kind === TokenKind.Default) return;
      if (kind === TokenKind.Semicolon) {
        this.#at++;
        continue;
      }
      const before = this.#at;
      this.#tree.append(parent, this.#parseStatement());
      const next = this.#current();
      if (next === TokenKind.Semicolon || next === TokenKind.Case || next === TokenKind.Default) continue;
      if (this.#at === before) this.#at++;
      this.#skipTo(TokenKind.Semicolon);
    }
  }

  #parseStatement(): number {
    if (this.#depth >= MAX_DEPTH) {
      const from = this.#at;
      this.#skipTo(TokenKind.Semicolon);
      return this.#bad(from);
    }
    this.#depth++;
    const node = this.#parseStatementOfKind(this.#current());
    this.#depth--;
    return node;
  }

  #parseStatementOfKind(kind: number): number {
    const tree = this.#tree;
    switch (kind) {
      case TokenKind.Go:
      case TokenKind.Defer: {
        const node = tree.add(kind === TokenKind.Go ? NodeKind.Go : NodeKind.Defer, this.#at, this.#at);
        this.#at++;
        tree.append(node, this.#parseExpression());
        return this.#close(node);
      }
      case TokenKind.Return: {
        const node = tree.add(NodeKind.Return, this.#at, this.#at);
        this.#at++;
        while (this.#at < this.#limit && this.#current() !== TokenKind.Semicolon) {
          const before = this.#at;
          tree.append(node, this.#parseExpression());
          if (this.#current() === TokenKind.Comma) this.#at++;
          else if (this.#at === before || this.#current() !== TokenKind.Semicolon) break;
        }
        return this.#close(node);
      }
      case TokenKind.Break:
      case TokenKind.Continue:
      case TokenKind.Goto:
      case TokenKind.Fallthrough: {
        const node = this.#leaf(NodeKind.Branch);
        if (this.#current() === TokenKind.Ident) this.#at++;
        return this.#close(node);
      }
      case TokenKind.LBrace:
        return this.#parseBlock(this.#at);
      case TokenKind.If:
        return this.#parseIf();
      case TokenKind.For:
        return this.#parseFor();
      case TokenKind.Switch:
        return this.#parseSwitch();
      case TokenKind.Select:
        return this.#parseSelect();
      case TokenKind.Var:
      case TokenKind.Const:
        return this.#parseDeclaration();
      case TokenKind.Type:
        return this.#parseTypeDeclaration();
      default:
        return this.#parseSimpleStatement();
    }
  }

  #parseSimpleStatement(): number {
    return this.#parseStatementFrom(this.#parseExpressionList());
  }

  /** The rest of a simple statement, behind the expressions it begins with. */
  #parseStatementFrom(left: number): number {
    const tree = this.#tree;
    const first = tree.first(left);
    const operator = this.#at;
    const kind = this.#current();
    if (isAssignOperator(kind)) {
      const assign = tree.add(NodeKind.Assign, operator, first);
      this.#at++;
      tree.append(assign, left);
      tree.append(assign, this.#parseExpressionList());
      return this.#close(assign);
    }
    const operand = tree.firstChild(left);
    if (kind === TokenKind.Arrow) {
      const send = tree.add(NodeKind.Send, operator, first);
      this.#at++;
      tree.append(send, operand);
      tree.append(send, this.#parseExpression());
      return this.#close(send);
    }
    if (kind === TokenKind.Increment || kind === TokenKind.Decrement) {
      const statement = tree.add(NodeKind.IncDec, operator, first);
      this.#at++;
      tree.append(statement, operand);
      return this.#close(statement);
    }
    if (kind === TokenKind.Colon && tree.kind(operand) === NodeKind.Ident && operator === first + 1) {
      const labeled = tree.add(NodeKind.Labeled, operator, first);
      tree.setKind(operand, NodeKind.FieldName);
      tree.append(labeled, operand);
      this.#at++;
      while (this.#current() === TokenKind.Semicolon && this.#at < this.#limit) this.#at++;
      const next = this.#current();
      const endsClause = next === TokenKind.Case || next === TokenKind.Default;
      if (this.#at < this.#limit && !endsClause) tree.append(labeled, this.#parseStatement());
      return this.#close(labeled);
    }
    const statement = tree.add(NodeKind.ExpressionStatement, -1, first);
    tree.append(statement, operand);
    return this.#close(statement);
  }

  /** The statements of a header, cursor behind the keyword; stops before the `{`. */
  #inHeaderDo(parse: () => void): void {
    const inHeader = this.#inHeader;
    this.#inHeader = true;
    parse();
    this.#inHeader = inHeader;
    // What could not be read must not hide the body.
    while (this.#at < this.#limit && this.#current() !== TokenKind.LBrace) {
      if (this.#current() === TokenKind.Semicolon && this.#kind[this.#at + 1] !== TokenKind.LBrace) return;
      this.#at = this.#ends[this.#at]! >= 0 ? afterRegion(this.#regions, this.#at) : this.#at + 1;
    }
    this.#at = Math.min(this.#at, this.#limit);
  }

  /** `[init;] [condition]` of if and switch. */
  #parseHeader(parent: number): void {
    const tree = this.#tree;
    this.#inHeaderDo(() => {
      if (this.#current() === TokenKind.LBrace) return;
      if (this.#current() !== TokenKind.Semicolon) {
        const statement = this.#parseSimpleStatement();
        if (this.#current() !== TokenKind.Semicolon) {
          tree.append(parent, this.#toCondition(statement));
          return;
        }
        tree.append(parent, statement);
      }
      this.#at++;
      if (this.#current() === TokenKind.LBrace || this.#at >= this.#limit) return;
      tree.append(parent, this.#toCondition(this.#parseSimpleStatement()));
    });
  }

  /** A lone expression is the condition; a type switch guard stays the statement it is. */
  #toCondition(statement: number): number {
    if (this.#tree.kind(statement) === NodeKind.ExpressionStatement) {
      this.#tree.setKind(statement, NodeKind.Condition);
    }
    return statement;
  }

  #parseIf(): number {
    const tree = this.#tree;
    const outermost = tree.add(NodeKind.If, this.#at, this.#at);
    // A loop, because generated code has long else-if chains.
    for (let node = outermost; ; ) {
      this.#at++;
      this.#parseHeader(node);
      if (this.#current() === TokenKind.LBrace) tree.append(node, this.#parseBlock(this.#at));
      if (this.#current() !== TokenKind.Else) {
        for (; node !== NO_NODE && node !== outermost; node = tree.parent(node)) this.#close(node);
        return this.#close(outermost);
      }
      this.#at++;
      if (this.#current() === TokenKind.If) {
        const inner = tree.add(NodeKind.If, this.#at, this.#at);
        tree.append(node, inner);
        node = inner;
        continue;
      }
      if (this.#current() === TokenKind.LBrace) tree.append(node, this.#parseBlock(this.#at));
      for (; node !== outermost; node = tree.parent(node)) this.#close(node);
      return this.#close(outermost);
    }
  }

  #parseFor(): number {
    const tree = this.#tree;
    const loop = tree.add(NodeKind.For, this.#at, this.#at);
    this.#at++;
    this.#inHeaderDo(() => this.#parseForHeader(loop));
    if (this.#current() === TokenKind.LBrace) tree.append(loop, this.#parseBlock(this.#at));
    return this.#close(loop);
  }

  #parseForHeader(loop: number): void {
    const tree = this.#tree;
    if (this.#current() === TokenKind.LBrace) return;
    if (this.#current() === TokenKind.Range) {
      this.#parseRangeOperand(loop, -1);
      return;
    }
    if (this.#current() !== TokenKind.Semicolon) {
      const left = this.#parseExpressionList();
      const operator = this.#at;
      const isAssign = this.#current() === TokenKind.Define || this.#current() === TokenKind.Assign;
      if (isAssign && this.#kind[operator + 1] === TokenKind.Range) {
        tree.append(loop, left);
        this.#at++;
        this.#parseRangeOperand(loop, operator);
        return;
      }
      const statement = this.#parseStatementFrom(left);
      if (this.#current() !== TokenKind.Semicolon) {
        tree.append(loop, this.#toCondition(statement));
        return;
      }
      tree.append(loop, statement);
    }
    this.#at++;
    if (this.#current() !== TokenKind.Semicolon && this.#current() !== TokenKind.LBrace) {
      tree.append(loop, this.#toCondition(this.#parseSimpleStatement()));
    }
    if (this.#current() === TokenKind.Semicolon) {
      this.#at++;
      if (this.#current() !== TokenKind.LBrace) tree.append(loop, this.#parseSimpleStatement());
    }
  }

  #parseRangeOperand(loop: number, operator: number): void {
    const tree = this.#tree;
    tree.setKind(loop, NodeKind.Range);
    tree.setToken(loop, operator);
    this.#at++;
    const operand = tree.add(NodeKind.RangeOperand, -1, this.#at);
    tree.append(operand, this.#parseExpression());
    tree.append(loop, this.#close(operand));
  }

  #parseSwitch(): number {
    const tree = this.#tree;
    const node = tree.add(NodeKind.Switch, this.#at, this.#at);
    this.#at++;
    this.#parseHeader(node);
    if (this.#current() === TokenKind.LBrace) {
      this.#inRegion(() =>
        this.#parseClauses(node, NodeKind.CaseClause, () => {
          const list = tree.add(NodeKind.ExpressionList, -1, this.#at);
          while (this.#at < this.#limit && this.#current() !== TokenKind.Colon) {
            const before = this.#at;
            tree.append(list, this.#parseExpression());
            if (this.#current() === TokenKind.Comma) this.#at++;
            if (this.#at === before) break;
          }
          return this.#close(list);
        }),
      );
    }
    return this.#close(node);
  }

  #parseSelect(): number {
    const tree = this.#tree;
    const node = tree.add(NodeKind.Select, this.#at, this.#at);
    this.#at++;
    if (this.#current() === TokenKind.LBrace) {
      this.#inRegion(() =>
        this.#parseClauses(node, NodeKind.CommClause, () => {
          const comm = tree.add(NodeKind.Comm, -1, this.#at);
          if (this.#current() !== TokenKind.Colon) tree.append(comm, this.#parseSimpleStatement());
          return this.#close(comm);
        }),
      );
    }
    return this.#close(node);
  }

  #parseClauses(parent: number, kind: NodeKind, parseGuard: () => number): void {
    const tree = this.#tree;
    while (this.#at < this.#limit) {
      const keyword = this.#current();
      if (keyword !== TokenKind.Case && keyword !== TokenKind.Default) {
        this.#at = this.#ends[this.#at]! >= 0 ? afterRegion(this.#regions, this.#at) : this.#at + 1;
        continue;
      }
      const clause = tree.add(kind, this.#at, this.#at);
      this.#at++;
      tree.append(clause, parseGuard());
      if (this.#current() !== TokenKind.Colon) this.#skipTo(TokenKind.Colon);
      if (this.#current() === TokenKind.Colon) this.#at++;
      this.#parseStatements(clause);
      tree.append(parent, this.#close(clause));
    }
    this.#at = Math.min(this.#at, this.#limit);
  }

  #parseDeclaration(): number {
    const tree = this.#tree;
    const keyword = this.#at;
    const declaration = tree.add(NodeKind.Declaration, keyword, keyword);
    this.#at++;
    if (this.#current() !== TokenKind.LParen) {
      tree.append(declaration, this.#parseValueSpec(keyword));
      return this.#close(declaration);
    }
    this.#inRegion(() => {
      while (this.#at < this.#limit) {
        if (this.#current() === TokenKind.Semicolon) {
          this.#at++;
          continue;
        }
        const before = this.#at;
        tree.append(declaration, this.#parseValueSpec(keyword));
        this.#skipTo(TokenKind.Semicolon);
        if (this.#at === before) this.#at++;
      }
    });
    return this.#close(declaration);
  }

  #parseValueSpec(keyword: number): number {
    const tree = this.#tree;
    const spec = tree.add(NodeKind.ValueSpec, keyword, this.#at);
    const names = tree.add(NodeKind.ExpressionList, -1, this.#at);
    while (this.#current() === TokenKind.Ident) {
      tree.append(names, this.#leaf(NodeKind.Ident));
      if (this.#current() !== TokenKind.Comma) break;
      this.#at++;
    }
    tree.append(spec, this.#close(names));
    if (isTypeStart(this.#current())) {
      const end = Math.min(this.#limit, findTypeEnd(this.#regions, this.#at));
      if (end > this.#at) tree.append(spec, this.#leaf(NodeKind.Type, end - this.#at));
    }
    if (this.#current() === TokenKind.Assign) {
      this.#at++;
      tree.append(spec, this.#parseExpressionList());
    }
    return this.#close(spec);
  }

  #parseTypeDeclaration(): number {
    const node = this.#tree.add(NodeKind.TypeSpec, this.#at + 1, this.#at);
    this.#at++;
    this.#skipTo(TokenKind.Semicolon);
    return this.#close(node);
  }
}
