import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";

/** Time as capture sees it, so that tests can turn the hands. */
export interface Clock {
  /** Milliseconds since 1970. */
  wallMs(): number;
  /** Milliseconds from any fixed point, never going back. */
  monotonicMs(): number;
  /** Resolves after `ms`, or as soon as `signal` is aborted; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => Math.round(performance.now() * 1000) / 1000,
  async sleep(ms, signal) {
    if (signal.aborted) return;
    try {
      await delay(ms, undefined, { signal });
    } catch {
      // Only an abort rejects, and then the caller looks at its signal.
    }
  },
};
