import { judgeLargeOwner, judgeSuspects } from "../heap-suspects.ts";
import type { Pattern } from "../pattern.ts";
import { judgeRetainedGrowth } from "../retained-growth.ts";
import { statement } from "../statement.ts";

/**
 * A map that only grows: package variable, field or sync.Map. Confirmed by a map insert among the growing sites
 * (runtime.mapassign and its like) or by the source.
 *
 * Growth whose container no evidence names is reported here too, as suspected: maps are what most of it turns out to be.
 */
export const unboundedMap: Pattern = {
  id: "data/unbounded-map",
  judge: (evidence) => [
    ...judgeRetainedGrowth(
      {
        pattern: "data/unbounded-map",
        claims: (keeper) => keeper.kind === "map" || keeper.kind === "unknown",
        headline: (keeper) =>
          keeper.kind === "unknown"
            ? statement("headline-growth-unknown-container", { site: keeper.site })
            : statement("headline-unbounded-map", { target: keeper.target, site: keeper.site }),
        fix: (keeper) =>
          keeper.kind === "unknown"
            ? [statement("fix-find-keeper", {})]
            : [
                statement("fix-delete-entries", { target: keeper.target }),
                statement("fix-bound-map", { target: keeper.target }),
              ],
      },
      evidence,
    ),
    ...judgeSuspects(evidence, "data/unbounded-map", "map", (target) => [
      statement("fix-delete-entries", { target }),
      statement("fix-bound-map", { target }),
    ]),
    ...judgeLargeOwner(evidence),
  ],
};
