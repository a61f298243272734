import type { PatrolStatus } from "../patrol/patrol-status.ts";

/** For the progress line, and for systemd. */
export function describeStatus(status: PatrolStatus): string {
  const { targets, runsInFlight, suspects, alertsFiring, openFindings, overdue, latenessMs } = status;
  return [
    status.state,
    `${targets} targets`,
    `${runsInFlight} runs in flight`,
    `${suspects.length} suspects`,
    `${alertsFiring} alerts`,
    `${openFindings} findings`,
    ...(overdue.length > 0 ? [`${overdue.length} overdue`] : []),
    `p99 ${Math.round(latenessMs.p99)} ms late`,
  ].join(" · ");
}
