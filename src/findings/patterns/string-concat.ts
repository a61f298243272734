import { estimate, quantity } from "../../lib/quantity.ts";
import { judgeAllocationWaste, meanObjectBytes } from "../allocation-waste.ts";
import type { Pattern } from "../pattern.ts";
import { statement } from "../statement.ts";

/** A string that grows in a loop takes many sizes; one joined of a few parts takes few. */
const SIZES_OF_A_LOOP = 8;
const SPREAD_OF_A_LOOP = 8;

/**
 * A string that is built by + in a loop: each turn allocates the whole string anew, so that the bytes grow with the
 * square of its length. Needs runtime.concatstrings at 15 % of the allocated bytes or more, and the loop in the source.
 */
export const stringConcat: Pattern = {
  id: "data/string-concat",
  judge: (evidence) =>
    judgeAllocationWaste(
      {
        pattern: "data/string-concat",
        operation: "string-concat",
        loop: "concat",
        speaksForItself: ({ sizes }) =>
          sizes.length >= SIZES_OF_A_LOOP && sizes.at(-1)!.bytes >= SPREAD_OF_A_LOOP * sizes[0]!.bytes,
        headline: (cost, loop) =>
          statement("headline-string-concat", {
            target: loop?.target ?? "",
            site: cost.site.site,
            share: estimate(cost.share, "fraction"),
          }),
        evidence: (cost) => {
          const largest = cost.sizes.at(-1)?.bytes;
          if (largest === undefined || cost.sizes.length < 2) return [];
          // Each size was a string of its own on the way to the largest, so there were at least as many turns.
          const turns = cost.sizes.length;
          return [
            statement("concat-quadratic", {
              mean: estimate(meanObjectBytes(cost), "bytes"),
              largest: quantity(largest, "bytes"),
              turns: quantity(turns, "count"),
              allocated: quantity((largest * (turns + 1)) / 2, "bytes"),
            }),
          ];
        },
        fix: (cost, loop) => [
          statement("fix-string-builder", {
            target: loop?.target ?? "",
            capacity: quantity(cost.sizes.at(-1)?.bytes ?? Number.NaN, "bytes"),
          }),
        ],
      },
      evidence,
    ),
};
