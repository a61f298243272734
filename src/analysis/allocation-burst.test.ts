import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findAllocationBurst } from "./allocation-burst.ts";

const MIB = 2 ** 20;
/** Samples 5 s apart whose intervals allocate at these rates, in MiB per second. */
const samplesOf = (rates: readonly number[]) =>
  [0, ...rates].map((_, k) => ({
    seconds: 5 * k,
    afterForcedGc: false,
    memStats: {
      totalAlloc: 5 * MIB * rates.slice(0, k).reduce((sum, rate) => sum + rate, 100),
      mallocs: 5000 * rates.slice(0, k).reduce((sum, rate) => sum + rate, 100),
    },
  }));
const burstOf = (rates: readonly number[]) => findAllocationBurst(samplesOf(rates));

test("a lasting step is told with its beginning, its size and how far it is from chance", () => {
  expect(burstOf([2, 2.1, 1.9, 9, 12, 11])).toMatchObject({
    sinceSeconds: 15,
    untilSeconds: 30,
    bytesPerSecondBefore: 2 * MIB,
    bytesPerSecond: 11 * MIB,
  });
  expect(burstOf([2, 2.1, 1.9, 9, 12, 11])!.score).toBeGreaterThan(6);
});

test("the interval that holds the step may hold only a part of it", () => {
  expect(burstOf([2, 2, 2, 3.5, 12, 12])?.sinceSeconds).toBe(15);
});

describe("no step", () => {
  test.each([
    ["steady", [2, 2, 2, 2, 2, 2]],
    ["a spike that ends", [2, 2, 2, 20, 2, 2]],
    ["a spike at the end", [2, 2, 2, 2, 2, 20]],
    ["a batch every other interval", [2, 12, 2, 12, 2, 12]],
    ["a rising load", [2, 3, 4, 5, 6, 7]],
    ["too little before it", [2, 2, 12, 12, 12, 12]],
    ["twice as much", [2, 2, 2, 4, 4, 4]],
    ["small numbers", [0.01, 0.01, 0.01, 0.2, 0.2, 0.2]],
    ["too few samples", [2, 12]],
  ])("%s", (_, rates) => {
    expect(burstOf(rates)).toBeUndefined();
  });

  test("noise of a fifth", () => {
    const noisy = fc.array(fc.double({ min: 0.8, max: 1.2, noNaN: true }), { minLength: 0, maxLength: 40 });
    fc.assert(
      fc.property(noisy, (rates) => {
        expect(burstOf(rates.map((rate) => 10 * rate))).toBeUndefined();
      }),
    );
  });
});
