import type { RedactionCounts } from "../../redact/redactor.ts";
import type { AlertState } from "../alert.ts";
import type { FindingRecord } from "../finding-record.ts";
import type { Labels } from "../labels.ts";
import type { SinkStats } from "../sink.ts";
import type { PatrolActivity } from "./patrol-activity.ts";
import type { TargetBloat } from "./target-bloat.ts";

/** The patrol as its HTTP listener sees it: state that is there already, nothing is asked or computed for a scrape. */
export interface PatrolView {
  snapshot(): PatrolSnapshot;
  health(): PatrolHealth;
  /** What grows in one target; null if there is none of that id, or it has not been looked at. */
  bloat(target: string): TargetBloat | null;
}

/**
 * Reasons, one sentence each; none: fine. `alive` is for who restarts the process (the scheduler stands still), `ready`
 * for who waits for it (configuration loaded, store open).
 */
export interface PatrolHealth {
  notAlive: string[];
  notReady: string[];
}

/** Iterables are walked once for each metric family, in the same order. Counters count from the start of the process. */
export interface PatrolSnapshot {
  atMs: number;
  patrol: string;
  version: string;
  startedMs: number;
  process: ProcessUsage;
  configuration: { hash: string; loadedMs: number; lastReloadOk: boolean };
  paused: boolean;
  checksInFlight: number;
  heavyInFlight: number;
  activity: PatrolActivity;
  targets: Iterable<TargetSnapshot>;
  /** Names of metrics that some rule compares, besides those that have a family of their own. */
  ruleMetrics: ReadonlySet<string>;
  alerts: Iterable<AlertSnapshot>;
  openFindings: Iterable<FindingRecord>;
  /** By receiver: alerts that it should know of by now and does not. */
  notificationsPending: ReadonlyMap<string, number>;
  sinks: Iterable<{ name: string; stats: SinkStats }>;
  /** Circuit breakers that are not closed. */
  breakers: Iterable<{ target: string; check: string; state: "open" | "half-open" }>;
  /** Bytes on disk; null where the engine cannot tell. */
  storeBytes: number | null;
  rawCaptureBytes: number | null;
  redacted: RedactionCounts;
}

export interface ProcessUsage {
  residentBytes: number;
  heapUsedBytes: number;
  cpuSeconds: number;
  openDescriptors: number | null;
  /** How long the event loop was held up at most since the last snapshot; null if it is not measured. */
  eventLoopDelaySeconds: number | null;
}

export interface TargetSnapshot {
  id: string;
  labels: Labels;
  /** Did the newest of its checks get an answer; null before the first. */
  up: boolean | null;
  overdue: boolean;
  lastRunMs: number | null;
  /** Newest values of all of its checks, by the checks' names of metrics. Absent if unknown or too old. */
  metrics: Readonly<Record<string, number>>;
  limitBytes: number | null;
  /** Spent within the last hour. */
  budget: { cpuSeconds: number; captures: number };
}

export type AlertSnapshot = Pick<AlertState, "target" | "rule" | "tier" | "phase">;
