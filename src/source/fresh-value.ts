import { findReturnedValues } from "./channel-peers.ts";
import type { FunctionBody } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { textOf } from "./statement-text.ts";
import type { Symbols } from "./symbols.ts";

const INITIALIZING_NAME = /^(?:init|setup|open|new|make|must)(?:$|[A-Z_\d])/;
const MAX_CALLS = 4;

/** True for names like "NewStore", "cart.Open", "init": functions that make what they return or set up. */
export function isInitializingName(name: string): boolean {
  const last = name.slice(name.lastIndexOf(".") + 1);
  return INITIALIZING_NAME.test(last.charAt(0).toLowerCase() + last.slice(1));
}

/** The call, and which of its results, that a local variable is declared with. */
export function findCallSource(
  { tree }: FunctionBody,
  declaration: number,
): { call: number; result: number } | undefined {
  const list = tree.parent(declaration);
  const statement = list === NO_NODE ? NO_NODE : tree.parent(list);
  if (statement === NO_NODE || tree.kind(list) !== NodeKind.ExpressionList) return undefined;
  const kind = tree.kind(statement);
  if (kind !== NodeKind.Assign && kind !== NodeKind.ValueSpec) return undefined;
  const values = tree.lastChild(statement);
  if (values === list || tree.kind(values) !== NodeKind.ExpressionList) return undefined;
  const position = tree.childIndex(declaration);
  const only = tree.firstChild(values);
  const isOnly = only !== NO_NODE && tree.next(only) === NO_NODE;
  const call = isOnly ? only : tree.child(values, position);
  if (call === NO_NODE || tree.kind(call) !== NodeKind.Call) return undefined;
  return { call, result: isOnly ? position : 0 };
}

/**
 * True for a local variable whose declaration makes a new value: `s := &Store{}`, `var s Store`, and calls of functions
 * that return such a variable or, where their source is not at hand, are named like constructors.
 */
export function isFreshValue(symbols: Symbols, body: FunctionBody, declaration: number, depth = 0): boolean {
  const { tree } = body;
  const list = tree.parent(declaration);
  if (list === NO_NODE || tree.kind(list) !== NodeKind.ExpressionList) return false;
  const statement = tree.parent(list);
  if (statement === NO_NODE || tree.kind(statement) === NodeKind.Range) return false;
  const values = tree.lastChild(statement);
  if (values === list || tree.kind(values) !== NodeKind.ExpressionList) {
    return tree.kind(statement) === NodeKind.ValueSpec;
  }
  const source = findCallSource(body, declaration);
  if (source !== undefined) return isFreshResult(symbols, body, source.call, source.result, depth);
  return isFreshExpression(symbols, body, tree.child(values, tree.childIndex(declaration)), depth);
}

function isFreshExpression(symbols: Symbols, body: FunctionBody, node: number, depth: number): boolean {
  const { tree } = body;
  let value = symbols.unwrap(body, node);
  if (value !== NO_NODE && tree.kind(value) === NodeKind.Unary) value = tree.firstChild(value);
  if (value === NO_NODE) return false;
  switch (tree.kind(value)) {
    case NodeKind.CompositeLit:
      return true;
    case NodeKind.Call:
      return isFreshResult(symbols, body, value, 0, depth);
    case NodeKind.Ident: {
      const declaration = body.bindings.declaration[value]!;
      return declaration !== NO_NODE && depth > 0 && isFreshValue(symbols, body, declaration, depth + 1);
    }
    default:
      return false;
  }
}

/** True if the call makes what it returns: a constructor by its source or, failing that, by its name. */
export function isFreshResult(
  symbols: Symbols,
  body: FunctionBody,
  call: number,
  result: number,
  depth = 0,
): boolean {
  const target = symbols.resolveCall(body, call);
  if (target.kind === "builtin") return target.name === "new" || target.name === "make";
  const [only] = target.kind === "declared" ? target.functions : [];
  if (only === undefined || depth >= MAX_CALLS) {
    return isInitializingName(textOf(body, body.tree.firstChild(call)));
  }
  const callee = symbols.sources.getBody(only.file, only.declaration);
  const returned = findReturnedValues(callee, result).filter((value) => !isNil(symbols, callee, value));
  if (returned.length === 0) return isInitializingName(only.declaration.name);
  return returned.every((value) => isFreshExpression(symbols, callee, value, depth + 1));
}

function isNil(symbols: Symbols, body: FunctionBody, node: number): boolean {
  return body.tree.kind(node) === NodeKind.Ident && symbols.nameOf(body, node) === "nil";
}
