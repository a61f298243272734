import type { Damage, FormatName } from "./decode-error.ts";

/** Damage that a reader of a report can take in; a count says how much more there was. */
const MAX_ENTRIES = 20;

/** Gathers the damage of one input, a few entries of each input however broken it is. */
export class DamageLog {
  readonly #format: FormatName;
  readonly #entries: Damage[] = [];
  #untold = 0;
  #lastOffset = 0;

  constructor(format: FormatName) {
    this.#format = format;
  }

  add(offset: number, what: string): void {
    if (this.#entries.length < MAX_ENTRIES) {
      this.#entries.push({ format: this.#format, offset, what });
      return;
    }
    this.#untold++;
    this.#lastOffset = offset;
  }

  finish(): Damage[] {
    if (this.#untold === 0) return this.#entries;
    const what = `${this.#untold} more places like these, the last one here`;
    return [...this.#entries, { format: this.#format, offset: this.#lastOffset, what }];
  }
}
