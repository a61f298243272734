import type { GoFile, GoFunction } from "./go-file.ts";
import type { FunctionBody } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { findPlace, placeName } from "./place.ts";
import { getSymbols } from "./retention-path.ts";
import { declaredName } from "./runtime-name.ts";
import { enclosingStatement, lineOf, statementText } from "./statement-text.ts";
import type { Symbols } from "./symbols.ts";
import { withoutPointer } from "./type-text.ts";

export interface PoolStatement {
  function: string;
  file: string;
  line: number;
  text: string;
}

/** A sync.Pool of the program and what its users do with the values. */
export interface PoolUse {
  /** "buffers", "Encoder.scratch". */
  name: string;
  /** What is taken from it, without the pointer: "sheet", "bytes.Buffer", "[]byte"; canonical with the import path. */
  pooledType: string;
  gets: PoolStatement[];
  puts: PoolStatement[];
  /** Some function that takes or puts a value, or a method of it, empties it: Reset, x[:0], clear, a new value. */
  resets: boolean;
  /** Some function that puts one back looks at its capacity or length first. */
  bounds: boolean;
}

/** The pools of the program, and how the packages that declare them use them. */
export function findPools(files: ReadonlyMap<string, string>): PoolUse[] {
  const symbols = getSymbols(files);
  const pools = new Map<string, PoolUse>();
  const homes = new Set<string>();
  for (const [path, text] of files) if (text.includes("sync.Pool")) homes.add(directoryOf(path));
  for (const [path, text] of files) {
    if (!path.endsWith(".go") || path.endsWith("_test.go") || !homes.has(directoryOf(path))) continue;
    if (!/\.(?:Get|Put)\(/.test(text)) continue;
    const file = symbols.sources.getFile(path);
    for (const declaration of file.functions) {
      const body = symbols.sources.getBody(file, declaration);
      for (let node = 0; node < body.tree.count; node++) {
        if (body.tree.kind(node) === NodeKind.Call && body.tree.parent(node) !== NO_NODE)
          addUse(pools, symbols, body, node);
      }
    }
  }
  for (const pool of pools.values()) pool.resets ||= isEmptiedByMethod(pool, files, homes, symbols);
  return [...pools.values()];
}

/** Does a method of the pooled type empty the value (`begin`, `init`), and is it called? */
function isEmptiedByMethod(
  { pooledType }: PoolUse,
  files: ReadonlyMap<string, string>,
  homes: ReadonlySet<string>,
  symbols: Symbols,
): boolean {
  const type = pooledType.slice(pooledType.lastIndexOf(".") + 1);
  if (!/^\w+$/.test(type)) return false;
  for (const path of files.keys()) {
    if (!path.endsWith(".go") || path.endsWith("_test.go") || !homes.has(directoryOf(path))) continue;
    const file = symbols.sources.getFile(path);
    for (const declaration of file.functions) {
      const receiver = declaration.receiver?.type;
      if (receiver === undefined || withoutPointer(receiver) !== type) continue;
      if (!RESETS.test(codeOf(file, declaration))) continue;
      const call = `.${declaration.name}(`;
      for (const [caller, text] of files)
        if (!caller.endsWith("_test.go") && text.includes(call)) return true;
    }
  }
  return false;
}

function codeOf({ tokens: { text, start, end } }: GoFile, declaration: GoFunction): string {
  const { first, end: behind } = declaration.tokens;
  return text.slice(start[first]!, end[Math.max(first, behind - 1)]!);
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

function addUse(pools: Map<string, PoolUse>, symbols: Symbols, body: FunctionBody, call: number): void {
  const target = symbols.resolveCall(body, call);
  if (target.kind !== "external-method" || target.receiverType !== "sync.Pool") return;
  if (target.name !== "Get" && target.name !== "Put") return;
  const place = findPlace(symbols, body, target.receiver)?.place;
  if (place === undefined) return;
  const name = placeName(place);
  const key = `${place.kind === "local" ? body.file.path : place.kind === "type" ? "" : place.home.directory}\0${name}`;
  const pool = pools.get(key) ?? {
    name,
    pooledType: "",
    gets: [],
    puts: [],
    resets: false,
    bounds: false,
  };
  pools.set(key, pool);
  const statement = enclosingStatement(body, call);
  const code = codeOf(body.file, body.declaration);
  (target.name === "Get" ? pool.gets : pool.puts).push({
    function: declaredName(body.declaration),
    file: body.file.path,
    line: lineOf(body, call),
    text: statementText(body, statement),
  });
  if (RESETS.test(code)) pool.resets = true;
  if (target.name === "Put" && BOUNDS.test(code)) pool.bounds = true;
  const parent = body.tree.parent(call);
  const typed =
    target.name === "Get" && body.tree.kind(parent) === NodeKind.TypeAssert
      ? parent
      : target.name === "Put"
        ? body.tree.child(call, 1)
        : NO_NODE;
  if (pool.pooledType !== "" || typed === NO_NODE) return;
  pool.pooledType = withoutPointer(symbols.canonicalName(symbols.typeOf(body, typed)));
}

/** By text: whether the value that comes out is empty, whichever way the program empties it. */
const RESETS = /\b[rR]eset\w*\(|\[\s*:\s*0\s*\]|\bclear\(|\.Truncate\(0\)|\*\w+\s*=\s*\w+\{/;
const BOUNDS = /\bcap\(|\.Cap\(\)|\.Len\(\)\s*[<>]|\blen\([^)]*\)\s*[<>]/;
