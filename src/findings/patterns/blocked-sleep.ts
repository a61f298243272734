import { findEnclosingLoop } from "../../source/enclosing-loop.ts";
import { type BlockedGroup, judgeBlockedGoroutines } from "../blocked-goroutines.ts";
import type { Pattern } from "../pattern.ts";
import { type Statement, statement } from "../statement.ts";

/** Goroutines pile up asleep: a retry or polling loop that has no end of its own, started again and again. */
export const blockedSleep: Pattern = {
  id: "goroutine/blocked-sleep",
  judge: (evidence) =>
    judgeBlockedGoroutines(
      {
        pattern: "goroutine/blocked-sleep",
        states: ["sleep"],
        fix: () => [statement("fix-sleep-context", {}), statement("fix-sleep-limit", {})],
        examine,
      },
      evidence,
    ),
};

function examine({ site, source }: BlockedGroup): { evidence: Statement[]; confidence: number } {
  const loop = source === undefined ? undefined : findEnclosingLoop(source, site);
  if (loop === undefined) return { evidence: [], confidence: 0 };
  const at = { function: site.function, file: loop.file, line: loop.line };
  const values = { text: loop.text, site: at };
  return loop.endsWith === "nothing"
    ? { evidence: [statement("source-loop-endless", values)], confidence: 0.05 }
    : {
        evidence: [
          statement(
            loop.endsWith === "context" ? "source-loop-ends-by-context" : "source-loop-ends-by-condition",
            values,
          ),
        ],
        confidence: 0,
      };
}
