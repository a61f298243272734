import { type Bindings, buildBindings } from "./bindings.ts";
import {
  findFunctionAt,
  type GoFile,
  type GoFunction,
  type GoType,
  type GoVariable,
  readGoFile,
} from "./go-file.ts";
import { parseFunction, parseInitializers } from "./go-parser.ts";
import type { SyntaxTree } from "./go-syntax-tree.ts";
import { matchesRuntimeName } from "./runtime-name.ts";

/** A place in the code as a profile names it. */
export interface SourceFrame {
  /** Full runtime name: "example.com/shop/cart.(*Store).Put". */
  function: string;
  /** Path on the build machine, or package path and file with -trimpath. */
  file: string;
  line: number;
}

/** A declaration together with the file it stands in. */
export interface Declared<T> {
  file: GoFile;
  declaration: T;
}

/** The files of one directory that share a package clause, tests left out. */
export interface GoPackage {
  directory: string;
  name: string;
  files: readonly GoFile[];
  functions: ReadonlyMap<string, Declared<GoFunction>>;
  /** Methods by name, whatever their receiver. */
  methods: ReadonlyMap<string, readonly Declared<GoFunction>[]>;
  variables: ReadonlyMap<string, Declared<GoVariable>>;
  types: ReadonlyMap<string, Declared<GoType>>;
}

/** A function with its syntax tree and resolved local names. */
export interface FunctionBody {
  file: GoFile;
  declaration: GoFunction;
  tree: SyntaxTree;
  bindings: Bindings;
}

/**
 * The Go files at hand, read when they are first asked for and then kept.
 *
 * Paths may be absolute or relative, with "/" or "\". A file named go.mod gives the module path of its directory;
 * without one, imports are matched to directories by their longest common end.
 */
export class GoSources {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #files = new Map<string, GoFile>();
  readonly #bodies = new WeakMap<GoFunction, FunctionBody>();
  readonly #packages = new Map<string, GoPackage[]>();
  /** Methods of all packages by name, gathered when an interface is first asked for. */
  #methods: Map<string, Declared<GoFunction>[]> | undefined;
  /** Paths by file name and by directory, for matching paths of other machines. */
  readonly #byBaseName = new Map<string, string[]>();
  readonly #byDirectory = new Map<string, string[]>();
  readonly #modules: { directory: string; path: string }[] = [];

  constructor(texts: ReadonlyMap<string, string>) {
    this.#texts = texts;
    for (const path of texts.keys()) {
      const parts = splitPath(path);
      const base = parts.at(-1) ?? "";
      const directory = directoryOf(path);
      if (base === "go.mod") {
        const module = /^[ \t]*module[ \t]+"?([^\s"]+)/m.exec(texts.get(path)!.slice(0, 4096));
        if (module !== null) this.#modules.push({ directory, path: module[1]! });
      }
      if (!base.endsWith(".go")) continue;
      pushTo(this.#byBaseName, base, path);
      pushTo(this.#byDirectory, directory, path);
    }
  }

  getFile(path: string): GoFile {
    let file = this.#files.get(path);
    if (file === undefined) {
      file = readGoFile(path, this.#texts.get(path) ?? "");
      this.#files.set(path, file);
    }
    return file;
  }

  /**
   * The declaration that a frame runs: the file that shares the longest end with the frame's path and has a function
   * at that line which can bear that name. Undefined if there is none, or two that are equally good.
   */
  findFrame(frame: SourceFrame): FunctionBody | undefined {
    const parts = splitPath(frame.file);
    let best: FunctionBody | undefined;
    let bestLength = 0;
    let ties = 0;
    for (const path of this.#byBaseName.get(parts.at(-1) ?? "") ?? []) {
      const length = commonEnd(parts, splitPath(path));
      if (length < bestLength) continue;
      const file = this.getFile(path);
      const declaration = findFunctionAt(file, frame.line);
      if (declaration === undefined || !matchesRuntimeName(declaration, frame.function, file)) continue;
      ties = length === bestLength ? ties + 1 : 0;
      bestLength = length;
      best = this.getBody(file, declaration);
    }
    return ties === 0 ? best : undefined;
  }

  getBody(file: GoFile, declaration: GoFunction): FunctionBody {
    let body = this.#bodies.get(declaration);
    if (body === undefined) {
      const { tokens } = declaration;
      const tree =
        declaration.kind === "initializer"
          ? parseInitializers(file, [{ start: tokens.first, end: tokens.end }])
          : parseFunction(file, tokens);
      body = { file, declaration, tree, bindings: buildBindings(file.tokens, tree) };
      this.#bodies.set(declaration, body);
    }
    return body;
  }

  getPackage(file: GoFile): GoPackage {
    const packages = this.#packagesIn(directoryOf(file.path));
    return (
      packages.find((candidate) => candidate.files.includes(file)) ??
      packages.find((candidate) => candidate.name === file.packageName) ??
      buildPackage(directoryOf(file.path), file.packageName, [file])
    );
  }

  /** Methods of that name in all packages at hand. */
  findMethodsNamed(name: string): readonly Declared<GoFunction>[] {
    if (this.#methods === undefined) {
      this.#methods = new Map();
      for (const directory of this.#byDirectory.keys()) {
        for (const { methods } of this.#packagesIn(directory)) {
          for (const [method, declared] of methods) {
            for (const one of declared) pushTo(this.#methods, method, one);
          }
        }
      }
    }
    return this.#methods.get(name) ?? [];
  }

  /** The package that `name` stands for in that file, if it is imported and its files are at hand. */
  findImported(file: GoFile, name: string): GoPackage | undefined {
    const path = file.imports.get(name);
    return path === undefined ? undefined : this.#findPackage(path);
  }

  #findPackage(importPath: string): GoPackage | undefined {
    for (const module of this.#modules) {
      if (importPath !== module.path && !importPath.startsWith(`${module.path}/`)) continue;
      const rest = importPath.slice(module.path.length + 1);
      const directory = [module.directory, rest].filter((part) => part !== "").join("/");
      const found = this.#libraryIn(directory);
      if (found !== undefined) return found;
    }
    const parts = importPath.split("/");
    if (STANDARD_ROOTS.has(parts[0]!)) return undefined;
    let best: string | undefined;
    // With a module path at hand one common element says nothing.
    let bestLength = this.#modules.length > 0 ? 2 : 1;
    let ties = 0;
    for (const directory of this.#byDirectory.keys()) {
      const length = commonEnd(parts, splitPath(directory));
      if (length < bestLength) continue;
      ties = best !== undefined && length === bestLength ? ties + 1 : 0;
      bestLength = length;
      best = directory;
    }
    return best === undefined || ties > 0 ? undefined : this.#libraryIn(best);
  }

  #libraryIn(directory: string): GoPackage | undefined {
    return this.#packagesIn(directory).find(({ name }) => name !== "main" && !name.endsWith("_test"));
  }

  #packagesIn(directory: string): GoPackage[] {
    let packages = this.#packages.get(directory);
    if (packages === undefined) {
      const byName = new Map<string, GoFile[]>();
      for (const path of this.#byDirectory.get(directory) ?? []) {
        if (path.endsWith("_test.go")) continue;
        const file = this.getFile(path);
        pushTo(byName, file.packageName, file);
      }
      packages = [...byName].map(([name, files]) => buildPackage(directory, name, files));
      this.#packages.set(directory, packages);
    }
    return packages;
  }
}

function buildPackage(directory: string, name: string, files: GoFile[]): GoPackage {
  const functions = new Map<string, Declared<GoFunction>>();
  const methods = new Map<string, Declared<GoFunction>[]>();
  const variables = new Map<string, Declared<GoVariable>>();
  const types = new Map<string, Declared<GoType>>();
  for (const file of files) {
    for (const declaration of file.functions) {
      if (declaration.kind === "function") functions.set(declaration.name, { file, declaration });
      if (declaration.kind === "method") pushTo(methods, declaration.name, { file, declaration });
    }
    for (const declaration of file.variables) variables.set(declaration.name, { file, declaration });
    for (const declaration of file.types) types.set(declaration.name, { file, declaration });
  }
  return { directory, name, files, functions, methods, variables, types };
}

function splitPath(path: string): string[] {
  return path.split(/[/\\]/).filter((part) => part !== "" && part !== ".");
}

function directoryOf(path: string): string {
  return splitPath(path).slice(0, -1).join("/");
}

/** How many elements two paths share at their ends. */
function commonEnd(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[a.length - 1 - length] === b[b.length - 1 - length]) {
    length++;
  }
  return length;
}

function pushTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** First elements of the standard library's import paths (Go 1.27): they never mean a directory of the program. */
const STANDARD_ROOTS: ReadonlySet<string> = new Set(
  (
    "C archive arena bufio bytes cmp compress container context crypto database debug embed encoding errors expvar " +
    "flag fmt go hash html image index internal io iter log maps math mime net os path plugin reflect regexp " +
    "runtime slices sort strconv strings structs sync syscall testing text time unicode unique unsafe weak"
  ).split(" "),
);
