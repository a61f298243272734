import { type GcLog, GcLogDigest } from "../analysis/gc-cycles/gc-log.ts";
import type { Capture } from "../bundle/manifest.ts";
import type { Damage } from "../bytes/decode-error.ts";
import { GodebugLogDecoder } from "../formats/godebug-log/decode.ts";

/** Reads the logs of a bundle one after the other: a process may have written to several, as when a log is rotated. */
export class LogReading {
  readonly #digest = new GcLogDigest((source) => this.#decoder.sources[source] ?? "");
  #decoder = new GodebugLogDecoder(this.#digest);
  readonly #logSamples = new Set<number>();
  readonly #otherSamples = new Set<number>();

  read(bytes: Uint8Array, { sample, time }: Capture): Damage[] {
    this.#logSamples.add(sample);
    this.#decoder.setReference(time.wallMs);
    this.#decoder.push(bytes);
    return this.#decoder.finish().damage;
  }

  noteOther({ sample }: Capture): void {
    this.#otherSamples.add(sample);
  }

  /** Whether logs are all there is of a sample, or of the file that was given as one. */
  isOnlyLog(sample: number): boolean {
    return this.#logSamples.has(sample) && !this.#otherSamples.has(sample);
  }

  summary(): GcLog | undefined {
    return this.#decoder.lines === 0 ? undefined : this.#digest.summary();
  }
}
