import type { ValueColumn } from "../tables/profile.ts";

const INT64_BITS = 64;

/** Sums of one value type by merged sample, in bigints only where a source has values that no double holds exactly. */
export class ValueSums {
  #value = new Float64Array(256);
  #exact: Map<number, bigint> | undefined;

  add(row: number, { value, exact }: ValueColumn, sample: number, sign: number): void {
    if (row >= this.#value.length) {
      const grown = new Float64Array(2 * row);
      grown.set(this.#value);
      this.#value = grown;
    }
    if (exact !== undefined && !Number.isSafeInteger(value[sample]!)) {
      this.#exact ??= new Map();
      // Subtracting goes through a double upstream too, but whole profiles are seldom so large that it shows.
      const before = this.#exact.get(row) ?? BigInt(this.#value[row]!);
      this.#exact.set(row, BigInt.asIntN(INT64_BITS, before + BigInt(sign) * exact[sample]!));
    } else {
      const before = this.#exact?.get(row);
      if (before !== undefined)
        this.#exact?.set(row, BigInt.asIntN(INT64_BITS, before + BigInt(sign * value[sample]!)));
    }
    // 0 - x, so that nothing becomes -0.
    this.#value[row] = sign > 0 ? this.#value[row]! + value[sample]! : this.#value[row]! - value[sample]!;
  }

  toColumn(length: number): ValueColumn {
    const value = this.#value.slice(0, length);
    const large = this.#exact;
    if (large === undefined) return { value };
    const exact = BigInt64Array.from({ length }, (_, row) => large.get(row) ?? BigInt(value[row]!));
    for (const [row, sum] of large) value[row] = Number(sum);
    return { value, exact };
  }
}
