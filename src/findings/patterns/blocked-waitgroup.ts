import { type BlockedGroup, judgeBlockedGoroutines } from "../blocked-goroutines.ts";
import type { Pattern } from "../pattern.ts";
import { type Statement, statement } from "../statement.ts";

/** Goroutines pile up in WaitGroup.Wait for a Done that never comes, or in Cond.Wait for a signal that was missed. */
export const blockedWaitgroup: Pattern = {
  id: "goroutine/blocked-waitgroup",
  judge: (evidence) =>
    judgeBlockedGoroutines(
      { pattern: "goroutine/blocked-waitgroup", states: ["waitgroup", "cond"], fix, examine },
      evidence,
    ),
};

function examine({ group, blocking }: BlockedGroup): { evidence: Statement[]; confidence: number } {
  if (blocking?.kind !== "wait") return { evidence: [], confidence: 0 };
  const isCond = group.state === "cond";
  if (blocking.otherSide.length === 0) {
    const text = blocking.channel ?? "";
    return {
      evidence: [statement(isCond ? "source-no-signal" : "source-no-done", { text })],
      confidence: 0.05,
    };
  }
  return {
    evidence: blocking.otherSide.slice(0, 3).map(({ text, file, line }) =>
      statement(isCond ? "source-signal" : "source-done", {
        text,
        site: { function: "", file, line },
      }),
    ),
    confidence: 0,
  };
}

function fix({ group }: BlockedGroup): Statement[] {
  return group.state === "cond"
    ? [statement("fix-cond-signal", {}), statement("fix-cond-channel", {})]
    : [statement("fix-waitgroup-done", {}), statement("fix-waitgroup-add", {})];
}
