import { describe, expect, it } from "vitest";
import { goSnippet } from "../../test/support/go-snippet.ts";
import { type CostlyLoop, findCostlyLoop } from "./costly-loop.ts";

function loopOf(source: string): CostlyLoop | undefined {
  const { files, frames } = goSnippet(source);
  return findCostlyLoop(files, frames[0]!);
}

describe("an append in a loop", () => {
  it("knows how often it runs, and what an element takes", () => {
    expect(
      loopOf(`
type row struct { name string; cents int64; paid bool; tags []string }
func f(xs []int) []row {
	var rows []row
	for _, x := range xs {
		rows = append(rows, row{cents: int64(x)}) //@0 main.f
	}
	return rows
}`),
    ).toMatchObject({
      kind: "append",
      target: "rows",
      sliceType: "[]row",
      turns: "len(xs)",
      declared: { text: "rows []row" },
      element: { bytes: 16 + 8 + 8 + 24, hasPointers: true },
    });
  });

  const cases: [name: string, turns: string | undefined | null, source: string][] = [
    ["a counted loop", "n", "for i := 0; i < n; i++ { out = append(out, i) //@0 main.f\n}"],
    ["a loop over an integer", "n", "for i := range n { out = append(out, i) //@0 main.f\n}"],
    ["rows whose number nobody knows", undefined, "for rows.Next() { out = append(out, 1) //@0 main.f\n}"],
    ["two loops", undefined, "for i := 0; i < n; i++ { for range xs { out = append(out, i) //@0 main.f\n} }"],
    ["no loop", null, "out = append(out, n) //@0 main.f"],
    ["a slice of each turn", null, "for range xs { var in []int; in = append(in, n) //@0 main.f\n}"],
    [
      "slices in a map",
      null,
      "m := map[int][]int{}\nfor i := range n { m[i%9] = append(m[i%9], i) //@0 main.f\n}",
    ],
    ["a field", null, "for i := range n { s.all = append(s.all, i) //@0 main.f\n}"],
  ];
  it.each(cases)("%s", (_, turns, body) => {
    const found = loopOf(`func f(n int, xs []int, rows *sql.Rows, s *store) {\nvar out []int\n${body}\n}`);
    if (turns === null) expect(found).toBeUndefined();
    else expect(found).toMatchObject({ kind: "append", ...(turns === undefined ? {} : { turns }) });
    if (turns === undefined) expect(found?.turns).toBeUndefined();
  });

  it("is none where the slice has its capacity", () => {
    expect(
      loopOf(`func f(xs []int) {
	out := make([]int, 0, len(xs))
	for _, x := range xs {
		out = append(out, x) //@0 main.f
	}
}`),
    ).toBeUndefined();
  });
});

describe("a concatenation in a loop", () => {
  const cases: [name: string, found: boolean, source: string][] = [
    ["s +=", true, "for _, x := range xs { s += x //@0 main.f\n}"],
    ["s = s + x", true, 'for _, x := range xs { s = s + x + "," //@0 main.f\n}'],
    ["through Sprintf", true, 'for _, x := range xs { s = fmt.Sprintf("%s,%s", s, x) //@0 main.f\n}'],
    ["a string of each turn", false, "for _, x := range xs { t := x\nt += x //@0 main.f\n}"],
    ["a number", false, "for range xs { n += 2 //@0 main.f\n}"],
    ["without a loop", false, "s += xs[0] //@0 main.f"],
    ["several parts at once", false, "for _, x := range xs { s = x + x + x //@0 main.f\n}"],
  ];
  it.each(cases)("%s: %s", (_, found, body) => {
    const loop = loopOf(
      `package main\nimport "fmt"\nfunc f(xs []string) {\nvar s string\nn := 0\n${body}\n}`,
    );
    expect(loop?.kind).toBe(found ? "concat" : undefined);
  });
});
