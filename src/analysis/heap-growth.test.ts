import { expect, test } from "vitest";
import { heapProfileFromText } from "../../test/support/profile-from-text.ts";
import { computeGrowthClusters, findMainSite } from "./growth-clusters.ts";
import { computeHeapGrowth } from "./heap-growth.ts";

const MB = 1024 * 1024;

/** Snapshots 5 s apart; `line(k)` gives the text of the k-th. */
function growthOf(count: number, lines: (k: number) => string, text?: string) {
  return computeHeapGrowth({
    snapshots: Array.from({ length: count }, (_, k) => ({
      seconds: 5 * k,
      profile: heapProfileFromText(lines(k)),
    })),
    textProfile: text === undefined ? undefined : heapProfileFromText(text),
    layout: {},
  });
}

const leak = (k: number) => `
  ${100 * k} ${10 * MB * k} ${100 * k} ${10 * MB * k} @ main.newSession:5 main.(*Store).Add:20 main.handle:33 main.main:9
  ${8 * k} ${MB * k} ${8 * k} ${MB * k} @ main.(*Store).Add:21 main.handle:33 main.main:9
  ${500 * k} ${50 * MB * k} 1 ${MB} @ main.render:70 main.handle:34 main.main:9`;

test("sites grow by their own first frame, with what of their allocations stays", () => {
  const growth = growthOf(6, leak);
  const [largest] = growth.sites;
  expect(largest?.site).toMatchObject({ function: "main.newSession", line: 5 });
  expect(largest?.trend.shape).toBe("growing");
  expect(largest?.kept).toBeCloseTo(1, 5);
  const churn = growth.sites.find((s) => s.site.function === "main.render");
  expect(churn?.growthBytes).toBe(0);
});

test("values are joined to the map insert that keeps them, which becomes the main site", () => {
  const growth = growthOf(
    6,
    leak,
    `1 ${MB} 1 ${MB} @ runtime.mallocgc:1 runtime.mapassign_faststr:2 main.(*Store).Add:21 main.handle:33 main.main:9`,
  );
  const clusters = computeGrowthClusters(growth);
  expect(clusters).toHaveLength(1);
  expect(findMainSite(clusters[0]!).site).toMatchObject({ function: "main.(*Store).Add", line: 21 });
  expect(clusters[0]!.container?.operation).toBe("map-insert");
  expect(clusters[0]!.values.map((v) => v.site.function)).toEqual(["main.newSession"]);
});

test("two containers below one handler keep their own values", () => {
  const growth = growthOf(
    6,
    (k) => `
    9 ${9 * MB * k} 9 ${9 * MB * k} @ main.newA:1 main.(*A).put:2 main.handle:3
    9 ${8 * MB * k} 9 ${8 * MB * k} @ main.newB:11 main.(*B).put:12 main.handle:4
    9 ${4 * MB * k} 9 ${4 * MB * k} @ main.(*A).put:3 main.handle:3
    9 ${4 * MB * k} 9 ${4 * MB * k} @ main.(*B).put:13 main.handle:4`,
    `1 1 1 1 @ runtime.mapassign:1 main.(*A).put:3 main.handle:3
     1 1 1 1 @ runtime.growslice:1 main.(*B).put:13 main.handle:4`,
  );
  const clusters = computeGrowthClusters(growth);
  expect(clusters.map((c) => [findMainSite(c).site.function, c.values.map((v) => v.site.function)])).toEqual([
    ["main.(*A).put", ["main.newA"]],
    ["main.(*B).put", ["main.newB"]],
  ]);
});

test("a slice in each of many values is a part of them, not what keeps them", () => {
  const lines = (k: number) =>
    `${5000 * k} ${k * MB} ${5000 * k} ${k * MB} @ runtime.growslice:1 main.newOrder:25 main.handle:7 main.main:9`;
  const insert = (k: number) =>
    `${10 * k} ${k * MB} ${10 * k} ${k * MB} @ runtime.mapassign:1 main.(*Store).put:41 main.handle:8 main.main:9`;
  const both = computeGrowthClusters(growthOf(6, (k) => `${lines(k)}\n${insert(k)}`));
  expect(both.map((c) => [findMainSite(c).site.function, c.values.map((v) => v.site.function)])).toEqual([
    ["main.(*Store).put", ["main.newOrder"]],
  ]);
  const alone = computeGrowthClusters(growthOf(6, lines));
  expect(alone.map((c) => [c.container, c.values.map((v) => v.site.function)])).toEqual([
    [undefined, ["main.newOrder"]],
  ]);
});

test("a chain of sizes of which only the newest is in use is an append, without any runtime frame", () => {
  const sizes = [64, 80, 100, 128, 160].map((kb) => kb * 1024);
  const growth = growthOf(5, (k) =>
    sizes
      .slice(0, k + 1)
      .map(
        (size, i) =>
          `1 ${size} ${i === k ? 1 : 0} ${i === k ? size : 0} bytes=${size} @ main.record:8 main.main:9`,
      )
      .join("\n"),
  );
  expect(growth.sites[0]?.operation).toBe("slice-growth");
});

test("the text form and the protobuf form of a stack are one node", () => {
  const withRuntime = heapProfileFromText(
    "1 10 1 10 @ runtime.mallocgc:1 runtime.newobject:2 main.f:3 runtime.main:7",
  );
  const without = heapProfileFromText("1 10 1 10 @ main.f:3 runtime.main:7");
  const growth = computeHeapGrowth({
    snapshots: [
      { seconds: 0, profile: withRuntime },
      { seconds: 5, profile: without },
    ],
    layout: {},
  });
  expect(growth.sites).toHaveLength(1);
});

test("very many snapshots of very many stacks are thinned out, but for the first and the last", () => {
  const growth = growthOf(3000, (k) => `1 ${MB} 1 ${MB} @ main.f${k}:1 main.main:9`);
  expect(growth.columns.length).toBeGreaterThan(1000);
  // Four columns of so many doubles are 128 MiB.
  expect(growth.columns.length * growth.interner.nodeCount).toBeLessThanOrEqual(2 ** 22);
  expect([growth.seconds[0], growth.seconds.at(-1)]).toEqual([0, 5 * 2999]);
  expect(growth.seconds).toHaveLength(growth.columns.length);
});

test("a line that builds a string and inserts it into a map is two sites, by what each stack allocates for", () => {
  const growth = growthOf(
    6,
    (k) => `
    90 ${9 * MB * k} 90 ${9 * MB * k} @ fmt.Sprintf:240@/usr/local/go/src/fmt/print.go main.put:16 main.main:9
    9 ${3 * MB * k} 9 ${3 * MB * k} @ main.put:16 main.main:9`,
    `1 ${MB} 1 ${MB} @ runtime.mapassign_faststr:1 main.put:16 main.main:9`,
  );
  expect(growth.sites.map((s) => [s.site.line, s.operation, s.growthBytes / MB])).toEqual([
    [16, undefined, 45],
    [16, "map-insert", 15],
  ]);
  const clusters = computeGrowthClusters(growth);
  expect(clusters).toHaveLength(1);
  expect(clusters[0]!.container?.operation).toBe("map-insert");
});

test("a stack that allocates the key and its place in the map allocates for the map", () => {
  const growth = growthOf(
    6,
    (k) => `9 ${9 * MB * k} 9 ${9 * MB * k} @ main.put:16 main.main:9`,
    `2 ${2 * MB} 2 ${2 * MB} @ runtime.concatstrings:1 main.put:16 main.main:9
     1 ${MB} 1 ${MB} @ runtime.mapassign_faststr:1 main.put:16 main.main:9`,
  );
  expect(growth.sites.map((s) => s.operation)).toEqual(["map-insert"]);
});
