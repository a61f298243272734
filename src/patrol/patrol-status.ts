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

/** Lists of suspects and overdue targets are cut here; their numbers are in the metrics. */
export const MOST_LISTED = 100;
