import type { MetricBucket } from "./downsample.ts";
import type { MetricSeries } from "./store.ts";

/** Collects one metric's rows in any order; of two at one time the later counts. */
export class MetricSeriesBuilder {
  readonly #rows = new Map<number, MetricBucket>();

  add(atMs: number, value: number): void {
    this.#rows.set(atMs, { atMs, min: value, max: value, mean: value, count: 1 });
  }

  addBucket(bucket: MetricBucket): void {
    this.#rows.set(bucket.atMs, bucket);
  }

  get length(): number {
    return this.#rows.size;
  }

  build(): MetricSeries {
    const rows = [...this.#rows.values()].sort((a, b) => a.atMs - b.atMs);
    return {
      atMs: Float64Array.from(rows, (row) => row.atMs),
      value: Float64Array.from(rows, (row) => row.mean),
      min: Float64Array.from(rows, (row) => row.min),
      max: Float64Array.from(rows, (row) => row.max),
      count: Float64Array.from(rows, (row) => row.count),
    };
  }
}
