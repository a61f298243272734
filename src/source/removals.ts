import { isFreshValue, isInitializingName } from "./fresh-value.ts";
import { tokenText } from "./go-lexer.ts";
import type { FunctionBody, GoPackage } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { TokenKind } from "./go-token.ts";
import { findMentions } from "./mentions.ts";
import { containerOf, findPlace, isSamePlace, type Place } from "./place.ts";
import { declaredName } from "./runtime-name.ts";
import { enclosingStatement, lineOf, statementText, textOf } from "./statement-text.ts";
import type { Symbols } from "./symbols.ts";
import { parseNamedType, withoutPointer } from "./type-text.ts";

type RemovalKind =
  /** Takes elements out: delete(m, k), x.Delete(k), slices.Delete(…). */
  | "delete"
  /** Keeps a part: s = s[1:]. */
  | "truncate"
  /** Starts anew: m = make(…), m = nil, clear(m). */
  | "reset"
  /** Compares the length with a limit. */
  | "length-check"
  /** Writes at an index modulo the size, so that old elements are overwritten. */
  | "ring-write"
  /** Takes from a channel. */
  | "receive";

/** A statement that shrinks a container or bounds it. */
export interface Removal {
  file: string;
  line: number;
  /** As declared: "(*Store).Sweep". */
  function: string;
  text: string;
  kind: RemovalKind;
}

/**
 * Every statement that shrinks or bounds the place, in the files of its package (or the function of a local). With
 * `isElement` what counts is a container inside the place, `m[k] = append(m[k], v)`, so that bounding one counts too.
 */
export function findRemovals(symbols: Symbols, place: Place, isElement = false): Removal[] {
  return new RemovalSearch(symbols, place, isElement).run();
}

const MAX_REMOVALS = 100;
const MAX_DEPTH = 3;

const REMOVING_METHOD =
  /^(?:LoadAndDelete|CompareAndDelete|(?:[Dd]elete|[Rr]emove|[Ee]vict|[Pp]op|[Cc]lear|[Rr]eset|[Pp]urge|[Tt]rim|[Ee]xpire(?!d)|[Dd]equeue|[Ss]hift|[Dd]rain|[Tt]runcate|[Uu]nsubscribe|[Uu]nregister|[Dd]rop|Init$)\w*)/;
const SHRINKING_FUNCTION =
  /del|remov|evict|prun|trim|filter|compact|clean|drop|expir|purge|shrink|limit|bound|tail|last|keep|retain|discard|without/i;
const LIMIT_NAME = /max|limit|cap|bound|size|window|keep|quota|budget|threshold/i;
const REPORTING_CALL =
  /^(?:log|slog|fmt|logger|metrics|zap|stats)\.|\.(?:Debug|Info|Warn|Error|Print|Observe|Inc)\w*$/;

/** Whether an expression names the place, is a local alias of it, or stands for one of its elements. */
type MentionKind = "name" | "alias" | "element";

class RemovalSearch {
  readonly #symbols: Symbols;
  readonly #place: Place;
  readonly #elementsCount: boolean;
  readonly #found = new Map<string, Removal>();
  /** Parameters that the place was handed to: in their function they mean the place. */
  readonly #parameters = new Map<FunctionBody, Set<number>>();

  #typeName = "";

  constructor(symbols: Symbols, place: Place, isElement: boolean) {
    this.#symbols = symbols;
    this.#place = place;
    this.#elementsCount = isElement;
  }

  run(): Removal[] {
    const place = this.#place;
    if (place.kind !== "local") {
      this.#typeName = place.kind === "type" ? place.name : this.#containerTypeOf(place);
      if (this.#typeName !== "") this.#searchMethods(place.home, this.#typeName);
    }
    for (const { body, node } of findMentions(this.#symbols, place)) this.#judge(body, node, "name", 0);
    if (place.kind === "type") {
      for (const holder of placesOfType(place)) {
        for (const { body, node } of findMentions(this.#symbols, holder)) this.#judge(body, node, "name", 0);
      }
    }
    return [...this.#found.values()].sort((a, b) =>
      a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1,
    );
  }

  /** The name of the place's type if that is a named map or slice: its methods may shrink it. */
  #containerTypeOf(place: Place): string {
    if (place.kind === "local" || place.kind === "type") return "";
    const declared =
      place.kind === "package"
        ? place.home.variables.get(place.name)?.declaration.type
        : place.home.types.get(place.owner)?.declaration.fields.find(({ name }) => name === place.name)?.type;
    const named = parseNamedType(declared ?? "");
    if (named === undefined || named.packageName !== "") return "";
    return /^(?:map)?\[/.test(place.home.types.get(named.name)?.declaration.underlying ?? "")
      ? named.name
      : "";
  }

  #searchMethods(home: GoPackage, typeName: string): void {
    for (const file of home.files) {
      for (const declaration of file.functions) {
        if (declaration.receiver?.type !== typeName) continue;
        const body = this.#symbols.sources.getBody(file, declaration);
        this.#judgeParameter(body, body.tree.firstChild(0), 0, 1);
      }
    }
  }

  #add(body: FunctionBody, node: number, kind: RemovalKind): void {
    const statement = enclosingStatement(body, node);
    const removal: Removal = {
      file: body.file.path,
      line: lineOf(body, statement),
      function: declaredName(body.declaration),
      text: statementText(body, statement),
      kind,
    };
    const key = `${removal.file}:${removal.line}:${kind}`;
    if (this.#found.size < MAX_REMOVALS && !this.#found.has(key)) this.#found.set(key, removal);
  }

  /** What the code does with one mention of the place. */
  #judge(body: FunctionBody, mention: number, by: MentionKind, depth: number): void {
    const { tree, file } = body;
    let at = mention;
    let index: number = NO_NODE;
    let isElement = by === "element";
    for (;;) {
      const parent = tree.parent(at);
      if (parent === NO_NODE) return;
      switch (tree.kind(parent)) {
        case NodeKind.Paren:
          break;
        case NodeKind.Unary: {
          const operator = file.tokens.kind[tree.token(parent)];
          if (operator === TokenKind.Arrow) {
            this.#add(body, parent, "receive");
            return;
          }
          if (operator !== TokenKind.And && operator !== TokenKind.Mul) return;
          break;
        }
        case NodeKind.Index:
          if (tree.firstChild(parent) !== at) return;
          index = tree.next(at);
          isElement = true;
          break;
        case NodeKind.RangeOperand:
          if (!isElement) this.#judgeRange(body, mention, parent);
          return;
        case NodeKind.Selector:
          // What a method does to an element is no matter of the container.
          if (!isElement || this.#elementsCount) this.#judgeMethod(body, parent);
          return;
        case NodeKind.Call:
          this.#judgeArgument(body, parent, at, by, depth);
          return;
        case NodeKind.ExpressionList:
          this.#judgeList(body, { list: parent, member: at, index }, by, depth);
          return;
        default:
          return;
      }
      at = parent;
    }
  }

  #judgeRange(body: FunctionBody, mention: number, operand: number): void {
    const type = this.#symbols.underlying(this.#symbols.typeOf(body, mention));
    if (type !== undefined && /^\*?(?:<-)?chan\b/.test(type.text)) this.#add(body, operand, "receive");
  }

  #judgeMethod(body: FunctionBody, selector: number): void {
    const { tree } = body;
    const call = tree.parent(selector);
    if (call === NO_NODE || tree.kind(call) !== NodeKind.Call || tree.firstChild(call) !== selector) return;
    if (REMOVING_METHOD.test(this.#symbols.nameOf(body, selector))) this.#add(body, call, "delete");
  }

  #judgeArgument(body: FunctionBody, call: number, argument: number, by: MentionKind, depth: number): void {
    const { tree } = body;
    const position = tree.childIndex(argument) - 1;
    if (position < 0) return;
    const target = this.#symbols.resolveCall(body, call);
    switch (target.kind) {
      case "builtin":
        if (target.name === "delete" && position === 0) this.#add(body, call, "delete");
        if (target.name === "clear") this.#add(body, call, "reset");
        if (target.name === "len" && (by !== "element" || this.#elementsCount)) this.#judgeLength(body, call);
        return;
      case "external":
        if (/^(?:maps|slices|container\/heap)\.(?:Delete|Pop|Remove)/.test(target.name)) {
          this.#add(body, call, "delete");
        }
        return;
      case "external-method":
        // l.Remove(element) with the list itself as receiver is judged there; heap-like helpers take it by address.
        if (REMOVING_METHOD.test(target.name)) this.#add(body, call, "delete");
        return;
      case "declared":
        if (depth >= MAX_DEPTH) return;
        for (const { file, declaration } of target.functions) {
          const callee = this.#symbols.sources.getBody(file, declaration);
          this.#judgeParameter(callee, callee.tree.child(0, 1), position, depth + 1);
        }
        return;
      case "literal":
        if (depth < MAX_DEPTH)
          this.#judgeParameter(body, tree.firstChild(target.literal), position, depth + 1);
        return;
    }
  }

  #judgeParameter(body: FunctionBody, list: number, position: number, depth: number): void {
    const parameter = body.tree.child(list, position);
    if (parameter === NO_NODE) return;
    const name = body.tree.firstChild(parameter);
    if (body.tree.kind(name) !== NodeKind.Ident) return;
    const known = this.#parameters.get(body) ?? new Set();
    if (known.has(name)) return;
    this.#parameters.set(body, known.add(name));
    for (const use of body.bindings.uses(name)) this.#judge(body, use, "alias", depth);
  }

  #judgeList(
    body: FunctionBody,
    { list, member, index }: { list: number; member: number; index: number },
    by: MentionKind,
    depth: number,
  ): void {
    const { tree } = body;
    const statement = tree.parent(list);
    if (statement === NO_NODE) return;
    const kind = tree.kind(statement);
    if (kind !== NodeKind.Assign && kind !== NodeKind.ValueSpec) return;
    if (tree.firstChild(statement) !== list) {
      const isElement = by === "element" || index !== NO_NODE;
      this.#judgeAlias(body, statement, tree.childIndex(member), isElement ? "element" : "alias", depth);
      return;
    }
    if (kind !== NodeKind.Assign) return;
    const values = tree.next(list);
    const first = tree.firstChild(values);
    const isOnly = first !== NO_NODE && tree.next(first) === NO_NODE;
    const value = isOnly ? first : tree.child(values, tree.childIndex(member));
    if (index !== NO_NODE) {
      if (containsOperator(body, index, TokenKind.Rem)) this.#add(body, statement, "ring-write");
      // `m[k] = m[k][1:]` shrinks what the map holds.
      const shrinks = value !== NO_NODE && this.#judgeValue(body, value, 0);
      if (shrinks === "truncate" || shrinks === "delete") this.#add(body, statement, shrinks);
      return;
    }
    // A local name for a slice or map may be given another value without any effect on the place.
    const isDereferenced = tree.kind(member) === NodeKind.Unary;
    const isElement = by === "element" && this.#elementsCount;
    if (by !== "name" && !isDereferenced && !isElement) return;
    if (value === NO_NODE || this.#isInitialization(body, statement, member)) return;
    const kindOfValue = this.#judgeValue(body, value, 0);
    if (kindOfValue !== undefined) this.#add(body, statement, kindOfValue);
  }

  /** `m := s.items`: what happens to m happens to the place, except that m itself gets another value. */
  #judgeAlias(body: FunctionBody, statement: number, position: number, by: MentionKind, depth: number): void {
    if (depth >= MAX_DEPTH) return;
    const name = body.tree.child(body.tree.firstChild(statement), position);
    if (name === NO_NODE || body.bindings.declaration[name] !== name) return;
    for (const use of body.bindings.uses(name)) this.#judge(body, use, by, depth + 1);
  }

  /** How a new value for the place relates to the old one; undefined if it may have grown. */
  #judgeValue(body: FunctionBody, value: number, depth: number): RemovalKind | undefined {
    const { tree } = body;
    const node = this.#symbols.unwrap(body, value);
    switch (tree.kind(node)) {
      case NodeKind.CompositeLit:
        return "reset";
      case NodeKind.Slice:
        return this.#means(body, tree.firstChild(node)) ? "truncate" : undefined;
      case NodeKind.Unary:
        return tree.kind(tree.firstChild(node)) === NodeKind.CompositeLit ? "reset" : undefined;
      case NodeKind.Ident: {
        const declaration = body.bindings.declaration[node]!;
        if (declaration === NO_NODE) return this.#symbols.nameOf(body, node) === "nil" ? "reset" : undefined;
        return depth < MAX_DEPTH ? this.#judgeLocalValue(body, declaration, depth) : undefined;
      }
      case NodeKind.Call:
        return this.#judgeCallValue(body, node);
      default:
        return undefined;
    }
  }

  #judgeCallValue(body: FunctionBody, call: number): RemovalKind | undefined {
    const { tree } = body;
    const target = this.#symbols.resolveCall(body, call);
    if (target.kind === "builtin" && (target.name === "make" || target.name === "new")) return "reset";
    const argument = tree.child(call, 1);
    if (target.kind === "builtin" && target.name === "append") {
      const slices = [...tree.children(call)].slice(1).filter((child) => this.#isPart(body, child));
      if (slices.length === 0) return undefined;
      return slices.length > 1 ? "delete" : "truncate";
    }
    const name = textOf(body, tree.firstChild(call));
    if (/^(?:slices|maps)\.(?:Delete|Compact)/.test(name)) return "delete";
    const takesPlace = [...tree.children(call)]
      .slice(1)
      .some((child) => this.#isPart(body, child) || this.#means(body, child));
    if (takesPlace)
      return SHRINKING_FUNCTION.test(name) || this.#isPart(body, argument) ? "truncate" : undefined;
    return target.kind === "declared" && isInitializingName(name) ? "reset" : undefined;
  }

  /** `kept := s.items[:0]`, filled in a loop and assigned back, or a fresh container. */
  #judgeLocalValue(body: FunctionBody, declaration: number, depth: number): RemovalKind | undefined {
    const { tree } = body;
    const list = tree.parent(declaration);
    const statement = list === NO_NODE ? NO_NODE : tree.parent(list);
    if (statement === NO_NODE || tree.kind(list) !== NodeKind.ExpressionList) return undefined;
    const values = tree.lastChild(statement);
    if (tree.kind(values) !== NodeKind.ExpressionList || values === list) {
      return tree.kind(statement) === NodeKind.ValueSpec ? "reset" : undefined;
    }
    const value = tree.child(values, tree.childIndex(declaration));
    return value === NO_NODE ? undefined : this.#judgeValue(body, value, depth + 1);
  }

  #isPart(body: FunctionBody, node: number): boolean {
    return (
      node !== NO_NODE &&
      body.tree.kind(node) === NodeKind.Slice &&
      this.#means(body, body.tree.firstChild(node))
    );
  }

  #means(body: FunctionBody, node: number): boolean {
    const found = findPlace(this.#symbols, body, node);
    if (found === undefined) return false;
    const { place } = found;
    if (isSamePlace(place, this.#place)) return true;
    if (this.#typeName !== "" && place.kind !== "local" && this.#containerTypeOf(place) === this.#typeName)
      return true;
    // In a helper the place is a parameter, in a method of its type the receiver.
    if (place.kind === "local") return this.#parameters.get(place.body)?.has(place.declaration) === true;
    return place.kind === "type" && place.name === this.#typeName;
  }

  /** The first value of a container is no removal: constructors, init and `if m == nil { m = … }`. */
  #isInitialization(body: FunctionBody, statement: number, target: number): boolean {
    const { tree, declaration } = body;
    const literal = tree.findEnclosing(statement, NodeKind.FuncLit);
    if (literal === NO_NODE) {
      if (isInitializingName(declaration.name)) return true;
      const loop = tree.findEnclosing(statement, NodeKind.For, NodeKind.Range);
      if (declaration.name === "main" && loop === NO_NODE) return true;
    }
    // `s := &Store{}; s.items = make(…)`
    const root = containerOf(
      body,
      tree.kind(target) === NodeKind.Selector ? tree.firstChild(target) : target,
    );
    if (root !== NO_NODE && tree.kind(root) === NodeKind.Ident && tree.kind(target) === NodeKind.Selector) {
      const owner = body.bindings.declaration[root]!;
      if (owner !== NO_NODE && isFreshValue(this.#symbols, body, owner)) return true;
    }
    for (let at = tree.parent(statement); at !== NO_NODE; at = tree.parent(at)) {
      if (tree.kind(at) !== NodeKind.If) continue;
      for (const child of tree.children(at)) {
        if (tree.kind(child) === NodeKind.Condition && this.#testsNil(body, child)) return true;
      }
    }
    return false;
  }

  #testsNil(body: FunctionBody, condition: number): boolean {
    const { tree, file } = body;
    for (let token = tree.first(condition); token < tree.end(condition); token++) {
      if (file.tokens.kind[token] !== TokenKind.Equal) continue;
      const around = [tokenText(file.tokens, token - 1), tokenText(file.tokens, token + 1)];
      if (around.includes("nil") && around.includes(this.#place.name)) return true;
    }
    return false;
  }

  #judgeLength(body: FunctionBody, call: number): void {
    const { tree, file } = body;
    let at = call;
    let parent = tree.parent(at);
    // `len(a)+len(b) > max` and `len(m) >= 2*max` compare too.
    while (parent !== NO_NODE && tree.kind(parent) === NodeKind.Binary) {
      const operator = file.tokens.kind[tree.token(parent)]!;
      if (operator >= TokenKind.Equal && operator <= TokenKind.GreaterEqual) {
        const other = tree.firstChild(parent) === at ? tree.next(at) : tree.firstChild(parent);
        if (this.#isLimit(body, other, operator) && this.#guardsSomething(body, parent)) {
          this.#add(body, parent, "length-check");
        }
        return;
      }
      at = parent;
      parent = tree.parent(at);
    }
  }

  /** Tells a limit from an index: `len(m) >= s.max` bounds, `i < len(items)` and `len(m) > 0` do not. */
  #isLimit(body: FunctionBody, node: number, operator: number): boolean {
    const { tree, file, bindings } = body;
    for (let token = tree.first(node); token < tree.end(node); token++) {
      const text = tokenText(file.tokens, token);
      const isRelation = operator >= TokenKind.Less;
      if (file.tokens.kind[token] === TokenKind.Int)
        return isRelation && Number(text.replaceAll("_", "")) >= 2;
      if (file.tokens.kind[token] !== TokenKind.Ident || text === "len") continue;
      if (LIMIT_NAME.test(text)) return true;
    }
    const name = this.#symbols.unwrap(body, node);
    if (tree.kind(name) === NodeKind.Ident) return bindings.declaration[name] === NO_NODE;
    return tree.kind(name) === NodeKind.Selector;
  }

  /** A comparison that only leads to a log line, a metric or another value of a local variable bounds nothing. */
  #guardsSomething(body: FunctionBody, comparison: number): boolean {
    const { tree } = body;
    const condition = tree.findEnclosing(comparison, NodeKind.Condition, NodeKind.Block);
    if (condition === NO_NODE || tree.kind(condition) !== NodeKind.Condition) return true;
    const block = tree.next(condition);
    if (block === NO_NODE || tree.kind(block) !== NodeKind.Block) return true;
    if (tree.next(block) !== NO_NODE) return true;
    for (const statement of tree.children(block)) {
      if (!isReport(body, statement) && !assignsLocalsOnly(body, statement)) return true;
    }
    return false;
  }
}

/** The fields and package variables that hold a value of a named container type. */
function placesOfType({ home, name }: Extract<Place, { kind: "type" }>): Place[] {
  const places: Place[] = [];
  for (const [owner, { declaration }] of home.types) {
    for (const field of declaration.fields) {
      if (withoutPointer(field.type) === name) places.push({ kind: "field", home, owner, name: field.name });
    }
  }
  for (const [variable, { declaration }] of home.variables) {
    if (withoutPointer(declaration.type) === name) places.push({ kind: "package", home, name: variable });
  }
  return places;
}

function isReport(body: FunctionBody, statement: number): boolean {
  const { tree } = body;
  const call = tree.firstChild(statement);
  return (
    tree.kind(statement) === NodeKind.ExpressionStatement &&
    tree.kind(call) === NodeKind.Call &&
    REPORTING_CALL.test(textOf(body, tree.firstChild(call)))
  );
}

/** `limit = len(x)` and `tail = tail[:limit]` choose what is read, not what is kept. */
function assignsLocalsOnly(body: FunctionBody, statement: number): boolean {
  const { tree, bindings } = body;
  if (tree.kind(statement) !== NodeKind.Assign) return false;
  return [...tree.children(tree.firstChild(statement))].every(
    (target) => tree.kind(target) === NodeKind.Ident && bindings.declaration[target] !== NO_NODE,
  );
}

function containsOperator(body: FunctionBody, node: number, operator: number): boolean {
  for (let token = body.tree.first(node); token < body.tree.end(node); token++) {
    if (body.file.tokens.kind[token] === operator) return true;
  }
  return false;
}
