import { parse, TomlError } from "smol-toml";
import { type AST, parseTOML } from "toml-eslint-parser";
import type { ConfigPath, ConfigProblem, ProblemAt, TextPlace } from "./config-problem.ts";

export type TomlTable = { [key: string]: TomlValue };
export type TomlValue = string | number | boolean | Date | TomlValue[] | TomlTable;

/** A TOML file as values, and where each of them stands. */
export interface TomlDocument {
  root: TomlTable;
  locate(problem: ProblemAt): ConfigProblem;
}

/** A file of this size is none of ours; what is larger would only cost time. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Values by smol-toml (TOML 1.0), positions by toml-eslint-parser. Gives the first syntax error, if there is one. */
export function parseTomlDocument(text: string): TomlDocument | ConfigProblem {
  if (text.length > MAX_BYTES) {
    return syntaxError("the file is larger than 4 MiB", 1, 1, "put targets into files of a [[discovery]]");
  }
  let root: TomlTable;
  try {
    root = parse(text, { unsafeKeyBehaviour: "throw", maxDepth: 32 }) as unknown as TomlTable;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = error.message.split("\n")[0]!.replace(/^Invalid TOML document: /, "");
    return syntaxError(what, error.line, error.column, SYNTAX_HINTS.find(([about]) => about.test(what))?.[1]);
  }
  const lines = text.split(/\r?\n/);
  // Only a file that has problems needs places, and they cost more than all the rest.
  let places: PlaceNode | null = null;
  const locateProblem = (problem: ProblemAt): ConfigProblem => {
    places ??= readPlaces(text);
    return locate(places, lines, problem);
  };
  return { root, locate: locateProblem };
}

function readPlaces(text: string): PlaceNode {
  try {
    return indexPlaces(parseTOML(text, { tomlVersion: "1.0" }));
  } catch {
    // Both parsers follow one standard, yet where they differ a place at the top beats none.
    return { key: null, value: null, plain: false, children: new Map() };
  }
}

const SYNTAX_HINTS: readonly [RegExp, string][] = [
  [/redefine/, "each key may stand once; a list of tables is written [[name]]"],
  [/unfinished string|control characters/, 'close the text with "'],
  [/losslessly/, 'write very large numbers as sizes, e.g. "8GiB"'],
  [/invalid value/, 'text stands in quotes: key = "value"'],
  [/end-of-line/, "put each key on a line of its own"],
  [
    /illegal character in key/,
    "a table's name stands in brackets: [name], a key has letters, digits, _ and -",
  ],
];

function syntaxError(message: string, line: number, column: number, hint: string | undefined): ConfigProblem {
  return {
    severity: "error",
    code: "syntax",
    message: `not valid TOML: ${message}`,
    hint: hint ?? null,
    place: { line, column, endColumn: column + 1 },
  };
}

interface PlaceNode {
  key: AST.SourceLocation | null;
  value: AST.SourceLocation | null;
  /** A string in quotes on one line without escapes: offsets in it are columns. */
  plain: boolean;
  children: Map<string | number, PlaceNode>;
}

function indexPlaces(program: AST.TOMLProgram): PlaceNode {
  const root: PlaceNode = { key: null, value: null, plain: false, children: new Map() };
  for (const item of program.body[0].body) {
    if (item.type === "TOMLKeyValue") indexKeyValue(root, item);
    else {
      let node = root;
      const names = item.key.keys;
      let named = 0;
      for (const step of item.resolvedKey) {
        node = childOf(node, step);
        if (typeof step === "string") node.key ??= names[named++]?.loc ?? null;
        else node.key ??= names[named - 1]?.loc ?? null;
      }
      node.value ??= item.key.loc;
      for (const pair of item.body) indexKeyValue(node, pair);
    }
  }
  return root;
}

function indexKeyValue(table: PlaceNode, pair: AST.TOMLKeyValue): void {
  let node = table;
  for (const name of pair.key.keys) {
    node = childOf(node, name.type === "TOMLBare" ? name.name : name.value);
    node.key ??= name.loc;
  }
  indexValue(node, pair.value);
}

/** Depth is bounded: the file has been parsed with a limit. */
function indexValue(node: PlaceNode, content: AST.TOMLContentNode): void {
  node.value = content.loc;
  if (content.type === "TOMLArray") {
    for (const [i, element] of content.elements.entries()) indexValue(childOf(node, i), element);
  } else if (content.type === "TOMLInlineTable") {
    for (const pair of content.body) indexKeyValue(node, pair);
  } else if (content.kind === "string") {
    const written = content.range[1] - content.range[0];
    node.plain = !content.multiline && written === content.value.length + 2;
  }
}

function childOf(node: PlaceNode, step: string | number): PlaceNode {
  let child = node.children.get(step);
  if (child === undefined) {
    child = { key: null, value: null, plain: false, children: new Map() };
    node.children.set(step, child);
  }
  return child;
}

function locate(root: PlaceNode, lines: readonly string[], problem: ProblemAt): ConfigProblem {
  const { severity = "error", code, message, hint = null } = problem;
  return { severity, code, message, hint, place: findPlace(root, lines, problem) };
}

function findPlace(root: PlaceNode, lines: readonly string[], problem: ProblemAt): TextPlace {
  const node = descend(root, problem.path);
  const found =
    problem.part === "value" || problem.part === undefined
      ? (node.value ?? node.key)
      : (node.key ?? node.value);
  if (found === null) return { line: 1, column: 1, endColumn: 2 };
  const line = found.start.line;
  const column = found.start.column + 1;
  const lineEnd = (lines[line - 1]?.length ?? 0) + 1;
  if (problem.within !== undefined && node.plain) {
    const start = Math.min(column + 1 + problem.within.offset, lineEnd);
    return {
      line,
      column: start,
      endColumn: Math.max(start + 1, Math.min(start + problem.within.length, lineEnd)),
    };
  }
  const endColumn = found.end.line === line ? found.end.column + 1 : lineEnd;
  return { line, column, endColumn: Math.max(column + 1, endColumn) };
}

/** The node of the path, or of the nearest table above that the file has. */
function descend(root: PlaceNode, path: ConfigPath): PlaceNode {
  let node = root;
  for (const step of path) {
    const next = node.children.get(step);
    if (next === undefined) break;
    node = next;
  }
  return node;
}
