import { GodebugLogDecoder } from "../formats/godebug-log/decode.ts";
import type { GodebugSink } from "../tables/godebug-log.ts";

/** Some hundred thousand collections; of a longer log the newest lines are kept. */
const MAX_BYTES = 16 * 1024 * 1024;
const NEWLINE = 0x0a;

const NO_SINK: GodebugSink = {
  cycle() {},
  scavenge() {},
  pacer() {},
  scheduler() {},
  packageInit() {},
  scan() {},
};

/**
 * The runtime's lines of a log and no others: what a bundle may keep of a log that is full of other people's data. Their
 * prefixes stay, which tell when and by whom they were written.
 */
export class GodebugExtract {
  readonly #decoder = new GodebugLogDecoder(NO_SINK, { onLine: (line) => this.#keep(line) });
  #lines: Uint8Array[] = [];
  #bytes = 0;

  #keep(line: Uint8Array): void {
    const copy = new Uint8Array(line.length + 1);
    copy.set(line);
    copy[line.length] = NEWLINE;
    this.#lines.push(copy);
    this.#bytes += copy.length;
    if (this.#bytes <= 2 * MAX_BYTES) return;
    let dropped = 0;
    while (this.#bytes > MAX_BYTES) this.#bytes -= this.#lines[dropped++]!.length;
    this.#lines = this.#lines.slice(dropped);
  }

  push(bytes: Uint8Array): void {
    this.#decoder.push(bytes);
  }

  /** The lines kept, one after the other. */
  finish(): Uint8Array {
    this.#decoder.finish();
    return new Uint8Array(Buffer.concat(this.#lines));
  }
}
