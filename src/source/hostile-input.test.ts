import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildBindings } from "./bindings.ts";
import { type GoFile, readGoFile } from "./go-file.ts";
import { tokenizeGo } from "./go-lexer.ts";
import { parseFunction, parseInitializers } from "./go-parser.ts";
import { NO_NODE, NodeKind, type SyntaxTree } from "./go-syntax-tree.ts";
import { findBlockingStatement } from "./goroutine-source.ts";
import { traceRetention } from "./retention-path.ts";
import { declaredName } from "./runtime-name.ts";

/** Pieces that make random text look enough like Go to get deep into the readers. */
const PIECES = [
  ..."()[]{}.,;:=<>+-*/&|^!~\n\t `'\"0x1_",
  "\n}\n",
  ":=",
  "<-",
  "...",
  "func",
  "func f(",
  "func (s *T) m(",
  "type T struct {",
  "var x ",
  "const (",
  "import (",
  "map[string]",
  "chan ",
  "interface{",
  "if x ",
  "else ",
  "for ",
  "range ",
  "switch ",
  "select {",
  "case ",
  "default:",
  "go ",
  "defer ",
  "return ",
  "append(x, ",
  "x",
  "y",
  "s.m",
  "make([]byte, n)",
  "//",
  "/*",
  "*/",
  "package p\n",
  "é",
  "世",
  "\ud800",
  "\u0000",
  "\r\n",
  "\ufeff",
];
const goLikeText = fc.array(fc.constantFrom(...PIECES), { maxLength: 200 }).map((pieces) => pieces.join(""));

function realFiles(): string[] {
  const texts: string[] = [];
  const pending = [
    resolve(import.meta.dirname, "../../zoo"),
    resolve(import.meta.dirname, "../../test/oracles"),
  ];
  while (pending.length > 0) {
    const folder = pending.pop()!;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory() && !entry.name.startsWith(".")) pending.push(join(folder, entry.name));
      else if (entry.name.endsWith(".go")) texts.push(readFileSync(join(folder, entry.name), "utf8"));
    }
  }
  return texts;
}

/** A real file with a stretch cut out, doubled, or replaced by something else. */
const mutatedFile = fc
  .tuple(
    fc.constantFrom(...realFiles()),
    fc.array(
      fc.tuple(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat({ max: 40 }),
        goLikeText.map((t) => t.slice(0, 30)),
      ),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
  )
  .map(([text, edits]) => {
    let result = text;
    for (const [where, length, replacement] of edits) {
      const at = Math.floor(where * result.length);
      result = result.slice(0, at) + replacement + result.slice(at + length);
    }
    return result;
  });

/** Every node lies inside its parent, siblings follow each other: what all readers of trees rely on. */
function checkTree(tree: SyntaxTree): void {
  for (let node = 0; node < tree.count; node++) {
    expect(tree.end(node)).toBeGreaterThanOrEqual(tree.first(node));
    if (node > 0 && tree.parent(node) === NO_NODE) continue;
    // In `a, b int` both parameters have the one type.
    if (tree.kind(node) === NodeKind.ParameterList || tree.kind(node) === NodeKind.Parameter) continue;
    let before = tree.first(node);
    for (const child of tree.children(node)) {
      expect(tree.parent(child)).toBe(node);
      expect(tree.first(child)).toBeGreaterThanOrEqual(before);
      expect(tree.end(child)).toBeLessThanOrEqual(tree.end(node));
      before = tree.end(child);
    }
  }
}

function readAll(text: string): GoFile {
  const tokens = tokenizeGo(text);
  for (let i = 1; i < tokens.count; i++) {
    expect(tokens.start[i]).toBeGreaterThanOrEqual(tokens.end[i - 1]!);
    expect(tokens.line[i]).toBeGreaterThanOrEqual(tokens.line[i - 1]!);
  }
  const file = readGoFile("p/a.go", text);
  for (const { kind, tokens: at } of file.functions) {
    const tree =
      kind === "initializer"
        ? parseInitializers(file, [{ start: at.first, end: at.end }])
        : parseFunction(file, at);
    checkTree(tree);
    buildBindings(file.tokens, tree);
  }
  return file;
}

function traceEverywhere(file: GoFile): void {
  const files = new Map([[file.path, file.tokens.text]]);
  for (const declaration of file.functions) {
    const name = `${file.packageName}.${declaredName(declaration)}`;
    const last = Math.min(declaration.lastLine, declaration.firstLine + 12);
    for (let line = declaration.firstLine; line <= last; line++) {
      const frame = { function: name, file: file.path, line };
      traceRetention(files, [frame, frame, { ...frame, line: declaration.lastLine }]);
      findBlockingStatement(files, frame);
    }
  }
}

describe("source that is no Go", () => {
  it("random pieces of Go never throw, and trees stay sound", () => {
    fc.assert(
      fc.property(goLikeText, (text) => {
        traceEverywhere(readAll(text));
        traceEverywhere(
          readAll(`package p\n\nfunc (s *T) m(x []byte) {\n\ty := make([]byte, 3)\n${text}\n}\n`),
        );
      }),
      { numRuns: 400 },
    );
  });

  it("mutated real files never throw", () => {
    fc.assert(
      fc.property(mutatedFile, (text) => traceEverywhere(readAll(text))),
      { numRuns: 150 },
    );
  });

  it("every prefix of a real file is read", () => {
    const text = realFiles()
      .sort((a, b) => a.length - b.length)
      .at(-1)!;
    for (let end = 0; end < text.length; end += 13) readAll(text.slice(0, end));
  });

  it.each<[string, string, string]>([
    ["parentheses", "x := ", "("],
    ["brackets and braces", "x := ", "([{"],
    ["operators", "x := ", "-!*&<-"],
    ["selectors", "x := a", ".b"],
    ["calls", "x := a", "()"],
    ["literals in literals", "x := []T{", "{"],
    ["function literals", "x := ", "func() { y := "],
    ["loops with literals in their headers", "", "for x = func() { "],
    ["else if", "if a {}", " else if b {}"],
    ["nested if", "", "if a {"],
    ["assignments to one variable", "x := make([]byte, 1)\n", "x = append(x, 1)\n"],
    ["uses of one variable", "x := new(T)\n", "s.m[x] = x\n"],
    ["calls of itself", "x := new(T)\n", "x = f(f(x))\n"],
    ["a chain of slices", "x := make([]byte, 9)\ny := x", "[1:]"],
  ])("a file of nothing but %s ends in time", (_, start, piece) => {
    const text = `package p\nfunc f(a *T) *T {\n${start}${piece.repeat(20_000 / piece.length)}`;
    const file = readGoFile("p/a.go", text);
    expect(file.functions.length).toBeGreaterThan(0);
    const files = new Map([["p/a.go", text]]);
    for (const line of [3, 4]) {
      const frame = { function: "p.f", file: "p/a.go", line };
      traceRetention(files, [frame, frame]);
      findBlockingStatement(files, frame);
    }
  });
});
