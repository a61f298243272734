import { judgeBlockedGoroutines } from "../blocked-goroutines.ts";
import type { Pattern } from "../pattern.ts";
import { statement } from "../statement.ts";

/** Goroutines pile up waiting for a mutex whose holder does not let go. */
export const blockedLock: Pattern = {
  id: "goroutine/blocked-lock",
  judge: (evidence) =>
    judgeBlockedGoroutines(
      {
        pattern: "goroutine/blocked-lock",
        states: ["lock"],
        fix: () => [statement("fix-lock-scope", {}), statement("fix-lock-holder", {})],
      },
      evidence,
    ),
};
