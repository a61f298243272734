import type { GoFile, GoFunction, GoType } from "./go-file.ts";
import { tokenText } from "./go-lexer.ts";
import type { Declared, FunctionBody, GoPackage, GoSources } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { TokenKind } from "./go-token.ts";
import { typeText } from "./go-type-syntax.ts";
import { findStandardResultType } from "./standard-functions.ts";
import {
  elementOf,
  isPlainNumber,
  keyOf,
  parseNamedType,
  substituteTypes,
  withoutPointer,
} from "./type-text.ts";

/** A type as text, and the file whose imports and package its names belong to. */
export interface TypeReference {
  text: string;
  file: GoFile;
}

/** What a call expression calls, as far as it can be told without full type checking. */
export type CallTarget =
  /** Functions whose source is at hand; several where only the name of a method is known. */
  | { kind: "declared"; functions: readonly Declared<GoFunction>[]; receiver: number }
  /** A function literal: called where it stands, or through the local variable it was assigned to. */
  | { kind: "literal"; literal: number }
  /** A function of a package that is not at hand, with its import path: "strings.Split", "encoding/json.Unmarshal". */
  | { kind: "external"; name: string }
  /** A method whose source is not at hand; `receiverType` is canonical with the import path, "" if not known. */
  | { kind: "external-method"; name: string; receiver: number; receiverType: string }
  | { kind: "builtin"; name: string }
  | { kind: "conversion"; type: string }
  | { kind: "unknown" };

/** More methods of one name than this, on receivers whose type is not known, say nothing about which one runs. */
const MAX_CANDIDATES = 3;
const MAX_TYPE_DEPTH = 24;
const MAX_EMBEDDING = 6;

const BUILTINS = new Set(
  "append cap clear close complex copy delete imag len make max min new panic print println real recover".split(
    " ",
  ),
);
const PREDECLARED_TYPES = new Set(["string", "any", "error", "rune", "byte"]);

/**
 * Types of expressions and targets of calls, from declarations alone.
 *
 * No type checker: unknown stays unknown, generic arguments are put in textually, and an interface stands for the types
 * at hand that have methods of the names it asks for, if they are few.
 */
export class Symbols {
  readonly sources: GoSources;

  constructor(sources: GoSources) {
    this.sources = sources;
  }

  nameOf(body: FunctionBody, node: number): string {
    return tokenText(body.file.tokens, body.tree.token(node));
  }

  /** The import path if the node is a package name, else undefined. */
  findImportPath(body: FunctionBody, node: number): string | undefined {
    if (body.tree.kind(node) !== NodeKind.Ident || body.bindings.declaration[node] !== NO_NODE)
      return undefined;
    return body.file.imports.get(this.nameOf(body, node));
  }

  /** The operand without parentheses. */
  unwrap(body: FunctionBody, node: number): number {
    let at = node;
    while (at !== NO_NODE && body.tree.kind(at) === NodeKind.Paren) at = body.tree.firstChild(at);
    return at;
  }

  // ---- types ----

  typeOf(body: FunctionBody, node: number, depth = 0): TypeReference | undefined {
    if (node === NO_NODE || depth > MAX_TYPE_DEPTH) return undefined;
    const { tree, file } = body;
    const first = tree.firstChild(node);
    const plain = (text: string): TypeReference | undefined => (text === "" ? undefined : { text, file });
    switch (tree.kind(node)) {
      case NodeKind.Ident:
        return this.#typeOfName(body, node, depth);
      case NodeKind.Paren:
        return this.typeOf(body, first, depth + 1);
      case NodeKind.Literal:
        return plain(literalType(file.tokens.kind[tree.token(node)]!));
      case NodeKind.FuncLit:
        return plain("func()");
      case NodeKind.CompositeLit:
        return tree.kind(first) === NodeKind.NoType
          ? undefined
          : plain(typeText(file.tokens, tree.first(first), tree.end(first)));
      case NodeKind.TypeAssert: {
        const type = tree.next(first);
        return type === NO_NODE ? undefined : plain(typeText(file.tokens, tree.first(type), tree.end(type)));
      }
      case NodeKind.Slice: {
        const operand = this.underlying(this.typeOf(body, first, depth + 1));
        if (operand === undefined || !withoutPointer(operand.text).startsWith("[")) return operand;
        return { ...operand, text: `[]${elementOf(operand.text)}` };
      }
      case NodeKind.Index:
        return this.elementType(this.typeOf(body, first, depth + 1));
      case NodeKind.Selector:
        return this.#typeOfSelector(body, node, depth);
      case NodeKind.Unary:
        return this.#typeOfUnary(body, node, depth);
      case NodeKind.Binary: {
        const operator = file.tokens.kind[tree.token(node)]!;
        if (operator >= TokenKind.Equal && operator <= TokenKind.GreaterEqual) return plain("bool");
        return this.typeOf(body, first, depth + 1) ?? this.typeOf(body, tree.next(first), depth + 1);
      }
      case NodeKind.Call:
        return this.#typeOfCall(body, node, 0, depth);
      default:
        return undefined;
    }
  }

  /** What a container of that type holds. */
  elementType(type: TypeReference | undefined): TypeReference | undefined {
    const container = this.underlying(type);
    if (container === undefined) return undefined;
    if (container.text === "string") return { ...container, text: "byte" };
    const text = elementOf(container.text);
    return text === "" ? undefined : { ...container, text };
  }

  /** Follows type names, also behind one pointer, to the type they are defined as; a struct stays a name. */
  underlying(type: TypeReference | undefined): TypeReference | undefined {
    let at = type;
    for (let i = 0; i < MAX_EMBEDDING && at !== undefined; i++) {
      const named = this.findNamedType(at);
      if (named === undefined || named.declaration.underlying === "struct") return at;
      const values = parseNamedType(at.text)?.arguments ?? [];
      const text = substituteTypes(named.declaration.underlying, named.declaration.typeParameters, values);
      at = { text, file: named.file };
    }
    return at;
  }

  findNamedType(type: TypeReference | undefined): Declared<GoType> | undefined {
    if (type === undefined) return undefined;
    const named = parseNamedType(type.text);
    if (named === undefined) return undefined;
    const home =
      named.packageName === ""
        ? this.sources.getPackage(type.file)
        : this.sources.findImported(type.file, named.packageName);
    return home?.types.get(named.name);
  }

  /** "sync.Map" whatever name the file imports sync by, "example.com/cart.Store"; types of the file itself plain. */
  canonicalName(type: TypeReference | undefined): string {
    if (type === undefined) return "";
    const named = parseNamedType(type.text);
    if (named === undefined) return withoutPointer(type.text);
    if (named.packageName === "") return named.name;
    const path = type.file.imports.get(named.packageName);
    return path === undefined ? "" : `${path}.${named.name}`;
  }

  /** A field of a struct type, also one that an embedded struct lends it: its type and the struct that declares it. */
  findField(
    type: TypeReference | undefined,
    name: string,
  ): { type: TypeReference; owner: Declared<GoType> } | undefined {
    let level: (TypeReference | undefined)[] = [this.underlying(type)];
    for (let depth = 0; depth < MAX_EMBEDDING && level.length > 0; depth++) {
      const embedded: TypeReference[] = [];
      for (const reference of level.slice(0, 16)) {
        const owner = this.findNamedType(reference);
        if (owner === undefined || reference === undefined) continue;
        const values = parseNamedType(reference.text)?.arguments ?? [];
        for (const field of owner.declaration.fields) {
          const text = substituteTypes(field.type, owner.declaration.typeParameters, values);
          const fieldType = { text, file: owner.file };
          if (field.name === name) return { type: fieldType, owner };
          if (field.embedded) embedded.push(fieldType);
        }
      }
      level = embedded;
    }
    return undefined;
  }

  /** Type of result `index` of a call. */
  typeOfResult(body: FunctionBody, call: number, index: number): TypeReference | undefined {
    return this.#typeOfCall(body, call, index, 0);
  }

  #typeOfName(body: FunctionBody, node: number, depth: number): TypeReference | undefined {
    const declaration = body.bindings.declaration[node]!;
    if (declaration !== NO_NODE) return this.#typeOfLocal(body, declaration, depth);
    const name = this.nameOf(body, node);
    const home = this.sources.getPackage(body.file);
    const variable = home.variables.get(name);
    return variable === undefined ? undefined : this.#typeOfVariable(home, name, depth);
  }

  #typeOfVariable(home: GoPackage, name: string, depth: number): TypeReference | undefined {
    const variable = home.variables.get(name)!;
    const { type, initializer } = variable.declaration;
    if (type !== "") return { text: type, file: variable.file };
    const declaration = variable.file.functions[initializer];
    if (declaration === undefined) return undefined;
    const body = this.sources.getBody(variable.file, declaration);
    const names = body.tree.firstChild(body.tree.firstChild(0));
    for (const candidate of body.tree.children(names)) {
      if (this.nameOf(body, candidate) === name) return this.#typeOfLocal(body, candidate, depth + 1);
    }
    return undefined;
  }

  /** Type of the local variable that the Ident declares. */
  #typeOfLocal(body: FunctionBody, declaration: number, depth: number): TypeReference | undefined {
    const { tree, file } = body;
    const parent = tree.parent(declaration);
    if (parent === NO_NODE) return undefined;
    if (tree.kind(parent) === NodeKind.Parameter) {
      const type = tree.next(declaration);
      const text = typeText(file.tokens, tree.first(type), tree.end(type));
      return { text: tree.token(parent) >= 0 ? `[]${text}` : text, file };
    }
    const list = parent;
    const statement = tree.parent(list);
    if (statement === NO_NODE) return undefined;
    const index = tree.childIndex(declaration);
    switch (tree.kind(statement)) {
      case NodeKind.Assign:
        return this.#typeOfValue(body, tree.next(list), index, depth);
      case NodeKind.ValueSpec: {
        const next = tree.next(list);
        if (next === NO_NODE) return undefined;
        if (tree.kind(next) === NodeKind.Type) {
          return { text: typeText(file.tokens, tree.first(next), tree.end(next)), file };
        }
        return this.#typeOfValue(body, next, index, depth);
      }
      case NodeKind.Range: {
        const operand = this.typeOf(body, tree.firstChild(tree.next(list)), depth + 1);
        const container = this.underlying(operand);
        if (container === undefined) return undefined;
        const isChannel = container.text.includes("chan") && elementOf(container.text) !== "";
        if (index === 1 || (isChannel && !/^(?:map)?\[/.test(withoutPointer(container.text)))) {
          return this.elementType(container);
        }
        const key = keyOf(container.text);
        return { ...container, text: key === "" ? "int" : key };
      }
      default:
        return undefined;
    }
  }

  /** Type of value `index` of an expression list, which may be one call with several results. */
  #typeOfValue(body: FunctionBody, list: number, index: number, depth: number): TypeReference | undefined {
    const { tree } = body;
    const only = tree.firstChild(list);
    if (only === NO_NODE) return undefined;
    if (tree.next(only) !== NO_NODE || index === 0) {
      const value = tree.child(list, index);
      if (value === NO_NODE) return undefined;
      return this.typeOf(body, value, depth + 1);
    }
    return tree.kind(only) === NodeKind.Call ? this.#typeOfCall(body, only, index, depth + 1) : undefined;
  }

  #typeOfSelector(body: FunctionBody, node: number, depth: number): TypeReference | undefined {
    const { tree } = body;
    const operand = tree.firstChild(node);
    const name = this.nameOf(body, node);
    if (this.findImportPath(body, operand) !== undefined) {
      const home = this.sources.findImported(body.file, this.nameOf(body, operand));
      return home?.variables.has(name) ? this.#typeOfVariable(home, name, depth) : undefined;
    }
    return this.findField(this.typeOf(body, operand, depth + 1), name)?.type;
  }

  #typeOfUnary(body: FunctionBody, node: number, depth: number): TypeReference | undefined {
    const { tree, file } = body;
    const operand = this.typeOf(body, tree.firstChild(node), depth + 1);
    if (operand === undefined) return undefined;
    switch (file.tokens.kind[tree.token(node)]) {
      case TokenKind.And:
        return { ...operand, text: `*${operand.text}` };
      case TokenKind.Mul:
        return { ...operand, text: withoutPointer(operand.text) };
      case TokenKind.Arrow:
        return this.elementType(operand);
      default:
        return operand;
    }
  }

  #typeOfCall(body: FunctionBody, call: number, index: number, depth: number): TypeReference | undefined {
    if (depth > MAX_TYPE_DEPTH) return undefined;
    const { tree, file } = body;
    const target = this.resolveCall(body, call, depth + 1);
    const argument = tree.child(call, 1);
    switch (target.kind) {
      case "declared": {
        const [only] = target.functions;
        const result = only?.declaration.results[index];
        if (only === undefined || result === undefined || target.functions.length > 1) return undefined;
        return { text: result.type, file: only.file };
      }
      case "literal": {
        const results = tree.next(tree.firstChild(target.literal));
        const result = tree.child(results, index);
        if (result === NO_NODE) return undefined;
        const type = tree.lastChild(result);
        return { text: typeText(file.tokens, tree.first(type), tree.end(type)), file };
      }
      case "builtin": {
        if (argument === NO_NODE) return undefined;
        const spelled = typeText(file.tokens, tree.first(argument), tree.end(argument));
        if (target.name === "make") return { text: spelled, file };
        if (target.name === "new") {
          return tree.kind(argument) === NodeKind.Literal ? undefined : { text: `*${spelled}`, file };
        }
        if (target.name === "append") return this.typeOf(body, argument, depth + 1);
        return target.name === "len" || target.name === "cap" ? { text: "int", file } : undefined;
      }
      case "conversion":
        return { text: target.type, file };
      case "external": {
        const text = findStandardResultType(target.name, index);
        return text === undefined ? undefined : { text, file };
      }
      default:
        return undefined;
    }
  }

  // ---- calls ----

  resolveCall(body: FunctionBody, call: number, depth = 0): CallTarget {
    const { tree, file } = body;
    let callee = this.unwrap(body, tree.firstChild(call));
    if (callee === NO_NODE || depth > MAX_TYPE_DEPTH) return { kind: "unknown" };
    const spelled = (): string => typeText(file.tokens, tree.first(callee), tree.end(callee));
    if (tree.kind(callee) === NodeKind.Type) return { kind: "conversion", type: spelled() };
    if (tree.kind(callee) === NodeKind.FuncLit) return { kind: "literal", literal: callee };
    if (tree.kind(callee) === NodeKind.Unary && file.tokens.kind[tree.token(callee)] === TokenKind.Mul) {
      return { kind: "conversion", type: spelled() };
    }
    // Explicit type arguments; `m[k](v)`, a map of functions, ends as unknown further down.
    if (tree.kind(callee) === NodeKind.Index) {
      callee = tree.firstChild(callee);
      if (tree.kind(callee) === NodeKind.Ident && body.bindings.declaration[callee] !== NO_NODE) {
        return { kind: "unknown" };
      }
    }
    if (tree.kind(callee) === NodeKind.Ident) return this.#resolveName(body, callee);
    return tree.kind(callee) === NodeKind.Selector
      ? this.#resolveSelector(body, callee, depth)
      : { kind: "unknown" };
  }

  #resolveName(body: FunctionBody, callee: number): CallTarget {
    const name = this.nameOf(body, callee);
    const declaration = body.bindings.declaration[callee]!;
    if (declaration !== NO_NODE) {
      const literal = this.#findLiteral(body, declaration);
      return literal === NO_NODE ? { kind: "unknown" } : { kind: "literal", literal };
    }
    const home = this.sources.getPackage(body.file);
    const found = home.functions.get(name);
    if (found !== undefined) return { kind: "declared", functions: [found], receiver: NO_NODE };
    if (home.types.has(name)) return { kind: "conversion", type: name };
    if (BUILTINS.has(name)) return { kind: "builtin", name };
    if (PREDECLARED_TYPES.has(name) || isPlainNumber(name)) return { kind: "conversion", type: name };
    return { kind: "unknown" };
  }

  /** The function literal that a local variable was declared with. */
  #findLiteral(body: FunctionBody, declaration: number): number {
    const { tree } = body;
    const list = tree.parent(declaration);
    if (list === NO_NODE || tree.kind(list) !== NodeKind.ExpressionList) return NO_NODE;
    const values = tree.lastChild(tree.parent(list));
    if (values !== list) {
      const value = tree.child(values, tree.childIndex(declaration));
      return value !== NO_NODE && tree.kind(value) === NodeKind.FuncLit ? value : NO_NODE;
    }
    // `var f func(…)` and a literal assigned later, as recursion needs it.
    for (const use of body.bindings.uses(declaration)) {
      const left = tree.parent(use);
      const assign = tree.parent(left);
      if (assign === NO_NODE || tree.kind(assign) !== NodeKind.Assign || tree.firstChild(assign) !== left)
        continue;
      const value = tree.child(tree.next(left), tree.childIndex(use));
      if (value !== NO_NODE && tree.kind(value) === NodeKind.FuncLit) return value;
    }
    return NO_NODE;
  }

  #resolveSelector(body: FunctionBody, callee: number, depth: number): CallTarget {
    const { tree } = body;
    const receiver = tree.firstChild(callee);
    const name = this.nameOf(body, callee);
    const importPath = this.findImportPath(body, receiver);
    if (importPath !== undefined) {
      const home = this.sources.findImported(body.file, this.nameOf(body, receiver));
      if (home === undefined) return { kind: "external", name: `${importPath}.${name}` };
      const found = home.functions.get(name);
      if (found !== undefined) return { kind: "declared", functions: [found], receiver: NO_NODE };
      return home.types.has(name)
        ? { kind: "conversion", type: `${this.nameOf(body, receiver)}.${name}` }
        : { kind: "unknown" };
    }
    const type = this.typeOf(body, receiver, depth + 1);
    const methods = this.findMethods(type, name);
    if (methods.length > 0) return { kind: "declared", functions: methods, receiver };
    const named = this.findNamedType(type);
    const isInterface = named?.declaration.underlying.startsWith("interface") === true;
    if (type === undefined || isInterface) {
      const candidates =
        named !== undefined && isInterface
          ? this.#findImplementations(named, name)
          : (this.sources.getPackage(body.file).methods.get(name) ?? []);
      if (candidates.length > 0 && candidates.length <= MAX_CANDIDATES && !isFieldOf(named, name)) {
        return { kind: "declared", functions: candidates, receiver };
      }
    }
    if (named !== undefined && isFieldOf(named, name)) return { kind: "unknown" };
    const receiverType = this.canonicalName(type) || this.#foreignVariable(body, receiver);
    return { kind: "external-method", name, receiver, receiverType };
  }

  /** The method of that name of every type at hand, in whatever package, that has all methods the interface asks for. */
  #findImplementations(wanted: Declared<GoType>, name: string): Declared<GoFunction>[] {
    const required = methodsOfInterface(wanted.declaration.underlying);
    return this.sources.findMethodsNamed(name).filter(({ file, declaration }) => {
      const receiver = declaration.receiver?.type;
      if (receiver === undefined) return false;
      return required.every((method) => this.findMethods({ text: receiver, file }, method).length > 0);
    });
  }

  /** "encoding/binary.LittleEndian": a variable of a package that is not at hand stands for its type. */
  #foreignVariable(body: FunctionBody, node: number): string {
    if (body.tree.kind(node) !== NodeKind.Selector) return "";
    const importPath = this.findImportPath(body, body.tree.firstChild(node));
    return importPath === undefined ? "" : `${importPath}.${this.nameOf(body, node)}`;
  }

  /** The method of that name on a type, or on one it embeds. */
  findMethods(type: TypeReference | undefined, name: string): Declared<GoFunction>[] {
    let level: TypeReference[] = type === undefined ? [] : [type];
    for (let depth = 0; depth < MAX_EMBEDDING && level.length > 0; depth++) {
      const embedded: TypeReference[] = [];
      for (const reference of level.slice(0, 16)) {
        const owner = this.findNamedType(reference);
        if (owner === undefined) continue;
        const found = this.sources
          .getPackage(owner.file)
          .methods.get(name)
          ?.find(({ declaration }) => declaration.receiver?.type === owner.declaration.name);
        if (found !== undefined) return [found];
        for (const field of owner.declaration.fields) {
          if (field.embedded) embedded.push({ text: field.type, file: owner.file });
        }
      }
      level = embedded;
    }
    return [];
  }
}

function isFieldOf(type: Declared<GoType> | undefined, name: string): boolean {
  return type?.declaration.fields.some((field) => field.name === name) === true;
}

/** Names of the methods that `interface{io.Closer; Put(key string) error}` spells out; embedded ones are left out. */
function methodsOfInterface(underlying: string): string[] {
  return [...underlying.matchAll(/[{;]\s*([\p{L}_][\p{L}\p{Nd}_]*)\(/gu)].map((match) => match[1]!);
}

function literalType(kind: number): string {
  switch (kind) {
    case TokenKind.String:
    case TokenKind.RawString:
      return "string";
    case TokenKind.Int:
      return "int";
    case TokenKind.Float:
      return "float64";
    case TokenKind.Rune:
      return "rune";
    default:
      return "";
  }
}
