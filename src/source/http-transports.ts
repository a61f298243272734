import { type IdentifyExpression, isCallOf } from "./external-calls.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import type { Symbols } from "./symbols.ts";

const TRANSPORT = "net/http.Transport";

/** `http.Transport{…}`, `new(http.Transport)` and `x.Clone()` of one, besides the named functions that make one. */
export function makesTransport(names: ReadonlySet<string>): IdentifyExpression {
  const isNamed = isCallOf(names);
  return (symbols, body, node) => {
    const { tree } = body;
    switch (tree.kind(node)) {
      case NodeKind.CompositeLit:
        return canonical(symbols, body, node) === TRANSPORT ? TRANSPORT : undefined;
      case NodeKind.Call: {
        const callee = tree.firstChild(node);
        if (tree.kind(callee) === NodeKind.Selector && symbols.nameOf(body, callee) === "Clone") {
          return canonical(symbols, body, tree.firstChild(callee)) === TRANSPORT ? TRANSPORT : undefined;
        }
        const target = symbols.resolveCall(body, node);
        if (target.kind === "builtin" && target.name === "new") {
          return canonical(symbols, body, node) === TRANSPORT ? TRANSPORT : undefined;
        }
        return isNamed(symbols, body, node);
      }
      default:
        return undefined;
    }
  };
}

function canonical(symbols: Symbols, body: Parameters<IdentifyExpression>[1], node: number): string {
  return node === NO_NODE ? "" : symbols.canonicalName(symbols.typeOf(body, node));
}
