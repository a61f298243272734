import { type GoTokens, tokenText } from "./go-lexer.ts";
import { NO_NODE, NodeKind, type SyntaxTree } from "./go-syntax-tree.ts";
import { TokenKind } from "./go-token.ts";

/** Which name means which local variable, inside one function and the literals in it. */
export interface Bindings {
  /** By node: of an Ident the Ident that declares it (itself for a declaration), NO_NODE if it is no local. */
  declaration: Int32Array;
  /** The other Idents that mean the variable which `declaration` declares, in the order Go evaluates them. */
  uses(declaration: number): readonly number[];
}

/** Resolves local names by Go's scope rules. One walk, no recursion. */
export function buildBindings(tokens: GoTokens, tree: SyntaxTree): Bindings {
  return new Binder(tokens, tree).bind();
}

const ENTER_SCOPE = 0;
const EXIT_SCOPE = 1;
const VISIT = 2;
/** The Ident declares a variable. */
const DECLARE = 3;
/** The Ident declares a variable, or assigns the one of that name that this very scope has: the left of `:=`. */
const DEFINE = 4;

const NO_USES: readonly number[] = [];

class Binder {
  readonly #tokens: GoTokens;
  readonly #tree: SyntaxTree;
  readonly #declaration: Int32Array;
  readonly #uses = new Map<number, number[]>();
  /** By name the declarations that can be seen, the innermost last. */
  readonly #visible = new Map<string, { node: number; scope: number }[]>();
  readonly #declaredInScope: string[][] = [];
  /** What is still to do, operation and node by turns, the next at the end. */
  readonly #pending: number[] = [];
  /** What the node being visited asks for, operation and node by turns, in order. */
  readonly #plan: number[] = [];

  constructor(tokens: GoTokens, tree: SyntaxTree) {
    this.#tokens = tokens;
    this.#tree = tree;
    this.#declaration = new Int32Array(tree.count).fill(NO_NODE);
  }

  bind(): Bindings {
    this.#pending.push(VISIT, 0);
    while (this.#pending.length > 0) {
      const node = this.#pending.pop()!;
      const operation = this.#pending.pop()!;
      this.#run(operation, node);
      for (let i = this.#plan.length - 2; i >= 0; i -= 2) {
        this.#pending.push(this.#plan[i]!, this.#plan[i + 1]!);
      }
      this.#plan.length = 0;
    }
    const uses = this.#uses;
    return { declaration: this.#declaration, uses: (declaration) => uses.get(declaration) ?? NO_USES };
  }

  #run(operation: number, node: number): void {
    switch (operation) {
      case ENTER_SCOPE:
        this.#declaredInScope.push([]);
        break;
      case EXIT_SCOPE:
        for (const name of this.#declaredInScope.pop() ?? []) this.#visible.get(name)?.pop();
        break;
      case DECLARE:
        this.#declare(node);
        break;
      case DEFINE:
        if (!this.#bindUse(node, true)) this.#declare(node);
        break;
      default:
        this.#visit(node);
    }
  }

  #declare(node: number): void {
    const name = tokenText(this.#tokens, this.#tree.token(node));
    this.#declaration[node] = node;
    if (name === "_") return;
    const entry = { node, scope: this.#declaredInScope.length };
    const known = this.#visible.get(name);
    if (known === undefined) this.#visible.set(name, [entry]);
    else known.push(entry);
    this.#declaredInScope.at(-1)?.push(name);
  }

  #bindUse(node: number, inThisScopeOnly: boolean): boolean {
    const found = this.#visible.get(tokenText(this.#tokens, this.#tree.token(node)))?.at(-1);
    if (found === undefined) return false;
    if (inThisScopeOnly && found.scope !== this.#declaredInScope.length) return false;
    this.#declaration[node] = found.node;
    const uses = this.#uses.get(found.node);
    if (uses === undefined) this.#uses.set(found.node, [node]);
    else uses.push(node);
    return true;
  }

  #visit(node: number): void {
    const tree = this.#tree;
    const plan = this.#plan;
    switch (tree.kind(node)) {
      case NodeKind.Ident:
        this.#bindUse(node, false);
        break;
      case NodeKind.Function:
      case NodeKind.FuncLit:
        plan.push(ENTER_SCOPE, node);
        for (const child of tree.children(node)) {
          // The body shares the scope of the parameters.
          if (tree.kind(child) === NodeKind.ParameterList) this.#planParameters(child);
          else this.#planChildren(child);
        }
        plan.push(EXIT_SCOPE, node);
        break;
      case NodeKind.Block:
      case NodeKind.If:
      case NodeKind.For:
      case NodeKind.Switch:
      case NodeKind.Select:
      case NodeKind.CaseClause:
      case NodeKind.CommClause:
        plan.push(ENTER_SCOPE, node);
        this.#planChildren(node);
        plan.push(EXIT_SCOPE, node);
        break;
      case NodeKind.Range:
        plan.push(ENTER_SCOPE, node);
        this.#planRange(node);
        plan.push(EXIT_SCOPE, node);
        break;
      case NodeKind.Assign: {
        const left = tree.firstChild(node);
        const right = tree.next(left);
        if (right !== NO_NODE) plan.push(VISIT, right);
        this.#planTargets(left, this.#isDefine(node) ? DEFINE : VISIT);
        break;
      }
      case NodeKind.ValueSpec: {
        const names = tree.firstChild(node);
        for (let child = tree.next(names); child !== NO_NODE; child = tree.next(child))
          plan.push(VISIT, child);
        this.#planTargets(names, DECLARE);
        break;
      }
      case NodeKind.CompositeLit:
        this.#planElements(node);
        break;
      default:
        this.#planChildren(node);
    }
  }

  #planChildren(node: number): void {
    for (const child of this.#tree.children(node)) this.#plan.push(VISIT, child);
  }

  #planParameters(list: number): void {
    for (const parameter of this.#tree.children(list)) {
      const name = this.#tree.firstChild(parameter);
      if (name !== NO_NODE && this.#tree.kind(name) === NodeKind.Ident) this.#plan.push(DECLARE, name);
    }
  }

  #planTargets(list: number, operation: number): void {
    for (const target of this.#tree.children(list)) {
      this.#plan.push(this.#tree.kind(target) === NodeKind.Ident ? operation : VISIT, target);
    }
  }

  /** The operand of a range does not see the variables of the range. */
  #planRange(node: number): void {
    const tree = this.#tree;
    const variables = tree.firstChild(node);
    if (tree.kind(variables) !== NodeKind.ExpressionList) {
      this.#planChildren(node);
      return;
    }
    const operand = tree.next(variables);
    if (operand !== NO_NODE) this.#plan.push(VISIT, operand);
    this.#planTargets(variables, this.#isDefine(node) ? DECLARE : VISIT);
    if (operand === NO_NODE) return;
    for (let child = tree.next(operand); child !== NO_NODE; child = tree.next(child)) {
      this.#plan.push(VISIT, child);
    }
  }

  /** A bare name before the colon is a field, unless the literal is plainly a map or an array. */
  #planElements(literal: number): void {
    const tree = this.#tree;
    const opening = this.#tokens.kind[tree.first(literal)];
    const keysAreValues = opening === TokenKind.Map || opening === TokenKind.LBrack;
    for (const element of tree.children(literal)) {
      const key = tree.firstChild(element);
      const isField =
        !keysAreValues &&
        tree.kind(element) === NodeKind.KeyValue &&
        key !== NO_NODE &&
        tree.kind(key) === NodeKind.Ident;
      this.#plan.push(VISIT, isField ? tree.next(key) : element);
    }
  }

  #isDefine(node: number): boolean {
    const operator = this.#tree.token(node);
    return operator >= 0 && this.#tokens.kind[operator] === TokenKind.Define;
  }
}
