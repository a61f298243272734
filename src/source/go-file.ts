import { buildBracketEnds, isFunctionDeclarationStart } from "./go-brackets.ts";
import type { GoTokens } from "./go-lexer.ts";
import { tokenizeGo, tokenText } from "./go-lexer.ts";
import type { FunctionTokens } from "./go-parser.ts";
import { TokenKind } from "./go-token.ts";
import {
  afterRegion,
  findTypeEnd,
  type GoTokenRegions,
  isTypeStart,
  readParameters,
  splitAtCommas,
  typeText,
} from "./go-type-syntax.ts";

/** The declarations of one Go source file. Positions are token numbers and 1-based lines. */
export interface GoFile extends GoTokenRegions {
  path: string;
  packageName: string;
  /** Import path by the name that the file uses for the package. A name that is not written is guessed from the path. */
  imports: ReadonlyMap<string, string>;
  functions: readonly GoFunction[];
  variables: readonly GoVariable[];
  types: readonly GoType[];
}

interface GoParameter {
  /** "" if unnamed. */
  name: string;
  /** Canonical type text; of a variadic parameter the element type. */
  type: string;
  variadic: boolean;
}

interface GoReceiver {
  name: string;
  /** Name of the receiver's base type, without pointer and type arguments. */
  type: string;
  pointer: boolean;
}

/** A function or method, or one package variable with its initialiser, in which function literals may stand. */
export interface GoFunction {
  kind: "function" | "method" | "initializer";
  /** An initializer has the name of its (first) variable. */
  name: string;
  receiver?: GoReceiver;
  typeParameters: readonly string[];
  parameters: readonly GoParameter[];
  results: readonly GoParameter[];
  tokens: FunctionTokens;
  firstLine: number;
  lastLine: number;
}

export interface GoVariable {
  name: string;
  line: number;
  /** Declared type, or that of the initialiser where it says so; "" if not known. */
  type: string;
  shape: TypeShape;
  /** Which function of kind "initializer" sets it, an index into `functions`; -1 if it has no initialiser. */
  initializer: number;
}

interface GoField {
  /** An embedded field has the name of its type. */
  name: string;
  type: string;
  embedded: boolean;
  line: number;
}

export interface GoType {
  name: string;
  line: number;
  typeParameters: readonly string[];
  /** The type it is defined as or an alias of, canonical; of a struct just "struct" or "struct{}". */
  underlying: string;
  fields: readonly GoField[];
}

export type TypeShape =
  | "map"
  | "slice"
  | "array"
  | "channel"
  | "sync-map"
  | "list"
  | "function"
  | "pointer"
  | "struct"
  | "interface"
  | "named"
  | "unknown";

/** Reads the declarations of a file. Takes any text: what cannot be read is left out, never an exception. */
export function readGoFile(path: string, text: string): GoFile {
  const tokens = tokenizeGo(text);
  return new DeclarationReader(path, tokens, buildBracketEnds(tokens)).read();
}

/**
 * The function whose declaration covers the line: function literals belong to the function they stand in, those in
 * the initialiser of a package variable to that variable's initializer.
 */
export function findFunctionAt(file: GoFile, line: number): GoFunction | undefined {
  return file.functions.find((declaration) => declaration.firstLine <= line && line <= declaration.lastLine);
}

/** What a type text is at first sight; names of other packages are taken at their word. */
export function shapeOfType(type: string): TypeShape {
  if (type === "") return "unknown";
  if (type.startsWith("map[")) return "map";
  if (type.startsWith("[]")) return "slice";
  if (type.startsWith("[")) return "array";
  if (type.startsWith("chan ") || type.startsWith("chan<-") || type.startsWith("<-chan")) return "channel";
  if (type.startsWith("func(")) return "function";
  if (type.startsWith("struct")) return "struct";
  if (type.startsWith("interface") || type === "any") return "interface";
  const named = type.startsWith("*") ? type.slice(1) : type;
  if (named === "sync.Map") return "sync-map";
  if (named === "list.List") return "list";
  return type.startsWith("*") ? "pointer" : "named";
}

class DeclarationReader {
  readonly #file: GoFile;
  readonly #tokens: GoTokens;
  readonly #kind: Uint8Array;
  readonly #imports = new Map<string, string>();
  readonly #functions: GoFunction[] = [];
  readonly #variables: GoVariable[] = [];
  readonly #types: GoType[] = [];
  #packageName = "";
  #at = 0;

  constructor(path: string, tokens: GoTokens, ends: Int32Array) {
    this.#tokens = tokens;
    this.#kind = tokens.kind;
    this.#file = {
      path,
      tokens,
      ends,
      packageName: "",
      imports: this.#imports,
      functions: this.#functions,
      variables: this.#variables,
      types: this.#types,
    };
  }

  read(): GoFile {
    while (this.#kind[this.#at] !== TokenKind.EndOfFile) {
      const before = this.#at;
      switch (this.#kind[this.#at]) {
        case TokenKind.Package:
          if (this.#packageName === "" && this.#kind[this.#at + 1] === TokenKind.Ident) {
            this.#packageName = this.#text(this.#at + 1);
          }
          this.#at++;
          break;
        case TokenKind.Import:
          this.#readSpecs((start, end) => this.#readImport(start, end));
          break;
        case TokenKind.Func:
          this.#readFunction();
          break;
        case TokenKind.Var:
          this.#readSpecs((start, end) => this.#readVariables(start, end));
          break;
        case TokenKind.Type:
          this.#readSpecs((start, end) => this.#readType(start, end));
          break;
        default:
          this.#at = this.#after(this.#at);
      }
      if (this.#at <= before) this.#at = before + 1;
    }
    return { ...this.#file, packageName: this.#packageName };
  }

  #text(token: number): string {
    return tokenText(this.#tokens, token);
  }

  #after(token: number): number {
    return this.#file.ends[token]! >= 0 ? afterRegion(this.#file, token) : token + 1;
  }

  /** Cursor at a keyword: hands over its one specification, or each of a parenthesised group. */
  #readSpecs(read: (start: number, end: number) => void): void {
    const open = this.#at + 1;
    if (this.#kind[open] !== TokenKind.LParen) {
      const end = this.#findSpecEnd(open, this.#tokens.count - 1);
      read(open, end);
      this.#at = end;
      return;
    }
    const limit = this.#file.ends[open]!;
    for (let start = open + 1; start < limit; ) {
      const end = this.#findSpecEnd(start, limit);
      if (end > start) read(start, end);
      start = end + 1;
    }
    this.#at = afterRegion(this.#file, open);
  }

  #findSpecEnd(from: number, limit: number): number {
    let at = from;
    while (at < limit && this.#kind[at] !== TokenKind.Semicolon) {
      // Only in broken code: the region before was ended by the declaration.
      if (this.#kind[at] === TokenKind.Func && isFunctionDeclarationStart(this.#tokens, at)) break;
      at = this.#after(at);
    }
    return Math.min(at, limit);
  }

  #readImport(start: number, end: number): void {
    const last = end - 1;
    const kind = this.#kind[last];
    if (last < start || (kind !== TokenKind.String && kind !== TokenKind.RawString)) return;
    const path = this.#text(last).slice(1, -1);
    const name = this.#kind[start] === TokenKind.Ident ? this.#text(start) : guessPackageName(path);
    if (last === start || this.#kind[start] === TokenKind.Ident) this.#imports.set(name, path);
  }

  #readFunction(): void {
    const first = this.#at;
    let at = first + 1;
    let receiver = -1;
    if (this.#kind[at] === TokenKind.LParen) {
      receiver = at;
      at = afterRegion(this.#file, at);
    }
    const nameToken = at;
    if (this.#kind[nameToken] !== TokenKind.Ident) {
      this.#at = first + 1;
      return;
    }
    at++;
    let typeParameters: string[] = [];
    if (this.#kind[at] === TokenKind.LBrack) {
      typeParameters = this.#readTypeParameters(at);
      at = afterRegion(this.#file, at);
    }
    const parameters = this.#kind[at] === TokenKind.LParen ? at : -1;
    if (parameters >= 0) at = afterRegion(this.#file, at);
    const resultStart = isTypeStart(this.#kind[at]!) ? at : -1;
    const resultEnd = resultStart >= 0 ? findTypeEnd(this.#file, at) : -1;
    if (resultEnd > at) at = resultEnd;
    const body = this.#kind[at] === TokenKind.LBrace ? at : -1;
    const end = body >= 0 ? afterRegion(this.#file, body) : at;
    const tokens: FunctionTokens = { first, receiver, parameters, resultStart, resultEnd, body, end };
    const declaredReceiver = receiver >= 0 ? this.#readReceiver(receiver) : undefined;
    this.#functions.push({
      kind: receiver >= 0 ? "method" : "function",
      name: this.#text(nameToken),
      ...(declaredReceiver === undefined ? {} : { receiver: declaredReceiver }),
      typeParameters,
      parameters: parameters >= 0 ? this.#readParameterList(parameters) : [],
      results: this.#readResults(resultStart, resultEnd),
      tokens,
      firstLine: this.#tokens.line[first]!,
      lastLine: this.#lastLine(end),
    });
    this.#at = Math.max(end, first + 1);
  }

  #lastLine(end: number): number {
    return this.#tokens.line[Math.max(0, end - 1)]!;
  }

  #readReceiver(open: number): GoReceiver | undefined {
    const [parameter] = readParameters(this.#file, open);
    if (parameter === undefined) return undefined;
    let at = parameter.typeStart;
    let pointer = false;
    while (at < parameter.typeEnd && this.#kind[at] !== TokenKind.Ident) {
      if (this.#kind[at] === TokenKind.Mul) pointer = true;
      at++;
    }
    return {
      name: parameter.name >= 0 ? this.#text(parameter.name) : "",
      type: at < parameter.typeEnd ? this.#text(at) : "",
      pointer,
    };
  }

  #readParameterList(open: number): GoParameter[] {
    return readParameters(this.#file, open).map(({ name, typeStart, typeEnd, variadic }) => ({
      name: name >= 0 ? this.#text(name) : "",
      type: typeText(this.#tokens, typeStart, typeEnd),
      variadic,
    }));
  }

  #readResults(start: number, end: number): GoParameter[] {
    if (start < 0) return [];
    if (this.#kind[start] === TokenKind.LParen) return this.#readParameterList(start);
    return [{ name: "", type: typeText(this.#tokens, start, end), variadic: false }];
  }

  #readTypeParameters(open: number): string[] {
    return readParameters(this.#file, open).flatMap(({ name }) => (name >= 0 ? [this.#text(name)] : []));
  }

  #readVariables(start: number, end: number): void {
    const names: number[] = [];
    let at = start;
    while (at < end && this.#kind[at] === TokenKind.Ident) {
      names.push(at++);
      if (this.#kind[at] !== TokenKind.Comma) break;
      at++;
    }
    if (names.length === 0) return;
    const typeStart = at;
    if (at < end && isTypeStart(this.#kind[at]!)) at = Math.min(end, findTypeEnd(this.#file, at));
    const declaredType = typeText(this.#tokens, typeStart, at);
    const hasValue = at < end && this.#kind[at] === TokenKind.Assign;
    const values = hasValue ? splitAtCommas(this.#file, at + 1, end) : [];
    const initializer = hasValue ? this.#functions.length : -1;
    if (hasValue) {
      this.#functions.push({
        kind: "initializer",
        name: this.#text(names[0]!),
        typeParameters: [],
        parameters: [],
        results: [],
        tokens: { first: start, receiver: -1, parameters: -1, resultStart: -1, resultEnd: -1, body: -1, end },
        firstLine: this.#tokens.line[start]!,
        lastLine: this.#lastLine(end),
      });
    }
    names.forEach((name, i) => {
      const value = values.length === names.length ? values[i] : undefined;
      const type = declaredType !== "" || value === undefined ? declaredType : this.#typeOfValue(value);
      this.#variables.push({
        name: this.#text(name),
        line: this.#tokens.line[name]!,
        type,
        shape: shapeOfType(type),
        initializer,
      });
    });
  }

  /** The type that an initialiser spells out: make(T…), new(T), T{…}, &T{…}, func(…). */
  #typeOfValue({ start, end }: { start: number; end: number }): string {
    const kind = this.#kind[start];
    if (kind === TokenKind.Ident && this.#kind[start + 1] === TokenKind.LParen) {
      const name = this.#text(start);
      if (name !== "make" && name !== "new") return "";
      const type = typeText(this.#tokens, start + 2, findTypeEnd(this.#file, start + 2));
      return name === "new" ? `*${type}` : type;
    }
    const typeStart = kind === TokenKind.And ? start + 1 : start;
    if (!isTypeStart(this.#kind[typeStart]!)) return "";
    const typeEnd = findTypeEnd(this.#file, typeStart);
    if (typeEnd >= end || this.#kind[typeEnd] !== TokenKind.LBrace) return "";
    const type = typeText(this.#tokens, typeStart, typeEnd);
    return kind === TokenKind.And ? `*${type}` : type;
  }

  #readType(start: number, end: number): void {
    if (this.#kind[start] !== TokenKind.Ident) return;
    let at = start + 1;
    let typeParameters: string[] = [];
    if (this.#kind[at] === TokenKind.LBrack && this.#isTypeParameterList(at)) {
      typeParameters = this.#readTypeParameters(at);
      at = afterRegion(this.#file, at);
    }
    if (this.#kind[at] === TokenKind.Assign) at++;
    const isStruct = this.#kind[at] === TokenKind.Struct && this.#kind[at + 1] === TokenKind.LBrace;
    this.#types.push({
      name: this.#text(start),
      line: this.#tokens.line[start]!,
      typeParameters,
      underlying: isStruct
        ? "struct"
        : typeText(this.#tokens, at, Math.min(end, findTypeEnd(this.#file, at))),
      fields: isStruct ? this.#readFields(at + 1) : [],
    });
  }

  /** `type A[N]int` and `type A[T any] struct{}` differ only inside the bracket. */
  #isTypeParameterList(open: number): boolean {
    if (this.#kind[open + 1] !== TokenKind.Ident || this.#file.ends[open]! <= open + 2) return false;
    switch (this.#kind[open + 2]) {
      case TokenKind.Ident:
      case TokenKind.Comma:
      case TokenKind.Interface:
      case TokenKind.Tilde:
      case TokenKind.LBrack:
      case TokenKind.Map:
      case TokenKind.Chan:
      case TokenKind.Func:
      case TokenKind.Struct:
        return true;
      default:
        // No array length has a comma.
        return splitAtCommas(this.#file, open + 1, this.#file.ends[open]!).length > 1;
    }
  }

  #readFields(open: number): GoField[] {
    const fields: GoField[] = [];
    const limit = this.#file.ends[open]!;
    for (let start = open + 1; start < limit; ) {
      const end = this.#findSpecEnd(start, limit);
      if (end > start) this.#readField(start, end, fields);
      start = end + 1;
    }
    return fields;
  }

  #readField(start: number, end: number, fields: GoField[]): void {
    const line = this.#tokens.line[start]!;
    const second = this.#kind[start + 1];
    const isEmbedded =
      this.#kind[start] !== TokenKind.Ident ||
      start + 1 >= end ||
      second === TokenKind.Period ||
      second === TokenKind.String ||
      second === TokenKind.RawString ||
      (second === TokenKind.LBrack && this.#isEmbeddedGeneric(start + 1, end));
    if (isEmbedded) {
      const typeEnd = Math.min(end, findTypeEnd(this.#file, start));
      const name = this.#embeddedName(start, typeEnd);
      if (name !== "")
        fields.push({ name, type: typeText(this.#tokens, start, typeEnd), embedded: true, line });
      return;
    }
    const names: number[] = [];
    let at = start;
    while (at < end && this.#kind[at] === TokenKind.Ident) {
      names.push(at++);
      if (this.#kind[at] !== TokenKind.Comma) break;
      at++;
    }
    const type = typeText(this.#tokens, at, Math.min(end, findTypeEnd(this.#file, at)));
    for (const name of names) fields.push({ name: this.#text(name), type, embedded: false, line });
  }

  /** `Base[T]` is an embedded generic type; behind the bracket of `a [4]int` the element type follows. */
  #isEmbeddedGeneric(open: number, end: number): boolean {
    const after = afterRegion(this.#file, open);
    const kind = this.#kind[after];
    return after >= end || kind === TokenKind.String || kind === TokenKind.RawString;
  }

  #embeddedName(start: number, end: number): string {
    let name = "";
    for (let at = start; at < end && this.#kind[at] !== TokenKind.LBrack; at++) {
      if (this.#kind[at] === TokenKind.Ident) name = this.#text(at);
    }
    return name;
  }
}

/** "gopkg.in/yaml.v3" → "yaml", "example.com/go-redis/v9" → "redis", "github.com/x/uuid-go" → "uuid". */
function guessPackageName(path: string): string {
  const parts = path.split("/");
  let name = parts.at(-1) ?? "";
  if (parts.length > 1 && /^v\d+$/.test(name)) name = parts.at(-2) ?? "";
  name = name.replace(/\.v\d+$/, "");
  name = name.replace(/^go[-.]/, "").replace(/[-.]go$/, "");
  return name.slice(name.lastIndexOf("-") + 1);
}
