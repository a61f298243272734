import { findIoDeadline } from "../../source/io-deadline.ts";
import { type BlockedGroup, judgeBlockedGoroutines } from "../blocked-goroutines.ts";
import type { Pattern } from "../pattern.ts";
import { type Statement, statement } from "../statement.ts";

/** Goroutines pile up in reads, writes, accepts or system calls that nothing ends: no deadline, no close. */
export const blockedIo: Pattern = {
  id: "goroutine/blocked-io",
  judge: (evidence) =>
    judgeBlockedGoroutines(
      { pattern: "goroutine/blocked-io", states: ["io", "syscall"], fix, examine },
      evidence,
    ),
};

/**
 * As many waiting connections as there are clients can be right, if ever more clients come. That nothing in the source
 * sets a deadline is what makes it a leak in the making; a deadline that is there speaks against it.
 */
function examine({ group, site, isOnStack, source }: BlockedGroup): {
  evidence: Statement[];
  confidence: number;
} {
  if (source === undefined) return { evidence: [], confidence: -0.05 };
  const frames = isOnStack ? [site, ...group.callers] : [site];
  const deadline = findIoDeadline(source, frames);
  if (deadline === undefined) return { evidence: [], confidence: -0.05 };
  if (deadline.text === "") {
    return { evidence: [statement("source-no-deadline", { site })], confidence: 0.05 };
  }
  const at = { function: site.function, file: deadline.file, line: deadline.line };
  return {
    evidence: [statement("source-deadline", { text: deadline.text, site: at })],
    confidence: -0.15,
  };
}

function fix({ group, isOnStack }: BlockedGroup): Statement[] {
  if (group.state === "syscall") return [statement("fix-io-syscall", {}), statement("fix-io-close", {})];
  const isHttpServer = !isOnStack && group.stack.some((frame) => /^net\/http\./.test(frame.function));
  if (isHttpServer) return [statement("fix-io-http-server", {})];
  return [statement("fix-io-deadline", {}), statement("fix-io-close", {})];
}
