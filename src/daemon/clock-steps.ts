interface Drift {
  /** By the steady clock. */
  atMs: number;
  driftMs: number;
}

/** How far back is looked. */
const WINDOW_MS = 60_000;
const LEAST_APART_MS = 1_000;

/** By how much the wall clock was set against the steady clock within the last minute. */
export class ClockSteps {
  readonly #drifts: Drift[] = [];

  note(wallMs: number, monotonicMs: number): void {
    const last = this.#drifts.at(-1);
    if (last !== undefined && monotonicMs - last.atMs < LEAST_APART_MS) return;
    this.#drifts.push({ atMs: monotonicMs, driftMs: wallMs - monotonicMs });
    while (monotonicMs - this.#drifts[0]!.atMs > WINDOW_MS) this.#drifts.shift();
  }

  /** Positive if it was set forward. */
  get stepMs(): number {
    return (this.#drifts.at(-1)?.driftMs ?? 0) - (this.#drifts[0]?.driftMs ?? 0);
  }
}
