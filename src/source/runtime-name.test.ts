import { describe, expect, it } from "vitest";
import { findFunctionAt, readGoFile } from "./go-file.ts";
import { declaredName, matchesRuntimeName, parseRuntimeName } from "./runtime-name.ts";

describe("parseRuntimeName", () => {
  it.each([
    ["main.main", "main", "main", false],
    ["main.(*Store).Put", "main", "(*Store).Put", false],
    ["main.handle.func1", "main", "handle", true],
    ["main.handle.func1.2", "main", "handle", true],
    ["main.main.gowrap1", "main", "main", true],
    ["main.main.deferwrap2", "main", "main", true],
    ["main.all-range1", "main", "all", true],
    ["example.com/a/b.T.Get-fm", "example.com/a/b", "T.Get", true],
    ["github.com/a/b/c.(*T[...]).M.func2.1", "github.com/a/b/c", "(*T).M", true],
    ["example.com/x.Map[go.shape.[]example.com/y.Z]", "example.com/x", "Map", false],
    ["gopkg.in/yaml%2ev3.(*Decoder).Decode", "gopkg.in/yaml.v3", "(*Decoder).Decode", false],
    ["example.com/lib%252ev2.H.func1", "example.com/lib.v2", "H", true],
    ["pkg.init.0", "pkg", "init", true],
    ["pkg.init.func1", "pkg", "init", true],
    ["main.glob..func1", "main", "glob.", true],
    ["main.main.main.(*T[...]).M.func2.func3", "main", "main.main.(*T).M", true],
    ["runtime", "", "runtime", false],
  ])("%s", (name, packagePath, declared, isLiteral) => {
    expect(parseRuntimeName(name)).toMatchObject({ packagePath, declared, isLiteral });
  });
});

// Names printed by programs built with Go 1.21, 1.24 and 1.27 from a file like this one.
const source = `package lib

func H() func() {
	return func() { println() }
}

type S struct{}

func (s S) Value() {}

func (s *S) Pointer() func() {
	return func() {}
}

type T[K any] struct{}

func (t *T[K]) M() func() { return nil }

func G[K any](k K) {}

func init() { H() }

var x = func() int {
	return 1
}()
`;

describe("matchesRuntimeName", () => {
  const file = readGoFile("lib/lib.go", source);

  it.each([
    [3, "example.com/lib.H", true],
    [4, "example.com/lib.H.func1", true],
    [4, "main.main.H.func3", true],
    [4, "main.main.other.func3", false],
    [4, "example.com/lib.G.func1", false],
    [9, "example.com/lib.S.Value", true],
    [9, "example.com/lib.(*S).Value", true],
    [11, "example.com/lib.(*S).Pointer", true],
    [11, "example.com/lib.S.Pointer", false],
    [12, "main.main.(*S).Pointer.func4", true],
    [12, "example.com/lib%252ev2.(*S).Pointer.func1", true],
    [17, "example.com/lib.(*T[...]).M", true],
    [17, "main.main.main.(*T[...]).M.func2.func3", true],
    [19, "example.com/lib.G[...]", true],
    [21, "example.com/lib.init.0", true],
    [24, "example.com/lib.glob..func1", true],
    [24, "example.com/lib.init.func1", true],
    [24, "example.com/lib.H", false],
    [3, "main.H", false],
  ])("line %i runs as %s: %s", (line, name, expected) => {
    const declaration = findFunctionAt(file, line);
    expect(declaration).toBeDefined();
    expect(matchesRuntimeName(declaration!, name, file)).toBe(expected);
  });

  it("finds no function between declarations", () => {
    expect(findFunctionAt(file, 7)).toBeUndefined();
    expect(findFunctionAt(file, 99)).toBeUndefined();
  });

  it("names declarations as Go prints them", () => {
    expect(file.functions.map(declaredName)).toEqual([
      "H",
      "S.Value",
      "(*S).Pointer",
      "(*T).M",
      "G",
      "init",
      "x",
    ]);
  });
});
