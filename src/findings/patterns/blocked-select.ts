import { judgeBlockedGoroutines } from "../blocked-goroutines.ts";
import type { Pattern } from "../pattern.ts";
import { statement } from "../statement.ts";

/** Goroutines pile up in a select none of whose cases ever becomes ready. */
export const blockedSelect: Pattern = {
  id: "goroutine/blocked-select",
  judge: (evidence) =>
    judgeBlockedGoroutines(
      {
        pattern: "goroutine/blocked-select",
        states: ["select"],
        fix: () => [statement("fix-select-done", {})],
      },
      evidence,
    ),
};
