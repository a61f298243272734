import { estimate } from "../../lib/quantity.ts";
import { largestValue } from "../cluster-keeper.ts";
import type { Pattern } from "../pattern.ts";
import { judgeRetainedGrowth } from "../retained-growth.ts";
import { statement } from "../statement.ts";

/**
 * A small slice or substring that keeps the large array it was cut from. A profile shows only that large objects
 * are kept one by one; that a part is what is stored must come from the source.
 */
export const subsliceRetention: Pattern = {
  id: "data/subslice-retention",
  judge: (evidence) =>
    judgeRetainedGrowth(
      {
        pattern: "data/subslice-retention",
        claims: (keeper) => keeper.kind === "subslice",
        headline: (keeper, cluster) =>
          statement("headline-subslice-retention", {
            site: keeper.site,
            objectBytes: estimate(largestValue(cluster).objectBytes, "bytes"),
          }),
        evidence: (_, cluster) => [
          statement("objects-are-large", {
            objectBytes: estimate(largestValue(cluster).objectBytes, "bytes"),
            site: largestValue(cluster).site,
          }),
        ],
        fix: () => [statement("fix-clone-subslice", {})],
      },
      evidence,
    ),
};
