import type { FunctionBody, SourceFrame } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { findMentions } from "./mentions.ts";
import { findPlace, type Place } from "./place.ts";
import { RESOURCE_RULES, type ResourceKind, type ResourceRule } from "./resource-rules.ts";
import { getSymbols } from "./retention-path.ts";
import { declaredName } from "./runtime-name.ts";
import { lineOf, textOf } from "./statement-text.ts";
import type { Symbols } from "./symbols.ts";

/** A call that acquires something, and what becomes of it. */
export interface Acquisition {
  kind: ResourceKind;
  /** "os.Open", or the program's own function that returns what such a call gave. */
  call: string;
  /** The call as written. */
  text: string;
  site: SourceFrame;
  /**
   * `never`: nothing in sight gives it back. `some-paths`: a return leaves before that. `late`: a deferred release in a
   * loop waits for the function's end. `kept`: it goes into a variable that outlives the call, from which something is
   * released somewhere. `handed-on`: it leaves the function. `released`: on every path.
   */
  fate: "never" | "some-paths" | "late" | "kept" | "handed-on" | "released";
  /** The first return that leaves without a release; 0 if there is none. */
  returnLine: number;
}

/** An own function that returns what a rule's call gave acquires it for its caller, and so on up so many calls. */
const MAX_ROUNDS = 4;
const MAX_ACQUISITIONS = 200;

/**
 * All calls in the source that acquire a resource, those that are not given back first. By syntax and lines, not by
 * control flow: it ranks where to look, the growth itself has to be seen elsewhere.
 */
export function findAcquisitions(files: ReadonlyMap<string, string>): Acquisition[] {
  const symbols = getSymbols(files);
  const bodies = listBodies(symbols, files);
  const found: Acquisition[] = [];
  const releasers = findReleasers(symbols, bodies);
  // Functions of the program that hand a resource to their caller, by declaration.
  const constructors = new Map<object, ResourceRule>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const known = constructors.size;
    found.length = 0;
    for (const body of bodies) {
      for (const call of listCalls(body)) {
        const rule = findRule(symbols, body, call, constructors);
        if (rule === undefined) continue;
        const resource = new AcquiredResource(symbols, body, call, rule, releasers);
        if (rule.onlyPointers === true && !resource.isPointer()) continue;
        const acquired = resource.follow();
        if (acquired.isReturned) constructors.set(body.declaration, rule);
        if (found.length < MAX_ACQUISITIONS) found.push(acquired.acquisition);
      }
    }
    if (constructors.size === known) break;
  }
  return found.sort((a, b) => FATES.indexOf(a.fate) - FATES.indexOf(b.fate));
}

const FATES: readonly Acquisition["fate"][] = [
  "never",
  "some-paths",
  "late",
  "kept",
  "handed-on",
  "released",
];

function listBodies(symbols: Symbols, files: ReadonlyMap<string, string>): FunctionBody[] {
  const bodies: FunctionBody[] = [];
  for (const path of files.keys()) {
    if (!path.endsWith(".go") || path.endsWith("_test.go")) continue;
    const file = symbols.sources.getFile(path);
    for (const declaration of file.functions) bodies.push(symbols.sources.getBody(file, declaration));
  }
  return bodies;
}

function* listCalls({ tree }: FunctionBody): IterableIterator<number> {
  for (let node = 0; node < tree.count; node++) {
    if (tree.kind(node) === NodeKind.Call && tree.parent(node) !== NO_NODE) yield node;
  }
}

/** The program's own functions in which something is given back: what is handed to them, or their receiver, is released. */
function findReleasers(symbols: Symbols, bodies: readonly FunctionBody[]): Set<object> {
  const releasers = new Set<object>();
  for (const body of bodies) {
    for (const call of listCalls(body)) {
      if (RESOURCE_RULES.some((rule) => isRelease(symbols, body, call, rule)))
        releasers.add(body.declaration);
    }
  }
  return releasers;
}

/** Does the call give back what such a rule acquires? */
function isRelease(symbols: Symbols, body: FunctionBody, call: number, rule: ResourceRule): boolean {
  const target = symbols.resolveCall(body, call);
  if (target.kind === "external") return rule.releaseFunctions?.test(target.name) === true;
  const callee = body.tree.firstChild(call);
  return (
    body.tree.kind(callee) === NodeKind.Selector && rule.releaseMethods.includes(symbols.nameOf(body, callee))
  );
}

function findRule(
  symbols: Symbols,
  body: FunctionBody,
  call: number,
  constructors: ReadonlyMap<object, ResourceRule>,
): ResourceRule | undefined {
  const target = symbols.resolveCall(body, call);
  if (target.kind === "external") return RESOURCE_RULES.find((rule) => rule.acquire.test(target.name));
  if (target.kind !== "declared" || target.functions.length !== 1) return undefined;
  return constructors.get(target.functions[0]!.declaration);
}

/** One call's result on its way through the function. */
class AcquiredResource {
  readonly #symbols: Symbols;
  readonly #body: FunctionBody;
  readonly #call: number;
  readonly #rule: ResourceRule;
  readonly #releasers: ReadonlySet<object>;

  constructor(
    symbols: Symbols,
    body: FunctionBody,
    call: number,
    rule: ResourceRule,
    releasers: ReadonlySet<object>,
  ) {
    this.#releasers = releasers;
    this.#symbols = symbols;
    this.#body = body;
    this.#call = call;
    this.#rule = rule;
  }

  follow(): { acquisition: Acquisition; isReturned: boolean } {
    const { tree, file, declaration } = this.#body;
    const use = this.#useOf(this.#call);
    let result: ReturnType<AcquiredResource["follow"]>;
    const acquisition: Acquisition = {
      kind: this.#rule.kind,
      call: textOf(this.#body, tree.firstChild(this.#call)),
      text: textOf(this.#body, this.#call),
      site: { function: declaredName(declaration), file: file.path, line: lineOf(this.#body, this.#call) },
      fate: "never",
      returnLine: 0,
    };
    switch (use.kind) {
      case "variable":
        result = this.#followVariable(acquisition, use.declaration);
        break;
      case "place":
        result = { acquisition: { ...acquisition, fate: this.#fateIn(use.place) }, isReturned: false };
        break;
      case "returned":
        result = { acquisition: { ...acquisition, fate: "handed-on" }, isReturned: true };
        break;
      case "passed":
        result = { acquisition: { ...acquisition, fate: "handed-on" }, isReturned: false };
        break;
      case "dropped":
        result = { acquisition, isReturned: false };
        break;
    }
    return result;
  }

  /** The result is compared with nil, converted to an unsafe.Pointer, looked into, or goes back to C. */
  isPointer(): boolean {
    const use = this.#useOf(this.#call);
    if (use.kind !== "variable") return false;
    const { tree, bindings } = this.#body;
    return bindings.uses(use.declaration).some((node) => {
      const parent = tree.parent(node);
      if (parent === NO_NODE) return false;
      switch (tree.kind(parent)) {
        case NodeKind.Binary:
          return /\bnil\b/.test(textOf(this.#body, parent));
        case NodeKind.Selector:
          return tree.firstChild(parent) === node;
        case NodeKind.Call: {
          const callee = textOf(this.#body, tree.firstChild(parent));
          return tree.firstChild(parent) !== node && /^C\.|^unsafe\.Pointer$/.test(callee);
        }
        default:
          return false;
      }
    });
  }

  /** Where an expression's value goes. */
  #useOf(
    node: number,
  ):
    | { kind: "variable"; declaration: number }
    | { kind: "place"; place: Place }
    | { kind: "returned" | "passed" | "dropped" } {
    const { tree, bindings } = this.#body;
    let at = node;
    for (let parent = tree.parent(at); parent !== NO_NODE; at = parent, parent = tree.parent(at)) {
      switch (tree.kind(parent)) {
        case NodeKind.Paren:
        case NodeKind.Unary:
        case NodeKind.TypeAssert:
        case NodeKind.KeyValue:
        case NodeKind.CompositeLit:
        case NodeKind.ExpressionList:
        case NodeKind.Slice:
          continue;
        case NodeKind.Call:
          // A conversion, (*C.char)(C.malloc(n)), is the same value.
          if (this.#symbols.resolveCall(this.#body, parent).kind === "conversion") continue;
          return { kind: this.#releases(parent) ? "dropped" : "passed" };
        case NodeKind.Return:
          return { kind: "returned" };
        case NodeKind.Send:
        case NodeKind.FuncLit:
          return { kind: "passed" };
        case NodeKind.Assign:
        case NodeKind.ValueSpec: {
          const left = tree.firstChild(parent);
          const target = tree.kind(left) === NodeKind.ExpressionList ? tree.firstChild(left) : left;
          if (target === NO_NODE || tree.isWithin(node, left)) return { kind: "passed" };
          if (tree.kind(target) === NodeKind.Ident && bindings.declaration[target] !== NO_NODE) {
            return { kind: "variable", declaration: bindings.declaration[target]! };
          }
          const place = findPlace(this.#symbols, this.#body, target)?.place;
          return place === undefined ? { kind: "dropped" } : { kind: "place", place };
        }
        case NodeKind.Selector:
          // os.Open(name).Close(), or a field or method of the result.
          return { kind: this.#releasesBy(parent) ? "passed" : "dropped" };
        case NodeKind.ExpressionStatement:
        case NodeKind.Defer:
        case NodeKind.Go:
          return { kind: "dropped" };
        default:
          return { kind: "passed" };
      }
    }
    return { kind: "passed" };
  }

  #followVariable(
    acquisition: Acquisition,
    declaration: number,
  ): { acquisition: Acquisition; isReturned: boolean } {
    const { tree, bindings } = this.#body;
    let release: number = NO_NODE;
    let isDeferred = false;
    let isReturned = false;
    let place: Place | undefined;
    let isPassed = false;
    const pending = [...bindings.uses(declaration)];
    const seen = new Set<number>();
    for (let use = pending.shift(); use !== undefined; use = pending.shift()) {
      if (seen.has(use) || tree.first(use) < tree.end(this.#call)) continue;
      seen.add(use);
      const releasing = this.#findRelease(use);
      if (releasing !== NO_NODE) {
        const deferred = tree.findEnclosing(releasing, NodeKind.Defer) !== NO_NODE;
        if (release === NO_NODE || (deferred && !isDeferred)) {
          release = releasing;
          isDeferred ||= deferred;
        }
        continue;
      }
      const parent = tree.parent(use);
      // An operand of an operator, a method of it, or an argument to a library only looks at it.
      if (
        parent === NO_NODE ||
        tree.kind(parent) === NodeKind.Selector ||
        tree.kind(parent) === NodeKind.Binary
      )
        continue;
      const next = this.#useOf(use);
      if (next.kind === "returned") isReturned = true;
      else if (next.kind === "place") place ??= next.place;
      else if (next.kind === "variable") pending.push(...bindings.uses(next.declaration));
      else if (next.kind === "passed") isPassed ||= !this.#isLibraryArgument(use);
    }
    if (release !== NO_NODE)
      return { acquisition: this.#judgePaths(acquisition, release, isDeferred), isReturned };
    if (isReturned) return { acquisition: { ...acquisition, fate: "handed-on" }, isReturned };
    if (place !== undefined)
      return { acquisition: { ...acquisition, fate: this.#fateIn(place) }, isReturned };
    return { acquisition: { ...acquisition, fate: isPassed ? "handed-on" : "never" }, isReturned };
  }

  /** Returns between the call and its release, besides the one for the call's own error. */
  #judgePaths(acquisition: Acquisition, release: number, isDeferred: boolean): Acquisition {
    const { tree, file } = this.#body;
    const { tokens } = file;
    const isWithinLiteral = (node: number) => tree.findEnclosing(node, NodeKind.FuncLit);
    const home = isWithinLiteral(this.#call);
    let errorReturnSeen = false;
    let errorReturnLine = 0;
    for (let node = 0; node < tree.count; node++) {
      if (tree.kind(node) !== NodeKind.Return || tree.parent(node) === NO_NODE) continue;
      if (tree.first(node) < tree.end(this.#call) || tree.first(node) > tree.first(release)) continue;
      if (isWithinLiteral(node) !== home || tree.isWithin(release, node)) continue;
      const guard = tree.findEnclosing(node, NodeKind.If);
      const line = tokens.line[tree.first(node)]!;
      if (guard === NO_NODE || !this.#asksForError(guard)) {
        return { ...acquisition, fate: "some-paths", returnLine: line };
      }
      // The first is for the call's own error, when there is nothing to release; those behind it are seldom taken.
      if (errorReturnSeen && errorReturnLine === 0) errorReturnLine = line;
      errorReturnSeen = true;
    }
    if (errorReturnLine > 0) return { ...acquisition, fate: "some-paths", returnLine: errorReturnLine };
    const loop = tree.findEnclosing(this.#call, NodeKind.For, NodeKind.Range, NodeKind.FuncLit);
    const isLate =
      isDeferred && loop !== NO_NODE && tree.kind(loop) !== NodeKind.FuncLit && tree.isWithin(release, loop);
    return { ...acquisition, fate: isLate ? "late" : "released" };
  }

  #asksForError(guard: number): boolean {
    const { tree, file } = this.#body;
    const block = this.#childOfKind(guard, NodeKind.Block);
    const end = block === NO_NODE ? tree.end(guard) : tree.first(block);
    const { tokens } = file;
    const from = tokens.start[tree.first(guard)]!;
    return /\berr\w*\b|\bnil\b|<\s*0/i.test(tokens.text.slice(from, tokens.end[Math.max(0, end - 1)]!));
  }

  #childOfKind(node: number, kind: NodeKind): number {
    for (const child of this.#body.tree.children(node))
      if (this.#body.tree.kind(child) === kind) return child;
    return NO_NODE;
  }

  /** The call that gives `use` back: f.Close(), syscall.Close(fd), C.free(unsafe.Pointer(p)). */
  #findRelease(use: number): number {
    const { tree } = this.#body;
    let at = use;
    for (let parent = tree.parent(at); parent !== NO_NODE; at = parent, parent = tree.parent(at)) {
      switch (tree.kind(parent)) {
        case NodeKind.Paren:
        case NodeKind.Unary:
        case NodeKind.Index:
        case NodeKind.Slice:
          continue;
        case NodeKind.Selector:
          return this.#releasesBy(parent) ? parent : NO_NODE;
        case NodeKind.Call:
          if (this.#releases(parent)) return parent;
          if (this.#symbols.resolveCall(this.#body, parent).kind === "conversion") continue;
          // unsafe.Pointer(p) is a conversion, though it reads as a call of a package.
          if (textOf(this.#body, tree.firstChild(parent)) === "unsafe.Pointer") continue;
          return NO_NODE;
        default:
          return NO_NODE;
      }
    }
    return NO_NODE;
  }

  #releases(call: number): boolean {
    const target = this.#symbols.resolveCall(this.#body, call);
    if (target.kind === "declared") {
      return target.functions.some(({ declaration }) => this.#releasers.has(declaration));
    }
    return target.kind === "external" && this.#rule.releaseFunctions?.test(target.name) === true;
  }

  /** `f.Close`, called or handed to somebody who will. */
  #releasesBy(selector: number): boolean {
    if (this.#rule.releaseMethods.includes(this.#symbols.nameOf(this.#body, selector))) return true;
    const call = this.#body.tree.parent(selector);
    return call !== NO_NODE && this.#body.tree.kind(call) === NodeKind.Call && this.#releases(call);
  }

  #isLibraryArgument(use: number): boolean {
    const { tree } = this.#body;
    const call = tree.findEnclosing(tree.parent(use), NodeKind.Call);
    if (call === NO_NODE) return false;
    const { kind } = this.#symbols.resolveCall(this.#body, call);
    return kind === "external" || kind === "external-method" || kind === "builtin";
  }

  /** Does any function that names the variable it is kept in release something? */
  #fateIn(place: Place): Acquisition["fate"] {
    for (const { body } of findMentions(this.#symbols, place)) {
      for (const call of listCalls(body)) {
        if (isRelease(this.#symbols, body, call, this.#rule)) return "kept";
      }
    }
    return "never";
  }
}
