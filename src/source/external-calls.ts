import type { GoFunction } from "./go-file.ts";
import type { FunctionBody, GoPackage, SourceFrame } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { findCalls } from "./mentions.ts";
import { getSymbols } from "./retention-path.ts";
import { declaredName } from "./runtime-name.ts";
import { enclosingStatement, lineOf, statementText } from "./statement-text.ts";
import type { Symbols } from "./symbols.ts";

/** An expression in the program's source that was looked for, and the statement it is part of. */
export interface SourcePlace {
  /** What was found there: "gorm.io/gorm.Open". */
  name: string;
  /** As declared: "(*Store).Put"; "" for an initialiser of a package variable. */
  function: string;
  file: string;
  line: number;
  text: string;
  /**
   * How the running program comes here: calls from a function that was seen at work down to this one, 0 if it was seen
   * itself. Infinity if only main and init lead here, NaN if nothing tells.
   */
  distance: number;
  /** The function closes (stops, releases …) what the call returned, on some path at least. */
  closes: boolean;
}

/** What is looked for: its name, or undefined for any other expression. */
export type IdentifyExpression = (symbols: Symbols, body: FunctionBody, node: number) => string | undefined;

/** Calls of functions and methods of other modules: "gorm.io/gorm.Open", "database/sql.(*DB).Query". */
export function isCallOf(names: ReadonlySet<string>): IdentifyExpression {
  return (symbols, body, node) => {
    if (body.tree.kind(node) !== NodeKind.Call) return undefined;
    const target = symbols.resolveCall(body, node);
    if (target.kind === "external") return names.has(target.name) ? target.name : undefined;
    if (target.kind !== "external-method") return undefined;
    const dot = target.receiverType.lastIndexOf(".");
    const name = `${target.receiverType.slice(0, dot)}.(*${target.receiverType.slice(dot + 1)}).${target.name}`;
    return names.has(name) ? name : undefined;
  };
}

/**
 * Every place in the program's functions that is looked for: those that nothing closes again first, then those that the
 * running program reaches first. Only files
 * in which one of the `words` occurs are read; `seen` are frames of functions that were at work.
 */
export function findInSource(
  files: ReadonlyMap<string, string>,
  words: readonly string[],
  identify: IdentifyExpression,
  seen: readonly SourceFrame[],
): SourcePlace[] {
  const symbols = getSymbols(files);
  const places: SourcePlace[] = [];
  const reach = new Reach(symbols, files, seen);
  for (const [path, text] of files) {
    if (!path.endsWith(".go") || path.endsWith("_test.go") || !words.some((word) => text.includes(word)))
      continue;
    for (const declaration of symbols.sources.getFile(path).functions) {
      const body = symbols.sources.getBody(symbols.sources.getFile(path), declaration);
      for (let node = 0; node < body.tree.count; node++) {
        if (body.tree.parent(node) === NO_NODE) continue;
        const name = identify(symbols, body, node);
        if (name === undefined) continue;
        const statement = statementText(body, enclosingStatement(body, node));
        places.push({
          name,
          function: declaredName(declaration),
          file: path,
          line: lineOf(body, node),
          text: statement,
          distance: reach.distanceOf(body),
          closes: isClosed(body, statement),
        });
      }
    }
  }
  return places.sort((a, b) => Number(a.closes) - Number(b.closes) || rank(a.distance) - rank(b.distance));
}

const GIVES_BACK =
  "Close|CloseNow|Stop|Shutdown|Disconnect|Release|Unsubscribe|Rollback|Commit|CloseIdleConnections";

/** By text: `rows.Close()` in the function, for `rows, err := …`. */
function isClosed({ file, declaration }: FunctionBody, statement: string): boolean {
  const variable = /^(\w+)(?:, *\w+)* *:?= /.exec(statement)?.[1];
  if (variable === undefined) return false;
  const { first, end } = declaration.tokens;
  const { text, start, end: ends } = file.tokens;
  const code = text.slice(start[first]!, ends[Math.max(first, end - 1)]!);
  return new RegExp(`\\b${variable}\\.(?:${GIVES_BACK})\\(`).test(code);
}

const UNKNOWN_RANK = 100;

function rank(distance: number): number {
  return Number.isNaN(distance) ? UNKNOWN_RANK : Math.min(distance, 2 * UNKNOWN_RANK);
}

/** A client is seldom wrapped more often than this between the handler and its constructor. */
const MAX_DISTANCE = 4;
const MAX_CALLERS = 40;
/** Searches for callers go through the program's tokens each time: so many, and then nothing more is told. */
const MAX_SEARCHES = 400;

/** How far functions are, by calls, from functions that were seen at work. */
class Reach {
  readonly #symbols: Symbols;
  readonly #files: ReadonlyMap<string, string>;
  readonly #seen: ReadonlySet<GoFunction>;
  #packages: GoPackage[] | undefined;
  #searches = 0;

  constructor(symbols: Symbols, files: ReadonlyMap<string, string>, seen: readonly SourceFrame[]) {
    this.#symbols = symbols;
    this.#files = files;
    this.#seen = new Set(
      seen.flatMap((frame) => {
        const declaration = symbols.sources.findFrame(frame)?.declaration;
        return declaration === undefined || isStart(declaration) ? [] : [declaration];
      }),
    );
  }

  distanceOf(body: FunctionBody): number {
    let level: FunctionBody[] = [body];
    const visited = new Set<GoFunction>();
    let startsHere = false;
    for (let distance = 0; distance <= MAX_DISTANCE && level.length > 0; distance++) {
      if (level.some(({ declaration }) => this.#seen.has(declaration))) return distance;
      const next: FunctionBody[] = [];
      for (const callee of level) {
        if (visited.has(callee.declaration)) continue;
        visited.add(callee.declaration);
        if (isStart(callee.declaration)) startsHere = true;
        else next.push(...this.#callersOf(callee));
      }
      level = next.slice(0, MAX_CALLERS);
    }
    return startsHere ? Number.POSITIVE_INFINITY : Number.NaN;
  }

  #callersOf({ declaration, file }: FunctionBody): FunctionBody[] {
    if (++this.#searches > MAX_SEARCHES) return [];
    const home = this.#symbols.sources.getPackage(file);
    const isExported = /^\p{Lu}/u.test(declaration.name);
    const packages = isExported ? this.#allPackages() : [home];
    return packages.flatMap((candidate) =>
      findCalls(this.#symbols, candidate, declaration).map((mention) => mention.body),
    );
  }

  #allPackages(): GoPackage[] {
    if (this.#packages === undefined) {
      const { sources } = this.#symbols;
      const paths = [...this.#files.keys()].filter((p) => p.endsWith(".go") && !p.endsWith("_test.go"));
      this.#packages = [...new Set(paths.map((path) => sources.getPackage(sources.getFile(path))))];
    }
    return this.#packages;
  }
}

/** What runs once, when the program starts. */
function isStart({ kind, name }: GoFunction): boolean {
  return kind === "initializer" || (kind === "function" && (name === "main" || name === "init"));
}
