import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../lib/clock.ts";

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
