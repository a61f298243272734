import type { CycleRow, GcCycles } from "../analysis/gc-cycles/gc-cycles.ts";
import type { GcLog, PackageInitCost } from "../analysis/gc-cycles/gc-log.ts";
import type { Series } from "../findings/finding.ts";

/** One process of a log: a restart begins another one. */
interface GcProcess {
  /** Prefix of its lines without times; empty if they have none. */
  source: string;
  cycles: number;
  lostCycles: number;
  firstSeconds: number;
  lastSeconds: number;
  firstWallMs: number | null;
  lastWallMs: number | null;
  liveBytes: number;
}

/** The collector as gctrace and its relatives tell it. */
export interface GcSection {
  processes: GcProcess[];
  /** Processes before those of which only their number is known. */
  olderProcesses: number;
  /** Which of `processes` the rest is about. */
  process: number;
  summary: GcCycles;
  /** The newest cycles, oldest first. */
  recent: CycleRow[];
  inits: PackageInitCost[];
  scannedObjects: { sparse: number; all: number } | null;
}

/** The part of an inspection that a log's cycles fill; null if the log has none. */
export function buildGcSection(log: GcLog | undefined): GcSection | null {
  const summary = log?.processes[log.main];
  if (log === undefined || summary === undefined) return null;
  return {
    processes: log.processes.map((process) => ({
      source: process.source,
      cycles: process.cycles,
      lostCycles: process.lostCycles,
      firstSeconds: process.firstSeconds,
      lastSeconds: process.lastSeconds,
      firstWallMs: orNull(process.firstWallMs),
      lastWallMs: orNull(process.lastWallMs),
      liveBytes: process.liveHeap.lastBytes,
    })),
    olderProcesses: log.olderProcesses,
    process: log.main,
    summary,
    recent: log.recent[log.main]!,
    inits: log.inits,
    scannedObjects: log.scannedObjects ?? null,
  };
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** The cycles as curves. */
export function listGcSeries(
  { summary: { series } }: GcSection,
  { withLiveHeap }: { withLiveHeap: boolean },
): Series[] {
  const origin = series.seconds[0] ?? 0;
  const seconds = series.seconds.map((s) => s - origin);
  const curve = (label: Series["label"], unit: Series["unit"], value: number[]): Series[] =>
    value.length < 2 || value.every(Number.isNaN) ? [] : [{ label, unit, seconds, value }];
  return [
    ...(withLiveHeap ? curve("live heap in the log", "bytes", series.liveBytes) : []),
    ...curve("heap when marking ended", "bytes", series.peakBytes),
    ...curve("heap goal", "bytes", series.goalBytes),
    ...curve("first stop of the world", "ms", series.sweepTerminationMs),
    ...curve("second stop of the world", "ms", series.markTerminationMs),
    ...curve("GC share of CPU", "fraction", series.gcCpuShare),
    ...curve("assists' share of marking", "fraction", series.assistShare),
  ];
}
