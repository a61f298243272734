import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ObjectEdges } from "../graph/build-edges.ts";
import { nodeOfObject, objectOfNode } from "../graph/rooted-graph.ts";
import { computeShortestPaths, pathTo } from "../graph/shortest-paths.ts";
import { type WalkedGraph, walkGraph } from "../graph/walk-graph.ts";
import { type RootTable, RootTableBuilder } from "../roots/root-table.ts";
import { addRetained, computeDominators, UNREACHED } from "./dominator-tree.ts";

interface Scene {
  objects: number;
  groups: number;
  /** From an object to an object. */
  edges: readonly (readonly [number, number])[];
  /** From a group to an object. */
  roots: readonly (readonly [number, number])[];
}

function walk({ objects, groups, edges, roots }: Scene): WalkedGraph {
  return walkGraph(edgesOf(objects, edges), tableOf(groups, roots));
}

function edgesOf(objects: number, edges: Scene["edges"]): ObjectEdges {
  const start = new Uint32Array(objects + 1);
  for (const [from] of edges) start[from + 1]!++;
  for (let i = 0; i < objects; i++) start[i + 1]! += start[i]!;
  const fill = start.slice();
  const target = new Uint32Array(edges.length);
  for (const [from, to] of edges) target[fill[from]!++] = to;
  return { start, target, badPointers: 0, missingBytes: 0 };
}

function tableOf(groups: number, roots: Scene["roots"]): RootTable {
  const table = new RootTableBuilder();
  for (let i = 0; i < groups; i++)
    table.addGroup({ kind: "global", name: `group ${i}`, address: 0, goroutine: -1 });
  for (const [group, object] of roots) table.add(group, object, 0);
  return table.build();
}

/** The edges of a scene between nodes, by the scene alone but for the number that each object was given. */
function listEdges({ groups, edges, roots }: Scene, { graph }: WalkedGraph): [number, number][] {
  return [
    ...Array.from({ length: groups }, (_, g): [number, number] => [0, 1 + g]),
    ...roots.map(([group, object]): [number, number] => [1 + group, nodeOfObject(graph, object)]),
    ...edges.map(([from, to]): [number, number] => [nodeOfObject(graph, from), nodeOfObject(graph, to)]),
  ];
}

/** Nodes reached from 0 when `without` is taken out. */
function reach(targets: readonly (readonly number[])[], without: number): Set<number> {
  const reached = new Set<number>();
  const stack = without === 0 ? [] : [0];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (reached.has(node)) continue;
    reached.add(node);
    for (const to of targets[node]!) if (to !== without) stack.push(to);
  }
  return reached;
}

/** By the definition: `d` dominates `n` if `n` is not reached without `d`; the immediate one is dominated by all. */
function dominatorsByRemoval(targets: readonly (readonly number[])[]): {
  dominator: number[];
  held: Set<number>[];
} {
  const all = reach(targets, -1);
  const held = targets.map((_, d) => {
    const left = reach(targets, d);
    return new Set([...all].filter((n) => !left.has(n) && all.has(d)));
  });
  const dominator = targets.map((_, n) => {
    if (!all.has(n)) return UNREACHED;
    if (n === 0) return 0;
    const above = [...all].filter((d) => d !== n && held[d]!.has(n));
    return above.find((d) => above.every((other) => other === d || held[other]!.has(d)))!;
  });
  return { dominator, held };
}

const scenes = fc.record({ objects: fc.integer({ min: 1, max: 24 }), groups: fc.nat(6) }).chain((size) =>
  fc.record({
    objects: fc.constant(size.objects),
    groups: fc.constant(size.groups),
    edges: fc.array(fc.tuple(fc.nat(size.objects - 1), fc.nat(size.objects - 1)), { maxLength: 60 }),
    roots: fc.array(fc.tuple(fc.nat(Math.max(0, size.groups - 1)), fc.nat(size.objects - 1)), {
      maxLength: size.groups * 3,
    }),
  }),
);

describe("the walked graph", () => {
  test("has the edges of the heap, and reached nodes first", () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const walked = walk(scene);
        const { graph } = walked;
        const found: [number, number][] = [];
        for (let node = 0; node + 1 < graph.start.length; node++)
          for (const to of graph.target.subarray(graph.start[node], graph.start[node + 1]))
            found.push([node, to]);
        const sorted = (edges: readonly [number, number][]) => edges.map(String).sort();
        expect(sorted(found)).toEqual(sorted(listEdges(scene, walked)));
        for (let object = 0; object < scene.objects; object++) {
          const node = nodeOfObject(graph, object);
          expect(objectOfNode(graph, node)).toBe(object);
          expect(walked.reachable.has(object)).toBe(node < graph.reached);
          const path = pathTo(computeShortestPaths(graph), node);
          expect(path.length > 0).toBe(node < graph.reached);
        }
      }),
    );
  });
});

describe("dominators", () => {
  test("equal those by the definition, and so do retained sizes", () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const walked = walk(scene);
        const targets: number[][] = Array.from({ length: 1 + scene.groups + scene.objects }, () => []);
        for (const [from, to] of listEdges(scene, walked)) targets[from]!.push(to);
        const expected = dominatorsByRemoval(targets);
        const tree = computeDominators(walked);
        expect([...tree.dominator]).toEqual(expected.dominator);
        const retained = Float64Array.from(tree.dominator, (_, i) => i + 1);
        addRetained(tree, retained);
        for (let node = 0; node < tree.reached; node++) {
          const sum = [...expected.held[node]!].reduce((total, n) => total + n + 1, 0);
          expect(retained[node]).toBe(sum);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("a list of a million objects is no deeper than one of ten, in either direction", () => {
    const objects = 1_000_000;
    const start = Uint32Array.from({ length: objects + 1 }, (_, i) => Math.min(i, objects - 1));
    const target = Uint32Array.from({ length: objects - 1 }, (_, i) => i + 1);
    const walked = walkGraph({ start, target, badPointers: 0, missingBytes: 0 }, tableOf(1, [[0, 0]]));
    const tree = computeDominators(walked);
    expect(tree.dominator[objects + 1]).toBe(objects);
    const retained = new Float64Array(objects + 2).fill(8);
    addRetained(tree, retained);
    expect(retained[0]).toBe(8 * (objects + 2));
  });

  test("a ring of a hundred thousand objects that all point to each other's neighbours is done at once", () => {
    const objects = 100_000;
    const edges = Array.from({ length: objects }, (_, i) => [
      [i, (i + 1) % objects] as const,
      [i, (i + objects - 1) % objects] as const,
      [i, (i * 7919) % objects] as const,
    ]).flat();
    const tree = computeDominators(
      walk({
        objects,
        groups: 2,
        edges,
        roots: [
          [0, 0],
          [1, 5],
        ],
      }),
    );
    expect(tree.dominator.subarray(3).every((dominator) => dominator === 0)).toBe(true);
  });
});
