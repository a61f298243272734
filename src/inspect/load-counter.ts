import type { MetricSample } from "../tables/metric-samples.ts";

/** Counters of one moment by name, sums over their labels. */
export type Counters = ReadonlyMap<string, number>;

const MAX_COUNTERS = 10_000;

/**
 * What may be a counter of work among a process's metrics: it only has to grow; the runtime's own are left out. Names
 * that an earlier reading of the same moment has are not counted twice.
 */
export function collectCounters(metrics: readonly MetricSample[], earlier: Counters = new Map()): Counters {
  const counters = new Map<string, number>();
  for (const { name, value } of metrics) {
    if (NOT_WORK.test(name) || !Number.isFinite(value) || value < 0) continue;
    const known = counters.get(name);
    if (known === undefined && counters.size === MAX_COUNTERS) continue;
    counters.set(name, (known ?? 0) + value);
  }
  for (const [name, value] of earlier) counters.set(name, value);
  return counters;
}

const NOT_WORK = /^(go|process|promhttp|scrape|up|net_conntrack|prometheus)_|_(bucket|sum|created)$/;

/** How likely a name counts units of work, the likeliest first. */
const LIKELY: readonly RegExp[] = [
  /^(http|grpc)_(server_)?requests?(_total|_count)?$/i,
  /^grpc_server_handled_total$/i,
  /^(.*_)?http_(server_)?requests?_total$/i,
  /^(.*_)?http_(server_)?(request_)?duration_(seconds|milliseconds)_count$/i,
  /(^|[_.\-/ ])requests?(_total|_count|_served|_handled)?$/i,
  /requests?(_duration_seconds)?_(total|count)$/i,
  /(^|[_.\-/ ])(reqs?|rpcs?|calls?|quer(y|ies)|messages?|events?|jobs?|tasks?|ops|operations?|orders?|served|handled|processed)(_total|_count|_served|_handled|_processed)?$/i,
];
/** Part of the load, or what went wrong with it. */
const UNLIKELY =
  /err|fail|reject|skip|drop|retr|timeout|cancel|panic|active|in_?flight|pending|open|idle|limit/i;

export interface LoadCounter {
  name: string;
  /** "name": chosen by what it is called; "flag": asked for. */
  chosenBy: "name" | "flag";
  before: number;
  after: number;
  /** Between the two, or since the process of the second began where they are not of one process. */
  growth: number;
}

/**
 * The counter that growth is divided by: the one asked for, else the one whose name says most surely that it counts
 * requests or the like, of several equal ones the one that grew most. Undefined if none grew.
 */
export function chooseLoadCounter(
  before: Counters,
  after: Counters,
  { wanted, isSameProcess }: { wanted?: string | undefined; isSameProcess: boolean },
): LoadCounter | undefined {
  const candidates = Array.from(after, ([name, count]) => {
    const start = before.get(name);
    const growth = isSameProcess ? count - (start ?? Number.NaN) : count;
    return { name, before: start ?? 0, after: count, growth, rank: rankOf(name) };
  }).filter(({ growth }) => growth > 0);
  if (wanted !== undefined) {
    const found = candidates.find(({ name }) => name === wanted);
    return found === undefined ? undefined : toCounter(found, "flag");
  }
  const likely = candidates.filter(({ rank }) => rank < LIKELY.length);
  likely.sort((a, b) => a.rank - b.rank || b.growth - a.growth);
  return likely[0] === undefined ? undefined : toCounter(likely[0], "name");
}

function toCounter(
  { name, before, after, growth }: { name: string; before: number; after: number; growth: number },
  chosenBy: LoadCounter["chosenBy"],
): LoadCounter {
  return { name, chosenBy, before, after, growth };
}

function rankOf(name: string): number {
  if (UNLIKELY.test(name)) return LIKELY.length;
  const rank = LIKELY.findIndex((pattern) => pattern.test(name));
  return rank < 0 ? LIKELY.length : rank;
}

/** Names that grew, for a message that has to say what there is. */
export function listGrowingCounters(before: Counters, after: Counters): string[] {
  return Array.from(after.keys())
    .filter((name) => after.get(name)! > (before.get(name) ?? Number.POSITIVE_INFINITY))
    .sort((a, b) => rankOf(a) - rankOf(b) || a.localeCompare(b));
}
