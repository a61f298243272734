import type { AlertState } from "./alert.ts";
import type { FindingRecord } from "./finding-record.ts";
import type { MissReason } from "./schedule/scheduler.ts";

/** How a patrol is, as it tells every few seconds; also from when on the next process owes slots. */
export interface PatrolStatus {
  schema: "gopatrol.status/v1";
  patrol: string;
  version: string;
  pid: number;
  state: "running" | "paused" | "stopping" | "stopped";
  startedMs: number;
  /** Slots up to here were taken care of. */
  aliveUntilMs: number;
  configHash: string;
  configFile: string | null;
  /** Why the file's newest content is not in use; null if it is. */
  reloadProblem: string | null;
  targets: number;
  lanes: string[];
  suspects: { target: string; reasons: string[] }[];
  overdue: { target: string; lane: string; slots: number }[];
  runsInFlight: number;
  checksInFlight: number;
  heavyInFlight: number;
  runs: Readonly<Record<string, number>>;
  missedSlots: Readonly<Partial<Record<MissReason, number>>>;
  /** Of the newest runs, milliseconds. */
  latenessMs: { p50: number; p99: number; max: number };
  alertsFiring: number;
  openFindings: number;
  storeProblem: string | null;
  rssBytes: number;
  cpuSeconds: number;
  listener: string | null;
}

/** How a patrol is, as `patrol status` tells whoever asks from outside. */
export interface PatrolStatusAnswer {
  schema: "gopatrol.patrol-status/v1";
  running: boolean;
  /** Who works in the store's folder. */
  holder: string | null;
  /** Its last word; null if none has worked there. */
  status: PatrolStatus | null;
}

/** Everything that would be lost with the process. */
export interface PatrolMemory {
  alerts: AlertState[];
  findings: FindingRecord[];
  /** Of what was spent of this hour's. */
  budgets: { target: string; cpuSeconds: number; captures: number }[];
  /** Newest values by target. */
  metrics: Record<string, Readonly<Record<string, number>>>;
}

/** What SIGUSR1 writes. */
export interface PatrolSnapshotFile extends Omit<PatrolStatus, "schema">, PatrolMemory {
  schema: "gopatrol.snapshot/v1";
}

/** Lists of suspects and overdue targets are cut here; their numbers are in the metrics. */
export const MOST_LISTED = 100;
