import { findFunctionAt, type GoFile, type GoFunction, readGoFile } from "./go-file.ts";
import { tokenText } from "./go-lexer.ts";
import type { SourceFrame } from "./go-sources.ts";
import { TokenKind } from "./go-token.ts";
import { splitAtCommas } from "./go-type-syntax.ts";
import { declaredName } from "./runtime-name.ts";

/** A call of `runtime.SetFinalizer(x, f)` or `runtime.AddCleanup(x, f, arg)`. */
export interface FinalizerRegistration {
  call: "SetFinalizer" | "AddCleanup";
  site: SourceFrame;
  /** Lines of the function that it is in. */
  firstLine: number;
  lastLine: number;
  /** The object, as written. */
  object: string;
  /** What keeps the object reachable from its own finalizer, so that it never runs. */
  pin: FinalizerPin | undefined;
}

interface FinalizerPin {
  /**
   * `closure`: the function literal uses the object's variable. `method`: it is a method value of the object. `argument`:
   * the cleanup's argument is an address inside the object. `cycle`: what the object points to points back.
   */
  kind: "closure" | "method" | "argument" | "cycle";
  /** Line of the use; of a cycle the field that points back. */
  site: SourceFrame;
  text: string;
}

export function findFinalizerRegistrations(files: ReadonlyMap<string, string>): FinalizerRegistration[] {
  const found: FinalizerRegistration[] = [];
  for (const [path, text] of files) {
    if (path.endsWith("_test.go") || !/\b(SetFinalizer|AddCleanup)\b/.test(text)) continue;
    const file = readGoFile(path, text);
    const { tokens } = file;
    for (let i = 2; i + 1 < tokens.count; i++) {
      const call = tokenText(tokens, i);
      if (call !== "SetFinalizer" && call !== "AddCleanup") continue;
      if (tokenText(tokens, i - 2) !== "runtime" || tokens.kind[i + 1] !== TokenKind.LParen) continue;
      const registration = readRegistration(file, call, i);
      if (registration !== undefined) found.push(registration);
    }
  }
  return found;
}

function readRegistration(
  file: GoFile,
  call: FinalizerRegistration["call"],
  at: number,
): FinalizerRegistration | undefined {
  const { tokens, ends } = file;
  const [object, action, argument] = splitAtCommas(file, at + 2, ends[at + 1]!);
  const declaration = findFunctionAt(file, tokens.line[at]!);
  if (object === undefined || action === undefined || declaration === undefined) return undefined;
  const frame = (line: number): SourceFrame => ({
    function: declaredName(declaration),
    file: file.path,
    line,
  });
  const name = object.end - object.start === 1 ? tokenText(tokens, object.start) : "";
  return {
    call,
    site: frame(tokens.line[at]!),
    firstLine: declaration.firstLine,
    lastLine: declaration.lastLine,
    object: name,
    pin: name === "" ? undefined : findPin(),
  };

  function findPin(): FinalizerPin | undefined {
    const pin = (kind: FinalizerPin["kind"], token: number): FinalizerPin => {
      const line = tokens.line[token]!;
      return { kind, site: frame(line), text: lineText(file, line) };
    };
    if (tokens.kind[action!.start] === TokenKind.Func) {
      const use = findCapture(file, action!, name);
      if (use >= 0) return pin("closure", use);
    } else if (
      call === "AddCleanup" &&
      tokenText(tokens, action!.start) === name &&
      tokens.kind[action!.start + 1] === TokenKind.Period
    ) {
      return pin("method", action!.start);
    }
    if (
      call === "AddCleanup" &&
      argument !== undefined &&
      tokens.kind[argument.start] === TokenKind.And &&
      tokenText(tokens, argument.start + 1) === name
    ) {
      return pin("argument", argument.start);
    }
    if (call === "AddCleanup") return undefined;
    const back = findCycle(file, typeOfLocal(file, declaration!, name));
    return back === undefined
      ? undefined
      : {
          kind: "cycle",
          site: { function: "", file: file.path, line: back.line },
          text: lineText(file, back.line),
        };
  }
}

/** Token at which a function literal uses an outer variable, or -1: not a field's name, not its own parameter. */
function findCapture(file: GoFile, literal: { start: number; end: number }, name: string): number {
  const { tokens, ends } = file;
  const open = literal.start + 1;
  if (tokens.kind[open] !== TokenKind.LParen) return -1;
  for (const parameter of splitAtCommas(file, open + 1, ends[open]!)) {
    if (tokenText(tokens, parameter.start) === name && parameter.end - parameter.start > 1) return -1;
  }
  for (let i = ends[open]! + 1; i < literal.end; i++) {
    if (tokens.kind[i] !== TokenKind.Ident || tokenText(tokens, i) !== name) continue;
    if (tokens.kind[i - 1] === TokenKind.Period) continue;
    // `name: value` in a composite literal is a field; `name := …` makes another variable.
    if (tokens.kind[i + 1] === TokenKind.Colon) continue;
    if (tokens.kind[i + 1] === TokenKind.Define) return -1;
    return i;
  }
  return -1;
}

/** Name of the struct type that a local variable points to, from its declaration or its parameter; "" if not plain. */
function typeOfLocal(file: GoFile, declaration: GoFunction, name: string): string {
  if (declaration.receiver?.name === name) return declaration.receiver.type;
  const parameter = declaration.parameters.find((p) => p.name === name);
  if (parameter !== undefined) return parameter.type.replace(/^\*/, "");
  const { tokens } = file;
  for (let i = 0; i + 3 < tokens.count; i++) {
    const line = tokens.line[i]!;
    if (line < declaration.firstLine || line > declaration.lastLine) continue;
    if (tokenText(tokens, i) !== name || tokens.kind[i + 1] !== TokenKind.Define) continue;
    if (tokens.kind[i + 2] === TokenKind.And) return tokenText(tokens, i + 3);
    if (tokenText(tokens, i + 2) === "new") return tokenText(tokens, i + 4);
  }
  return "";
}

/**
 * A field through which what the object points to points back at it: a finalizer keeps all that its object reaches, and
 * so the object itself.
 */
function findCycle(file: GoFile, typeName: string): { line: number } | undefined {
  const typeOf = (name: string) => file.types.find((type) => type.name === name);
  const object = typeName === "" ? undefined : typeOf(typeName);
  for (const field of object?.fields ?? []) {
    const target = pointee(field.type);
    if (target === undefined || target === typeName) continue;
    const back = typeOf(target)?.fields.find((f) => pointee(f.type) === typeName);
    if (back !== undefined) return { line: back.line };
  }
  return undefined;
}

/** "T" of `*T`, `[]*T` and `map[K]*T`. */
function pointee(type: string): string | undefined {
  return /^(?:\[\d*\]|map\[\w+\])*\*(\w+)$/.exec(type)?.[1];
}

const MAX_TEXT = 120;

function lineText(file: GoFile, line: number): string {
  const { tokens } = file;
  const words: number[] = [];
  for (let i = 0; i < tokens.count; i++) if (tokens.line[i] === line) words.push(i);
  const [first, last] = [words[0], words.at(-1)];
  if (first === undefined || last === undefined) return "";
  return tokens.text.slice(tokens.start[first]!, tokens.end[last]!).trim().slice(0, MAX_TEXT);
}
