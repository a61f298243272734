import type { GoroutineGroup } from "../analysis/goroutine-growth.ts";
import { findHeldLock, type HeldLock } from "../source/held-locks.ts";

export interface LockHolder extends HeldLock {
  /** The goroutines that hold it, or one of them. */
  group: GoroutineGroup;
}

/**
 * Who holds the lock that a group waits for: goroutines of the dump whose own code is between Lock and Unlock of it,
 * blocked in something else. Those that wait for long come first; a running one may be about to unlock. Undefined
 * without source, or where nobody in the dump holds it: then an Unlock was left out.
 */
export function findLockHolder(
  waiters: GoroutineGroup,
  groups: readonly GoroutineGroup[],
  source: ReadonlyMap<string, string> | undefined,
): LockHolder | undefined {
  if (source === undefined || waiters.state !== "lock") return undefined;
  const others = groups.filter((group) => group !== waiters && group.state !== "running" && isThere(group));
  others.sort((a, b) => b.waitMinutes - a.waitMinutes);
  for (const group of others) {
    const own = group.origin === "own" ? [group.site, ...group.callers] : group.callers;
    const held = findHeldLock(source, waiters.site, own);
    if (held !== undefined) return { ...held, group };
  }
  return undefined;
}

/** Seen once and gone is no holder of what others still wait for. */
function isThere({ count }: GoroutineGroup): boolean {
  const last = count.findLast((n) => !Number.isNaN(n)) ?? 0;
  return last > 0;
}
