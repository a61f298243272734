import type { FunctionBody } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { findPlace, isSamePlace } from "./place.ts";
import type { Symbols } from "./symbols.ts";

/** True for `x = append(x, …)`, also by way of a local: the value is what the target held, and more. */
export function appendsTo(symbols: Symbols, body: FunctionBody, value: number, target: number): boolean {
  const { tree, bindings } = body;
  const base = findAppendBase(symbols, body, value);
  // `append(x[:i], x[i+1:]...)` takes out, `append(x[:0], …)` fills anew.
  if (base !== NO_NODE) {
    return tree.kind(base) !== NodeKind.Slice && isSameContainer(symbols, body, base, target);
  }
  const name = symbols.unwrap(body, value);
  const declaration = tree.kind(name) === NodeKind.Ident ? bindings.declaration[name]! : NO_NODE;
  if (declaration === NO_NODE) return false;
  for (const use of [declaration, ...bindings.uses(declaration)]) {
    const left = tree.parent(use);
    const statement = tree.parent(left);
    if (
      statement === NO_NODE ||
      tree.kind(statement) !== NodeKind.Assign ||
      tree.firstChild(statement) !== left
    ) {
      continue;
    }
    const given = tree.child(tree.next(left), tree.childIndex(use));
    const localBase = given === NO_NODE ? NO_NODE : findAppendBase(symbols, body, given);
    if (localBase !== NO_NODE && isSameContainer(symbols, body, localBase, target)) return true;
  }
  return false;
}

/** The x of `append(x, …)` or `slices.Insert(x, …)`, NO_NODE for other expressions. */
function findAppendBase(symbols: Symbols, body: FunctionBody, node: number): number {
  const call = symbols.unwrap(body, node);
  if (call === NO_NODE || body.tree.kind(call) !== NodeKind.Call) return NO_NODE;
  const target = symbols.resolveCall(body, call);
  const appends =
    (target.kind === "builtin" && target.name === "append") ||
    (target.kind === "external" && target.name === "slices.Insert");
  return appends ? body.tree.child(call, 1) : NO_NODE;
}

function isSameContainer(symbols: Symbols, body: FunctionBody, a: number, b: number): boolean {
  const first = findPlace(symbols, body, a);
  const second = findPlace(symbols, body, b);
  return first !== undefined && second !== undefined && isSamePlace(first.place, second.place);
}
