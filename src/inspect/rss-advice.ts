import { findRise } from "../analysis/evolution.ts";
import type { ProcessGrowth } from "../analysis/process-growth.ts";
import type { RssAccount, RssTerm } from "../analysis/rss-account.ts";
import { type Statement, statement } from "../findings/statement.ts";
import { type Quantity, quantity } from "../lib/quantity.ts";

/** A term smaller than this share of the resident set is worth no sentence unless it grows. */
const WORTH_SAYING = 0.05;
/** A residual below it is skew between the readings. */
const UNEXPLAINED = 0.02;
/** Fragmentation above it is worth a look if it lasts. */
const FRAGMENTED = 0.15;
const FDS_NEAR_LIMIT = 0.8;
/** Active page cache of this share makes the working set look larger than what cannot be taken back. */
const CACHE_SHARE = 0.1;

/** What can be said and done about each part of a process's memory, the largest and the growing ones first. */
export function adviseOnProcess(process: ProcessGrowth): Statement[] {
  return [...adviseOnTerms(process), ...adviseOnCgroup(process), ...adviseOnFds(process)];
}

function adviseOnTerms(process: ProcessGrowth): Statement[] {
  const { account, terms } = process;
  if (account === undefined) return [];
  const growing = terms
    .filter(({ bytes }) => bytes.trend.shape === "growing")
    .sort((a, b) => findRise(b.bytes) - findRise(a.bytes));
  const isGrowing = new Set(growing.map(({ id }) => id));
  const grows = growing.map(({ id, bytes: { trend } }) =>
    statement("rss-term-grows", {
      term: id,
      from: quantity(trend.first, "bytes"),
      to: quantity(trend.last, "bytes"),
      rate: quantity(trend.slope, "bytes/s"),
    }),
  );
  const worth = account.terms
    .filter(({ id, bytes }) => isGrowing.has(id) || Math.abs(bytes) >= WORTH_SAYING * account.rssBytes)
    .sort((a, b) => Math.abs(b.bytes) - Math.abs(a.bytes))
    .flatMap((term) => adviseOnTerm(term, account, process));
  const share = Math.abs(account.residualBytes) / account.rssBytes;
  if (share >= UNEXPLAINED) {
    worth.push(
      statement("rss-unexplained", {
        bytes: quantity(account.residualBytes, "bytes"),
        share: quantity(share, "fraction"),
      }),
    );
  }
  return [...grows, ...worth];
}

function adviseOnTerm(
  { id, bytes: size }: RssTerm,
  account: RssAccount,
  process: ProcessGrowth,
): Statement[] {
  const bytes: Quantity = quantity(Math.abs(size), "bytes");
  switch (id) {
    case "go-unused": {
      const objects = account.terms
        .filter((term) => term.id === "go-live" || term.id === "go-garbage" || term.id === "go-objects")
        .reduce((sum, term) => sum + term.bytes, 0);
      const share = size / Math.max(1, objects);
      return share < FRAGMENTED
        ? []
        : [statement("rss-go-unused", { bytes, share: quantity(share, "fraction") })];
    }
    case "go-huge-pages": {
      const maxPtesNone = process.machine?.hugePages?.maxPtesNone ?? Number.NaN;
      return [statement("rss-go-huge-pages", { bytes, maxPtesNone: quantity(maxPtesNone, "count") })];
    }
    case "thread-stacks": {
      const threads = process.threads?.value.at(-1) ?? Number.NaN;
      return [statement("rss-thread-stacks", { bytes, threads: quantity(threads, "count") })];
    }
    case "go-live":
    case "go-garbage":
    case "go-objects":
    case "go-free":
    case "go-stacks":
    case "go-heap":
    case "go-lazy-free":
    case "go-swapped":
    case "go-metadata":
    case "exe-text":
    case "c-heap":
    case "anonymous":
    case "plugins":
    case "files":
    case "shared-memory":
    case "outside-go":
      return [statement(`rss-${id}`, { bytes })];
    // Untouched pages, work buffers, the executable's data and libraries: nothing to be done about them.
    default:
      return [];
  }
}

function adviseOnCgroup({ cgroup }: ProcessGrowth): Statement[] {
  if (cgroup === undefined) return [];
  const result: Statement[] = [];
  const { last, workingSet, events } = cgroup;
  const current = workingSet?.value.at(-1);
  const reclaimable = last.activeFile ?? 0;
  if (current !== undefined && Number.isFinite(last.limit) && reclaimable >= CACHE_SHARE * current) {
    result.push(
      statement("rss-cgroup-cache", {
        workingSet: quantity(current, "bytes"),
        reclaimable: quantity(reclaimable, "bytes"),
      }),
    );
  }
  if (events.high + events.max + events.oomKill > 0) {
    result.push(
      statement("rss-cgroup-events", {
        high: quantity(events.high, "count"),
        max: quantity(events.max, "count"),
        oomKill: quantity(events.oomKill, "count"),
      }),
    );
  }
  return result;
}

function adviseOnFds({ fds, limits }: ProcessGrowth): Statement[] {
  const open = fds?.total.value.at(-1);
  const limit = limits?.openFiles;
  if (open === undefined || limit === undefined || open < FDS_NEAR_LIMIT * limit) return [];
  return [
    statement("rss-fds-near-limit", { open: quantity(open, "count"), limit: quantity(limit, "count") }),
  ];
}
