import { judgeBlockedGoroutines } from "../blocked-goroutines.ts";
import type { Pattern } from "../pattern.ts";
import { statement } from "../statement.ts";

/** Goroutines pile up sending to a channel that nobody receives from any more. */
export const blockedSend: Pattern = {
  id: "goroutine/blocked-send",
  judge: (evidence) =>
    judgeBlockedGoroutines(
      {
        pattern: "goroutine/blocked-send",
        states: ["send"],
        fix: () => [statement("fix-send-done", {}), statement("fix-send-buffer", {})],
      },
      evidence,
    ),
};
