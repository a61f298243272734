import type {
  GcCycle,
  GodebugSink,
  PacerCycle,
  PackageInit,
  ScanCounts,
  Scavenge,
  SchedulerState,
} from "../../tables/godebug-log.ts";
import type { DerivedCycle } from "./derived-cycle.ts";
import { type CycleRow, type GcCycles, GcCyclesDigest } from "./gc-cycles.ts";
import { ProcessRuns } from "./process-runs.ts";

/** Processes that are kept apart; of more (a pod that restarts for days) the oldest are only counted. */
const MAX_PROCESSES = 64;
/** With fewer cycles little can be said of a process. */
const WORTH_CYCLES = 10;
/** Packages that took longest to initialise. */
const MAX_INITS = 20;

/** A whole log: its processes in order of appearance. */
export interface GcLog {
  processes: GcCycles[];
  /** Processes before those, whose cycles are not kept. */
  olderProcesses: number;
  /** The newest cycles of each process, oldest first. */
  recent: CycleRow[][];
  /** Index of the process to speak about: the last with ten cycles or more, else the one with most; -1 for none. */
  main: number;
  /** Packages by the time that their initialisation took, longest first. */
  inits: PackageInitCost[];
  /** gctrace=2: objects scanned one at a time, and within whole spans as Green Tea does. */
  scannedObjects: { sparse: number; all: number } | undefined;
}

export interface PackageInitCost {
  package: string;
  clockMs: number;
  allocBytes: number;
  allocs: number;
}

export interface GcLogOptions {
  /** How many of the newest cycles of each process are kept as rows. */
  keep?: number;
  /** Sees each cycle with what follows from it, and the number of its process; both records are overwritten by the next. */
  onCycle?:
    | ((cycle: Readonly<GcCycle>, derived: Readonly<DerivedCycle>, process: number) => void)
    | undefined;
}

/** Makes a `GcLog` of lines as they come, in memory that does not grow with the log. */
export class GcLogDigest implements GodebugSink {
  readonly #sourceName: (source: number) => string;
  readonly #keep: number;
  readonly #onCycle: GcLogOptions["onCycle"];
  readonly #runs: ProcessRuns<GcCyclesDigest>;
  readonly #digests: GcCyclesDigest[] = [];
  #older = 0;
  #inits: PackageInitCost[] = [];
  #scanned: GcLog["scannedObjects"];

  constructor(sourceName: (source: number) => string, { keep = 20, onCycle }: GcLogOptions = {}) {
    this.#sourceName = sourceName;
    this.#keep = keep;
    this.#onCycle = onCycle;
    this.#runs = new ProcessRuns((cycle) => this.#begin(cycle));
  }

  #begin(cycle: Readonly<GcCycle>): GcCyclesDigest {
    const digest = new GcCyclesDigest(cycle, this.#sourceName(cycle.source), this.#keep);
    this.#digests.push(digest);
    if (this.#digests.length > MAX_PROCESSES) {
      this.#digests.shift();
      this.#older++;
    }
    return digest;
  }

  cycle(cycle: Readonly<GcCycle>): void {
    const digest = this.#runs.find(cycle);
    const derived = digest.add(cycle);
    this.#onCycle?.(cycle, derived, this.#older + this.#digests.lastIndexOf(digest));
  }

  scavenge(scavenge: Readonly<Scavenge>): void {
    this.#runs.latest(scavenge.source)?.addScavenge(scavenge);
  }

  pacer(pacer: Readonly<PacerCycle>): void {
    this.#runs.latest(pacer.source)?.addPacer(pacer);
  }

  scheduler(state: Readonly<SchedulerState>): void {
    this.#runs.latest(state.source)?.addScheduler(state);
  }

  packageInit(init: Readonly<PackageInit>): void {
    this.#inits.push({
      package: init.package,
      clockMs: init.clockUs / 1000,
      allocBytes: init.allocBytes,
      allocs: init.allocs,
    });
    if (this.#inits.length >= 8 * MAX_INITS) this.#inits = longestInits(this.#inits);
  }

  scan(scan: Readonly<ScanCounts>): void {
    this.#scanned ??= { sparse: 0, all: 0 };
    this.#scanned.sparse += scan.sparseObjects;
    this.#scanned.all += scan.objects;
  }

  summary(): GcLog {
    const processes = this.#digests.map((digest) => digest.summary());
    return {
      processes,
      olderProcesses: this.#older,
      recent: this.#digests.map((digest) => digest.recent()),
      main: chooseMain(processes),
      inits: longestInits(this.#inits),
      scannedObjects: this.#scanned,
    };
  }
}

function longestInits(inits: readonly PackageInitCost[]): PackageInitCost[] {
  // A restart initialises the same packages again: the longest of each counts.
  const byPackage = new Map<string, PackageInitCost>();
  for (const init of inits) {
    const known = byPackage.get(init.package);
    if (known === undefined || init.clockMs > known.clockMs) byPackage.set(init.package, init);
  }
  return [...byPackage.values()].sort((a, b) => b.clockMs - a.clockMs).slice(0, MAX_INITS);
}

function chooseMain(processes: readonly GcCycles[]): number {
  const last = processes.findLastIndex((process) => process.cycles >= WORTH_CYCLES);
  if (last >= 0) return last;
  let most = -1;
  for (const [i, process] of processes.entries()) {
    if (most < 0 || process.cycles >= processes[most]!.cycles) most = i;
  }
  return most;
}
