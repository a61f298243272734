import { type CycleRow, makeCycleRow } from "../analysis/gc-cycles/gc-cycles.ts";
import { type GcLog, GcLogDigest } from "../analysis/gc-cycles/gc-log.ts";
import type { Manifest } from "../bundle/manifest.ts";
import type { Damage } from "../bytes/decode-error.ts";
import { GodebugLogDecoder } from "../formats/godebug-log/decode.ts";
import { inspectBundle } from "./inspect-bundle.ts";
import type { Inspection } from "./inspection.ts";

export interface GcLogReaderOptions {
  /** How many of the newest cycles are listed in the report. */
  keep: number;
  /** Sees each cycle as it is read. */
  onCycle?: ((row: CycleRow) => void) | undefined;
}

/** Reads logs of any size in pieces, in memory that does not grow, and judges what was read so far. */
export class GcLogReader {
  readonly #digest: GcLogDigest;
  readonly #decoder: GodebugLogDecoder;

  constructor({ keep, onCycle }: GcLogReaderOptions) {
    this.#digest = new GcLogDigest((source) => this.#decoder.sources[source] ?? "", {
      keep,
      onCycle: onCycle === undefined ? undefined : (cycle, derived) => onCycle(makeCycleRow(cycle, derived)),
    });
    this.#decoder = new GodebugLogDecoder(this.#digest);
  }

  /** A wall clock at or after the log's end gives dates without a year theirs. */
  setReference(wallMs: number): void {
    this.#decoder.setReference(wallMs);
  }

  push(bytes: Uint8Array): void {
    this.#decoder.push(bytes);
  }

  /** Ends one log; the next may be of the same processes. */
  finish(): Damage[] {
    return this.#decoder.finish().damage;
  }

  get lines(): number {
    return this.#decoder.lines;
  }

  /** The log holds gctrace lines as Go 1.4 and older wrote them. */
  get isAncient(): boolean {
    return this.#decoder.ancientLines > 0;
  }

  /** What was read so far. */
  summary(): GcLog {
    return this.#digest.summary();
  }
}

/** Judges a log by itself, as if it were a bundle with nothing else in it. */
export function inspectGcLog(
  log: GcLog,
  {
    name,
    gopatrol,
    limitBytes,
    damage,
  }: { name: string; gopatrol: string; limitBytes: number | undefined; damage: Inspection["damage"] },
): Inspection {
  const { firstWallMs } = log.processes[log.main]!;
  const manifest: Manifest = {
    format: "gopatrol-bundle",
    version: 1,
    gopatrol,
    target: { kind: "files", name },
    begun: { wallMs: Number.isNaN(firstWallMs) ? 0 : firstWallMs },
    windowMs: 0,
    everyMs: 0,
    samples: 0,
    interrupted: false,
    limitBytes: limitBytes ?? null,
    load: null,
    captures: [],
    failures: [],
  };
  return inspectBundle(
    { manifest, files: new Map() },
    {
      samples: [],
      symbols: new Map(),
      source: new Map(),
      formats: new Map(),
      damage,
      logs: { gc: log, nativeLeaks: [], libraryLoads: [], cgoFailures: [] },
    },
  );
}
