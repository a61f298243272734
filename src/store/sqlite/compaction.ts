import type { StoreConfig } from "../../patrol/config/patrol-config.ts";
import { computeCutoffs, RESOLVED_ALERT_KEPT_MS } from "../retention.ts";
import type { CompactStep } from "../store.ts";
import { transact } from "./batch-writer.ts";
import type { Databases } from "./databases.ts";
import { HOUR_MS } from "./hour-key.ts";
import type { Tables } from "./tables.ts";

/** Rows of an hour may come so late before they make it be packed twice. */
const LATE_MS = 10 * 60_000;
/** What one step takes: tens of milliseconds, for writes wait for it. */
const STEP_TARGETS = 25;
const STEP_ROWS = 500;
const STEP_STACKS = 20_000;
const STEP_PAGES = 500;

/** Packs complete hours, removes what is too old and gives its pages back, one small transaction a step. */
export function* compactSteps(
  { history, records }: Databases,
  tables: Tables,
  retention: StoreConfig["retention"],
  nowMs: number,
): Generator<CompactStep> {
  const completeMs = Math.floor((nowMs - LATE_MS) / HOUR_MS) * HOUR_MS;
  const cutoffs = computeCutoffs(retention, nowMs);

  const newestPack = tables.runs.newestPack();
  for (const table of ["metrics", "profiles", "runs"] as const) {
    for (;;) {
      const hours = transact(history, () => tables[table].packBefore(completeMs, STEP_TARGETS));
      if (hours === null) break;
      yield { table, removedRows: 0, rewrittenHours: hours };
    }
  }

  const { metrics, profiles, runs, captures } = tables;
  const expiries: [table: string, database: typeof history, expire: () => number][] = [
    ["metrics", history, () => metrics.hours.expire(cutoffs.metricsMs, STEP_ROWS)],
    ["metrics", history, () => metrics.buckets.expire(cutoffs.downsampledMs, STEP_ROWS)],
    ["profiles", history, () => profiles.hours.expire(cutoffs.profilesMs, STEP_ROWS)],
    ["profiles", history, () => profiles.stacks.expire(cutoffs.profilesMs, STEP_ROWS)],
    ["runs", history, () => runs.hours.expire(cutoffs.runsMs, STEP_ROWS)],
    ["captures", history, () => captures.expire(cutoffs.capturesMs, STEP_ROWS)],
    ["events", records, () => tables.records.expireEvents(cutoffs.runsMs, STEP_ROWS)],
    ["alerts", records, () => tables.records.expireAlerts(nowMs - RESOLVED_ALERT_KEPT_MS, STEP_ROWS)],
  ];
  let removedStacks = 0;
  for (const [table, database, expire] of expiries) {
    for (;;) {
      const removedRows = transact(database, expire);
      if (removedRows === 0) break;
      if (table === "profiles") removedStacks += removedRows;
      yield { table, removedRows, rewrittenHours: 0 };
    }
  }
  for (;;) {
    // What was packed again, not removed.
    if (transact(history, () => runs.expirePacks(newestPack, completeMs, STEP_ROWS)) === 0) break;
    yield { table: "runs", removedRows: 0, rewrittenHours: 0 };
  }
  if (removedStacks > 0) {
    const frames = profiles.stacks.expireFrames(STEP_STACKS);
    for (;;) {
      const step = transact(history, () => frames.next());
      if (step.done === true) break;
      yield { table: "frames", removedRows: step.value, rewrittenHours: 0 };
    }
  }
  for (const database of [history, records]) {
    for (;;) {
      const { freelist_count: free } = database.prepare("PRAGMA freelist_count").get() as {
        freelist_count: number;
      };
      // Some room is kept: what is packed every hour would give it back only to take it again.
      const { page_count: pages } = database.prepare("PRAGMA page_count").get() as { page_count: number };
      if (free < STEP_PAGES || free < pages / 10) break;
      database.exec(`PRAGMA incremental_vacuum(${STEP_PAGES})`);
      yield { table: "pages", removedRows: 0, rewrittenHours: 0 };
    }
  }
}
