import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { computeDominators, computeRetained, type RootedGraph, UNREACHED } from "./dominator-tree.ts";

function graphOf(nodes: number, edges: readonly (readonly [number, number])[]): RootedGraph {
  const start = new Uint32Array(nodes + 1);
  for (const [from] of edges) start[from + 1]!++;
  for (let i = 0; i < nodes; i++) start[i + 1]! += start[i]!;
  const fill = start.slice();
  const target = new Uint32Array(edges.length);
  for (const [from, to] of edges) target[fill[from]!++] = to;
  return { start, target };
}

/** Nodes reached from 0 when `without` is taken out. */
function reach({ start, target }: RootedGraph, without: number): Set<number> {
  const reached = new Set<number>();
  const stack = without === 0 ? [] : [0];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (reached.has(node)) continue;
    reached.add(node);
    for (let at = start[node]!; at < start[node + 1]!; at++)
      if (target[at] !== without) stack.push(target[at]!);
  }
  return reached;
}

/** By the definition: `d` dominates `n` if `n` is not reached without `d`; the immediate one is dominated by all. */
function dominatorsByRemoval(graph: RootedGraph): { dominator: number[]; held: Set<number>[] } {
  const nodes = graph.start.length - 1;
  const all = reach(graph, -1);
  const held = Array.from({ length: nodes }, (_, d) => {
    const left = reach(graph, d);
    return new Set([...all].filter((n) => !left.has(n) && all.has(d)));
  });
  const dominator = Array.from({ length: nodes }, (_, n) => {
    if (!all.has(n)) return UNREACHED;
    if (n === 0) return 0;
    const above = [...all].filter((d) => d !== n && held[d]!.has(n));
    return above.find((d) => above.every((other) => other === d || held[other]!.has(d)))!;
  });
  return { dominator, held };
}

const graphs = fc
  .integer({ min: 1, max: 24 })
  .chain((nodes) =>
    fc
      .array(fc.tuple(fc.nat(nodes - 1), fc.nat(nodes - 1)), { maxLength: 60 })
      .map((edges) => graphOf(nodes, edges)),
  );

describe("dominators", () => {
  test("equal those by the definition, and so do retained sizes", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const expected = dominatorsByRemoval(graph);
        const tree = computeDominators(graph);
        expect([...tree.dominator]).toEqual(expected.dominator);
        const shallow = Float64Array.from(tree.dominator, (_, i) => i + 1);
        const retained = computeRetained(tree, shallow);
        for (const node of tree.order) {
          const sum = [...expected.held[node]!].reduce((total, n) => total + shallow[n]!, 0);
          expect(retained[node]).toBe(sum);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("a list of a million nodes is no deeper than one of ten", () => {
    const nodes = 1_000_000;
    const start = Uint32Array.from({ length: nodes + 1 }, (_, i) => Math.min(i, nodes - 1));
    const target = Uint32Array.from({ length: nodes - 1 }, (_, i) => i + 1);
    const tree = computeDominators({ start, target });
    expect(tree.dominator[nodes - 1]).toBe(nodes - 2);
    expect(computeRetained(tree, new Float64Array(nodes).fill(8))[0]).toBe(8 * nodes);
  });
});
