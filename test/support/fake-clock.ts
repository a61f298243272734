import type { Clock } from "../../src/lib/clock.ts";

export interface FakeClock extends Clock {
  /** How long each wait was. */
  readonly slept: number[];
}

/**
 * A clock that stands still but in `sleep`, which turns it at once: windows of any length take no time, and no
 * sample is late on a loaded machine. `onSleep` runs within each wait, with its number from 0.
 */
export function createFakeClock(onSleep: (nth: number) => void | Promise<void> = () => {}): FakeClock {
  let nowMs = 0;
  const slept: number[] = [];
  return {
    slept,
    wallMs: () => Date.UTC(2026, 10, 20) + nowMs,
    monotonicMs: () => nowMs,
    async sleep(ms) {
      nowMs += ms;
      slept.push(ms);
      await onSleep(slept.length - 1);
    },
  };
}
