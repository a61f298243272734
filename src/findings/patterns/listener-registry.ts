import { judgeSuspects } from "../heap-suspects.ts";
import type { Pattern } from "../pattern.ts";
import { judgeRetainedGrowth } from "../retained-growth.ts";
import { statement } from "../statement.ts";

/**
 * Callbacks or observers that are registered and never taken out. The profile shows closures and what they captured
 * growing; that they are registered as listeners must come from the source.
 */
export const listenerRegistry: Pattern = {
  id: "data/listener-registry",
  judge: (evidence) => [
    ...judgeRetainedGrowth(
      {
        pattern: "data/listener-registry",
        claims: (keeper) => keeper.kind === "listeners",
        headline: (keeper) =>
          statement("headline-listener-registry", { target: keeper.target, site: keeper.site }),
        evidence: (keeper) => {
          const caller = keeper.callers[0];
          return caller === undefined ? [] : [statement("listener-registered-by", { site: caller })];
        },
        fix: (keeper) => [
          statement("fix-unsubscribe", { target: keeper.target }),
          statement("fix-listener-captures", {}),
        ],
      },
      evidence,
    ),
    ...judgeSuspects(evidence, "data/listener-registry", "listeners", (target) => [
      statement("fix-unsubscribe", { target }),
      statement("fix-listener-captures", {}),
    ]),
  ],
};
