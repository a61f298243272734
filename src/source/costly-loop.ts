import type { FunctionBody, SourceFrame } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { TokenKind } from "./go-token.ts";
import { findPlace } from "./place.ts";
import { getSymbols } from "./retention-path.ts";
import { enclosingStatement, lineOf, statementText, textOf } from "./statement-text.ts";
import type { Symbols } from "./symbols.ts";
import { sizeOfType, type TypeSize } from "./type-size.ts";
import { elementOf } from "./type-text.ts";

/** A statement in a loop that allocates its target anew as that grows: `x = append(x, v)`, `s += t`. */
export interface CostlyLoop {
  kind: "append" | "concat";
  /** The statement. */
  text: string;
  file: string;
  line: number;
  /** What grows. */
  target: string;
  /** The loop's header: "for _, row := range rows". */
  loop: { text: string; file: string; line: number };
  /** An expression for the number of turns that is known before the loop: "len(rows)". */
  turns?: string;
  /** Where the target is declared, if in this function. */
  declared?: { text: string; file: string; line: number };
  /** Of a slice: its type, and the size of an element. */
  sliceType?: string;
  element?: TypeSize;
}

/**
 * The append or string concatenation on a frame's line, if it stands in a loop that its target outlives. Undefined for
 * slices that were made with a capacity, and for a target that is not a local variable: what is kept is judged as
 * growth.
 */
export function findCostlyLoop(
  files: ReadonlyMap<string, string>,
  frame: SourceFrame,
): CostlyLoop | undefined {
  const symbols = getSymbols(files);
  const body = symbols.sources.findFrame(frame);
  if (body === undefined) return undefined;
  const { tree, file } = body;
  for (let node = 0; node < tree.count; node++) {
    if (tree.parent(node) === NO_NODE) continue;
    const kind = tree.kind(node);
    if (kind !== NodeKind.Assign && kind !== NodeKind.Call) continue;
    const first = file.tokens.line[tree.first(node)]!;
    if (first > frame.line || file.tokens.line[tree.end(node) - 1]! < frame.line) continue;
    const found = kind === NodeKind.Assign ? concatAt(symbols, body, node) : appendAt(symbols, body, node);
    if (found !== undefined) return found;
  }
  return undefined;
}

function appendAt(symbols: Symbols, body: FunctionBody, call: number): CostlyLoop | undefined {
  const { tree } = body;
  const callee = symbols.resolveCall(body, call);
  if (callee.kind !== "builtin" || callee.name !== "append") return undefined;
  // append(x, ys...) grows once for all of ys.
  const target = symbols.unwrap(body, tree.child(call, 1));
  const statement = enclosingStatement(body, call);
  const loop = findLoop(symbols, body, statement, target);
  if (loop === undefined) return undefined;
  const { declared } = loop;
  if (declared !== undefined && /\bmake\([^,()]*,[^,]+,/.test(declared.text)) return undefined;
  const type = symbols.typeOf(body, target);
  const slice = symbols.underlying(type);
  const elementType = slice === undefined ? "" : elementOf(slice.text);
  const element =
    slice === undefined || elementType === ""
      ? undefined
      : sizeOfType(symbols, { ...slice, text: elementType });
  return {
    kind: "append",
    ...describe(body, statement, target),
    ...loop,
    ...(type === undefined ? {} : { sliceType: type.text }),
    ...(element === undefined ? {} : { element }),
  };
}

function concatAt(symbols: Symbols, body: FunctionBody, statement: number): CostlyLoop | undefined {
  const { tree, file } = body;
  const operator = file.tokens.kind[tree.token(statement)];
  const target = tree.firstChild(tree.firstChild(statement));
  const value = tree.firstChild(tree.lastChild(statement));
  if (target === NO_NODE || value === NO_NODE) return undefined;
  const name = textOf(body, target);
  const grows =
    operator === TokenKind.AddAssign ||
    (operator === TokenKind.Assign && joinsItself(symbols, body, value, name));
  if (!grows) return undefined;
  const type = symbols.underlying(symbols.typeOf(body, target))?.text;
  if (type !== undefined && type !== "string") return undefined;
  const loop = findLoop(symbols, body, statement, target);
  return loop === undefined ? undefined : { kind: "concat", ...describe(body, statement, target), ...loop };
}

/** `s = s + a + b` and `s = fmt.Sprintf("%s…", s)`. */
function joinsItself(symbols: Symbols, body: FunctionBody, value: number, name: string): boolean {
  const { tree } = body;
  let at = symbols.unwrap(body, value);
  if (tree.kind(at) === NodeKind.Call) {
    const target = symbols.resolveCall(body, at);
    return (
      target.kind === "external" &&
      /^fmt\.Sprint/.test(target.name) &&
      [...tree.children(at)].slice(1).some((argument) => textOf(body, argument) === name)
    );
  }
  while (tree.kind(at) === NodeKind.Binary) at = symbols.unwrap(body, tree.firstChild(at));
  return textOf(body, at) === name && at !== symbols.unwrap(body, value);
}

function describe(
  body: FunctionBody,
  statement: number,
  target: number,
): Pick<CostlyLoop, "text" | "file" | "line" | "target"> {
  return {
    text: statementText(body, statement),
    file: body.file.path,
    line: lineOf(body, statement),
    target: textOf(body, target),
  };
}

/** The loops around the statement whose turns the local variable outlives; the innermost is the one to show. */
function findLoop(
  symbols: Symbols,
  body: FunctionBody,
  statement: number,
  target: number,
): Pick<CostlyLoop, "loop" | "turns" | "declared"> | undefined {
  // The slices in `m[k] = append(m[k], v)` are many, and none of them has a length of its own that is known.
  if (body.tree.kind(target) !== NodeKind.Ident) return undefined;
  const place = findPlace(symbols, body, target);
  if (place === undefined || place.place.kind !== "local" || place.viaLocal) return undefined;
  const { tree } = body;
  const { declaration } = place.place;
  const loops: number[] = [];
  for (let at = tree.parent(statement); at !== NO_NODE; at = tree.parent(at)) {
    const kind = tree.kind(at);
    if (kind === NodeKind.FuncLit && !tree.isWithin(declaration, at)) return undefined;
    if (kind !== NodeKind.For && kind !== NodeKind.Range) continue;
    if (tree.isWithin(declaration, at)) break;
    loops.push(at);
  }
  const [innermost] = loops;
  if (innermost === undefined) return undefined;
  const turns = loops.length === 1 ? countTurns(symbols, body, innermost) : undefined;
  const list = tree.parent(declaration);
  const isParameter = tree.kind(list) === NodeKind.Parameter;
  const declaring = enclosingStatement(body, declaration);
  return {
    loop: {
      text: statementText(body, innermost).replace(/\s*\{(?: …)?$/, ""),
      file: body.file.path,
      line: lineOf(body, innermost),
    },
    ...(turns === undefined ? {} : { turns }),
    ...(isParameter
      ? {}
      : {
          declared: {
            text: statementText(body, declaring),
            file: body.file.path,
            line: lineOf(body, declaring),
          },
        }),
  };
}

function countTurns(symbols: Symbols, body: FunctionBody, loop: number): string | undefined {
  const { tree, file } = body;
  if (tree.kind(loop) === NodeKind.Range) {
    const list = tree.firstChild(loop);
    const operand = tree.firstChild(tree.kind(list) === NodeKind.RangeOperand ? list : tree.next(list));
    const type = symbols.underlying(symbols.typeOf(body, operand))?.text;
    const text = textOf(body, operand);
    if (type === "int" || /^\d+$/.test(text)) return text;
    const isCountable = type === "string" || /^\*?(?:map)?\[/.test(type ?? "");
    return isCountable && tree.kind(symbols.unwrap(body, operand)) !== NodeKind.Call
      ? `len(${text})`
      : undefined;
  }
  for (const part of tree.children(loop)) {
    if (tree.kind(part) !== NodeKind.Condition) continue;
    const condition = symbols.unwrap(body, tree.firstChild(part));
    if (tree.kind(condition) !== NodeKind.Binary) return undefined;
    if (file.tokens.kind[tree.token(condition)] !== TokenKind.Less) return undefined;
    const limit = symbols.unwrap(body, tree.lastChild(condition));
    const text = textOf(body, limit);
    return /^[\w.]+$/.test(text) || /^len\([\w.]+\)$/.test(text) ? text : undefined;
  }
  return undefined;
}
