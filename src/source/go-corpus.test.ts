import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requiredTool } from "../../test/support/required-tool.ts";
import { readGoFile } from "./go-file.ts";
import { parseFunction } from "./go-parser.ts";
import { NO_NODE, NodeKind } from "./go-syntax-tree.ts";
import { findBlockingStatement } from "./goroutine-source.ts";
import { traceRetention } from "./retention-path.ts";
import { declaredName } from "./runtime-name.ts";

const go = requiredTool("go");
const ORACLE = resolve(import.meta.dirname, "../../test/oracles/go-counts/main.go");

/** Which column of the oracle counts a kind of node. */
const COLUMN_OF_NODE: ReadonlyMap<number, string> = new Map<number, string>([
  [NodeKind.Call, "calls"],
  [NodeKind.CompositeLit, "literals"],
  [NodeKind.FuncLit, "functionLiterals"],
  [NodeKind.Assign, "assigns"],
  [NodeKind.If, "ifs"],
  [NodeKind.For, "fors"],
  [NodeKind.Range, "ranges"],
  [NodeKind.Switch, "switches"],
  [NodeKind.Select, "selects"],
  [NodeKind.Send, "sends"],
  [NodeKind.Return, "returns"],
  [NodeKind.Go, "gos"],
  [NodeKind.Defer, "defers"],
  [NodeKind.Slice, "slices"],
  [NodeKind.KeyValue, "keyValues"],
  [NodeKind.Bad, "bad"],
]);

/** The same numbers as the oracle's, from our own lexer and parser. */
function countFile(path: string, columns: readonly string[]): string {
  const file = readGoFile(path, readFileSync(path, "utf8"));
  const count = new Map<string, number>();
  let lineSum = 0;
  for (let i = 0; i < file.tokens.count - 1; i++) lineSum = (lineSum * 31 + file.tokens.line[i]!) % 1000003;
  count.set("tokens", file.tokens.count);
  count.set("lineSum", lineSum);
  count.set("functions", file.functions.filter(({ kind }) => kind === "function").length);
  count.set("methods", file.functions.filter(({ kind }) => kind === "method").length);
  count.set("variables", file.variables.length);
  count.set("types", file.types.length);
  count.set(
    "fields",
    file.types.reduce((sum, { fields }) => sum + fields.length, 0),
  );
  for (const { kind, tokens } of file.functions) {
    if (kind === "initializer" || tokens.body < 0) continue;
    const tree = parseFunction(file, tokens);
    for (let node = 1; node < tree.count; node++) {
      const column = tree.parent(node) === NO_NODE ? undefined : COLUMN_OF_NODE.get(tree.kind(node));
      if (column !== undefined) count.set(column, (count.get(column) ?? 0) + 1);
    }
  }
  const bad = count.get("bad") ?? 0;
  return columns.map((column) => count.get(column) ?? 0).join("\t") + (bad > 0 ? `\t${bad} bad` : "");
}

describe.skipIf(!go.available)(`the Go standard library and tools${go.skipReason}`, () => {
  let folder: string;
  let root: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "gopatrol-oracle-"));
    root = execFileSync(go.path, ["env", "GOROOT"], { encoding: "utf8" }).trim();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("has the tokens, declarations and statements that Go's own parser finds, file by file", () => {
    const program = join(folder, "go-counts");
    execFileSync(go.path, ["build", "-o", program, ORACLE], { env: { ...process.env, CGO_ENABLED: "0" } });
    const output = execFileSync(program, [join(root, "src")], { encoding: "utf8", maxBuffer: 64 << 20 });
    const [header = "", ...lines] = output.trimEnd().split("\n");
    const columns = header.split("\t").slice(1);
    expect(lines.length).toBeGreaterThan(5000);
    const different: string[] = [];
    for (const line of lines) {
      const tab = line.indexOf("\t");
      const ours = countFile(line.slice(0, tab), columns);
      if (ours !== line.slice(tab + 1)) different.push(`${line}\nours: ${ours}`);
    }
    expect(different.slice(0, 5)).toEqual([]);
  }, 240_000);

  it("can be traced from any line", () => {
    const files = new Map<string, string>();
    for (const directory of ["net/http", "container/list", "text/template/parse", "sync"]) {
      for (const name of readdirSync(join(root, "src", directory))) {
        if (!name.endsWith(".go") || name.endsWith("_test.go")) continue;
        const path = join(root, "src", directory, name);
        files.set(path, readFileSync(path, "utf8"));
      }
    }
    let found = 0;
    for (const [path, text] of files) {
      const file = readGoFile(path, text);
      for (const declaration of file.functions) {
        const name = `${file.packageName}.${declaredName(declaration)}`;
        for (let line = declaration.firstLine; line <= declaration.lastLine; line += 5) {
          const frames = [
            { function: name, file: path, line },
            { function: name, file: path, line: declaration.lastLine },
          ];
          if (traceRetention(files, frames) !== undefined) found++;
          findBlockingStatement(files, frames[0]!);
        }
      }
    }
    expect(found).toBeGreaterThan(100);
  }, 120_000);
});
