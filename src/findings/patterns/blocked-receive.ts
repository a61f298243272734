import { judgeBlockedGoroutines } from "../blocked-goroutines.ts";
import type { Pattern } from "../pattern.ts";
import { statement } from "../statement.ts";

/** Goroutines pile up receiving from (or ranging over) a channel that nobody sends to or closes. */
export const blockedReceive: Pattern = {
  id: "goroutine/blocked-receive",
  judge: (evidence) =>
    judgeBlockedGoroutines(
      {
        pattern: "goroutine/blocked-receive",
        states: ["receive"],
        fix: () => [statement("fix-receive-close", {}), statement("fix-receive-done", {})],
      },
      evidence,
    ),
};
