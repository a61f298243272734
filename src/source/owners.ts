import type { Activation, Activations } from "./activation.ts";
import { findReturnedValues } from "./channel-peers.ts";
import { ELEMENTS, type FlowPath, within } from "./flow-path.ts";
import { findCallSource, isFreshResult, isFreshValue } from "./fresh-value.ts";
import type { FunctionBody } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { containerOf, findAliasOrigin } from "./place.ts";
import type { Lifetime } from "./retained-store.ts";
import type { Symbols } from "./symbols.ts";
import { lifetimeOfLocal } from "./variable-reach.ts";

/** An expression that holds memory at `path`. */
export interface Owner {
  activation: Activation;
  node: number;
  path: FlowPath;
}

/** More steps from a variable to the one it came from than this are not taken. */
export const MAX_OWNER_STEPS = 12;

/** Whose a variable is: what the callers of a function and the functions it calls know of it. */
export class Owners {
  readonly #symbols: Symbols;
  readonly #activations: Activations;

  constructor(symbols: Symbols, activations: Activations) {
    this.#symbols = symbols;
    this.#activations = activations;
  }

  /** Steps from `v.items[i]` to v, if that is a local variable; the path grows by what was stepped over. */
  findRootVariable({ activation, node, path }: Owner): Owner | undefined {
    const { body } = activation;
    const { tree, bindings } = body;
    let at = node;
    let inside = path;
    while (at !== NO_NODE) {
      switch (tree.kind(at)) {
        case NodeKind.Selector:
          if (this.#symbols.findImportPath(body, tree.firstChild(at)) !== undefined) return undefined;
          inside = within(`.${this.#symbols.nameOf(body, at)}`, inside);
          break;
        case NodeKind.Index:
          inside = within(ELEMENTS, inside);
          break;
        case NodeKind.Paren:
        case NodeKind.Slice:
        case NodeKind.TypeAssert:
        case NodeKind.Unary:
          break;
        case NodeKind.Ident:
          return bindings.declaration[at] === NO_NODE ? undefined : { activation, node: at, path: inside };
        default:
          return undefined;
      }
      at = tree.firstChild(at);
    }
    return undefined;
  }

  /** The variables that a call returned into the local variable: the object that the callee made. */
  findReturned(activation: Activation, declaration: number): { activation: Activation; node: number }[] {
    const { body } = activation;
    const source = findCallSource(body, declaration);
    if (source === undefined) return [];
    const target = this.#symbols.resolveCall(body, source.call);
    const [only] = target.kind === "declared" ? target.functions : [];
    if (target.kind !== "declared" || only === undefined || target.functions.length > 1) return [];
    const callee = this.#symbols.sources.getBody(only.file, only.declaration);
    const entered = this.#activations.enter({ activation, call: source.call }, callee);
    if (entered === undefined) return [];
    return findReturnedValues(callee, source.result)
      .map((value) => containerOf(callee, value))
      .filter((value) => value !== NO_NODE && callee.tree.kind(value) === NodeKind.Ident)
      .map((node) => ({ activation: entered, node }));
  }

  /** The caller's expression for a parameter or receiver; undefined if the caller is not known for certain. */
  findArgument(
    activation: Activation,
    declaration: number,
  ): { activation: Activation; node: number } | undefined {
    const { tree } = activation.body;
    const parameter = tree.parent(declaration);
    if (parameter === NO_NODE || tree.kind(parameter) !== NodeKind.Parameter) return undefined;
    const list = tree.parent(parameter);
    if (tree.parent(list) !== 0) return undefined;
    const callers = this.#activations.callersOf(activation);
    const [caller] = callers;
    if (caller === undefined || callers.length > 1) return undefined;
    const position = tree.childIndex(parameter);
    const { tree: callerTree } = caller.activation.body;
    if (list === tree.firstChild(0)) {
      const callee = this.#symbols.unwrap(caller.activation.body, callerTree.firstChild(caller.call));
      if (callerTree.kind(callee) !== NodeKind.Selector) return undefined;
      return { activation: caller.activation, node: callerTree.firstChild(callee) };
    }
    if (list !== tree.child(0, 1)) return undefined;
    const node = callerTree.child(caller.call, position + 1);
    return node === NO_NODE ? undefined : { activation: caller.activation, node };
  }

  /** How long the variable at the root of the expression lives, seen from the statement at `from`. */
  lifetimeOf(start: Activation, expression: number, from: number): Lifetime {
    let activation = start;
    let at = expression;
    let place = from;
    for (let step = 0; step < MAX_OWNER_STEPS; step++) {
      const { body } = activation;
      const root = rootOf(body, at);
      if (root !== NO_NODE && body.tree.kind(root) === NodeKind.Call) {
        return isFreshResult(this.#symbols, body, root, 0) ? "call" : "long";
      }
      if (root === NO_NODE || body.tree.kind(root) !== NodeKind.Ident) return "long";
      const declaration = body.bindings.declaration[root]!;
      // A nil argument is no owner: the callee makes what it needs.
      if (declaration === NO_NODE) return this.#symbols.nameOf(body, root) === "nil" ? "call" : "package";
      const argument = this.findArgument(activation, declaration);
      if (argument !== undefined) {
        const caller = this.#activations.callersOf(activation)[0]!;
        activation = argument.activation;
        at = argument.node;
        place = caller.call;
        continue;
      }
      if (body.tree.kind(body.tree.parent(declaration)) === NodeKind.Parameter) return "long";
      const origin = findAliasOrigin(body, declaration);
      if (origin !== NO_NODE) {
        at = origin;
        continue;
      }
      if (!isFreshValue(this.#symbols, body, declaration)) return "long";
      return lifetimeOfLocal(body, declaration, place);
    }
    return "long";
  }
}

/** The leftmost operand of selectors, indexes and calls of methods: `s` of `s.shard(k).items[i]`. */
function rootOf(body: FunctionBody, node: number): number {
  const { tree } = body;
  let at = node;
  for (;;) {
    const container = containerOf(body, at);
    if (container === NO_NODE) return NO_NODE;
    if (tree.kind(container) !== NodeKind.Selector) return container;
    at = tree.firstChild(container);
  }
}
