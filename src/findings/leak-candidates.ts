import type { BlockState } from "../analysis/block-state.ts";
import type { CodeSite } from "../analysis/code-site.ts";
import type { CensusGroup, GoroutineCensus } from "../analysis/goroutine-census.ts";
import { quantity } from "../lib/quantity.ts";
import { type Statement, statement } from "./statement.ts";

/** Goroutines blocked at one line for which something speaks that they will not return. */
export interface LeakCandidate {
  state: BlockState;
  site: CodeSite;
  /** At the last look, over all stacks with that line. */
  count: number;
  /** Why it is one; the strongest first. */
  criteria: Statement[];
}

/**
 * LeakProf's threshold: so many goroutines parked at one channel operation in one profile (Saioc, Shirchenko, Chabbi:
 * "Unveiling and Vanquishing Goroutine Leaks in Enterprise Microservices", CGO 2024).
 */
export const LEAKPROF_THRESHOLD = 10_000;
/** Where there is only one look and fewer of them, waiting for so long in such a number speaks for itself. */
const LONG_WAIT_MINUTES = 5;
const LONG_WAIT_COUNT = 50;
/** Growth from one look to the next that is more than a few requests in flight. */
const LEAST_GROWTH = 5;
const LEAST_GROWTH_SHARE = 0.1;
const STAYING_SHARE = 0.9;

const AT_CHANNEL: ReadonlySet<BlockState> = new Set(["send", "receive", "select"]);
const BLOCKED: ReadonlySet<BlockState> = new Set([
  ...AT_CHANNEL,
  "lock",
  "waitgroup",
  "cond",
  "io",
  "sleep",
  "syscall",
]);

/** Largest first. One look can show a number, waiting and the runtime's own mark; two show growth and who stays. */
export function findLeakCandidates(census: GoroutineCensus): LeakCandidate[] {
  const byLine = new Map<string, CensusGroup[]>();
  for (const group of census.groups) {
    if (!BLOCKED.has(group.state) && group.leaked === 0) continue;
    const key = `${group.state}\0${group.site.function}\0${group.site.line}`;
    const known = byLine.get(key);
    if (known === undefined) byLine.set(key, [group]);
    else known.push(group);
  }
  const candidates = [...byLine.values()].flatMap((groups): LeakCandidate[] => {
    const { state, site } = groups[0]!;
    const counts = census.totals.map((_, look) => groups.reduce((sum, g) => sum + g.counts[look]!, 0));
    const criteria = listCriteria(groups, counts);
    return criteria.length === 0 ? [] : [{ state, site, count: counts.at(-1)!, criteria }];
  });
  return candidates.sort((a, b) => b.count - a.count);
}

function listCriteria(groups: readonly CensusGroup[], counts: readonly number[]): Statement[] {
  const criteria: Statement[] = [];
  const { state, origin } = groups[0]!;
  const isOwn = origin === "own" || origin === "third-party";
  const [first, last] = [counts[0]!, counts.at(-1)!];
  const leaked = groups.reduce((sum, group) => sum + group.leaked, 0);
  if (leaked > 0) criteria.push(statement("candidate-leaked", { count: quantity(leaked, "count") }));
  const known = groups.filter(({ survival }) => !Number.isNaN(survival));
  const base = known.reduce((sum, { counts: c }) => sum + c[0]!, 0);
  const stay = known.reduce((sum, { counts: c, survival }) => sum + c[0]! * survival, 0) / base;
  const hasGrown = counts.length > 1 && last - first >= Math.max(LEAST_GROWTH, LEAST_GROWTH_SHARE * first);
  if (hasGrown && !(stay < STAYING_SHARE)) {
    criteria.push(
      statement("candidate-grew", {
        from: quantity(first, "count"),
        to: quantity(last, "count"),
        stay: quantity(stay, "fraction"),
      }),
    );
  }
  if (isOwn && AT_CHANNEL.has(state) && last >= LEAKPROF_THRESHOLD) {
    criteria.push(
      statement("candidate-many", {
        count: quantity(last, "count"),
        threshold: quantity(LEAKPROF_THRESHOLD, "count"),
      }),
    );
  }
  const waiting = groups.filter(({ wait }) => wait !== undefined && wait.median >= LONG_WAIT_MINUTES);
  const long = waiting.reduce((sum, group) => sum + group.counts.at(-1)!, 0);
  // A number that did not change shows a pool, however long its workers have waited.
  const mayBePool = counts.length > 1 && !hasGrown;
  if (isOwn && long >= LONG_WAIT_COUNT && !mayBePool) {
    const minutes = Math.min(...waiting.map(({ wait }) => wait!.median));
    criteria.push(
      statement("candidate-waits", { count: quantity(long, "count"), minutes: quantity(minutes, "minutes") }),
    );
  }
  return criteria;
}
