import type { GoFile, GoFunction } from "./go-file.ts";

/** A function name as Go's runtime prints it, taken apart. */
export interface RuntimeName {
  /** Import path with the linker's %-escapes undone; "main" for the main package. */
  packagePath: string;
  /** What follows the package, without type arguments: "(*Store).Put", "handle.func1". */
  symbol: string;
  /** The symbol without the parts that the compiler added for function literals and wrappers. */
  declared: string;
  /** True if such parts were there: the name is that of a literal or wrapper in `declared`. */
  isLiteral: boolean;
}

/**
 * Takes apart names like "example.com/a/b.(*T[...]).M.func2.1".
 *
 * Forms checked against Go 1.21 to 1.27: `.func1`, `.func1.2`, `.func2.func3`, `.gowrap1`, `.deferwrap1`, `-range1`,
 * `-fm`, package initialisers `init.0`, `init.func1` and `glob..func1`, and dots in the last element of the path as
 * `%2e` (1.27 escapes the percent sign again in literals that were inlined).
 */
export function parseRuntimeName(name: string): RuntimeName {
  const plain = withoutTypeArguments(name.slice(0, MAX_NAME));
  const paren = plain.indexOf("(");
  const slash = plain.lastIndexOf("/", paren < 0 ? plain.length : paren);
  const dot = plain.indexOf(".", slash + 1);
  if (dot < 0) return { packagePath: "", symbol: plain, declared: plain, isLiteral: false };
  const symbol = plain.slice(dot + 1);
  const declared = withoutLiteralSuffix(symbol);
  return {
    packagePath: unescapePath(plain.slice(0, dot)),
    symbol,
    declared,
    isLiteral: declared !== symbol,
  };
}

/**
 * True if code of this declaration can run under that name: the guard that source on disk is the code that ran.
 *
 * A literal whose function was inlined carries the name of the function it was inlined into ("main.main.(*S).Q.func1",
 * whatever the package of S), so for literals the last declared part decides.
 */
export function matchesRuntimeName(declaration: GoFunction, runtimeName: string, file?: GoFile): boolean {
  const { packagePath, declared, isLiteral } = parseRuntimeName(runtimeName);
  const mayBeInlined = isLiteral;
  if (file !== undefined && !mayBeInlined && (packagePath === "main") !== (file.packageName === "main")) {
    return false;
  }
  if (declaration.kind === "initializer") {
    return declared === "init" || declared === "glob." || declared.startsWith("map.init");
  }
  return symbolsOf(declaration).some(
    (symbol) => declared === symbol || (mayBeInlined && declared.endsWith(`.${symbol}`)),
  );
}

/** The declaration as Go prints it: "(*Store).Put", "Store.Len", "handle". */
export function declaredName(declaration: GoFunction): string {
  const { receiver, name } = declaration;
  if (receiver === undefined) return name;
  return receiver.pointer ? `(*${receiver.type}).${name}` : `${receiver.type}.${name}`;
}

function symbolsOf(declaration: GoFunction): string[] {
  const { receiver, name } = declaration;
  if (receiver === undefined) return [name];
  // A value method called through a pointer runs in a wrapper that has the pointer's name.
  return receiver.pointer
    ? [`(*${receiver.type}).${name}`]
    : [`${receiver.type}.${name}`, `(*${receiver.type}).${name}`];
}

/** Longer names are cut: they come from foreign profiles, and the linker's own stay far below. */
const MAX_NAME = 4096;

function withoutTypeArguments(name: string): string {
  if (!name.includes("[")) return name;
  let plain = "";
  let depth = 0;
  for (const c of name) {
    if (c === "[") depth++;
    if (depth === 0) plain += c;
    if (c === "]" && depth > 0) depth--;
  }
  return plain;
}

const LITERAL_SUFFIX = /(?:\.(?:func|gowrap|deferwrap)?\d+|-range\d+|-fm)$/;

function withoutLiteralSuffix(symbol: string): string {
  let rest = symbol;
  for (;;) {
    const suffix = LITERAL_SUFFIX.exec(rest);
    if (suffix === null) return rest;
    rest = rest.slice(0, suffix.index);
  }
}

function unescapePath(path: string): string {
  let plain = path;
  // Bounded: each turn undoes one more escaping of the percent sign.
  for (let i = 0; i < 4 && plain.includes("%"); i++) {
    plain = plain.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  }
  return plain;
}
