import { type BlockedExamination, type BlockedGroup, judgeBlockedGoroutines } from "../blocked-goroutines.ts";
import { findLockHolder } from "../lock-holder.ts";
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
        examine,
      },
      evidence,
    ),
};

/** The holder is in the dump if it is blocked itself; the waiters' line is then only where it hurts. */
function examine({ group, site, groups, source }: BlockedGroup): BlockedExamination {
  const holder = findLockHolder(group, groups, source);
  if (holder === undefined) return { evidence: [], confidence: 0 };
  const { frame, text, file, line, group: holding } = holder;
  const at = { function: frame.function, file: frame.file, line: frame.line };
  const above = [holding.site, ...holding.callers];
  return {
    evidence: [
      statement("lock-taken", { text, site: { function: frame.function, file, line } }),
      statement("lock-holder-waits", { state: holding.state, site: holding.site }),
    ],
    confidence: 0.05,
    cause: {
      site: at,
      callers: above.slice(above.findIndex(({ function: name }) => name === at.function) + 1),
      headline: (rate) => statement("headline-lock-held", { site, rate, holder: at, state: holding.state }),
    },
  };
}
