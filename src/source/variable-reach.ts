import type { FunctionBody } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import type { Lifetime } from "./retained-store.ts";

/** The lifetime of a local variable that owns its value, seen from a use of it. */
export function lifetimeOfLocal(body: FunctionBody, declaration: number, use: number): Lifetime {
  const { tree } = body;
  // A handler made once keeps what it captured; main's variables live as long as the process.
  if (outermostLiteralBetween(body, declaration, use) !== NO_NODE) return "long";
  const { name, kind } = body.declaration;
  const literal = tree.findEnclosing(declaration, NodeKind.FuncLit);
  const inLoop = tree.findEnclosing(declaration, NodeKind.For, NodeKind.Range) !== NO_NODE;
  if (
    kind === "function" &&
    name === "main" &&
    body.file.packageName === "main" &&
    literal === NO_NODE &&
    !inLoop
  ) {
    return "long";
  }
  for (let at = tree.parent(use); at !== NO_NODE; at = tree.parent(at)) {
    const isLoop = tree.kind(at) === NodeKind.For || tree.kind(at) === NodeKind.Range;
    if (isLoop && !tree.isWithin(declaration, at)) return "loop";
  }
  return "call";
}

/** The outermost function literal around `use` that does not contain the declaration. */
export function outermostLiteralBetween({ tree }: FunctionBody, declaration: number, use: number): number {
  let found: number = NO_NODE;
  for (let at = tree.parent(use); at !== NO_NODE; at = tree.parent(at)) {
    if (tree.kind(at) !== NodeKind.FuncLit) continue;
    if (tree.isWithin(declaration, at)) break;
    found = at;
  }
  return found;
}

/** True for a name that is written, not read: `x = …`, and the x of `x.f = …` or `x[i] = …`. */
export function isAssignmentTarget({ tree }: FunctionBody, use: number): boolean {
  let at = use;
  for (;;) {
    const parent = tree.parent(at);
    if (parent === NO_NODE) return false;
    switch (tree.kind(parent)) {
      case NodeKind.Selector:
      case NodeKind.Index:
        if (tree.firstChild(parent) !== at) return false;
        break;
      case NodeKind.Paren:
      case NodeKind.Unary:
        break;
      case NodeKind.ExpressionList: {
        const statement = tree.parent(parent);
        if (statement === NO_NODE || tree.firstChild(statement) !== parent) return false;
        return tree.kind(statement) === NodeKind.Assign || tree.kind(statement) === NodeKind.Range;
      }
      default:
        return false;
    }
    at = parent;
  }
}

/** True unless the variable certainly holds something else by then, or the use certainly came before. */
export function reaches(body: FunctionBody, declaration: number, definition: number, use: number): boolean {
  const { tree, bindings } = body;
  const from = tree.first(definition);
  const to = tree.first(use);
  if (to < from) {
    if (outermostLiteralBetween(body, declaration, use) !== NO_NODE) return true;
    // In the next turn of a loop that both are in, if the variable outlives the turn.
    for (let at = tree.parent(use); at !== NO_NODE; at = tree.parent(at)) {
      const isLoop = tree.kind(at) === NodeKind.For || tree.kind(at) === NodeKind.Range;
      if (isLoop && tree.isWithin(definition, at)) return !tree.isWithin(declaration, at);
    }
    return false;
  }
  for (const other of bindings.uses(declaration)) {
    const at = tree.first(other);
    if (at <= from || at >= to || other === definition) continue;
    const list = tree.parent(other);
    if (tree.kind(list) !== NodeKind.ExpressionList) continue;
    const statement = tree.parent(list);
    if (
      statement === NO_NODE ||
      tree.kind(statement) !== NodeKind.Assign ||
      tree.firstChild(statement) !== list
    )
      continue;
    // The right side of that very assignment still sees the old value.
    if (tree.isWithin(use, statement)) continue;
    const block = tree.parent(statement);
    if (tree.isWithin(use, block)) return false;
  }
  return true;
}
