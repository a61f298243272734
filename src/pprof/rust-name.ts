/** The name in a symbol of Rust's legacy or v0 scheme, without generic arguments; undefined if it is none of both. */
export function readRustName(symbol: string): string | undefined {
  if (symbol.startsWith("_ZN")) return readLegacyName(symbol);
  if (!symbol.startsWith("_R")) return undefined;
  const dot = symbol.indexOf(".");
  try {
    return new RustReader(symbol.slice(2, dot < 0 ? symbol.length : dot)).readSymbol();
  } catch (error) {
    if (!(error instanceof NotReadable)) throw error;
    return undefined;
  }
}

class NotReadable extends Error {}

/** References may repeat what repeats others: a symbol of a hundred letters can stand for gigabytes. */
const MOST_STEPS = 20_000;
const MOST_DEPTH = 300;

const BASIC_TYPES: Readonly<Record<string, string>> = {
  a: "i8",
  b: "bool",
  c: "char",
  d: "f64",
  e: "str",
  f: "f32",
  h: "u8",
  i: "isize",
  j: "usize",
  l: "i32",
  m: "u32",
  n: "i128",
  o: "u128",
  p: "_",
  s: "i16",
  t: "u16",
  u: "()",
  v: "...",
  x: "i64",
  y: "u64",
  z: "!",
};

/** Reads `_R` symbols (Rust RFC 2603). Every method reads one rule and gives the text for it. */
class RustReader {
  readonly #text: string;
  #at = 0;
  #end: number;
  #steps = 0;
  #depth = 0;
  #lifetimes = 0;
  /** What is read now is not shown, so references in it need not be followed. */
  #isSkipped = false;

  constructor(text: string) {
    this.#text = text;
    this.#end = text.length;
  }

  readSymbol(): string {
    const name = this.#readPath(true);
    if (this.#at < this.#end) this.#skip(() => this.#readPath(false));
    if (this.#at < this.#end) throw new NotReadable();
    return name;
  }

  #readPath(isName: boolean): string {
    return this.#nest(() => {
      const kind = this.#take();
      switch (kind) {
        case "C":
          return this.#readIdentifier().name;
        case "M":
        case "X": {
          this.#skip(() => {
            this.#readDisambiguator();
            return this.#readPath(false);
          });
          const type = this.#readType();
          return kind === "M" ? `<${type}>` : `<${type} as ${this.#readPath(false)}>`;
        }
        case "Y": {
          const type = this.#readType();
          return `<${type} as ${this.#readPath(false)}>`;
        }
        case "N":
          return this.#readNested(isName);
        case "I": {
          const path = this.#readPath(isName);
          this.#skip(() => this.#readArguments());
          this.#expect("E");
          return `${path}${isName ? "::" : ""}<>`;
        }
        case "B":
          return this.#follow(() => this.#readPath(isName));
        default:
          throw new NotReadable();
      }
    });
  }

  #readNested(isName: boolean): string {
    const namespace = this.#take();
    if (!/^[A-Za-z]$/.test(namespace)) throw new NotReadable();
    const path = this.#readPath(isName);
    const { name, disambiguator } = this.#readIdentifier();
    if (namespace >= "a") return `${path}::${name}`;
    const kind = { C: "closure", S: "shim" }[namespace] ?? namespace;
    return `${path}::{${kind}${name === "" ? "" : `:${name}`}#${disambiguator}}`;
  }

  #readArguments(): string {
    while (this.#at < this.#end && this.#next() !== "E") {
      if (this.#accept("L")) this.#lifetime(this.#readNumber());
      else if (this.#accept("K")) this.#readConstant();
      else this.#readType();
    }
    return "";
  }

  #readType(): string {
    return this.#nest(() => this.#readOneType());
  }

  #readOneType(): string {
    const kind = this.#next();
    const basic = BASIC_TYPES[kind];
    if (basic !== undefined) {
      this.#at++;
      return basic;
    }
    if ("CMXYNI".includes(kind || "-")) return this.#readPath(false);
    this.#at++;
    switch (kind) {
      case "A": {
        const type = this.#readType();
        return `[${type}; ${this.#readConstant()}]`;
      }
      case "S":
        return `[${this.#readType()}]`;
      case "T": {
        const types = this.#readTypes();
        return types.length === 1 ? `(${types[0]},)` : `(${types.join(", ")})`;
      }
      case "R":
      case "Q": {
        const lifetime = this.#accept("L") ? this.#readNumber() : 0;
        const named = lifetime === 0 ? "" : `${this.#lifetime(lifetime)} `;
        return `&${named}${kind === "Q" ? "mut " : ""}${this.#readType()}`;
      }
      case "P":
        return `*const ${this.#readType()}`;
      case "O":
        return `*mut ${this.#readType()}`;
      case "F":
        return this.#bind(() => this.#readSignature());
      case "D": {
        const bounds = this.#bind(() => this.#readBounds());
        this.#expect("L");
        const lifetime = this.#readNumber();
        if (lifetime === 0) return bounds;
        return `${bounds}${bounds.endsWith(" ") ? "" : " "}+ ${this.#lifetime(lifetime)}`;
      }
      case "B":
        return this.#follow(() => this.#readType());
      default:
        throw new NotReadable();
    }
  }

  #readTypes(): string[] {
    const types: string[] = [];
    while (this.#at < this.#end && this.#next() !== "E") types.push(this.#readType());
    this.#expect("E");
    return types;
  }

  #readSignature(): string {
    let text = this.#readBinder();
    if (this.#accept("U")) text += "unsafe ";
    if (this.#accept("K")) {
      const abi = this.#accept("C") ? "C" : this.#readPlainIdentifier().replaceAll("_", "-");
      text += `extern "${abi}" `;
    }
    text += `fn(${this.#readTypes().join(", ")})`;
    return this.#accept("u") ? text : `${text} -> ${this.#readType()}`;
  }

  #readBounds(): string {
    const binder = this.#readBinder();
    const traits: string[] = [];
    while (this.#at < this.#end && this.#next() !== "E") traits.push(this.#readTrait());
    this.#expect("E");
    return `dyn ${binder}${traits.join(" + ")}`;
  }

  #readTrait(): string {
    let { text, isOpen } = this.#readOpenPath();
    while (this.#accept("p")) {
      text += isOpen ? ", " : "<";
      isOpen = true;
      text += `${this.#readPlainIdentifier()} = ${this.#readType()}`;
    }
    return isOpen ? `${text}>` : text;
  }

  /** A path whose generic arguments are not closed yet. */
  #readOpenPath(): { text: string; isOpen: boolean } {
    if (this.#accept("I")) {
      const text = `${this.#readPath(false)}<`;
      this.#skip(() => this.#readArguments());
      this.#expect("E");
      return { text, isOpen: true };
    }
    if (this.#next() !== "B") return { text: this.#readPath(false), isOpen: false };
    this.#at++;
    let isOpen = false;
    const text = this.#follow(() => {
      const path = this.#readOpenPath();
      isOpen = path.isOpen;
      return path.text;
    });
    return { text, isOpen };
  }

  #readBinder(): string {
    if (!this.#accept("G")) return "";
    const count = this.#readNumber() + 1;
    if (count >= this.#end - this.#at - this.#lifetimes) throw new NotReadable();
    const names: string[] = [];
    for (let at = 0; at < count; at++) {
      this.#lifetimes++;
      names.push(this.#lifetime(1));
    }
    return `for<${names.join(", ")}> `;
  }

  #bind(read: () => string): string {
    const before = this.#lifetimes;
    const text = read();
    this.#lifetimes = before;
    return text;
  }

  #lifetime(index: number): string {
    if (index === 0) return "'_";
    const depth = this.#lifetimes - index;
    if (depth < 0) throw new NotReadable();
    return depth < 26 ? `'${String.fromCharCode(0x61 + depth)}` : `'z${depth - 25}`;
  }

  #readConstant(): string {
    return this.#nest(() => {
      const type = this.#take();
      if (type === "B") return this.#follow(() => this.#readConstant());
      if (type === "p") return "_";
      const sign = "aslxni".includes(type || "-") && this.#accept("n") ? "-" : "";
      const digits = /^(?:0|[1-9a-f][0-9a-f]*)_/.exec(this.#text.slice(this.#at, this.#end))?.[0];
      if (digits === undefined) throw new NotReadable();
      this.#at += digits.length;
      const hex = digits.slice(0, -1);
      if ("aslxnihtmyoj".includes(type || "-"))
        return sign + (hex.length > 16 ? `0x${hex}` : String(BigInt(`0x${hex}`)));
      if (type === "b" && (hex === "0" || hex === "1")) return hex === "1" ? "true" : "false";
      if (type === "c" && hex.length <= 6) return describeLetter(Number.parseInt(hex, 16));
      throw new NotReadable();
    });
  }

  #readIdentifier(): { name: string; disambiguator: number } {
    const disambiguator = this.#readDisambiguator();
    return { name: this.#readPlainIdentifier(), disambiguator };
  }

  #readDisambiguator(): number {
    return this.#accept("s") ? this.#readNumber() + 1 : 0;
  }

  #readPlainIdentifier(): string {
    const isPunycode = this.#accept("u");
    if (this.#at >= this.#end) throw new NotReadable();
    const digits = /^\d{0,9}/.exec(this.#text.slice(this.#at, this.#at + 9))![0];
    this.#at += digits.length;
    this.#accept("_");
    const name = this.#text.slice(this.#at, this.#at + Number(digits));
    this.#at += Number(digits);
    if (this.#at > this.#end || !/^\w*$/.test(name)) throw new NotReadable();
    return isPunycode ? readPunycode(name) : name;
  }

  /** A number to the base of 62, closed by an underscore. Those of crates are too large for a double, and not shown. */
  #readNumber(): number {
    if (this.#accept("_")) return 0;
    let value = 0;
    for (;;) {
      const letter = this.#take();
      if (letter === "_") return value + 1;
      const digit = DIGITS_62.indexOf(letter);
      if (letter === "" || digit < 0) throw new NotReadable();
      value = value * 62 + digit;
    }
  }

  /** What stands at an earlier place, read again. */
  #follow(read: () => string): string {
    const back = this.#at - 1;
    const place = this.#readNumber();
    if (this.#isSkipped) return "";
    if (place >= back) throw new NotReadable();
    const [at, end] = [this.#at, this.#end];
    this.#at = place;
    this.#end = back;
    const text = read();
    this.#at = at;
    this.#end = end;
    return text;
  }

  #skip(read: () => string): void {
    const before = this.#isSkipped;
    this.#isSkipped = true;
    read();
    this.#isSkipped = before;
  }

  #nest(read: () => string): string {
    if (++this.#steps > MOST_STEPS || ++this.#depth > MOST_DEPTH) throw new NotReadable();
    const text = read();
    this.#depth--;
    return text;
  }

  #next(): string {
    return this.#at < this.#end ? this.#text[this.#at]! : "";
  }

  #take(): string {
    const letter = this.#next();
    this.#at++;
    return letter;
  }

  #accept(letter: string): boolean {
    if (this.#next() !== letter) return false;
    this.#at++;
    return true;
  }

  #expect(letter: string): void {
    if (!this.#accept(letter)) throw new NotReadable();
  }
}

const DIGITS_62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

function describeLetter(code: number): string {
  const named = { 9: "\\t", 10: "\\n", 13: "\\r", 39: "\\'", 92: "\\\\" }[code];
  if (named !== undefined) return `'${named}'`;
  const isPrintable = code >= 0x20 && code <= 0x7e;
  return `'${isPrintable ? String.fromCharCode(code) : `\\u{${code.toString(16)}}`}'`;
}

/** RFC 3492, with an underscore in place of the hyphen. */
function readPunycode(text: string): string {
  const split = text.lastIndexOf("_");
  const letters = split < 0 ? [] : [...text.slice(0, split)];
  const digits = text.slice(split + 1);
  let code = 128;
  let place = 0;
  let bias = 72;
  for (let at = 0; at < digits.length; ) {
    const before = place;
    for (let weight = 1, base = 36; ; base += 36) {
      const digit = "abcdefghijklmnopqrstuvwxyz0123456789".indexOf(digits[at++]?.toLowerCase() ?? "-");
      if (digit < 0) throw new NotReadable();
      place += digit * weight;
      const threshold = base <= bias ? 1 : Math.min(26, base - bias);
      if (digit < threshold) break;
      weight *= 36 - threshold;
      if (weight > 2 ** 31) throw new NotReadable();
    }
    const count = letters.length + 1;
    let delta = Math.floor((place - before) / (before === 0 ? 700 : 2));
    delta += Math.floor(delta / count);
    let base = 0;
    for (; delta > 455; base += 36) delta = Math.floor(delta / 35);
    bias = base + Math.floor((36 * delta) / (delta + 38));
    code += Math.floor(place / count);
    place %= count;
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) throw new NotReadable();
    letters.splice(place++, 0, String.fromCodePoint(code));
  }
  return letters.join("");
}

const RUST_SYMBOL = /^_ZN(.*)17h([0-9a-f]{16})E(?:\..*)?$/s;
const RUST_ESCAPES: Readonly<Record<string, string>> = {
  SP: "@",
  BP: "*",
  RF: "&",
  LT: "<",
  GT: ">",
  LP: "(",
  RP: ")",
  C: ",",
};
/** Less variety than this is no hash of rustc's. */
const LEAST_HASH_DIGITS = 5;

/** The legacy scheme: C++'s nested names with a hash as the last. */
function readLegacyName(symbol: string): string | undefined {
  const match = RUST_SYMBOL.exec(symbol);
  if (match === null || new Set(match[2]).size < LEAST_HASH_DIGITS) return undefined;
  const names: string[] = [];
  for (let rest = match[1]!; rest !== ""; ) {
    const digits = /^(\d{1,9})(_?)/.exec(rest);
    if (digits === null) return undefined;
    const start = digits[0].length;
    const end = start + Number(digits[1]) - digits[2]!.length;
    if (end > rest.length || end < start) return undefined;
    names.push(unescapeRust(rest.slice(start, end)));
    rest = rest.slice(end);
  }
  return names.join("::");
}

function unescapeRust(name: string): string {
  let text = "";
  for (let rest = name.startsWith("_$") ? name.slice(1) : name; rest !== ""; ) {
    if (rest.startsWith("..")) {
      text += "::";
      rest = rest.slice(2);
      continue;
    }
    if (!rest.startsWith("$")) {
      text += rest[0];
      rest = rest.slice(1);
      continue;
    }
    const code = /^\$(?:u([2-7][0-9a-f])|(C|[A-Z]{2}))\$/.exec(rest);
    const letter =
      code?.[1] === undefined
        ? RUST_ESCAPES[code?.[2] ?? ""]
        : String.fromCharCode(Number.parseInt(code[1], 16));
    if (letter === undefined) return text + rest;
    text += letter;
    rest = rest.slice(code![0].length);
  }
  return text;
}
