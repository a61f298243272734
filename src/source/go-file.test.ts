import { describe, expect, it } from "vitest";
import { readGoFile, shapeOfType } from "./go-file.ts";
import { declaredName } from "./runtime-name.ts";

describe("readGoFile", () => {
  it("reads package and imports, guessing names that are not written", () => {
    const file = readGoFile(
      "a.go",
      `// Package a.
package a

import "fmt"
import (
	gosync "sync"
	"net/http"
	_ "embed"
	. "math"
	"gopkg.in/yaml.v3"
	"github.com/redis/go-redis/v9"
	\`example.com/uuid-go\`
)`,
    );
    expect(file.packageName).toBe("a");
    expect(Object.fromEntries(file.imports)).toEqual({
      fmt: "fmt",
      gosync: "sync",
      http: "net/http",
      _: "embed",
      yaml: "gopkg.in/yaml.v3",
      redis: "github.com/redis/go-redis/v9",
      uuid: "example.com/uuid-go",
    });
  });

  it("reads functions and methods with their signatures and lines", () => {
    const file = readGoFile(
      "a.go",
      `package a

func plain() {}
func args(a, b int, rest ...string) (n int, err error) {
	return
}
func types(int, []string, map[string]func(x int) error) <-chan struct{} { return nil }
func (s *Store[K, V]) Put(key K, v *V) bool { return true }
func (Store) Unnamed() interface{ M() } { return nil }
func Map[K comparable, V []K | ~string](f func(K) V, in chan<- K) map[K]V { return nil }
func assembly(x uint64) uint64
func (t *T) M[K any](k K) K { return k }
`,
    );
    const show = (list: readonly { name: string; type: string; variadic: boolean }[]): string =>
      list.map(({ name, type, variadic }) => `${name} ${variadic ? "..." : ""}${type}`.trim()).join(", ");
    expect(
      file.functions.map(
        (f) =>
          `${f.firstLine}-${f.lastLine} ${declaredName(f)}[${f.typeParameters}](${show(f.parameters)}) (${show(f.results)})`,
      ),
    ).toEqual([
      "3-3 plain[]() ()",
      "4-6 args[](a int, b int, rest ...string) (n int, err error)",
      "7-7 types[](int, []string, map[string]func(x int) error) (<-chan struct{})",
      "8-8 (*Store).Put[](key K, v *V) (bool)",
      "9-9 Store.Unnamed[]() (interface{M()})",
      "10-10 Map[K,V](f func(K) V, in chan<- K) (map[K]V)",
      "11-11 assembly[](x uint64) (uint64)",
      "12-12 (*T).M[K](k K) (K)",
    ]);
    expect(file.functions[10 - 4]!.tokens.body).toBe(-1);
  });

  it("reads package variables with the type that is declared or that the value spells out", () => {
    const file = readGoFile(
      "a.go",
      `package a
var plain map[string]int
var (
	made  = make(map[string][]byte, 10)
	list  = []T{{1}, {2}}
	cache sync.Map
	ptr   = &Store{m: nil}
	fresh = new(Store)
	a, b  = make(chan int), 5
	f     = func() {}
	other = build()
	grid  [4][8]int
	once  *sync.Once
	gen   = Cache[string, int]{}
)`,
    );
    expect(file.variables.map(({ name, type, shape }) => `${name}: ${type} ${shape}`)).toEqual([
      "plain: map[string]int map",
      "made: map[string][]byte map",
      "list: []T slice",
      "cache: sync.Map sync-map",
      "ptr: *Store pointer",
      "fresh: *Store pointer",
      "a: chan int channel",
      "b:  unknown",
      "f: func() function",
      "other:  unknown",
      "grid: [4][8]int array",
      "once: *sync.Once pointer",
      "gen: Cache[string, int] named",
    ]);
    const initializers = file.variables.map(({ initializer }) => file.functions[initializer]?.name);
    expect(initializers).toEqual([
      undefined,
      "made",
      "list",
      undefined,
      "ptr",
      "fresh",
      "a",
      "a",
      "f",
      "other",
      undefined,
      undefined,
      "gen",
    ]);
  });

  it("reads types with their fields, embedded ones too", () => {
    const file = readGoFile(
      "a.go",
      `package a
type Store struct {
	mu       sync.Mutex // guards sessions
	sessions map[string]*Session \`json:"s"\`
	a, b     [2]int
	*Base
	other.Thing
	List[int]
	hook func(x int) (string, error)
	inner struct {
		deep int
	}
}
type ID string
type Alias = other.Thing
type Tree[K comparable, V any] struct{ left, right *Tree[K, V] }
type Set[P *T, C constraint] map[P]C
type Grid [size]int
type (
	Handler func(w io.Writer)
	Getter interface{ Get(string) []byte }
)`,
    );
    const types = file.types.map(
      ({ name, typeParameters, underlying }) => `${name}[${typeParameters}] ${underlying}`,
    );
    expect(types).toEqual([
      "Store[] struct",
      "ID[] string",
      "Alias[] other.Thing",
      "Tree[K,V] struct",
      "Set[P,C] map[P]C",
      "Grid[] [size]int",
      "Handler[] func(w io.Writer)",
      "Getter[] interface{Get(string) []byte}",
    ]);
    expect(
      file.types[0]!.fields.map(
        ({ name, type, embedded }) => `${name}: ${type}${embedded ? " embedded" : ""}`,
      ),
    ).toEqual([
      "mu: sync.Mutex",
      "sessions: map[string]*Session",
      "a: [2]int",
      "b: [2]int",
      "Base: *Base embedded",
      "Thing: other.Thing embedded",
      "List: List[int] embedded",
      "hook: func(x int) (string, error)",
      "inner: struct{deep int}",
    ]);
    expect(file.types[3]!.fields.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      "left: *Tree[K, V]",
      "right: *Tree[K, V]",
    ]);
  });

  it.each([
    ["an unclosed body", "func broken() {\n\tif x {\n\t\ty(\n\nfunc next() {}\n"],
    ["a brace too many", "func broken() {\n}}\n\nfunc next() {}\n"],
    ["an unclosed string", 'func broken() { x := "\n}\n\nfunc next() {}\n'],
    ["half a method", "func (s *Store\n\nfunc next() {}\n"],
    ["a half-written declaration", "var x = map[string\n\nfunc next() {}\n"],
    ["merge conflict", "<<<<<<< HEAD\nfunc broken() {\n=======\n>>>>>>> x\n\nfunc next() {}\n"],
  ])("goes on behind %s", (_, text) => {
    const file = readGoFile("a.go", `package a\n\n${text}`);
    expect(file.functions.map(({ name }) => name)).toContain("next");
  });

  it("knows the shapes of types", () => {
    expect(
      [
        "map[a]b",
        "[]x",
        "[3]x",
        "chan x",
        "<-chan x",
        "chan<- x",
        "func()",
        "*T",
        "*list.List",
        "sync.Map",
        "any",
        "T",
        "",
      ].map(shapeOfType),
    ).toEqual([
      "map",
      "slice",
      "array",
      "channel",
      "channel",
      "channel",
      "function",
      "pointer",
      "list",
      "sync-map",
      "interface",
      "named",
      "unknown",
    ]);
  });
});
