import type { GoFunction } from "./go-file.ts";
import { type GoTokens, tokenText } from "./go-lexer.ts";
import type { FunctionBody, GoPackage } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { TokenKind } from "./go-token.ts";
import { findPlace, isSamePlace, type Place } from "./place.ts";
import type { Symbols } from "./symbols.ts";

/** An expression that means a place. */
export interface Mention {
  body: FunctionBody;
  node: number;
}

/** Every expression of the package that names the place; of a local variable, its uses. */
export function findMentions(symbols: Symbols, place: Place): Mention[] {
  if (place.kind === "local") {
    const { body } = place;
    return body.bindings.uses(place.declaration).map((node) => ({ body, node }));
  }
  if (place.kind === "type") return [];
  const mentions: Mention[] = [];
  for (const body of findBodiesNaming(symbols, place.home, place.name)) {
    for (let node = 0; node < body.tree.count; node++) {
      const expression = mentionAt(symbols, body, node, place);
      if (expression !== NO_NODE) mentions.push({ body, node: expression });
    }
  }
  return mentions;
}

/** Values that composite literals give a field: the v of `T{field: v}`. */
export function findFieldValues(symbols: Symbols, place: Place): Mention[] {
  if (place.kind !== "field") return [];
  const values: Mention[] = [];
  for (const body of findBodiesNaming(symbols, place.home, place.name)) {
    const { tree } = body;
    for (let node = 0; node < tree.count; node++) {
      if (tree.kind(node) !== NodeKind.KeyValue || tree.parent(node) === NO_NODE) continue;
      const key = tree.firstChild(node);
      if (tree.kind(key) !== NodeKind.Ident || symbols.nameOf(body, key) !== place.name) continue;
      const type = symbols.findNamedType(symbols.typeOf(body, tree.parent(node)));
      const isOwner = type === undefined || place.owner === "" || type.declaration.name === place.owner;
      if (isOwner) values.push({ body, node: tree.next(key) });
    }
  }
  return values;
}

/** Calls of a function or method, in its own package. */
export function findCalls(symbols: Symbols, home: GoPackage, callee: GoFunction): Mention[] {
  const calls: Mention[] = [];
  for (const body of findBodiesNaming(symbols, home, callee.name)) {
    const { tree } = body;
    for (let node = 0; node < tree.count; node++) {
      if (tree.kind(node) !== NodeKind.Call || tree.parent(node) === NO_NODE) continue;
      const name = symbols.unwrap(body, tree.firstChild(node));
      const kind = tree.kind(name);
      if (kind !== NodeKind.Ident && kind !== NodeKind.Selector) continue;
      if (symbols.nameOf(body, name) !== callee.name) continue;
      const target = symbols.resolveCall(body, node);
      const isCallee =
        target.kind === "declared" && target.functions.some(({ declaration }) => declaration === callee);
      if (isCallee) calls.push({ body, node });
    }
  }
  return calls;
}

function mentionAt(symbols: Symbols, body: FunctionBody, node: number, place: Place): number {
  const { tree } = body;
  const kind = tree.kind(node);
  const parent = tree.parent(node);
  if (parent === NO_NODE || tokenText(body.file.tokens, tree.token(node)) !== place.name) return NO_NODE;
  let expression: number = NO_NODE;
  if (kind === NodeKind.FieldName && tree.kind(parent) === NodeKind.Selector) expression = parent;
  else if (kind === NodeKind.Ident && place.kind === "package") expression = node;
  if (expression === NO_NODE) return NO_NODE;
  const found = findPlace(symbols, body, expression);
  return found !== undefined && isSamePlace(found.place, place) ? expression : NO_NODE;
}

/** Functions of the package in whose text the name occurs: only those need a syntax tree. */
function findBodiesNaming(symbols: Symbols, home: GoPackage, name: string): FunctionBody[] {
  const bodies: FunctionBody[] = [];
  for (const file of home.files) {
    for (const declaration of file.functions) {
      const { first, end } = declaration.tokens;
      if (hasIdentifier(file.tokens, first, end, name)) {
        bodies.push(symbols.sources.getBody(file, declaration));
      }
    }
  }
  return bodies;
}

function hasIdentifier(tokens: GoTokens, from: number, to: number, name: string): boolean {
  for (let i = from; i < to; i++) {
    if (tokens.kind[i] !== TokenKind.Ident || tokens.end[i]! - tokens.start[i]! !== name.length) continue;
    if (tokens.text.startsWith(name, tokens.start[i]!)) return true;
  }
  return false;
}
