import type { FunctionBody } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";

const MAX_TEXT = 160;

/** The nearest statement that a node is part of: what an engineer would point at. */
export function enclosingStatement(body: FunctionBody, node: number): number {
  const { tree } = body;
  let at = node;
  for (let parent = tree.parent(at); parent !== NO_NODE; parent = tree.parent(at)) {
    switch (tree.kind(parent)) {
      case NodeKind.Block:
      case NodeKind.CaseClause:
      case NodeKind.CommClause:
      case NodeKind.Labeled:
      case NodeKind.Declaration:
      case NodeKind.Initializers:
        return at;
      case NodeKind.If:
      case NodeKind.For:
      case NodeKind.Range:
      case NodeKind.Switch:
      case NodeKind.Comm:
        // The init statement or condition, not the whole body.
        return tree.kind(at) === NodeKind.Block ? parent : at;
    }
    at = parent;
  }
  return at;
}

export function lineOf(body: FunctionBody, node: number): number {
  return body.file.tokens.line[body.tree.first(node)]!;
}

/** The source of a node on one line: of one that spans lines the first, with "…" for the rest. */
export function textOf(body: FunctionBody, node: number): string {
  const { tokens } = body.file;
  const first = body.tree.first(node);
  const last = Math.max(first, body.tree.end(node) - 1);
  const start = tokens.start[first]!;
  const end = Math.max(start, tokens.end[last]!);
  const whole = tokens.text.slice(start, Math.min(end, start + 2 * MAX_TEXT));
  const newline = whole.indexOf("\n");
  const line = (newline < 0 ? whole : whole.slice(0, newline)).trimEnd();
  const isCut = newline >= 0 || end - start > whole.length || line.length > MAX_TEXT;
  return isCut ? `${line.slice(0, MAX_TEXT)} …` : line;
}

/** A statement as shown to people: of if, for, switch and select the header alone. */
export function statementText(body: FunctionBody, node: number): string {
  const { tree, file } = body;
  const statement = tree.kind(node) === NodeKind.ExpressionList ? tree.parent(node) : node;
  if (tree.kind(statement) !== NodeKind.Condition && tree.kind(statement) !== NodeKind.RangeOperand) {
    return textOf(body, statement);
  }
  const header = tree.parent(statement);
  const { text, start, end } = file.tokens;
  const from = start[tree.first(header)]!;
  const to = end[Math.max(tree.first(header), tree.end(statement) - 1)]!;
  return text
    .slice(from, Math.min(to, from + MAX_TEXT))
    .split("\n", 1)[0]!
    .trimEnd();
}
