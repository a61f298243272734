import { ExpressionParser, MAX_DEPTH } from "./go-expression-parser.ts";
import { NO_NODE, NodeKind, type SyntaxTree } from "./go-syntax-tree.ts";
import { isAssignOperator, TokenKind } from "./go-token.ts";
import { afterRegion, findTypeEnd, type GoTokenRegions, isTypeStart } from "./go-type-syntax.ts";

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
  return new StatementParser(regions).parseFunction(at);
}

/** The tree of `var` specifications, each given as its token range: a root of kind Initializers. */
export function parseInitializers(
  regions: GoTokenRegions,
  specs: readonly { start: number; end: number }[],
): SyntaxTree {
  return new StatementParser(regions).parseInitializers(specs);
}

/** Reads statements, and through them whole functions. */
class StatementParser extends ExpressionParser {
  parseFunction(at: FunctionTokens): SyntaxTree {
    const tree = this.tree;
    const root = tree.add(NodeKind.Function, at.first, at.first);
    const signatureEnd = at.body >= 0 ? at.body : at.end;
    const behindName = at.resultStart >= 0 ? at.resultStart : signatureEnd;
    tree.append(root, this.parseParameters(at.receiver, at.first));
    tree.append(root, this.parseParameters(at.parameters, behindName));
    tree.append(root, this.parseResults(at.resultStart, at.resultEnd, signatureEnd));
    if (at.body >= 0) tree.append(root, this.parseBlock(at.body));
    tree.close(root, at.end);
    return tree;
  }

  parseInitializers(specs: readonly { start: number; end: number }[]): SyntaxTree {
    const tree = this.tree;
    const root = tree.add(NodeKind.Initializers, -1, specs[0]?.start ?? 0);
    for (const { start, end } of specs) {
      this.at = start;
      this.limit = end;
      tree.append(root, this.parseValueSpec(-1));
      tree.close(root, end);
    }
    return tree;
  }

  protected override parseBlock(open: number): number {
    const block = this.tree.add(NodeKind.Block, open, open);
    if (this.limit <= open) this.limit = Math.max(open + 1, afterRegion(this.regions, open));
    this.at = open;
    this.inRegion(() => this.parseStatements(block));
    return this.close(block);
  }

  /** Statements up to the end of the region, or up to `case` or `default` in a clause. */
  private parseStatements(parent: number): void {
    while (this.at < this.limit) {
      const kind = this.current();
      if (kind === TokenKind.Case || kind === TokenKind.Default) return;
      if (kind === TokenKind.Semicolon) {
        this.at++;
        continue;
      }
      const before = this.at;
      this.tree.append(parent, this.parseStatement());
      const next = this.current();
      if (next === TokenKind.Semicolon || next === TokenKind.Case || next === TokenKind.Default) continue;
      if (this.at === before) this.at++;
      this.skipTo(TokenKind.Semicolon);
    }
  }

  private parseStatement(): number {
    if (this.depth >= MAX_DEPTH) {
      const from = this.at;
      this.skipTo(TokenKind.Semicolon);
      return this.bad(from);
    }
    this.depth++;
    const node = this.parseStatementOfKind(this.current());
    this.depth--;
    return node;
  }

  private parseStatementOfKind(kind: number): number {
    const tree = this.tree;
    switch (kind) {
      case TokenKind.Go:
      case TokenKind.Defer: {
        const node = tree.add(kind === TokenKind.Go ? NodeKind.Go : NodeKind.Defer, this.at, this.at);
        this.at++;
        tree.append(node, this.parseExpression());
        return this.close(node);
      }
      case TokenKind.Return: {
        const node = tree.add(NodeKind.Return, this.at, this.at);
        this.at++;
        while (this.at < this.limit && this.current() !== TokenKind.Semicolon) {
          const before = this.at;
          tree.append(node, this.parseExpression());
          if (this.current() === TokenKind.Comma) this.at++;
          else if (this.at === before || this.current() !== TokenKind.Semicolon) break;
        }
        return this.close(node);
      }
      case TokenKind.Break:
      case TokenKind.Continue:
      case TokenKind.Goto:
      case TokenKind.Fallthrough: {
        const node = this.leaf(NodeKind.Branch);
        if (this.current() === TokenKind.Ident) this.at++;
        return this.close(node);
      }
      case TokenKind.LBrace:
        return this.parseBlock(this.at);
      case TokenKind.If:
        return this.parseIf();
      case TokenKind.For:
        return this.parseFor();
      case TokenKind.Switch:
        return this.parseSwitch();
      case TokenKind.Select:
        return this.parseSelect();
      case TokenKind.Var:
      case TokenKind.Const:
        return this.parseDeclaration();
      case TokenKind.Type:
        return this.parseTypeDeclaration();
      default:
        return this.parseSimpleStatement();
    }
  }

  private parseSimpleStatement(): number {
    return this.parseStatementFrom(this.parseExpressionList());
  }

  /** The rest of a simple statement, behind the expressions it begins with. */
  private parseStatementFrom(left: number): number {
    const tree = this.tree;
    const first = tree.first(left);
    const operator = this.at;
    const kind = this.current();
    if (isAssignOperator(kind)) {
      const assign = tree.add(NodeKind.Assign, operator, first);
      this.at++;
      tree.append(assign, left);
      tree.append(assign, this.parseExpressionList());
      return this.close(assign);
    }
    const operand = tree.firstChild(left);
    if (kind === TokenKind.Arrow) {
      const send = tree.add(NodeKind.Send, operator, first);
      this.at++;
      tree.append(send, operand);
      tree.append(send, this.parseExpression());
      return this.close(send);
    }
    if (kind === TokenKind.Increment || kind === TokenKind.Decrement) {
      const statement = tree.add(NodeKind.IncDec, operator, first);
      this.at++;
      tree.append(statement, operand);
      return this.close(statement);
    }
    if (kind === TokenKind.Colon && tree.kind(operand) === NodeKind.Ident && operator === first + 1) {
      const labeled = tree.add(NodeKind.Labeled, operator, first);
      tree.setKind(operand, NodeKind.FieldName);
      tree.append(labeled, operand);
      this.at++;
      while (this.current() === TokenKind.Semicolon && this.at < this.limit) this.at++;
      const next = this.current();
      const endsClause = next === TokenKind.Case || next === TokenKind.Default;
      if (this.at < this.limit && !endsClause) tree.append(labeled, this.parseStatement());
      return this.close(labeled);
    }
    const statement = tree.add(NodeKind.ExpressionStatement, -1, first);
    tree.append(statement, operand);
    return this.close(statement);
  }

  /** The statements of a header, cursor behind the keyword; stops before the `{`. */
  private inHeaderDo(parse: () => void): void {
    const inHeader = this.inHeader;
    this.inHeader = true;
    parse();
    this.inHeader = inHeader;
    // What could not be read must not hide the body.
    while (this.at < this.limit && this.current() !== TokenKind.LBrace) {
      if (this.current() === TokenKind.Semicolon && this.kind[this.at + 1] !== TokenKind.LBrace) return;
      this.at = this.ends[this.at]! >= 0 ? afterRegion(this.regions, this.at) : this.at + 1;
    }
    this.at = Math.min(this.at, this.limit);
  }

  /** `[init;] [condition]` of if and switch. */
  private parseHeader(parent: number): void {
    const tree = this.tree;
    this.inHeaderDo(() => {
      if (this.current() === TokenKind.LBrace) return;
      if (this.current() !== TokenKind.Semicolon) {
        const statement = this.parseSimpleStatement();
        if (this.current() !== TokenKind.Semicolon) {
          tree.append(parent, this.toCondition(statement));
          return;
        }
        tree.append(parent, statement);
      }
      this.at++;
      if (this.current() === TokenKind.LBrace || this.at >= this.limit) return;
      tree.append(parent, this.toCondition(this.parseSimpleStatement()));
    });
  }

  /** A lone expression is the condition; a type switch guard stays the statement it is. */
  private toCondition(statement: number): number {
    if (this.tree.kind(statement) === NodeKind.ExpressionStatement) {
      this.tree.setKind(statement, NodeKind.Condition);
    }
    return statement;
  }

  private parseIf(): number {
    const tree = this.tree;
    const outermost = tree.add(NodeKind.If, this.at, this.at);
    // A loop, because generated code has long else-if chains.
    for (let node = outermost; ; ) {
      this.at++;
      this.parseHeader(node);
      if (this.current() === TokenKind.LBrace) tree.append(node, this.parseBlock(this.at));
      if (this.current() !== TokenKind.Else) {
        for (; node !== NO_NODE && node !== outermost; node = tree.parent(node)) this.close(node);
        return this.close(outermost);
      }
      this.at++;
      if (this.current() === TokenKind.If) {
        const inner = tree.add(NodeKind.If, this.at, this.at);
        tree.append(node, inner);
        node = inner;
        continue;
      }
      if (this.current() === TokenKind.LBrace) tree.append(node, this.parseBlock(this.at));
      for (; node !== outermost; node = tree.parent(node)) this.close(node);
      return this.close(outermost);
    }
  }

  private parseFor(): number {
    const tree = this.tree;
    const loop = tree.add(NodeKind.For, this.at, this.at);
    this.at++;
    this.inHeaderDo(() => this.parseForHeader(loop));
    if (this.current() === TokenKind.LBrace) tree.append(loop, this.parseBlock(this.at));
    return this.close(loop);
  }

  private parseForHeader(loop: number): void {
    const tree = this.tree;
    if (this.current() === TokenKind.LBrace) return;
    if (this.current() === TokenKind.Range) {
      this.parseRangeOperand(loop, -1);
      return;
    }
    if (this.current() !== TokenKind.Semicolon) {
      const left = this.parseExpressionList();
      const operator = this.at;
      const isAssign = this.current() === TokenKind.Define || this.current() === TokenKind.Assign;
      if (isAssign && this.kind[operator + 1] === TokenKind.Range) {
        tree.append(loop, left);
        this.at++;
        this.parseRangeOperand(loop, operator);
        return;
      }
      const statement = this.parseStatementFrom(left);
      if (this.current() !== TokenKind.Semicolon) {
        tree.append(loop, this.toCondition(statement));
        return;
      }
      tree.append(loop, statement);
    }
    this.at++;
    if (this.current() !== TokenKind.Semicolon && this.current() !== TokenKind.LBrace) {
      tree.append(loop, this.toCondition(this.parseSimpleStatement()));
    }
    if (this.current() === TokenKind.Semicolon) {
      this.at++;
      if (this.current() !== TokenKind.LBrace) tree.append(loop, this.parseSimpleStatement());
    }
  }

  private parseRangeOperand(loop: number, operator: number): void {
    const tree = this.tree;
    tree.setKind(loop, NodeKind.Range);
    tree.setToken(loop, operator);
    this.at++;
    const operand = tree.add(NodeKind.RangeOperand, -1, this.at);
    tree.append(operand, this.parseExpression());
    tree.append(loop, this.close(operand));
  }

  private parseSwitch(): number {
    const tree = this.tree;
    const node = tree.add(NodeKind.Switch, this.at, this.at);
    this.at++;
    this.parseHeader(node);
    if (this.current() === TokenKind.LBrace) {
      this.inRegion(() =>
        this.parseClauses(node, NodeKind.CaseClause, () => {
          const list = tree.add(NodeKind.ExpressionList, -1, this.at);
          while (this.at < this.limit && this.current() !== TokenKind.Colon) {
            const before = this.at;
            tree.append(list, this.parseExpression());
            if (this.current() === TokenKind.Comma) this.at++;
            if (this.at === before) break;
          }
          return this.close(list);
        }),
      );
    }
    return this.close(node);
  }

  private parseSelect(): number {
    const tree = this.tree;
    const node = tree.add(NodeKind.Select, this.at, this.at);
    this.at++;
    if (this.current() === TokenKind.LBrace) {
      this.inRegion(() =>
        this.parseClauses(node, NodeKind.CommClause, () => {
          const comm = tree.add(NodeKind.Comm, -1, this.at);
          if (this.current() !== TokenKind.Colon) tree.append(comm, this.parseSimpleStatement());
          return this.close(comm);
        }),
      );
    }
    return this.close(node);
  }

  private parseClauses(parent: number, kind: NodeKind, parseGuard: () => number): void {
    const tree = this.tree;
    while (this.at < this.limit) {
      const keyword = this.current();
      if (keyword !== TokenKind.Case && keyword !== TokenKind.Default) {
        this.at = this.ends[this.at]! >= 0 ? afterRegion(this.regions, this.at) : this.at + 1;
        continue;
      }
      const clause = tree.add(kind, this.at, this.at);
      this.at++;
      tree.append(clause, parseGuard());
      if (this.current() !== TokenKind.Colon) this.skipTo(TokenKind.Colon);
      if (this.current() === TokenKind.Colon) this.at++;
      this.parseStatements(clause);
      tree.append(parent, this.close(clause));
    }
    this.at = Math.min(this.at, this.limit);
  }

  private parseDeclaration(): number {
    const tree = this.tree;
    const keyword = this.at;
    const declaration = tree.add(NodeKind.Declaration, keyword, keyword);
    this.at++;
    if (this.current() !== TokenKind.LParen) {
      tree.append(declaration, this.parseValueSpec(keyword));
      return this.close(declaration);
    }
    this.inRegion(() => {
      while (this.at < this.limit) {
        if (this.current() === TokenKind.Semicolon) {
          this.at++;
          continue;
        }
        const before = this.at;
        tree.append(declaration, this.parseValueSpec(keyword));
        this.skipTo(TokenKind.Semicolon);
        if (this.at === before) this.at++;
      }
    });
    return this.close(declaration);
  }

  private parseValueSpec(keyword: number): number {
    const tree = this.tree;
    const spec = tree.add(NodeKind.ValueSpec, keyword, this.at);
    const names = tree.add(NodeKind.ExpressionList, -1, this.at);
    while (this.current() === TokenKind.Ident) {
      tree.append(names, this.leaf(NodeKind.Ident));
      if (this.current() !== TokenKind.Comma) break;
      this.at++;
    }
    tree.append(spec, this.close(names));
    if (isTypeStart(this.current())) {
      const end = Math.min(this.limit, findTypeEnd(this.regions, this.at));
      if (end > this.at) tree.append(spec, this.leaf(NodeKind.Type, end - this.at));
    }
    if (this.current() === TokenKind.Assign) {
      this.at++;
      tree.append(spec, this.parseExpressionList());
    }
    return this.close(spec);
  }

  private parseTypeDeclaration(): number {
    const node = this.tree.add(NodeKind.TypeSpec, this.at + 1, this.at);
    this.at++;
    this.skipTo(TokenKind.Semicolon);
    return this.close(node);
  }
}
