import { isSelfBounded } from "../../source/self-bounded-store.ts";
import { judgeSuspects } from "../heap-suspects.ts";
import type { Pattern } from "../pattern.ts";
import { judgeRetainedGrowth } from "../retained-growth.ts";
import { statement } from "../statement.ts";

/** A slice (or list) that is appended to without bound: runtime.growslice among the growing sites, or the source. */
export const unboundedSlice: Pattern = {
  id: "data/unbounded-slice",
  judge: (evidence) => [
    ...judgeRetainedGrowth(
      {
        pattern: "data/unbounded-slice",
        claims: (keeper) => keeper.kind === "slice",
        headline: (keeper) =>
          statement("headline-unbounded-slice", { target: keeper.target, site: keeper.site }),
        severity: (judgement, keeper) =>
          keeper.store !== undefined && isSelfBounded(keeper.store) ? "info" : judgement.severity,
        fix: (keeper) => [statement("fix-bound-slice", { target: keeper.target })],
      },
      evidence,
    ),
    ...judgeSuspects(evidence, "data/unbounded-slice", "slice", (target) => [
      statement("fix-bound-slice", { target }),
    ]),
  ],
};
