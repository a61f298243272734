import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  buildFlameChildren,
  computeFlameWeights,
  fitFunctionName,
  layoutFlame,
  shortenFunctionName,
} from "./flame-layout.ts";

function layout(parent: number[], total: number[], zoomed: number, width: number, minWidth: number) {
  const weight = computeFlameWeights(parent, total);
  return layoutFlame(
    { parent, weight, children: buildFlameChildren(parent, weight) },
    zoomed,
    width,
    minWidth,
  );
}

const widths = (parent: number[], total: number[]) => [...computeFlameWeights(parent, total)];

/** One line a box: depth, node or "+merged", from-to. */
function lines(boxes: ReturnType<typeof layout>): string[] {
  return boxes.node.map((node, index) => {
    const from = boxes.x[index]!;
    const name = node < 0 ? `+${boxes.merged[index]}` : String(node);
    return `${"  ".repeat(boxes.depth[index]!)}${name} ${from}-${from + boxes.width[index]!}`;
  });
}

describe("computeFlameWeights", () => {
  test("equals the totals where everything grew", () => {
    expect(widths([-1, 0, 0, 1], [10, 7, 3, 4])).toEqual([10, 7, 3, 4]);
  });

  test("gives no width to what shrank and keeps the growth beside it", () => {
    // Row 1 is net -5: its child 3 lost 9, its child 4 won 4.
    expect(widths([-1, 0, 0, 1, 1], [1, -5, 6, -9, 4])).toEqual([10, 4, 6, 0, 4]);
  });

  test("is zero for a tree that only shrank, and empty for no tree", () => {
    expect(widths([-1, 0], [-3, -3])).toEqual([0, 0]);
    expect(widths([], [])).toEqual([]);
  });
});

describe("layoutFlame", () => {
  test("puts the widest child first, each below its parent", () => {
    expect(lines(layout([-1, 0, 0, 2, 2], [100, 30, 70, 20, 50], 0, 100, 1))).toEqual([
      "0 0-100",
      "  2 0-70",
      "    4 0-50",
      "    3 50-70",
      "  1 70-100",
    ]);
  });

  test("stretches the zoomed frame and its ancestors over the whole width", () => {
    expect(lines(layout([-1, 0, 0, 2, 2], [100, 30, 70, 20, 50], 2, 140, 1))).toEqual([
      "0 0-140",
      "  2 0-140",
      "    4 0-100",
      "    3 100-140",
    ]);
  });

  test("merges neighbours that are too narrow, and leaves out what stays too narrow", () => {
    const parent = [-1, 0, 0, 0, 0, 0];
    expect(lines(layout(parent, [100, 96, 1, 1, 1, 1], 0, 100, 2))).toEqual([
      "0 0-100",
      "  +4 96-100",
      "  1 0-96",
    ]);
    expect(lines(layout(parent, [100, 96, 1, 1, 1, 1], 0, 100, 10))).toEqual(["0 0-100", "  1 0-96"]);
  });

  test("draws nothing where nothing has width", () => {
    expect(lines(layout([-1, 0], [0, 0], 0, 100, 1))).toEqual([]);
  });

  test("any tree: boxes stay inside their parents, siblings do not overlap, none is narrower than asked", () => {
    const trees = fc
      .array(fc.record({ up: fc.nat(), own: fc.integer({ min: -50, max: 1000 }) }), { maxLength: 120 })
      .map((rows) => {
        const parent = [-1, ...rows.map((row, index) => row.up % (index + 1))];
        const total = [0, ...rows.map((row) => row.own)];
        for (let row = parent.length - 1; row > 0; row--) total[parent[row]!]! += total[row]!;
        return { parent, total };
      });
    fc.assert(
      fc.property(trees, fc.nat(), ({ parent, total }, pick) => {
        const boxes = layout(parent, total, pick % parent.length, 800, 0.5);
        const lastRight = new Map<number, number>();
        const boxOf = new Map(boxes.node.map((node, index) => [node, index]));
        boxes.node.forEach((node, index) => {
          expect(boxes.width[index]).toBeGreaterThanOrEqual(0.5);
          const from = boxes.x[index]!;
          const to = from + boxes.width[index]!;
          if (node > 0) {
            const above = boxOf.get(parent[node]!)!;
            expect(boxes.depth[index]).toBe(boxes.depth[above]! + 1);
            expect(from).toBeGreaterThanOrEqual(boxes.x[above]! - 1e-6);
            expect(to).toBeLessThanOrEqual(boxes.x[above]! + boxes.width[above]! + 1e-6);
          }
          if (node >= 0) {
            const depth = boxes.depth[index]!;
            expect(from).toBeGreaterThanOrEqual((lastRight.get(depth) ?? 0) - 1e-6);
            lastRight.set(depth, to);
          }
        });
      }),
    );
  });

  test("a stack deeper than any call stack allows is laid out", () => {
    const parent = Array.from({ length: 50_000 }, (_, row) => row - 1);
    const boxes = layout(parent, new Array<number>(50_000).fill(7), 0, 100, 1);
    expect(boxes.depth.at(-1)).toBe(49_999);
  });
});

describe("names of frames", () => {
  test("lose their package path, their type arguments and the escape of dots", () => {
    expect(shortenFunctionName("example.com/shop/cart.(*Store).Put")).toBe("cart.(*Store).Put");
    expect(shortenFunctionName("example.com/x.Map[go.shape.int,example.com/y.T].Put")).toBe("x.Map[…].Put");
    expect(shortenFunctionName("gopkg.in/yaml%2ev2.Unmarshal")).toBe("yaml.v2.Unmarshal");
    expect(shortenFunctionName("main.main")).toBe("main.main");
    expect(shortenFunctionName("")).toBe("");
  });

  test("shrink step by step to the room they have", () => {
    const name = "example.com/shop/cart.(*Store).Restock";
    expect([30, 18, 10, 6, 2].map((room) => fitFunctionName(name, room))).toEqual([
      "cart.(*Store).Restock",
      "(*Store).Restock",
      "Restock",
      "Resto…",
      "",
    ]);
  });
});
