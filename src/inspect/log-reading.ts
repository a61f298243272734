import type { CodeSite } from "../analysis/code-site.ts";
import { type GcLog, GcLogDigest } from "../analysis/gc-cycles/gc-log.ts";
import type { Capture } from "../bundle/manifest.ts";
import type { Damage, FormatName } from "../bytes/decode-error.ts";
import type { CgoCheckFailure } from "../findings/evidence.ts";
import { decodeCgoViolations } from "../formats/cgo-check/decode.ts";
import { GodebugLogDecoder } from "../formats/godebug-log/decode.ts";
import { decodeGoroutineDumps } from "../formats/goroutine-dump/decode.ts";
import { decodeLdDebugLog, sniffLdDebugLog } from "../formats/ld-debug-log/decode.ts";
import { decodeMemcheckLog, sniffMemcheckLog } from "../formats/memcheck-log/decode.ts";
import type { GoroutineTable } from "../tables/goroutine-table.ts";
import type { LibraryLoads } from "../tables/library-loads.ts";
import type { NativeLeakReport } from "../tables/native-leaks.ts";
import type { StringIndex } from "../tables/string-table.ts";

/** Formats that are logs: one log may hold what several of them look for. */
const LOGS: ReadonlySet<FormatName> = new Set([
  "godebug-log",
  "goroutine-dump",
  "memcheck-log",
  "ld-debug-log",
  "cgo-check",
]);

/** What the logs of a bundle say, beside the goroutine dumps in them. */
export interface LogEvidence {
  /** Absent if no line of GODEBUG is in them. */
  gc: GcLog | undefined;
  nativeLeaks: NativeLeakReport[];
  libraryLoads: LibraryLoads[];
  cgoFailures: CgoCheckFailure[];
}

/** Reads the logs of a bundle one after the other: a process may have written to several, as when a log is rotated. */
export class LogReading {
  readonly #digest = new GcLogDigest((source) => this.#decoder.sources[source] ?? "");
  readonly #decoder = new GodebugLogDecoder(this.#digest);
  readonly #nativeLeaks: NativeLeakReport[] = [];
  readonly #libraryLoads: LibraryLoads[] = [];
  readonly #cgoFailures: CgoCheckFailure[] = [];
  readonly #logSamples = new Set<number>();
  readonly #otherSamples = new Set<number>();

  /** Looks for all that a log may hold if `format` is one; what other decoders read is not its business. */
  read(format: FormatName, bytes: Uint8Array, { kind: asked, sample, time }: Capture): Damage[] {
    (LOGS.has(format) && format !== "goroutine-dump" ? this.#logSamples : this.#otherSamples).add(sample);
    // What pprof answered is a dump and nothing else.
    if (!LOGS.has(format) || asked === "goroutine-dump") return [];
    this.#decoder.setReference(time.wallMs);
    this.#decoder.push(bytes);
    const { damage } = this.#decoder.finish();
    if (sniffMemcheckLog(bytes)) {
      const memcheck = decodeMemcheckLog(bytes);
      this.#nativeLeaks.push(...memcheck.reports);
      damage.push(...memcheck.damage);
    }
    if (sniffLdDebugLog(bytes)) {
      const loads = decodeLdDebugLog(bytes);
      this.#libraryLoads.push(...loads.processes);
      damage.push(...loads.damage);
    }
    for (const { kind, message, offset } of decodeCgoViolations(bytes)) {
      this.#cgoFailures.push({ kind, message, stack: readStackBehind(bytes, offset) });
    }
    return damage;
  }

  /** Whether logs are all there is of a sample, or of the file that was given as one. */
  isOnlyLog(sample: number): boolean {
    return this.#logSamples.has(sample) && !this.#otherSamples.has(sample);
  }

  finish(): LogEvidence {
    return {
      gc: this.#decoder.lines === 0 ? undefined : this.#digest.summary(),
      nativeLeaks: this.#nativeLeaks,
      libraryLoads: this.#libraryLoads,
      cgoFailures: this.#cgoFailures,
    };
  }
}

/** A panic prints the goroutine that failed first; a stack of a hundred frames is well within this. */
const MAX_STACK_BYTES = 64 * 1024;

function readStackBehind(bytes: Uint8Array, offset: number): CodeSite[] {
  const { dumps } = decodeGoroutineDumps(bytes.subarray(offset, offset + MAX_STACK_BYTES));
  const table = dumps[0]?.table;
  return table === undefined || table.length === 0 ? [] : listFrames(table, table.stack[0]!);
}

function listFrames({ frames, stacks, strings }: GoroutineTable, stack: number): CodeSite[] {
  return Array.from(
    stacks.frame.subarray(stacks.frameStart[stack], stacks.frameStart[stack + 1]),
    (frame) => ({
      function: strings.get(frames.function[frame]! as StringIndex),
      file: strings.get(frames.file[frame]! as StringIndex),
      line: frames.line[frame]!,
    }),
  );
}
