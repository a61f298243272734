import { assert } from "../../lib/assert.ts";

/** Counts by bucket as Prometheus has them; fixed bounds, so that it costs the same however much is observed. */
export class Histogram {
  /** Upper bounds, ascending, the last bucket (+Inf) left out. */
  readonly bounds: readonly number[];
  /** Of each bucket alone, one more than bounds. */
  readonly counts: Float64Array;
  sum = 0;
  count = 0;

  constructor(bounds: readonly number[]) {
    assert(
      bounds.every((bound, i) => i === 0 || bound > bounds[i - 1]!),
      "histogram bounds ascend",
    );
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > this.bounds[bucket]!) bucket++;
    this.counts[bucket]!++;
    this.sum += value;
    this.count++;
  }
}
