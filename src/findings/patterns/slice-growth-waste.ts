import type { AllocationCost } from "../../analysis/allocation-cost.ts";
import { predictSliceGrowth } from "../../analysis/slice-growth-cost.ts";
import { estimate, quantity } from "../../lib/quantity.ts";
import type { CostlyLoop } from "../../source/costly-loop.ts";
import { judgeAllocationWaste } from "../allocation-waste.ts";
import type { Pattern } from "../pattern.ts";
import { type Statement, statement } from "../statement.ts";

/**
 * Slices that are appended to element by element without a capacity: each is allocated and copied anew as it grows.
 * Needs runtime.growslice at 15 % of the allocated bytes or more; the loop and the length that is known before it come
 * from the source.
 */
export const sliceGrowthWaste: Pattern = {
  id: "data/slice-growth-waste",
  judge: (evidence) =>
    judgeAllocationWaste(
      {
        pattern: "data/slice-growth-waste",
        operation: "slice-growth",
        loop: "append",
        speaksForItself: ({ sizes }) => sizes.length >= LEAST_SIZES,
        headline: (cost, loop) =>
          statement("headline-slice-growth-waste", {
            target: loop?.target ?? "",
            site: cost.site.site,
            share: estimate(cost.share, "fraction"),
          }),
        evidence: (cost, loop) => [...observe(cost), ...predict(cost, loop)],
        fix: (cost, loop) => advise(cost, loop),
      },
      evidence,
    ),
};

/** Fewer sizes than these may be of slices that were given their elements at once. */
const LEAST_SIZES = 3;

/** Of a chain of arrays, each of which but the last was copied into the next: the bytes of the last ones. */
function countFinalBytes(sizes: AllocationCost["sizes"]): number {
  return sizes.reduce((sum, { bytes, objects }, i) => {
    const next = sizes[i + 1]?.objects ?? 0;
    return sum + Math.max(0, objects - next) * bytes;
  }, 0);
}

/** The array that most bytes went into: what these slices typically end up with. */
function typicalFinalBytes(sizes: AllocationCost["sizes"]): number | undefined {
  let best: AllocationCost["sizes"][number] | undefined;
  for (const size of sizes) {
    if (best === undefined || size.bytes * size.objects > best.bytes * best.objects) best = size;
  }
  return best?.bytes;
}

function observe(cost: AllocationCost): Statement[] {
  const { sizes } = cost;
  if (sizes.length < 2) return [];
  const seen = sizes.reduce((sum, size) => sum + size.bytes * size.objects, 0);
  const wasted = Math.max(0, 1 - countFinalBytes(sizes) / Math.max(1, seen));
  return [
    statement("slice-growth-observed", {
      sizes: quantity(sizes.length, "count"),
      smallest: quantity(sizes[0]!.bytes, "bytes"),
      largest: quantity(sizes.at(-1)!.bytes, "bytes"),
      wasted: estimate(wasted * cost.bytesPerSecond, "bytes/s"),
      share: estimate(wasted, "fraction"),
    }),
  ];
}

function predict(cost: AllocationCost, loop: CostlyLoop | undefined): Statement[] {
  const final = typicalFinalBytes(cost.sizes);
  const { element } = loop ?? {};
  if (final === undefined || element === undefined || element.bytes === 0) return [];
  const length = Math.floor(final / element.bytes);
  const growth = predictSliceGrowth(element.bytes, length, element);
  if (growth.allocations < 2) return [];
  return [
    statement("slice-growth-predicted", {
      length: estimate(length, "count"),
      elementBytes: quantity(element.bytes, "bytes"),
      allocations: quantity(growth.allocations, "count"),
      copied: quantity(growth.copiedBytes, "bytes"),
      allocated: quantity(growth.allocatedBytes, "bytes"),
      exact: quantity(growth.exactBytes, "bytes"),
    }),
  ];
}

function advise(cost: AllocationCost, loop: CostlyLoop | undefined): Statement[] {
  const final = typicalFinalBytes(cost.sizes);
  const { element, turns, target = "", sliceType = "[]T" } = loop ?? {};
  const length =
    final === undefined || element === undefined || element.bytes === 0
      ? Number.NaN
      : Math.floor(final / element.bytes);
  return [
    turns === undefined
      ? statement("fix-preallocate-typical", { target, type: sliceType, length: estimate(length, "count") })
      : statement("fix-preallocate-known", { target: target === "" ? "s" : target, type: sliceType, turns }),
    statement("fix-reuse-slice", {}),
  ];
}
