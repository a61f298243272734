import type { RunRecord } from "./run-record.ts";

/** Where run records go besides the store. Takes them at once and delivers in its own time; never blocks a run. */
export interface Sink {
  readonly name: string;
  plan(): string;
  /** Accepts a record (redacted already), spooling it to disk if need be; false if it had to be dropped. */
  write(record: RunRecord): boolean;
  readonly stats: SinkStats;
  /** Delivers what it can within the time, and leaves the rest in the spool. */
  close(signal: AbortSignal): Promise<void>;
}

export interface SinkStats {
  delivered: number;
  pending: number;
  spooledBytes: number;
  rejected: number;
  dropped: number;
  lastError: string | null;
}
