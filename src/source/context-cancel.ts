import type { FunctionBody, SourceFrame } from "./go-sources.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import type { Mention } from "./mentions.ts";
import { getSymbols } from "./retention-path.ts";
import { enclosingStatement, lineOf, statementText, textOf } from "./statement-text.ts";
import type { Symbols } from "./symbols.ts";

/** What the program does with the cancel function of a context that is made on a frame's line. */
export interface ContextCancel {
  /** The statement that makes the context. */
  text: string;
  /** The parent as written: "s.ctx". */
  parent: string;
  /**
   * `discarded`: `_`. `unused`: never called where it was made, nor handed on. `deferred`: on every path. `called`: on
   * some. `stored`: kept in a field or handed to somebody.
   */
  cancel: "discarded" | "unused" | "deferred" | "called" | "stored";
  /** Of a stored one the field, and the lines that call it, as far as the package shows. */
  field: string;
  calls: { file: string; line: number; text: string }[];
}

const MAKES_CANCEL = /^context\.With(?:Cancel|Timeout|Deadline)(?:Cause)?$/;

/** Undefined if the source is not at hand, is not the code that ran, or makes no such context on that line. */
export function findContextCancel(
  files: ReadonlyMap<string, string>,
  frame: SourceFrame,
): ContextCancel | undefined {
  const symbols = getSymbols(files);
  const body = symbols.sources.findFrame(frame);
  if (body === undefined) return undefined;
  for (let node = 0; node < body.tree.count; node++) {
    if (body.tree.kind(node) !== NodeKind.Call || body.tree.parent(node) === NO_NODE) continue;
    const target = symbols.resolveCall(body, node);
    if (target.kind !== "external" || !MAKES_CANCEL.test(target.name)) continue;
    if (frame.line < lineOf(body, node) || frame.line > lastLineOf(body, node)) continue;
    return describe(symbols, body, node);
  }
  return undefined;
}

function lastLineOf({ file, tree }: FunctionBody, node: number): number {
  return file.tokens.line[Math.max(tree.first(node), tree.end(node) - 1)]!;
}

function describe(symbols: Symbols, body: FunctionBody, call: number): ContextCancel {
  const { tree } = body;
  const parent = tree.child(call, 1);
  const result: ContextCancel = {
    text: statementText(body, enclosingStatement(body, call)),
    parent: parent === NO_NODE ? "" : textOf(body, parent),
    cancel: "unused",
    field: "",
    calls: [],
  };
  const list = tree.parent(call);
  const assign = list === NO_NODE ? NO_NODE : tree.parent(list);
  // `return context.WithCancel(ctx)` hands both on.
  if (assign === NO_NODE || tree.kind(assign) !== NodeKind.Assign) return { ...result, cancel: "stored" };
  const cancel = tree.child(tree.firstChild(assign), 1);
  if (cancel === NO_NODE) return result;
  if (tree.kind(cancel) === NodeKind.Selector) return addField(symbols, body, cancel, result);
  if (symbols.nameOf(body, cancel) === "_") return { ...result, cancel: "discarded" };
  const declaration = body.bindings.declaration[cancel]!;
  for (const use of declaration === NO_NODE ? [] : body.bindings.uses(declaration)) {
    if (use === cancel) continue;
    const above = tree.parent(use);
    if (tree.kind(above) === NodeKind.Call && tree.firstChild(above) === use) {
      if (tree.kind(tree.parent(above)) === NodeKind.Defer) return { ...result, cancel: "deferred" };
      result.cancel = "called";
      result.calls.push(lineText({ body, node: above }));
      continue;
    }
    if (result.cancel !== "called") result.cancel = "stored";
    if (tree.kind(above) === NodeKind.KeyValue && tree.firstChild(above) !== use) {
      result.field = symbols.nameOf(body, tree.firstChild(above));
      addFieldCalls(symbols, body, tree.firstChild(above), result);
    } else {
      const target = tree.kind(above) === NodeKind.ExpressionList ? tree.parent(above) : NO_NODE;
      const field =
        target !== NO_NODE && tree.kind(target) === NodeKind.Assign ? fieldAssigned(body, target) : NO_NODE;
      if (field !== NO_NODE) addField(symbols, body, field, result);
    }
  }
  return result;
}

function fieldAssigned({ tree }: FunctionBody, assign: number): number {
  const field = tree.firstChild(tree.firstChild(assign));
  return field !== NO_NODE && tree.kind(field) === NodeKind.Selector ? field : NO_NODE;
}

function addField(symbols: Symbols, body: FunctionBody, field: number, result: ContextCancel): ContextCancel {
  result.cancel = "stored";
  result.field = symbols.nameOf(body, field);
  addFieldCalls(symbols, body, field, result);
  return result;
}

/** Calls `x.abort()` of the field, anywhere in the package. */
function addFieldCalls(symbols: Symbols, body: FunctionBody, field: number, result: ContextCancel): void {
  const name = symbols.nameOf(body, field);
  const home = symbols.sources.getPackage(body.file);
  for (const file of home.files) {
    for (const declaration of file.functions) {
      const other = symbols.sources.getBody(file, declaration);
      for (let node = 0; node < other.tree.count; node++) {
        if (other.tree.kind(node) !== NodeKind.Call || other.tree.parent(node) === NO_NODE) continue;
        const callee = other.tree.firstChild(node);
        if (other.tree.kind(callee) !== NodeKind.Selector || symbols.nameOf(other, callee) !== name) continue;
        result.calls.push(lineText({ body: other, node }));
      }
    }
  }
}

function lineText({ body, node }: Mention): { file: string; line: number; text: string } {
  return {
    file: body.file.path,
    line: lineOf(body, node),
    text: statementText(body, enclosingStatement(body, node)),
  };
}
