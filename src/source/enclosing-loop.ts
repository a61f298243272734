import type { FunctionBody, SourceFrame } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { TokenKind } from "./go-token.ts";
import { getSymbols } from "./retention-path.ts";
import { lineOf, textOf } from "./statement-text.ts";

/** The loop that a frame's line is in. */
export interface EnclosingLoop {
  file: string;
  line: number;
  /** Its header: "for {". */
  text: string;
  /** What can end it: a context's end, another condition, return or break, or nothing at all. */
  endsWith: "nothing" | "context" | "condition";
}

/**
 * The innermost loop around a frame's line, or the nearest outer one that nothing ends if there is such. Undefined if
 * the source is not at hand, is not the code that ran, or the line is in no loop.
 */
export function findEnclosingLoop(
  files: ReadonlyMap<string, string>,
  frame: SourceFrame,
): EnclosingLoop | undefined {
  const body = getSymbols(files).sources.findFrame(frame);
  if (body === undefined) return undefined;
  const { tree, file } = body;
  let innermost: number = NO_NODE;
  let endless: number = NO_NODE;
  for (let node = 0; node < tree.count; node++) {
    const kind = tree.kind(node);
    if ((kind !== NodeKind.For && kind !== NodeKind.Range) || tree.parent(node) === NO_NODE) continue;
    const firstLine = lineOf(body, node);
    const lastLine = file.tokens.line[Math.max(tree.first(node), tree.end(node) - 1)]!;
    if (frame.line < firstLine || frame.line > lastLine) continue;
    if (innermost === NO_NODE || tree.isWithin(node, innermost)) innermost = node;
    if (findEnd(body, node) === "nothing" && (endless === NO_NODE || tree.isWithin(node, endless)))
      endless = node;
  }
  const loop = endless === NO_NODE ? innermost : endless;
  if (loop === NO_NODE) return undefined;
  const text = textOf(body, loop).replace(/\s*…$/, "");
  return { file: file.path, line: lineOf(body, loop), text, endsWith: findEnd(body, loop) };
}

function findEnd(body: FunctionBody, loop: number): EnclosingLoop["endsWith"] {
  const { tree, file } = body;
  const { tokens } = file;
  const first = tokens.start[tree.first(loop)]!;
  const end = tokens.end[Math.max(tree.first(loop), tree.end(loop) - 1)]!;
  // `<-ctx.Done()`, `ctx.Err() != nil`
  if (/\.(?:Done|Err)\(\)/.test(tokens.text.slice(first, end))) return "context";
  if (tree.kind(loop) === NodeKind.Range) return "condition";
  for (const child of tree.children(loop)) if (tree.kind(child) === NodeKind.Condition) return "condition";
  for (let node = 0; node < tree.count; node++) {
    if (tree.parent(node) === NO_NODE || !tree.isWithin(node, loop)) continue;
    if (leaves(body, node, loop)) return "condition";
  }
  return "nothing";
}

/** True for a return, goto or break that goes out of the loop. */
function leaves({ tree, file }: FunctionBody, node: number, loop: number): boolean {
  const kind = tree.kind(node);
  if (kind !== NodeKind.Return && kind !== NodeKind.Branch) return false;
  const literal = tree.findEnclosing(node, NodeKind.FuncLit);
  if (literal !== NO_NODE && tree.isWithin(literal, loop)) return false;
  if (kind === NodeKind.Return) return true;
  const keyword = file.tokens.kind[tree.token(node)];
  const hasLabel = tree.end(node) - tree.first(node) > 1;
  if (keyword === TokenKind.Goto) return true;
  if (hasLabel) return keyword === TokenKind.Break || keyword === TokenKind.Continue;
  if (keyword !== TokenKind.Break) return false;
  const target = tree.findEnclosing(
    tree.parent(node),
    NodeKind.For,
    NodeKind.Range,
    NodeKind.Switch,
    NodeKind.Select,
  );
  return target === loop;
}
