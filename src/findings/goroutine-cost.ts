import { estimate, quantity } from "../lib/quantity.ts";
import type { Evidence } from "./evidence.ts";
import type { Severity } from "./finding.ts";
import type { Candidate } from "./pattern.ts";
import { type Statement, statement } from "./statement.ts";

/** Go's smallest stack (runtime/stack.go, stackMin) and a descriptor of some 400 bytes (runtime2.go, type g). */
const LEAST_BYTES_EACH = 2048 + 400;
/** A leak that fills the limit within this time is critical. */
const CRITICAL_SECONDS = 3600;
/**
 * Where no limit is known: a thousand a second are millions within the hour, at least 9 GB of stacks that each
 * collection has to scan. No service lives through that.
 */
const CRITICAL_PER_SECOND = 1000;
/** Below this a day, a service is deployed anew long before anybody could notice. */
const TRICKLE_BYTES_PER_DAY = 1024 * 1024;
const DAY_SECONDS = 86_400;

/** What a group of leaked goroutines costs, and how urgent that makes it. */
interface GoroutineCost {
  severity: Severity;
  evidence: Statement[];
}

/**
 * Severity of a warning about goroutines, from how many come a second and what each of them holds: its stack, and of
 * the heap what the finding has been found to hold. `heldHeapBytes` is that for the whole window.
 */
export function assessGoroutineCost(
  { claims, finding }: Candidate,
  heldHeapBytes: number,
  evidence: Evidence,
): GoroutineCost | undefined {
  const { goroutines, stackBytes, limitBytes } = evidence;
  const perSecond = claims.groups.reduce(
    (sum, { trend }) => sum + (Number.isNaN(trend.slope) ? 0 : Math.max(0, trend.slope)),
    0,
  );
  const grown = claims.groups.reduce((sum, { trend }) => sum + Math.max(0, trend.last - trend.first), 0);
  if (goroutines === undefined || !(perSecond > 0) || grown === 0) return undefined;
  const { first, last } = goroutines.totalTrend;
  const stackGrowth = stackBytes === undefined ? 0 : stackBytes.last - stackBytes.first;
  const isMeasured = last - first > 0 && stackGrowth > 0;
  const stackEach = isMeasured ? Math.max(LEAST_BYTES_EACH, stackGrowth / (last - first)) : LEAST_BYTES_EACH;
  const heapEach = Math.max(0, heldHeapBytes) / grown;
  const bytesPerSecond = perSecond * (stackEach + heapEach);
  return {
    severity: finding.severity === "warning" ? findSeverity() : finding.severity,
    evidence: [
      statement("goroutines-cost", {
        stack: estimate(stackEach, "bytes"),
        heap: estimate(heapEach, "bytes"),
        rate: estimate(bytesPerSecond, "bytes/s"),
        perDay: estimate(bytesPerSecond * DAY_SECONDS, "bytes"),
      }),
      ...forecast(),
    ],
  };

  function secondsToLimit(): number | undefined {
    const used = evidence.liveHeap?.trend.last;
    if (limitBytes === undefined || used === undefined) return undefined;
    return Math.max(0, limitBytes - used - (stackBytes?.last ?? 0)) / bytesPerSecond;
  }

  function findSeverity(): Severity {
    const seconds = secondsToLimit();
    if (seconds !== undefined) return seconds <= CRITICAL_SECONDS ? "critical" : "warning";
    if (perSecond >= CRITICAL_PER_SECOND) return "critical";
    return bytesPerSecond * DAY_SECONDS < TRICKLE_BYTES_PER_DAY ? "info" : "warning";
  }

  function forecast(): Statement[] {
    const seconds = secondsToLimit();
    if (seconds === undefined || limitBytes === undefined) return [];
    return [
      statement("goroutines-fill-limit", {
        time: estimate(seconds, "seconds"),
        limit: quantity(limitBytes, "bytes"),
      }),
    ];
  }
}
