/** Buckets per doubling: a quantile is off by 1 % at most, less than the two digits that the runtime prints. */
const BUCKETS_PER_DOUBLING = 64;
/** From 2^-20 to 2^44 of the unit; what is smaller counts as the least. */
const LEAST_EXPONENT = -20;
const DOUBLINGS = 64;

/** Quantiles of any number of values of 0 or more, in memory that does not grow. Values that are not finite are left out. */
export class QuantileSketch {
  readonly #counts = new Uint32Array(DOUBLINGS * BUCKETS_PER_DOUBLING);
  #zeros = 0;
  count = 0;
  sum = 0;
  max = Number.NaN;

  add(value: number): void {
    if (!Number.isFinite(value)) return;
    this.count++;
    this.sum += value;
    if (!(value <= this.max)) this.max = value;
    if (value <= 0) this.#zeros++;
    else this.#counts[findBucket(value)]!++;
  }

  /** The value that a share `p` of all values does not exceed; NaN without values. */
  quantile(p: number): number {
    if (this.count === 0) return Number.NaN;
    let rank = Math.ceil(p * this.count) - this.#zeros;
    if (rank <= 0) return 0;
    for (const [bucket, count] of this.#counts.entries()) {
      rank -= count;
      if (rank <= 0) return Math.min(this.max, middleOf(bucket));
    }
    return this.max;
  }

  /** How many values are below `value`, to the precision of a bucket. */
  countBelow(value: number): number {
    if (value <= 0) return 0;
    const end = findBucket(value);
    let below = this.#zeros;
    for (let bucket = 0; bucket < end; bucket++) below += this.#counts[bucket]!;
    return below;
  }

  /** Sum of the values of at least `value`, to the precision of a bucket. */
  sumFrom(value: number): number {
    let sum = 0;
    for (let bucket = findBucket(Math.max(Number.MIN_VALUE, value)); bucket < this.#counts.length; bucket++) {
      const count = this.#counts[bucket]!;
      if (count > 0) sum += count * Math.min(this.max, middleOf(bucket));
    }
    return Math.min(sum, this.sum);
  }

  summary(): Distribution {
    return {
      count: this.count,
      mean: this.count === 0 ? Number.NaN : this.sum / this.count,
      p50: this.quantile(0.5),
      p95: this.quantile(0.95),
      p99: this.quantile(0.99),
      max: this.max,
    };
  }
}

function middleOf(bucket: number): number {
  return 2 ** ((bucket + 0.5) / BUCKETS_PER_DOUBLING + LEAST_EXPONENT);
}

function findBucket(value: number): number {
  const bucket = Math.floor((Math.log2(value) - LEAST_EXPONENT) * BUCKETS_PER_DOUBLING);
  return Math.max(0, Math.min(DOUBLINGS * BUCKETS_PER_DOUBLING - 1, bucket));
}

/** How a value is spread over the cycles; all NaN but the count if there are none. */
export interface Distribution {
  count: number;
  mean: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}
