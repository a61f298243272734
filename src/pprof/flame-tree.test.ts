import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { goroutineProfileFromText, heapProfileFromText } from "../../test/support/profile-from-text.ts";
import type { Profile } from "../tables/profile.ts";
import { subtractBase } from "./combine.ts";
import { buildFlameTree, type FlameTree, type FlameTreeOptions } from "./flame-tree.ts";
import { buildReport } from "./report.ts";
import { DEFAULT_REPORT_OPTIONS } from "./report-options.ts";

const EVERYTHING = { leastShare: 0, mostRows: 1e6 };

function treeOf(profile: Profile, granularity = "", limits: FlameTreeOptions = EVERYTHING): FlameTree {
  return buildFlameTree(buildReport(profile, "flame", { ...DEFAULT_REPORT_OPTIONS, granularity }), limits);
}

/** Names from the root to a row. */
function pathOf(tree: FlameTree, row: number): string {
  const names: string[] = [];
  for (let at = row; at > 0; at = tree.parent[at]!) names.unshift(tree.nodes.printableName(tree.node[at]!));
  return names.join(" ");
}

function rowsByPath(tree: FlameTree, column: Float64Array): Record<string, number> {
  return Object.fromEntries([...column].map((value, row) => [pathOf(tree, row), value]));
}

describe("a tree of stacks", () => {
  const HEAP = heapProfileFromText(`
    4 400 1 100 @ shop/cart.put:16 shop/cart.add:9 main.main:3
    2 200 2 200 @ shop/cart.put:17 shop/cart.add:9 main.main:3
    1 50  1 50  @ shop/cart.add:8 main.main:3
    8 80  0 0   @ fmt.Sprint:2 main.main:4`);

  test("has what every call way holds, of every sample type, with what ends in it", () => {
    const tree = treeOf(HEAP);
    expect(rowsByPath(tree, tree.total[3]!)).toEqual({
      "": 350,
      "main.main": 350,
      "main.main shop/cart.add": 350,
      "main.main fmt.Sprint": 0,
      "main.main shop/cart.add shop/cart.put": 300,
    });
    expect(rowsByPath(tree, tree.total[1]!)["main.main fmt.Sprint"]).toBe(80);
    expect(rowsByPath(tree, tree.self[3]!)).toMatchObject({
      "main.main shop/cart.add": 50,
      "main.main shop/cart.add shop/cart.put": 300,
    });
  });

  test("names the line that most came over, and says where there are others", () => {
    const tree = treeOf(HEAP);
    const lineOf = (path: string) => {
      const row = [...tree.node.keys()].find((at) => pathOf(tree, at) === path)!;
      return [HEAP.locations.line[tree.line[row]!], tree.hasMoreLines[row]];
    };
    expect(lineOf("main.main shop/cart.add shop/cart.put")).toEqual([17, 1]);
    expect(lineOf("main.main fmt.Sprint")).toEqual([2, 0]);
  });

  test("rolled up to packages and modules, a package that calls itself is one row", () => {
    const packages = treeOf(HEAP, "packages");
    expect(rowsByPath(packages, packages.total[3]!)).toEqual({
      "": 350,
      main: 350,
      "main shop/cart": 350,
      "main fmt": 0,
    });
    const modules = treeOf(
      heapProfileFromText(`
        1 1 1 10 @ github.com/a/b/c.F:1@/go/pkg/mod/github.com/a/b@v1.2.3/c/f.go github.com/a/b.G:2@/go/pkg/mod/github.com/a/b@v1.2.3/g.go encoding/json.Marshal:3@/usr/local/go/src/encoding/json/encode.go main.main:4
        1 1 1 1 @ runtime.malg:1@/usr/local/go/src/runtime/proc.go`),
      "modules",
    );
    expect(rowsByPath(modules, modules.total[3]!)).toEqual({
      "": 11,
      main: 10,
      runtime: 1,
      "main standard library": 10,
      "main standard library github.com/a/b": 10,
    });
  });

  test("of a difference has both sides, also where they cancel out", () => {
    const before = goroutineProfileFromText("5 @ a.x:1 a.y:2\n3 @ a.z:3 a.y:2");
    const after = goroutineProfileFromText("5 @ a.x:1 a.y:2\n1 @ a.z:3 a.y:2\n4 @ a.new:4 a.y:2");
    const tree = treeOf(subtractBase(after, before, { isDiff: true, normalize: false }));
    expect(rowsByPath(tree, tree.total[0]!)).toEqual({
      "": 10,
      "a.y": 10,
      "a.y a.x": 5,
      "a.y a.z": 1,
      "a.y a.new": 4,
    });
    expect(rowsByPath(tree, tree.base![0]!)).toEqual({
      "": 8,
      "a.y": 8,
      "a.y a.x": 5,
      "a.y a.z": 3,
      "a.y a.new": 0,
    });
  });

  test("of nothing is its root", () => {
    const tree = treeOf(heapProfileFromText(""));
    expect([...tree.parent]).toEqual([-1]);
    expect(tree.total.map(([all]) => all)).toEqual([0, 0, 0, 0]);
  });

  test("leaves out what is too light and what is beyond its rows, and counts it where it was called", () => {
    const profile = goroutineProfileFromText(
      "1000 @ a.big:1 a.top:9\n1 @ a.one:1 a.top:9\n1 @ a.two:2 a.top:9",
    );
    const light = treeOf(profile, "", { leastShare: 0.01, mostRows: 1e6 });
    expect(rowsByPath(light, light.total[0]!)).toEqual({ "": 1002, "a.top": 1002, "a.top a.big": 1000 });
    expect([...light.hidden]).toEqual([0, 2, 0]);
    const many = treeOf(profile, "", { leastShare: 1e-6, mostRows: 3 });
    expect(rowsByPath(many, many.total[0]!)).toEqual({ "": 1002, "a.top": 1002, "a.top a.big": 1000 });
    expect([...many.hidden]).toEqual([0, 2, 0]);
  });

  test("of any stacks: parents come first, children add up to no more, nothing is lost", () => {
    const stacks = fc.array(
      fc.record({
        count: fc.integer({ min: 1, max: 50 }),
        frames: fc.array(fc.nat(4), { minLength: 1, maxLength: 8 }),
      }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(stacks, fc.integer({ min: 1, max: 40 }), (rows, mostRows) => {
        const text = rows.map(
          ({ count, frames }) => `${count} @ ${frames.map((f) => `p.f${f}:${f + 1}`).join(" ")}`,
        );
        const profile = goroutineProfileFromText(text.join("\n"));
        const all = rows.reduce((sum, { count }) => sum + count, 0);
        const whole = treeOf(profile);
        const expected: Record<string, number> = {};
        for (const { count, frames } of rows) {
          const path = frames.toReversed().map((f) => `p.f${f}`);
          for (let depth = 0; depth <= path.length; depth++) {
            const key = path.slice(0, depth).join(" ");
            expected[key] = (expected[key] ?? 0) + count;
          }
        }
        expect(rowsByPath(whole, whole.total[0]!)).toEqual(expected);
        const cut = treeOf(profile, "", { leastShare: 1e-9, mostRows });
        expect(cut.total[0]![0]).toBe(all);
        const below = new Float64Array(cut.node.length);
        for (let row = 1; row < cut.node.length; row++) {
          expect(cut.parent[row]!).toBeLessThan(row);
          below[cut.parent[row]!]! += cut.total[0]![row]!;
          expect(cut.total[0]![row]).toBe(expected[pathOf(cut, row)]);
        }
        for (const [row, sum] of below.entries()) expect(sum).toBeLessThanOrEqual(cut.total[0]![row]!);
      }),
    );
  });
});
