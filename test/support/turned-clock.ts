import type { Clock } from "../../src/lib/clock.ts";

/** A clock that stands still until the test turns it; sleepers wake in their order. */
export class TurnedClock implements Clock {
  #nowMs = 0;
  #sleepers: { dueMs: number; wake: () => void }[] = [];

  wallMs(): number {
    return Date.UTC(2026, 10, 25) + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((wake) => {
      if (signal.aborted) return wake();
      const sleeper = { dueMs: this.#nowMs + ms, wake };
      this.#sleepers.push(sleeper);
      signal.addEventListener(
        "abort",
        () => {
          this.#sleepers = this.#sleepers.filter((each) => each !== sleeper);
          wake();
        },
        { once: true },
      );
    });
  }

  /** Milliseconds until each sleeper wakes, soonest first. */
  get waiting(): number[] {
    return this.#sleepers.map(({ dueMs }) => dueMs - this.#nowMs).sort((a, b) => a - b);
  }

  turn(ms: number): void {
    this.#nowMs += ms;
    const due = this.#sleepers.filter(({ dueMs }) => dueMs <= this.#nowMs).sort((a, b) => a.dueMs - b.dueMs);
    this.#sleepers = this.#sleepers.filter(({ dueMs }) => dueMs > this.#nowMs);
    for (const { wake } of due) wake();
  }
}

/** Resolves as soon as `holds`; what is awaited is the event, never a length of time. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const endMs = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error(`it never came: ${what}`);
    await new Promise((later) => setTimeout(later, 2));
  }
}
