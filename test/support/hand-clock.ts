import type { Clock } from "../../src/lib/clock.ts";

/** A clock whose hands only tests turn; sleepers wake in the order of their times. */
export class HandClock implements Clock {
  #nowMs: number;
  #monotonicMs = 1_000_000;
  readonly #sleepers: { untilMs: number; wake(): void }[] = [];

  constructor(wallMs = Date.parse("2026-11-25T00:00:00Z")) {
    this.#nowMs = wallMs;
  }

  wallMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = {
        untilMs: this.#monotonicMs + ms,
        wake: () => {
          const place = this.#sleepers.indexOf(sleeper);
          if (place >= 0) this.#sleepers.splice(place, 1);
          signal.removeEventListener("abort", sleeper.wake);
          resolve();
        },
      };
      signal.addEventListener("abort", sleeper.wake);
      this.#sleepers.push(sleeper);
    });
  }

  /** Lets the time pass; whoever wakes meanwhile gets to act before it goes on. */
  async pass(ms: number): Promise<void> {
    const end = this.#monotonicMs + ms;
    await settle();
    for (;;) {
      const next = this.#sleepers.toSorted((a, b) => a.untilMs - b.untilMs)[0];
      if (next === undefined || next.untilMs > end) break;
      this.#move(next.untilMs - this.#monotonicMs);
      next.wake();
      await settle();
    }
    this.#move(end - this.#monotonicMs);
    await settle();
  }

  /** Somebody sets the wall clock. */
  setWall(ms: number): void {
    this.#nowMs = ms;
  }

  #move(ms: number): void {
    this.#nowMs += ms;
    this.#monotonicMs += ms;
  }
}

/** Until all promises that can go on have. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}
