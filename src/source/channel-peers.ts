import type { FunctionBody } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { TokenKind } from "./go-token.ts";
import { findCalls, findFieldValues, findMentions, type Mention } from "./mentions.ts";
import { findPlace, isSamePlace, type Place } from "./place.ts";
import type { Symbols } from "./symbols.ts";

/** What the package does with one channel, whatever names it goes by. */
export interface ChannelPeers {
  makes: Mention[];
  sends: Mention[];
  /** Receive expressions and range loops. */
  receives: Mention[];
  closes: Mention[];
}

const MAX_PLACES = 60;

/**
 * Finds the operations on a channel: through the variable or field at hand and the names it is passed, returned,
 * assigned and stored under, inside its package.
 */
export function findChannelPeers(symbols: Symbols, body: FunctionBody, channel: number): ChannelPeers {
  return new PeerSearch(symbols).run(body, channel);
}

class PeerSearch {
  readonly #symbols: Symbols;
  readonly #places: Place[] = [];
  readonly #peers: ChannelPeers = { makes: [], sends: [], receives: [], closes: [] };

  constructor(symbols: Symbols) {
    this.#symbols = symbols;
  }

  run(body: FunctionBody, channel: number): ChannelPeers {
    this.#addValue(body, channel);
    for (let next = 0; next < this.#places.length; next++) {
      const place = this.#places[next]!;
      if (place.kind === "local") this.#visitLocal(place);
      for (const mention of findMentions(this.#symbols, place)) this.#visitMention(mention);
      for (const { body: owner, node } of findFieldValues(this.#symbols, place)) this.#addValue(owner, node);
      if (place.kind === "package") this.#addInitializer(place);
    }
    return this.#peers;
  }

  #addPlace(place: Place): void {
    if (this.#places.length >= MAX_PLACES || this.#places.some((known) => isSamePlace(known, place))) return;
    this.#places.push(place);
  }

  /** An expression that gives one of our names its value. */
  #addValue(body: FunctionBody, value: number, result = 0): void {
    if (value === NO_NODE) return;
    const { tree } = body;
    const node = this.#symbols.unwrap(body, value);
    if (tree.kind(node) !== NodeKind.Call) {
      const found = findPlace(this.#symbols, body, node);
      if (found !== undefined) this.#addPlace(found.place);
      return;
    }
    const target = this.#symbols.resolveCall(body, node);
    if (target.kind === "builtin" && target.name === "make") {
      this.#peers.makes.push({ body, node });
    } else if (target.kind === "declared") {
      for (const { file, declaration } of target.functions) {
        const callee = this.#symbols.sources.getBody(file, declaration);
        for (const returned of findReturnedValues(callee, result)) this.#addValue(callee, returned);
      }
    }
  }

  #addInitializer(place: Extract<Place, { kind: "package" }>): void {
    const variable = place.home.variables.get(place.name);
    const declaration = variable?.file.functions[variable.declaration.initializer];
    if (variable === undefined || declaration === undefined) return;
    const body = this.#symbols.sources.getBody(variable.file, declaration);
    const names = body.tree.firstChild(body.tree.firstChild(0));
    const values = body.tree.lastChild(body.tree.firstChild(0));
    for (const name of body.tree.children(names)) {
      if (this.#symbols.nameOf(body, name) === place.name && values !== names) {
        this.#addValue(body, body.tree.child(values, body.tree.childIndex(name)));
      }
    }
  }

  #visitLocal({ body, declaration }: Extract<Place, { kind: "local" }>): void {
    const { tree } = body;
    const parent = tree.parent(declaration);
    if (parent === NO_NODE) return;
    if (tree.kind(parent) === NodeKind.Parameter) {
      this.#visitParameter(body, parent);
      return;
    }
    this.#visitAssignment(body, declaration);
    const bareResults = tree.kind(tree.parent(parent)) === NodeKind.Function;
    if (bareResults) this.#visitReturned(body, tree.childIndex(declaration));
  }

  /** The values that callers give a parameter, or take from a named result. */
  #visitParameter(body: FunctionBody, parameter: number): void {
    const { tree } = body;
    const list = tree.parent(parameter);
    const position = tree.childIndex(parameter);
    const owner = tree.parent(list);
    if (tree.kind(owner) === NodeKind.FuncLit) {
      const call = this.#findCallOfLiteral(body, owner);
      if (call !== NO_NODE) this.#addValue(body, tree.child(call, position + 1));
      return;
    }
    if (list === tree.child(0, 2)) {
      this.#visitReturned(body, position);
      return;
    }
    if (list !== tree.child(0, 1)) return;
    const home = this.#symbols.sources.getPackage(body.file);
    for (const call of findCalls(this.#symbols, home, body.declaration)) {
      this.#addValue(call.body, call.body.tree.child(call.node, position + 1));
    }
  }

  #findCallOfLiteral({ tree }: FunctionBody, literal: number): number {
    const parent = tree.parent(literal);
    return tree.kind(parent) === NodeKind.Call && tree.firstChild(parent) === literal ? parent : NO_NODE;
  }

  /** `name := value` and `name = value`: the value is another name of the channel, or makes it. */
  #visitAssignment(body: FunctionBody, name: number): void {
    const { tree } = body;
    const list = tree.parent(name);
    if (list === NO_NODE || tree.kind(list) !== NodeKind.ExpressionList) return;
    const statement = tree.parent(list);
    const kind = statement === NO_NODE ? NodeKind.Bad : tree.kind(statement);
    if ((kind !== NodeKind.Assign && kind !== NodeKind.ValueSpec) || tree.firstChild(statement) !== list)
      return;
    const values = tree.lastChild(statement);
    if (values === list || tree.kind(values) !== NodeKind.ExpressionList) return;
    const only = tree.firstChild(values);
    const position = tree.childIndex(name);
    if (tree.next(only) === NO_NODE) this.#addValue(body, only, position);
    else this.#addValue(body, tree.child(values, position));
  }

  #visitMention({ body, node }: Mention): void {
    const { tree, file } = body;
    let at = node;
    let parent = tree.parent(at);
    while (
      parent !== NO_NODE &&
      (tree.kind(parent) === NodeKind.Paren || tree.kind(parent) === NodeKind.Index)
    ) {
      if (tree.firstChild(parent) !== at) return;
      at = parent;
      parent = tree.parent(at);
    }
    if (parent === NO_NODE) return;
    switch (tree.kind(parent)) {
      case NodeKind.Unary:
        if (file.tokens.kind[tree.token(parent)] === TokenKind.Arrow) {
          this.#peers.receives.push({ body, node: parent });
        }
        return;
      case NodeKind.Send:
        if (tree.firstChild(parent) === at) this.#peers.sends.push({ body, node: parent });
        return;
      case NodeKind.RangeOperand:
        this.#peers.receives.push({ body, node: parent });
        return;
      case NodeKind.Call:
        this.#visitArgument(body, parent, tree.childIndex(at) - 1);
        return;
      case NodeKind.Return:
        this.#visitReturned(body, tree.childIndex(at), parent);
        return;
      case NodeKind.KeyValue:
        this.#visitFieldValue(body, parent, at);
        return;
      case NodeKind.ExpressionList: {
        const statement = tree.parent(parent);
        if (statement === NO_NODE) return;
        if (tree.firstChild(statement) === parent) {
          this.#visitAssignment(body, at);
        } else if (tree.kind(statement) === NodeKind.Assign) {
          const target = tree.child(tree.firstChild(statement), tree.childIndex(at));
          this.#addTarget(body, target);
        }
        return;
      }
      default:
        return;
    }
  }

  #addTarget(body: FunctionBody, target: number): void {
    const found = target === NO_NODE ? undefined : findPlace(this.#symbols, body, target);
    if (found !== undefined) this.#addPlace(found.place);
  }

  #visitArgument(body: FunctionBody, call: number, position: number): void {
    if (position < 0) return;
    const target = this.#symbols.resolveCall(body, call);
    if (target.kind === "builtin" && target.name === "close") {
      this.#peers.closes.push({ body, node: call });
    } else if (target.kind === "literal") {
      this.#addParameter(body, body.tree.firstChild(target.literal), position);
    } else if (target.kind === "declared") {
      for (const { file, declaration } of target.functions) {
        const callee = this.#symbols.sources.getBody(file, declaration);
        this.#addParameter(callee, callee.tree.child(0, 1), position);
      }
    }
  }

  #addParameter(body: FunctionBody, list: number, position: number): void {
    const parameter = body.tree.child(list, position);
    const name = parameter === NO_NODE ? NO_NODE : body.tree.firstChild(parameter);
    if (name === NO_NODE || body.tree.kind(name) !== NodeKind.Ident) return;
    this.#addPlace({ kind: "local", body, declaration: name, name: this.#symbols.nameOf(body, name) });
  }

  /** The channel is a result of the function: what its callers call it. */
  #visitReturned(body: FunctionBody, position: number, statement: number = NO_NODE): void {
    if (statement !== NO_NODE && body.tree.findEnclosing(statement, NodeKind.FuncLit) !== NO_NODE) return;
    const home = this.#symbols.sources.getPackage(body.file);
    for (const { body: caller, node } of findCalls(this.#symbols, home, body.declaration)) {
      const { tree } = caller;
      const parent = tree.parent(node);
      if (tree.kind(parent) === NodeKind.ExpressionList) {
        const assign = tree.parent(parent);
        const left = assign === NO_NODE ? NO_NODE : tree.firstChild(assign);
        const isOnly = tree.firstChild(parent) === node && tree.next(node) === NO_NODE;
        if (left !== NO_NODE && left !== parent) {
          this.#addTarget(caller, tree.child(left, isOnly ? position : tree.childIndex(node)));
        }
      } else {
        this.#visitMention({ body: caller, node });
      }
    }
  }

  #visitFieldValue(body: FunctionBody, pair: number, value: number): void {
    const { tree } = body;
    const key = tree.firstChild(pair);
    if (key === value || tree.kind(key) !== NodeKind.Ident) return;
    const name = this.#symbols.nameOf(body, key);
    const field = this.#symbols.findField(this.#symbols.typeOf(body, tree.parent(pair)), name);
    this.#addPlace({
      kind: "field",
      home: this.#symbols.sources.getPackage(field?.owner.file ?? body.file),
      owner: field?.owner.declaration.name ?? "",
      name,
    });
  }
}

/** The expressions that a function returns as result `position`, those of its literals left out. */
export function findReturnedValues(body: FunctionBody, position: number): number[] {
  const { tree } = body;
  const values: number[] = [];
  for (let node = 0; node < tree.count; node++) {
    if (tree.kind(node) !== NodeKind.Return || tree.parent(node) === NO_NODE) continue;
    if (tree.findEnclosing(node, NodeKind.FuncLit) !== NO_NODE) continue;
    const value = tree.child(node, position);
    if (value !== NO_NODE) values.push(value);
  }
  return values;
}
