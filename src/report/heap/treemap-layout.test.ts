import fc from "fast-check";
import { expect, test } from "vitest";
import { layoutTreemap, squarify } from "./treemap-layout.ts";

const weights = fc
  .array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 60 })
  .map((each) => each.sort((a, b) => b - a));

test("each rectangle has the area of its weight, lies within the room, and none covers another", () => {
  fc.assert(
    fc.property(
      weights,
      fc.integer({ min: 50, max: 2000 }),
      fc.integer({ min: 50, max: 2000 }),
      (given, width, height) => {
        const placed = squarify(given, { x: 10, y: 20, width, height });
        const total = given.reduce((sum, weight) => sum + weight, 0);
        for (const [i, { x, y, width: w, height: h }] of placed.entries()) {
          expect(w * h).toBeCloseTo((given[i]! / total) * width * height, 3);
          expect(x).toBeGreaterThanOrEqual(10 - 1e-6);
          expect(y).toBeGreaterThanOrEqual(20 - 1e-6);
          expect(x + w).toBeLessThanOrEqual(10 + width + 1e-6);
          expect(y + h).toBeLessThanOrEqual(20 + height + 1e-6);
        }
        // Areas that are right and add up to the room leave nothing to cover twice.
        if (placed.length === given.length)
          expect(placed.reduce((sum, box) => sum + box.width * box.height, 0)).toBeCloseTo(width * height, 2);
      },
    ),
    { numRuns: 200 },
  );
});

test("squares come out square, and what weighs nothing is left out", () => {
  const [first] = squarify([1, 1, 1, 1], { x: 0, y: 0, width: 200, height: 200 });
  expect(first).toEqual({ x: 0, y: 0, width: 100, height: 100 });
  expect(squarify([4, 0], { x: 0, y: 0, width: 10, height: 10 })).toHaveLength(1);
  expect(squarify([], { x: 0, y: 0, width: 10, height: 10 })).toEqual([]);
});

test("a chain of holders shows what the last of them holds, in the first one's box", () => {
  const tree = { children: [[1], [2], [3], [4, 5], [], []], weight: [100, 100, 100, 99, 50, 40] };
  const boxes = layoutTreemap(tree, 0, 400, 300);
  expect(boxes.map((box) => [box.node, box.depth])).toEqual([
    [1, 1],
    [5, 2],
    [4, 2],
  ]);
});
