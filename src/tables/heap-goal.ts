/** No heap has an exabyte. */
const NO_GOAL_BYTES = 2 ** 60;

/**
 * The heap goal (MemStats.NextGC) in bytes, Infinity where there is none.
 *
 * With GOGC=off the runtime gives 2^64 - 1, or since Go 1.19 what the default memory limit of 2^63 - 1 bytes leaves for
 * the heap: 9.22e18, from Go 1.21 on 8.95e18.
 */
export function toHeapGoal(nextGCBytes: number): number {
  return nextGCBytes >= NO_GOAL_BYTES ? Number.POSITIVE_INFINITY : nextGCBytes;
}
