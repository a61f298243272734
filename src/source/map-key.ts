import type { Activation, Activations } from "./activation.ts";
import { findReturnedValues } from "./channel-peers.ts";
import { findCallSource } from "./fresh-value.ts";
import type { FunctionBody } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { TokenKind } from "./go-token.ts";
import { findCalls, findFieldValues } from "./mentions.ts";
import type { Owners } from "./owners.ts";
import { findPlace } from "./place.ts";
import { lineOf, textOf } from "./statement-text.ts";
import type { Symbols } from "./symbols.ts";

/** What a key is made of that takes ever new values. */
type VolatileKind =
  /** A moment, formatted or in seconds. */
  | "timestamp"
  /** A moment in nanoseconds, as ids are made of it. */
  | "nanoseconds"
  /** Host and port of a peer: the port is new with each connection. */
  | "address"
  /** A path, query or URL as the client sent it. */
  | "url"
  | "user-agent"
  /** The text of an error, which may quote what it is about. */
  | "error-text"
  | "request-id"
  /** A UUID or random number. */
  | "random"
  /** The address of an object, by %p. */
  | "pointer";

export interface VolatilePart {
  kind: VolatileKind;
  /** The expression: "r.URL.Path". */
  text: string;
  file: string;
  line: number;
}

/** What the keys of a map are made of, as far as the source tells. */
export interface MapKey {
  text: string;
  volatile: VolatilePart[];
  /** How many things that vary go into the key, volatile ones among them. */
  parts: number;
}

/** Kinds that name their bearer: alone they are the entry's identity, which no normalising makes fewer. */
const IDENTITY: ReadonlySet<VolatileKind> = new Set(["random", "request-id", "nanoseconds", "pointer"]);

/**
 * The part of the key that should be normalised away, so that fewer entries do. An id alone is none: an entry for each
 * session or request is meant, and what is missing is its end. An id beside something else, a moment, a peer's port or
 * a raw URL is one; so is any of them where the map counts, since nobody reads counts by random id.
 */
export function findAvoidablePart(key: MapKey, isAggregate: boolean): VolatilePart | undefined {
  const normalisable = key.volatile.find(({ kind }) => !IDENTITY.has(kind));
  if (normalisable !== undefined) return normalisable;
  return isAggregate || key.parts > 1 ? key.volatile[0] : undefined;
}

const MAX_DEPTH = 10;
const MAX_PARTS = 24;
const MAX_ALTERNATIVES = 3;

/** Names that say what a value is where its origin is out of sight: parameters, fields of foreign types. */
const TELLING_NAMES: readonly [RegExp, VolatileKind][] = [
  [/^(?:remote|client|peer)_?addr(?:ess)?$/i, "address"],
  [/^(?:req(?:uest)?|trace|span|correlation)_?id$/i, "request-id"],
  [/^user_?agent$/i, "user-agent"],
  [/^(?:request_?uri|raw_?(?:url|query|path))$/i, "url"],
  [/^timestamp$/i, "timestamp"],
];

/** Functions named so make few values of many: what goes in does not come out. */
const NORMALISING =
  /normali[sz]|canonic|sanitize|template|pattern|route|bucket|class|strip|mask|redact|group/i;

const HEADER_KINDS: readonly [RegExp, VolatileKind][] = [
  [/user-?agent/i, "user-agent"],
  [/request-?id|trace-?(?:id|parent)|correlation-?id/i, "request-id"],
  [/^"?referer/i, "url"],
];

/**
 * What the key expression is made of, followed back through local variables, fields, parameters and the program's own
 * functions. `activation` says on which way the function was called, if that is known.
 */
export function traceKey(
  program: KeyContext,
  keys: readonly { activation: Activation; node: number }[],
): MapKey {
  const search = new KeySearch(program);
  for (const { activation, node } of keys) search.visit({ body: activation.body, node, activation }, 0);
  const [first] = keys;
  return {
    text: first === undefined ? "" : textOf(first.activation.body, first.node),
    volatile: search.volatile,
    parts: search.parts,
  };
}

/** The one trace that the key belongs to. */
interface KeyContext {
  readonly symbols: Symbols;
  readonly activations: Activations;
  readonly owners: Owners;
}

interface Spot {
  body: FunctionBody;
  node: number;
  activation: Activation | undefined;
}

class KeySearch {
  readonly volatile: VolatilePart[] = [];
  parts = 0;
  readonly #symbols: Symbols;
  readonly #activations: Activations;
  readonly #owners: Owners;
  readonly #seen = new Map<FunctionBody, Set<number>>();

  constructor({ symbols, activations, owners }: KeyContext) {
    this.#symbols = symbols;
    this.#activations = activations;
    this.#owners = owners;
  }

  visit(spot: Spot, depth: number): void {
    const { body } = spot;
    const node = this.#symbols.unwrap(body, spot.node);
    if (node === NO_NODE || this.parts >= MAX_PARTS || this.#wasSeen(body, node)) return;
    const { tree } = body;
    const at = { ...spot, node };
    if (depth > MAX_DEPTH) {
      this.parts++;
      return;
    }
    switch (tree.kind(node)) {
      case NodeKind.Literal:
        return;
      case NodeKind.Unary:
      case NodeKind.TypeAssert:
      case NodeKind.Slice:
        this.visit({ ...at, node: tree.firstChild(node) }, depth);
        return;
      case NodeKind.Binary:
        for (const operand of tree.children(node)) this.visit({ ...at, node: operand }, depth);
        return;
      case NodeKind.CompositeLit:
        for (const element of [...tree.children(node)].slice(1)) {
          const value = tree.kind(element) === NodeKind.KeyValue ? tree.lastChild(element) : element;
          this.visit({ ...at, node: value }, depth);
        }
        return;
      case NodeKind.Ident:
        this.#visitName(at, depth);
        return;
      case NodeKind.Selector:
        this.#visitSelector(at, depth);
        return;
      case NodeKind.Call:
        this.#visitCall(at, depth);
        return;
      default:
        this.parts++;
    }
  }

  #wasSeen(body: FunctionBody, node: number): boolean {
    const seen = this.#seen.get(body) ?? new Set<number>();
    this.#seen.set(body, seen);
    if (seen.has(node)) return true;
    seen.add(node);
    return false;
  }

  #add({ body, node }: Spot, kind: VolatileKind): void {
    this.parts++;
    this.volatile.push({ kind, text: textOf(body, node), file: body.file.path, line: lineOf(body, node) });
  }

  /** Something that varies; its name may say in what way. */
  #addByName(spot: Spot): void {
    const name = this.#symbols.nameOf(spot.body, spot.node);
    const telling = TELLING_NAMES.find(([pattern]) => pattern.test(name));
    if (telling === undefined) this.parts++;
    else this.#add(spot, telling[1]);
  }

  #visitName(spot: Spot, depth: number): void {
    const { body, node, activation } = spot;
    const { tree, bindings, file } = body;
    const declaration = bindings.declaration[node]!;
    // A package variable or constant is the same for all.
    if (declaration === NO_NODE) return;
    if (tree.kind(tree.parent(declaration)) === NodeKind.Parameter) {
      this.#visitParameter(spot, declaration, depth);
      return;
    }
    for (const use of bindings.uses(declaration)) {
      const left = tree.parent(use);
      const statement = left === NO_NODE ? NO_NODE : tree.parent(left);
      if (statement === NO_NODE || tree.kind(statement) !== NodeKind.Assign) continue;
      const operator = file.tokens.kind[tree.token(statement)];
      const assigns = operator === TokenKind.Assign || operator === TokenKind.AddAssign;
      if (!assigns || tree.firstChild(statement) !== left) continue;
      const value = tree.child(tree.next(left), tree.childIndex(use));
      if (value !== NO_NODE && value !== node) this.visit({ body, node: value, activation }, depth + 1);
    }
    const source = findCallSource(body, declaration);
    if (source !== undefined) {
      this.#visitCall({ body, node: source.call, activation }, depth + 1, source.result);
      return;
    }
    const list = tree.parent(declaration);
    const statement = list === NO_NODE ? NO_NODE : tree.parent(list);
    const values = statement === NO_NODE ? NO_NODE : tree.lastChild(statement);
    const isAssigned = values !== NO_NODE && values !== list && tree.kind(values) === NodeKind.ExpressionList;
    const value = isAssigned ? tree.child(values, tree.childIndex(declaration)) : NO_NODE;
    if (value !== NO_NODE) this.visit({ body, node: value, activation }, depth + 1);
    else if (tree.kind(statement) !== NodeKind.ValueSpec) this.#addByName(spot);
  }

  #visitParameter(spot: Spot, declaration: number, depth: number): void {
    const { body, activation } = spot;
    // What the program calls remoteAddr is one, wherever it comes from.
    if (TELLING_NAMES.some(([pattern]) => pattern.test(this.#symbols.nameOf(body, declaration)))) {
      this.#addByName(spot);
      return;
    }
    const argument =
      activation === undefined ? undefined : this.#owners.findArgument(activation, declaration);
    if (argument !== undefined) {
      this.visit({ body: argument.activation.body, ...argument }, depth + 1);
      return;
    }
    const before = this.parts;
    for (const value of this.#argumentsOfCalls(body, declaration)) {
      this.visit({ ...value, activation: undefined }, depth + 1);
      if (this.volatile.length > 0) return;
    }
    if (this.parts === before) this.#addByName(spot);
  }

  /** What the calls in the package give a parameter, of a function that was entered on no known way. */
  #argumentsOfCalls(body: FunctionBody, declaration: number): { body: FunctionBody; node: number }[] {
    const { tree } = body;
    const parameter = tree.parent(declaration);
    const list = tree.parent(parameter);
    if (tree.parent(list) !== 0 || list !== tree.child(0, 1)) return [];
    const home = this.#symbols.sources.getPackage(body.file);
    return findCalls(this.#symbols, home, body.declaration)
      .slice(0, MAX_ALTERNATIVES)
      .map((call) => ({
        body: call.body,
        node: call.body.tree.child(call.node, tree.childIndex(parameter) + 1),
      }))
      .filter(({ node }) => node !== NO_NODE);
  }

  #visitSelector(spot: Spot, depth: number): void {
    const { body, node } = spot;
    if (this.#symbols.findImportPath(body, body.tree.firstChild(node)) !== undefined) return;
    const text = textOf(body, node);
    const operandType = this.#symbols.typeOf(body, body.tree.firstChild(node));
    const isOwnType = this.#symbols.findNamedType(operandType) !== undefined;
    if (!isOwnType) {
      if (/\.URL\.(?:Path|RawPath|RawQuery|Opaque)$/.test(text) || /\.RequestURI$/.test(text)) {
        this.#add(spot, "url");
        return;
      }
      if (/\.RemoteAddr$/.test(text)) {
        this.#add(spot, "address");
        return;
      }
    }
    const before = this.parts;
    const place = findPlace(this.#symbols, body, node)?.place;
    if (isOwnType && place?.kind === "field") {
      for (const value of findFieldValues(this.#symbols, place).slice(0, MAX_ALTERNATIVES)) {
        this.visit({ ...value, activation: undefined }, depth + 1);
        if (this.volatile.length > 0) return;
      }
    }
    if (this.parts === before) this.#addByName(spot);
  }

  #visitCall(spot: Spot, depth: number, result = 0): void {
    const { body, node, activation } = spot;
    const { tree } = body;
    const values = [...tree.children(node)].slice(1);
    const visitAll = (nodes: readonly number[]): void => {
      for (const value of nodes) this.visit({ body, node: value, activation }, depth + 1);
    };
    const target = this.#symbols.resolveCall(body, node);
    switch (target.kind) {
      case "conversion":
      case "builtin":
        visitAll(values);
        return;
      case "external":
        this.#visitLibraryCall(spot, target.name, values, visitAll);
        return;
      case "external-method":
        this.#visitLibraryMethod(spot, target.name, target.receiver, values, depth);
        return;
      case "declared": {
        const [only] = target.functions;
        if (only === undefined || NORMALISING.test(only.declaration.name)) {
          this.parts++;
          return;
        }
        const callee = this.#symbols.sources.getBody(only.file, only.declaration);
        const entered =
          activation === undefined ? undefined : this.#activations.enter({ activation, call: node }, callee);
        for (const returned of findReturnedValues(callee, result).slice(0, MAX_ALTERNATIVES)) {
          this.visit({ body: callee, node: returned, activation: entered }, depth + 1);
        }
        return;
      }
      default:
        this.parts++;
    }
  }

  #visitLibraryCall(
    spot: Spot,
    name: string,
    values: readonly number[],
    visitAll: (nodes: readonly number[]) => void,
  ): void {
    const { body } = spot;
    if (/\/otel\/attribute\.\w+$/.test(name)) visitAll(values.slice(1));
    else if (/^fmt\.Sprint/.test(name)) {
      const [format] = values;
      if (format !== undefined && /%p/.test(textOf(body, format))) this.#add(spot, "pointer");
      visitAll(values);
    } else if (name === "time.Now") this.#add(spot, "timestamp");
    else if (
      /(?:^|\/)(?:(?:google\/|gofrs\/|satori\/go\.)?uuid|xid|ulid|ksuid|nanoid|shortuuid)(?:\/v\d+)?\.(?:New|Make|Must|Generate)/.test(
        name,
      )
    ) {
      this.#add(spot, "random");
    } else if (/^(?:math\/rand(?:\/v2)?|crypto\/rand)\./.test(name)) this.#add(spot, "random");
    else if (
      /^(?:strconv\.(?:Itoa|Format|Quote)|path(?:\/filepath)?\.(?:Join|Clean)|net\.JoinHostPort|net\/url\.\w+Escape)/.test(
        name,
      )
    ) {
      visitAll(values);
    } else if (/^(?:strings|bytes)\.(?:ToLower|ToUpper|Clone|Title)$/.test(name)) visitAll(values);
    else if (/^strings\.(?:Join|Trim\w*|Replace\w*)$/.test(name)) visitAll(values.slice(0, 1));
    else if (/^encoding\/(?:hex|base64|base32)\.|^(?:crypto|hash)\//.test(name)) visitAll(values);
    else this.parts++;
  }

  #visitLibraryMethod(
    spot: Spot,
    name: string,
    receiver: number,
    values: readonly number[],
    depth: number,
  ): void {
    const { body, activation } = spot;
    const text = textOf(body, receiver);
    const visitReceiver = (): void => this.visit({ body, node: receiver, activation }, depth + 1);
    if (name === "RemoteAddr" || name === "LocalAddr") this.#add(spot, "address");
    else if (name === "UserAgent") this.#add(spot, "user-agent");
    else if (name === "Referer" || (name === "RequestURI" && values.length === 0)) this.#add(spot, "url");
    else if (
      /(?:^|\.)URL(?:\.Query\(\))?$/.test(text) &&
      /^(?:String|EscapedPath|Encode|RequestURI)$/.test(name)
    ) {
      this.#add(spot, "url");
    } else if (name === "Error" && values.length === 0) this.#add(spot, "error-text");
    else if (name === "Get" && /Header(?:\(\))?$/.test(text) && values.length === 1) {
      const header = textOf(body, values[0]!);
      const kind = HEADER_KINDS.find(([pattern]) => pattern.test(header));
      if (kind === undefined) this.parts++;
      else this.#add(spot, kind[1]);
    } else if (/^Unix(?:Nano|Micro|Milli)$/.test(name)) this.#add(spot, "nanoseconds");
    else if (/^(?:Format|Unix|UTC|Local|In|Add|Round|Truncate)$/.test(name)) {
      visitReceiver();
      if (name === "Format" && this.#isMoment(body, receiver)) this.#add(spot, "timestamp");
    } else if (/^(?:String|Bytes|Sum|Hex)$/.test(name)) visitReceiver();
    else if (/^EncodeToString$/.test(name)) {
      for (const value of values) this.visit({ body, node: value, activation }, depth + 1);
    } else this.parts++;
  }

  /** True for a time.Time that does not come from time.Now() in sight. */
  #isMoment(body: FunctionBody, node: number): boolean {
    if (this.volatile.some(({ kind }) => kind === "timestamp")) return false;
    return this.#symbols.canonicalName(this.#symbols.typeOf(body, node)) === "time.Time";
  }
}
