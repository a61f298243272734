/**
 * Kinds of syntax node in a function body, with their children in order ("?" may be missing, "…" any number).
 *
 * Expressions come first: `kind <= LastExpression` tells them from statements.
 */
export const NodeKind = {
  /** Tokens that could not be read; no children. */
  Bad: 0,
  /** A name that stands for a variable, function, constant, type or package. `token` is the name. */
  Ident: 1,
  /** A name after a period, or a field name in a struct literal. */
  FieldName: 2,
  Literal: 3,
  /** operand, FieldName */
  Selector: 4,
  /** operand, index… (several for type arguments) */
  Index: 5,
  /** operand, bound… (missing bounds are left out) */
  Slice: 6,
  /** operand, Type? (none in a type switch) */
  TypeAssert: 7,
  /** function, argument…; `token` is the ellipsis of a spread last argument or -1 */
  Call: 8,
  /** Type | type name | NoType, then elements (expression or KeyValue)… */
  CompositeLit: 9,
  /** key, value */
  KeyValue: 10,
  /** operand; `token` is the operator (& and * and <- too) */
  Unary: 11,
  /** left, right; `token` is the operator */
  Binary: 12,
  /** operand */
  Paren: 13,
  /** ParameterList (parameters), ParameterList (results), Block */
  FuncLit: 14,
  /** A type that cannot be mistaken for an expression: []T, map[K]V, chan T, struct{…}, func(…). No children. */
  Type: 15,
  /** The type that an inner composite literal leaves out. */
  NoType: 16,

  /** expression… */
  ExpressionList: 20,
  /** ExpressionList (left), ExpressionList (right); `token` is the operator */
  Assign: 21,
  ExpressionStatement: 22,
  /** operand */
  IncDec: 23,
  /** channel, value */
  Send: 24,
  /** Call */
  Go: 25,
  /** Call */
  Defer: 26,
  /** expression… */
  Return: 27,
  Block: 28,
  /** statement? (init), Condition?, Block, (Block | If)? */
  If: 29,
  /** statement? (init), Condition?, statement? (post), Block */
  For: 30,
  /** ExpressionList? (key and value), RangeOperand, Block; `token` is the `:=` or `=`, or -1 */
  Range: 31,
  /** statement? (init or type switch guard), Condition?, CaseClause… */
  Switch: 32,
  /** CommClause… */
  Select: 33,
  /** ExpressionList (empty: default), statement… */
  CaseClause: 34,
  /** Comm, statement… */
  CommClause: 35,
  /** statement? (none: default) */
  Comm: 36,
  /** expression */
  Condition: 37,
  /** expression */
  RangeOperand: 38,
  /** FieldName (label), statement */
  Labeled: 39,
  /** break, continue, goto, fallthrough; `token` is the keyword */
  Branch: 40,
  /** ExpressionList (names), Type?, ExpressionList? (values); `token` is `var` or `const` */
  ValueSpec: 41,
  /** ValueSpec… */
  Declaration: 42,
  /** A local type declaration; `token` is its name. */
  TypeSpec: 43,
  /** Parameter… */
  ParameterList: 44,
  /** Ident? (the name), Type; `token` is the ellipsis of a variadic one or -1 */
  Parameter: 45,
  /** ParameterList (receiver), ParameterList (parameters), ParameterList (results), Block: a root */
  Function: 46,
  /** ValueSpec…: a root, the initialisers of package variables */
  Initializers: 47,
} as const;

export type NodeKind = (typeof NodeKind)[keyof typeof NodeKind];

const LAST_EXPRESSION = NodeKind.NoType;

export const NO_NODE = -1;

const KIND = 0;
const TOKEN = 1;
const FIRST = 2;
const END = 3;
const PARENT = 4;
const FIRST_CHILD = 5;
const LAST_CHILD = 6;
const NEXT = 7;
const STRIDE = 8;

/**
 * A syntax tree in one array, eight numbers a node.
 *
 * Node 0 is the root. Node numbers say nothing about order; children hang in source order. Built by the parser
 * through `add` and `append`, and only read afterwards.
 */
export class SyntaxTree {
  #cells = new Int32Array(STRIDE * 64);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** A node without parent. `token` is what its kind says, `first` its first token. */
  add(kind: NodeKind, token: number, first: number): number {
    const node = this.#count++;
    const at = node * STRIDE;
    if (at + STRIDE > this.#cells.length) {
      const grown = new Int32Array(this.#cells.length * 2);
      grown.set(this.#cells);
      this.#cells = grown;
    }
    const cells = this.#cells;
    cells[at + KIND] = kind;
    cells[at + TOKEN] = token;
    cells[at + FIRST] = first;
    cells[at + END] = first;
    cells[at + PARENT] = NO_NODE;
    cells[at + FIRST_CHILD] = NO_NODE;
    cells[at + LAST_CHILD] = NO_NODE;
    cells[at + NEXT] = NO_NODE;
    return node;
  }

  /** Hangs `child` below `parent`, behind its other children. A child that had a parent leaves that one unusable. */
  append(parent: number, child: number): void {
    const cells = this.#cells;
    cells[child * STRIDE + NEXT] = NO_NODE;
    const last = cells[parent * STRIDE + LAST_CHILD]!;
    if (last === NO_NODE) cells[parent * STRIDE + FIRST_CHILD] = child;
    else cells[last * STRIDE + NEXT] = child;
    cells[parent * STRIDE + LAST_CHILD] = child;
    cells[child * STRIDE + PARENT] = parent;
  }

  /** Ends the node before token `end`. */
  close(node: number, end: number): number {
    this.#cells[node * STRIDE + END] = end;
    return node;
  }

  setKind(node: number, kind: NodeKind): void {
    this.#cells[node * STRIDE + KIND] = kind;
  }

  setToken(node: number, token: number): void {
    this.#cells[node * STRIDE + TOKEN] = token;
  }

  kind(node: number): NodeKind {
    return this.#cells[node * STRIDE + KIND] as NodeKind;
  }

  token(node: number): number {
    return this.#cells[node * STRIDE + TOKEN]!;
  }

  /** First token of the node. */
  first(node: number): number {
    return this.#cells[node * STRIDE + FIRST]!;
  }

  /** The token behind the node's last. */
  end(node: number): number {
    return this.#cells[node * STRIDE + END]!;
  }

  parent(node: number): number {
    return this.#cells[node * STRIDE + PARENT]!;
  }

  firstChild(node: number): number {
    return this.#cells[node * STRIDE + FIRST_CHILD]!;
  }

  lastChild(node: number): number {
    return this.#cells[node * STRIDE + LAST_CHILD]!;
  }

  next(node: number): number {
    return this.#cells[node * STRIDE + NEXT]!;
  }

  /** Child number `index`, or NO_NODE. */
  child(node: number, index: number): number {
    let child = this.firstChild(node);
    for (let i = 0; i < index && child !== NO_NODE; i++) child = this.next(child);
    return child;
  }

  *children(node: number): IterableIterator<number> {
    for (let child = this.firstChild(node); child !== NO_NODE; child = this.next(child)) yield child;
  }

  /** The position of a node among its siblings. */
  childIndex(node: number): number {
    let index = 0;
    for (
      let child = this.firstChild(this.parent(node));
      child !== node && child !== NO_NODE;
      child = this.next(child)
    ) {
      index++;
    }
    return index;
  }

  /** The nearest node of one of the kinds at or above `node`, or NO_NODE. */
  findEnclosing(node: number, ...kinds: NodeKind[]): number {
    let at = node;
    while (at !== NO_NODE && !kinds.includes(this.kind(at))) at = this.parent(at);
    return at;
  }

  /** True if `inner` is `outer` or lies below it. By token ranges, so that depth does not matter. */
  isWithin(inner: number, outer: number): boolean {
    return this.first(inner) >= this.first(outer) && this.end(inner) <= this.end(outer);
  }

  isExpression(node: number): boolean {
    return this.kind(node) <= LAST_EXPRESSION;
  }
}
