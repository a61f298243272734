import type { Store, StoreRow, StoreTable } from "../store.ts";
import type { Tables } from "./tables.ts";

/** How far a reading of all rows has come: of what is packed (0) or recent (1), behind which key. */
export type RowCursor = readonly [phase: number, after: number];

interface RowPage {
  rows: StoreRow[];
  next: RowCursor | null;
}

const PAGE_ROWS = 1000;
/** A row of these holds up to an hour. */
const PAGE_HOURS = 50;

type ReadMethod =
  | "audit"
  | "targets"
  | "metrics"
  | "latestMetrics"
  | "flame"
  | "timeline"
  | "stackDiff"
  | "run"
  | "runs"
  | "findings"
  | "findingHistory"
  | "alertStates"
  | "alertEvents"
  | "captures";

/** The store's questions, answered at once: what the worker does for each. */
export type Reader = {
  [Method in ReadMethod]: (...parameters: Parameters<Store[Method]>) => Awaited<ReturnType<Store[Method]>>;
} & { rowPage: (table: StoreTable, cursor: RowCursor) => RowPage };

export function createReader(tables: Tables): Reader {
  const { targets, metrics, profiles, runs, captures, records } = tables;
  return {
    audit: (range) => records.audit(range),
    targets: () => targets.all(),
    metrics: (target, names, range) => metrics.read(target, names, range),
    latestMetrics: () => metrics.latest(),
    flame: (query, limit) => profiles.flame(query, limit),
    timeline: (query, bucketMs) => profiles.timeline(query, bucketMs),
    stackDiff: (query, before, after, limit) => profiles.diff(query, before, after, limit),
    run: (id) => runs.get(id),
    runs: (target, range, limit) => runs.read(target, range, limit),
    findings: (target, state) => records.findings(target, state),
    findingHistory: (id) => records.findingHistory(id),
    alertStates: () => records.alertStates(),
    alertEvents: (target, range) => records.alertEvents(target, range),
    captures: (target, kind, limit) => captures.read(target, kind, limit),
    rowPage: (table, cursor) => {
      switch (table) {
        case "metrics":
          return metrics.page(cursor, cursor[0] === 0 ? PAGE_HOURS : PAGE_ROWS);
        case "profiles":
          return profiles.page(cursor, PAGE_HOURS);
        case "runs":
          return runs.page(cursor, PAGE_HOURS);
        case "audit": {
          const rows = records.auditPage(cursor[1], PAGE_ROWS);
          return { rows, next: rows.length < PAGE_ROWS ? null : [0, rows.at(-1)!.sequence] };
        }
        case "targets":
          return { rows: targets.all(), next: null };
        case "findings":
          return { rows: records.allFindings(), next: null };
        case "alerts":
          return { rows: records.alertStates(), next: null };
        case "events":
          return {
            rows: records.alertEvents(null, { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }),
            next: null,
          };
        case "captures":
          return { rows: captures.all(), next: null };
      }
    },
  };
}
