const KEPT = 4096;

/** How late the newest runs began: the first figure to look at when a patrol has too much to do. */
export class Lateness {
  readonly #newest = new Float64Array(KEPT);
  #count = 0;

  note(ms: number): void {
    this.#newest[this.#count++ % KEPT] = ms;
  }

  summary(): { p50: number; p99: number; max: number } {
    const sorted = this.#newest.slice(0, Math.min(this.#count, KEPT)).sort();
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return { p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? 0 };
  }
}
