import type { FunctionBody, GoPackage } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { TokenKind } from "./go-token.ts";
import type { Symbols } from "./symbols.ts";

/** A variable in which something is kept, told apart from others of the same name as well as declarations allow. */
export type Place =
  | { kind: "package"; home: GoPackage; name: string }
  /** A field of every value of a type; `owner` is "" where the type is not known. */
  | { kind: "field"; home: GoPackage; owner: string; name: string }
  /** Every value of a named container type, seen from its methods: `*h` in `func (h *Heap) Push(…)`. */
  | { kind: "type"; home: GoPackage; name: string }
  | { kind: "local"; body: FunctionBody; declaration: number; name: string };

/** The place an expression means, and how it got there. */
export interface PlaceUse {
  place: Place;
  /** True if the expression is a local variable that stands for the place: assigning it does not change the place. */
  viaLocal: boolean;
}

const MAX_ALIASES = 6;

/**
 * The place behind an expression: `s.items`, `s.items[k]`, `(*s).items`, `&s.items` and, after `m := s.items`, also
 * `m` mean the field items of the type of s. An element counts as the container that holds it.
 */
export function findPlace(symbols: Symbols, body: FunctionBody, node: number): PlaceUse | undefined {
  const { tree, file, bindings } = body;
  let at = node;
  let viaLocal = false;
  for (let aliases = 0; aliases < MAX_ALIASES; ) {
    at = containerOf(body, at);
    if (at === NO_NODE) return undefined;
    if (tree.kind(at) === NodeKind.Selector) {
      const place = findFieldPlace(symbols, body, at);
      return place === undefined ? undefined : { place, viaLocal };
    }
    if (tree.kind(at) !== NodeKind.Ident) return undefined;
    const name = symbols.nameOf(body, at);
    const declaration = bindings.declaration[at]!;
    if (declaration === NO_NODE) {
      const home = symbols.sources.getPackage(file);
      return home.variables.has(name) ? { place: { kind: "package", home, name }, viaLocal } : undefined;
    }
    const origin = findAliasOrigin(body, declaration);
    if (origin === NO_NODE) {
      const place = findReceiverPlace(symbols, body, declaration);
      return { place: place ?? { kind: "local", body, declaration, name }, viaLocal };
    }
    viaLocal = true;
    at = origin;
    aliases++;
  }
  return undefined;
}

export function isSamePlace(a: Place, b: Place): boolean {
  if (a.name !== b.name) return false;
  if (a.kind === "local") return b.kind === "local" && a.body === b.body && a.declaration === b.declaration;
  if (b.kind === "local" || a.kind !== b.kind) return false;
  if (a.home.directory !== b.home.directory || a.home.name !== b.home.name) return false;
  if (a.kind !== "field" || b.kind !== "field") return true;
  return a.owner === b.owner || a.owner === "" || b.owner === "";
}

/** "Store.sessions", "cache", "events": short, for people. */
export function placeName(place: Place): string {
  return place.kind === "field" && place.owner !== "" ? `${place.owner}.${place.name}` : place.name;
}

/** The variable or field below index, slice, pointer and parenthesis. */
export function containerOf(body: FunctionBody, node: number): number {
  const { tree, file } = body;
  let at = node;
  while (at !== NO_NODE) {
    switch (tree.kind(at)) {
      case NodeKind.Paren:
      case NodeKind.Index:
      case NodeKind.Slice:
      case NodeKind.TypeAssert:
        break;
      case NodeKind.Unary: {
        const operator = file.tokens.kind[tree.token(at)];
        if (operator !== TokenKind.And && operator !== TokenKind.Mul) return at;
        break;
      }
      default:
        return at;
    }
    at = tree.firstChild(at);
  }
  return NO_NODE;
}

/** True for the Ident that declares the receiver of the method. */
function isReceiver({ tree, declaration }: FunctionBody, node: number): boolean {
  return declaration.kind === "method" && tree.parent(tree.parent(node)) === tree.firstChild(0);
}

function findReceiverPlace(symbols: Symbols, body: FunctionBody, declaration: number): Place | undefined {
  if (!isReceiver(body, declaration)) return undefined;
  const name = body.declaration.receiver?.type ?? "";
  const home = symbols.sources.getPackage(body.file);
  const type = home.types.get(name);
  const isContainer = type !== undefined && /^(?:map)?\[/.test(type.declaration.underlying);
  return isContainer ? { kind: "type", home, name } : undefined;
}

function findFieldPlace(symbols: Symbols, body: FunctionBody, selector: number): Place | undefined {
  const name = symbols.nameOf(body, selector);
  const operand = body.tree.firstChild(selector);
  if (symbols.findImportPath(body, operand) !== undefined) {
    const home = symbols.sources.findImported(body.file, symbols.nameOf(body, operand));
    return home?.variables.has(name) ? { kind: "package", home, name } : undefined;
  }
  const field = symbols.findField(symbols.typeOf(body, operand), name);
  return {
    kind: "field",
    home: symbols.sources.getPackage(field?.owner.file ?? body.file),
    owner: field?.owner.declaration.name ?? "",
    name,
  };
}

/**
 * The expression that a local variable is another name for: its only value is a variable, field or element. NO_NODE
 * if the variable holds something of its own.
 */
export function findAliasOrigin(body: FunctionBody, declaration: number): number {
  const { tree } = body;
  const list = tree.parent(declaration);
  if (list === NO_NODE || tree.kind(list) !== NodeKind.ExpressionList) return NO_NODE;
  const statement = tree.parent(list);
  if (statement === NO_NODE) return NO_NODE;
  let value = NO_NODE;
  if (tree.kind(statement) === NodeKind.Assign || tree.kind(statement) === NodeKind.ValueSpec) {
    const values = tree.lastChild(statement);
    if (values === list || tree.kind(values) !== NodeKind.ExpressionList) return NO_NODE;
    const only = tree.firstChild(values);
    // `m, ok := s.byUser[u]` has one value for two names.
    if (tree.next(only) === NO_NODE) value = tree.firstChild(list) === declaration ? only : NO_NODE;
    else value = tree.child(values, tree.childIndex(declaration));
  } else if (tree.kind(statement) === NodeKind.Range && tree.childIndex(declaration) === 1) {
    value = tree.firstChild(tree.next(list));
  }
  if (value === NO_NODE) return NO_NODE;
  const origin = containerOf(body, value);
  if (origin === NO_NODE || origin === declaration) return NO_NODE;
  return tree.kind(origin) === NodeKind.Selector || tree.kind(origin) === NodeKind.Ident ? origin : NO_NODE;
}
