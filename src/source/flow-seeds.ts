import { type FlowPath, ITSELF, SOMEWHERE } from "./flow-path.ts";
import type { FunctionBody } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { TokenKind } from "./go-token.ts";
import type { CallTarget, Symbols } from "./symbols.ts";

/** An expression that may be what a profile saw allocate. */
export interface Seed {
  node: number;
  path: FlowPath;
  /** How surely this is the allocation, for choosing among several on a line. */
  weight: number;
  /**
   * `value`: the expression's value is the memory. `assign-target`: the container behind `m[k] =` grew.
   * `receiver`: the receiver of the call may hold it. `out-parameter`: the variable behind `&v` may.
   */
  effect: "value" | "assign-target" | "receiver" | "out-parameter";
}

/** What on that line may be the allocation: all candidates, since a profile names the line and no more. */
export function findSeeds(symbols: Symbols, body: FunctionBody, line: number): Seed[] {
  const { tree, file } = body;
  const onLine: Seed[] = [];
  const spanning: Seed[] = [];
  for (let node = 0; node < tree.count; node++) {
    if (tree.parent(node) === NO_NODE) continue;
    const first = file.tokens.line[tree.first(node)]!;
    if (first > line) continue;
    const last = file.tokens.line[Math.max(tree.first(node), tree.end(node) - 1)]!;
    if (last < line) continue;
    const isCall = tree.kind(node) === NodeKind.Call;
    const nameLine = isCall ? file.tokens.line[tree.end(tree.firstChild(node)) - 1]! : first;
    const operatorLine =
      tree.kind(node) === NodeKind.Binary || tree.kind(node) === NodeKind.Assign
        ? file.tokens.line[tree.token(node)]!
        : first;
    if (first === line || nameLine === line || operatorLine === line)
      onLine.push(...seedsAt(symbols, body, node));
    else if (tree.kind(node) !== NodeKind.FuncLit) spanning.push(...seedsAt(symbols, body, node));
  }
  return onLine.length > 0 ? onLine : spanning;
}

function seedsAt(symbols: Symbols, body: FunctionBody, node: number): Seed[] {
  const { tree, file } = body;
  const value = (weight: number, path: FlowPath = ITSELF): Seed => ({ node, path, weight, effect: "value" });
  const parent = tree.parent(node);
  switch (tree.kind(node)) {
    case NodeKind.CompositeLit: {
      const isPointer = tree.kind(parent) === NodeKind.Unary;
      const opening = file.tokens.kind[tree.first(node)];
      return [value(isPointer || opening === TokenKind.LBrack || opening === TokenKind.Map ? 6 : 2)];
    }
    case NodeKind.FuncLit:
      return [value(5)];
    case NodeKind.Binary: {
      if (file.tokens.kind[tree.token(node)] !== TokenKind.Add || tree.kind(parent) === NodeKind.Binary)
        return [];
      const type = symbols.underlying(symbols.typeOf(body, node))?.text;
      return type === undefined || type === "string" ? [value(type === undefined ? 1 : 4)] : [];
    }
    case NodeKind.Index: {
      const statement = tree.kind(parent) === NodeKind.IncDec ? parent : tree.parent(parent);
      const isWritten =
        tree.kind(parent) === NodeKind.IncDec ||
        (statement !== NO_NODE &&
          tree.kind(parent) === NodeKind.ExpressionList &&
          tree.kind(statement) === NodeKind.Assign &&
          tree.firstChild(statement) === parent);
      if (!isWritten) return [];
      const type = symbols.underlying(symbols.typeOf(body, tree.firstChild(node)))?.text;
      if (type !== undefined && !/^\*?map\[/.test(type)) return [];
      return [{ node, path: ITSELF, weight: 4, effect: "assign-target" }];
    }
    case NodeKind.Assign: {
      if (file.tokens.kind[tree.token(node)] !== TokenKind.AddAssign) return [];
      const target = tree.firstChild(tree.firstChild(node));
      const type = symbols.underlying(symbols.typeOf(body, target))?.text;
      if (type !== "string") return [];
      const isLocal = tree.kind(target) === NodeKind.Ident && body.bindings.declaration[target] !== NO_NODE;
      return [{ node: target, path: ITSELF, weight: 4, effect: isLocal ? "out-parameter" : "assign-target" }];
    }
    case NodeKind.Call:
      return seedsOfCall(symbols, body, node, value);
    default:
      return [];
  }
}

function seedsOfCall(
  symbols: Symbols,
  body: FunctionBody,
  call: number,
  value: (weight: number, path?: FlowPath) => Seed,
): Seed[] {
  const { tree, file } = body;
  const target = symbols.resolveCall(body, call);
  switch (target.kind) {
    case "builtin":
      if (target.name === "append") return [value(6)];
      return target.name === "make" || target.name === "new" ? [value(6)] : [];
    case "conversion": {
      const to = symbols.underlying({ text: target.type, file })?.text ?? target.type;
      return to === "string" || to === "[]byte" || to === "[]rune" ? [value(5)] : [];
    }
    case "external":
    case "external-method": {
      const seeds: Seed[] = [value(4, givesOwnMemory(symbols, body, call, target) ? ITSELF : SOMEWHERE)];
      for (const argument of [...tree.children(call)].slice(1)) {
        const isAddress =
          tree.kind(argument) === NodeKind.Unary && file.tokens.kind[tree.token(argument)] === TokenKind.And;
        if (isAddress) {
          const node = tree.firstChild(argument);
          if (tree.kind(node) !== NodeKind.CompositeLit)
            seeds.push({ node, path: SOMEWHERE, weight: 3, effect: "out-parameter" });
        }
      }
      if (target.kind === "external-method")
        seeds.push({ node: call, path: SOMEWHERE, weight: 3, effect: "receiver" });
      return seeds;
    }
    default:
      return [];
  }
}

/** True if the result of the call is the memory that was allocated, and not just something that leads to it. */
function givesOwnMemory(
  symbols: Symbols,
  body: FunctionBody,
  call: number,
  target: Extract<CallTarget, { kind: "external" | "external-method" }>,
): boolean {
  const type = symbols.typeOf(body, call)?.text;
  if (type === "string" || type === "[]byte") return true;
  if (target.kind === "external") {
    return /^(?:strings|bytes|fmt|strconv|slices|maps|encoding\/\w+)\./.test(target.name);
  }
  return target.name === "String" || target.name === "Text";
}
