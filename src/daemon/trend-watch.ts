import { findRisingMetrics, type Suspects } from "../patrol/schedule/suspects.ts";
import type { Store } from "../store/store.ts";

/** A trend is judged once in so many samples: it does not change sooner. */
const EVERY_SAMPLES = 10;
/** How many samples are looked back on: two hours of minutes. */
const WINDOW_SAMPLES = 120;

/** Looks from time to time whether a target's memory rises, in what the store has of it. */
export class TrendWatch {
  readonly #store: Pick<Store, "metrics">;
  readonly #suspects: Suspects;
  readonly #lookedMs = new Map<string, number>();

  constructor(store: Pick<Store, "metrics">, suspects: Suspects) {
    this.#store = store;
    this.#suspects = suspects;
  }

  /**
   * After a run that brought samples every `everyMs`. `metricNames`: what history calls what is looked at. Returns
   * whether the target became suspect.
   */
  async look(
    target: string,
    metricNames: readonly string[],
    everyMs: number,
    nowMs: number,
  ): Promise<boolean> {
    const lookedMs = this.#lookedMs.get(target);
    if (lookedMs !== undefined && nowMs - lookedMs < EVERY_SAMPLES * everyMs) return false;
    this.#lookedMs.set(target, nowMs);
    // The first time there is nothing to look at yet, unless another process has been here.
    const range = { fromMs: nowMs - WINDOW_SAMPLES * everyMs, toMs: nowMs + 1 };
    const series = await this.#store.metrics(target, metricNames, range);
    return this.#suspects.noteTrend(target, findRisingMetrics(series));
  }

  retain(isWanted: (target: string) => boolean): void {
    for (const target of this.#lookedMs.keys()) if (!isWanted(target)) this.#lookedMs.delete(target);
  }
}
