import { readRustName } from "./rust-name.ts";

/**
 * Names of C++ and Rust functions out of their linker symbols, without arguments and template parameters, as
 * `go tool pprof` shows them by default (github.com/ianlancetaylor/demangle with NoParams, NoEnclosingParams and
 * NoTemplateParams). Symbols of C++ are those of the Itanium ABI.
 *
 * Template parameters are passed over, not printed, so substitutions need not be kept. Undefined, and so left as it is, is a
 * symbol whose name would need a type or an expression in full: conversion operators, thunks, tables, names that begin with a
 * substitution, lambdas with arguments.
 */
export function readMangledName(symbol: string): string | undefined {
  // macOS puts an underscore before every symbol.
  for (const each of symbol.startsWith("__Z") ? [symbol.slice(1)] : [symbol]) {
    const rust = readRustName(each);
    if (rust !== undefined) return rust;
    if (!each.startsWith("_Z")) continue;
    try {
      return new NameReader(each, 2).readName();
    } catch (error) {
      if (!(error instanceof NotReadable)) throw error;
    }
  }
  return undefined;
}

class NotReadable extends Error {}

/** Symbols nest; nobody writes a program that nests them so deeply. */
const MOST_DEPTH = 200;

const STANDARD: Readonly<Record<string, string>> = {
  t: "std",
  a: "std::allocator",
  b: "std::basic_string",
  s: "std::string",
  i: "std::istream",
  o: "std::ostream",
  d: "std::iostream",
};
/** What constructors and destructors of these are named after. */
const STANDARD_CLASSES: Readonly<Record<string, string>> = {
  a: "std::allocator",
  b: "std::basic_string",
  s: "std::basic_string",
  i: "std::basic_istream",
  o: "std::basic_ostream",
  d: "std::basic_iostream",
};

const OPERATORS: Readonly<Record<string, string>> = {
  aN: "&=",
  aS: "=",
  aa: "&&",
  ad: "&",
  an: "&",
  aw: " co_await",
  cl: "()",
  cm: ",",
  co: "~",
  dV: "/=",
  da: " delete[]",
  de: "*",
  dl: " delete",
  dv: "/",
  eO: "^=",
  eo: "^",
  eq: "==",
  ge: ">=",
  gt: ">",
  ix: "[]",
  lS: "<<=",
  le: "<=",
  ls: "<<",
  lt: "<",
  mI: "-=",
  mL: "*=",
  mi: "-",
  ml: "*",
  mm: "--",
  na: " new[]",
  ne: "!=",
  ng: "-",
  nt: "!",
  nw: " new",
  oR: "|=",
  oo: "||",
  or: "|",
  pL: "+=",
  pl: "+",
  pm: "->*",
  pp: "++",
  ps: "+",
  pt: "->",
  rM: "%=",
  rS: ">>=",
  rm: "%",
  rs: ">>",
  ss: "<=>",
};

class NameReader {
  readonly #text: string;
  #at: number;
  #depth = 0;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  /** `<name>`; what follows it, the types of a function's arguments, is not looked at. */
  readName(): string {
    this.#enter();
    const name = this.#readName();
    this.#depth--;
    return name;
  }

  #readName(): string {
    switch (this.#next()) {
      case "N":
        return this.#readNested();
      case "Z":
        return this.#readLocal();
      case "S": {
        this.#at++;
        const code = this.#take();
        if (code === "t") return this.#withArguments(`std::${this.#readUnqualified()}`);
        const known = STANDARD[code];
        if (known === undefined) throw new NotReadable();
        return this.#withArguments(this.#withTags(known));
      }
      default:
        return this.#withArguments(this.#readUnqualified());
    }
  }

  #withArguments(name: string): string {
    if (this.#next() === "I") this.#skipArguments();
    return name;
  }

  #readNested(): string {
    this.#at++;
    while ("rVK".includes(this.#next() || "-")) this.#at++;
    if ("RO".includes(this.#next() || "-")) this.#at++;
    let name = "";
    let last = "";
    for (;;) {
      const next = this.#next();
      switch (next) {
        case "E":
          if (name === "") throw new NotReadable();
          this.#at++;
          return name;
        case "I":
          if (name === "") throw new NotReadable();
          this.#skipArguments();
          continue;
        case "M":
          if (name === "") throw new NotReadable();
          this.#at++;
          continue;
        case "S": {
          this.#at++;
          const code = this.#take();
          const isClass = "CD".includes(this.#next() || "-");
          const known = (isClass ? STANDARD_CLASSES : STANDARD)[code] ?? STANDARD[code];
          if (known === undefined || name !== "") throw new NotReadable();
          name = this.#withTags(known);
          last = known.slice(known.lastIndexOf(":") + 1);
          continue;
        }
        case "C":
        case "D": {
          if (last === "" || !/^[0-9]$/.test(this.#text[this.#at + 1] ?? "")) throw new NotReadable();
          this.#at += 2;
          name += this.#withTags(`::${next === "D" ? "~" : ""}${last}`);
          continue;
        }
        default: {
          last = this.#readUntagged();
          name += `${name === "" ? "" : "::"}${this.#withTags(last)}`;
        }
      }
    }
  }

  /** A name in a function: its arguments are passed over. */
  #readLocal(): string {
    this.#at++;
    const qualifiers = /^N([rVK]*)([RO]?)/.exec(this.#text.slice(this.#at, this.#at + 5));
    let outer = this.readName();
    if (this.#next() !== "E")
      outer += `()${describeQualifiers(qualifiers?.[1] ?? "", qualifiers?.[2] ?? "")}`;
    while (this.#next() !== "E") this.#skipType();
    this.#at++;
    if (this.#next() === "s") return `${outer}::string literal`;
    if (this.#next() === "d") throw new NotReadable();
    const inner = this.readName();
    this.#skipDiscriminator();
    return `${outer}::${inner}`;
  }

  #skipDiscriminator(): void {
    const discriminator = /^_(?:_\d+_|\d)|^\d+$/.exec(this.#text.slice(this.#at));
    this.#at += discriminator?.[0].length ?? 0;
  }

  #readUnqualified(): string {
    return this.#withTags(this.#readUntagged());
  }

  #withTags(name: string): string {
    let tagged = name;
    while (this.#next() === "B") {
      this.#at++;
      tagged += `[abi:${this.#readSourceName()}]`;
    }
    return tagged;
  }

  #readUntagged(): string {
    const next = this.#next();
    if (isDigit(next)) return this.#readSourceName();
    if (next === "L") {
      this.#at++;
      const name = this.#readSourceName();
      this.#skipDiscriminator();
      return name;
    }
    if (next === "U") return this.#readUnnamed();
    const code = this.#text.slice(this.#at, this.#at + 2);
    this.#at += 2;
    if (code === "li") return `operator"" ${this.#readSourceName()}`;
    const operator = OPERATORS[code];
    if (operator === undefined) throw new NotReadable();
    return `operator${operator}`;
  }

  /** Lambdas without arguments, and types without a name. */
  #readUnnamed(): string {
    const kind = /^U(lvE|t)(\d*)_/.exec(this.#text.slice(this.#at, this.#at + 16));
    if (kind === null) throw new NotReadable();
    this.#at += kind[0].length;
    const number = kind[2] === "" ? 1 : Number(kind[2]) + 2;
    return kind[1] === "t" ? `{unnamed type#${number}}` : `{lambda()#${number}}`;
  }

  #readSourceName(): string {
    const digits = /^\d{1,9}/.exec(this.#text.slice(this.#at, this.#at + 9));
    const length = Number(digits?.[0] ?? 0);
    const start = this.#at + (digits?.[0].length ?? 0);
    if (length === 0 || start + length > this.#text.length) throw new NotReadable();
    this.#at = start + length;
    const name = this.#text.slice(start, this.#at);
    return /^_GLOBAL_[._$]N./.test(name) ? "(anonymous namespace)" : name;
  }

  #skipArguments(): void {
    this.#enter();
    this.#at++;
    while (this.#next() !== "E") this.#skipArgument();
    this.#at++;
    this.#depth--;
  }

  #skipArgument(): void {
    switch (this.#next()) {
      case "L":
        this.#skipLiteral();
        return;
      case "I":
      case "J":
        this.#skipArguments();
        return;
      case "X":
        throw new NotReadable();
      default:
        this.#skipType();
    }
  }

  #skipLiteral(): void {
    this.#enter();
    this.#at++;
    if (this.#next() === "_" || this.#next() === "Z") {
      if (this.#next() === "_") this.#at++;
      this.#at++;
      this.readName();
      while (this.#next() !== "E") this.#skipType();
    } else {
      this.#skipType();
      const end = this.#text.indexOf("E", this.#at);
      if (end < 0) throw new NotReadable();
      this.#at = end;
    }
    this.#at++;
    this.#depth--;
  }

  #skipType(): void {
    this.#enter();
    while (/^[rVKPROCG]/.test(this.#next())) this.#at++;
    const next = this.#next();
    this.#skipTypeOf(next);
    this.#depth--;
  }

  #skipTypeOf(next: string): void {
    if (/^[a-eg-jl-ot-z]|^[fs]/.test(next) && next !== "u") {
      this.#at++;
      return;
    }
    switch (next) {
      case "u":
        this.#at++;
        this.#readSourceName();
        this.#withArguments("");
        return;
      case "D": {
        const kind = this.#text[this.#at + 1] ?? "";
        if (kind === "p") {
          this.#at += 2;
          this.#skipType();
        } else if ("defhisuacn".includes(kind || "-")) this.#at += 2;
        else if (kind === "o") {
          this.#at += 2;
          this.#skipType();
        } else throw new NotReadable();
        return;
      }
      case "F":
        this.#at++;
        if (this.#next() === "Y") this.#at++;
        while (this.#next() !== "E") {
          if (/^[RO]E/.test(this.#text.slice(this.#at, this.#at + 2))) this.#at++;
          else this.#skipType();
        }
        this.#at++;
        return;
      case "A": {
        const size = /^A\d*_/.exec(this.#text.slice(this.#at, this.#at + 24));
        if (size === null) throw new NotReadable();
        this.#at += size[0].length;
        this.#skipType();
        return;
      }
      case "M":
        this.#at++;
        this.#skipType();
        this.#skipType();
        return;
      case "T": {
        const parameter = /^T\d*_/.exec(this.#text.slice(this.#at, this.#at + 16));
        if (parameter === null) throw new NotReadable();
        this.#at += parameter[0].length;
        this.#withArguments("");
        return;
      }
      case "S": {
        const substitution = /^S[\dA-Z]*_/.exec(this.#text.slice(this.#at, this.#at + 16));
        if (substitution === null) this.readName();
        else {
          this.#at += substitution[0].length;
          this.#withTags("");
          this.#withArguments("");
        }
        return;
      }
      case "N":
        this.#skipNested();
        return;
      case "U":
        if (/^U[lt]/.test(this.#text.slice(this.#at, this.#at + 2))) this.#skipUnnamed();
        else {
          this.#at++;
          this.#readSourceName();
          this.#withArguments("");
          this.#skipType();
        }
        return;
      default:
        this.readName();
    }
  }

  /** As a nested name is read, but a substitution or template parameter may begin it. */
  #skipNested(): void {
    this.#at++;
    while (/^[rVKRO]/.test(this.#next())) this.#at++;
    while (this.#next() !== "E") {
      const start = /^(?:S[\dA-Z]*_|St|S[abisod]|T\d*_|[CD]\d)/.exec(
        this.#text.slice(this.#at, this.#at + 16),
      );
      if (start !== null) this.#at += start[0].length;
      else if (this.#next() === "I") this.#skipArguments();
      else if (this.#next() === "M") this.#at++;
      else if (/^U[lt]/.test(this.#text.slice(this.#at, this.#at + 2))) this.#skipUnnamed();
      else this.#readUnqualified();
      this.#withTags("");
    }
    this.#at++;
  }

  #skipUnnamed(): void {
    const isLambda = this.#text[this.#at + 1] === "l";
    this.#at += 2;
    if (isLambda) {
      while (this.#next() !== "E") this.#skipType();
      this.#at++;
    }
    const number = /^\d*_/.exec(this.#text.slice(this.#at, this.#at + 12));
    if (number === null) throw new NotReadable();
    this.#at += number[0].length;
  }

  #next(): string {
    return this.#text[this.#at] ?? "";
  }

  #take(): string {
    return this.#text[this.#at++] ?? "";
  }

  #enter(): void {
    if (++this.#depth > MOST_DEPTH || this.#at >= this.#text.length) throw new NotReadable();
  }
}

function describeQualifiers(cv: string, reference: string): string {
  const words = [...cv].map((letter) => ({ r: " restrict", V: " volatile", K: " const" })[letter]);
  const mark = { R: " &", O: " &&" }[reference] ?? "";
  return words.join("") + mark;
}

function isDigit(letter: string): boolean {
  return letter >= "0" && letter <= "9";
}
