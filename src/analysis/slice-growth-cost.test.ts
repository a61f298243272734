import { describe, expect, test } from "vitest";
import { predictSliceGrowth } from "./slice-growth-cost.ts";

/** Printed by a program that appends one by one and prints cap(s) whenever it changes, Go 1.26.8 on amd64. */
const SEEN: [type: string, bytes: number, hasPointers: boolean, capacities: number[]][] = [
  ["byte", 1, false, [32, 64, 128, 256, 512, 896, 1408, 2048, 3072, 4096, 5376]],
  ["int", 8, false, [4, 8, 16, 32, 64, 128, 256, 512, 848, 1280, 1792, 2560, 3408]],
  ["*int", 8, true, [4, 8, 16, 32, 64, 143, 287, 607, 1023, 1535, 2303, 3071]],
  ["string", 16, true, [2, 4, 8, 16, 32, 71, 143, 303, 591, 1023, 1535, 2560]],
  ["struct of three words", 24, true, [1, 2, 4, 8, 16, 37, 74, 170, 341, 682, 1135, 1706, 2389, 3413]],
  ["[40]byte", 40, false, [1, 2, 4, 8, 16, 32, 67, 134, 272, 544, 1024, 1638]],
];

describe("predictSliceGrowth", () => {
  test.each(SEEN)("gives the capacities that Go gives a slice of %s", (_, bytes, hasPointers, capacities) => {
    const predicted = predictSliceGrowth(bytes, capacities.at(-1)!, { hasPointers }).capacities;
    // Since Go 1.26 the first 32 bytes may lie on the stack, so that small capacities are left out there.
    expect(predicted.filter((capacity) => capacity >= capacities[0]!)).toEqual(capacities);
  });

  test("counts what is allocated and copied against one array of the final length", () => {
    const cost = predictSliceGrowth(8, 1000, { hasPointers: false });
    expect(cost.capacities).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 848, 1280]);
    expect(cost.copiedElements).toBe(1 + 2 + 4 + 8 + 16 + 32 + 64 + 128 + 256 + 512 + 848);
    expect(cost.allocatedBytes).toBe(8 * (1 + 2 + 4 + 8 + 16 + 32 + 64 + 128 + 256 + 512 + 848 + 1280));
    expect(cost.exactBytes).toBe(8192);
  });

  test("of nothing costs nothing", () => {
    expect(predictSliceGrowth(8, 0, { hasPointers: true })).toMatchObject({ allocations: 0, exactBytes: 0 });
    expect(predictSliceGrowth(0, 100, { hasPointers: false }).allocatedBytes).toBe(0);
  });
});
