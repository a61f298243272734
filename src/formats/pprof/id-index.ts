import { HIGH_WORD, LOW_WORD, viewWords } from "../../bytes/words.ts";

const TWO_32 = 0x1_0000_0000;

/**
 * Finds rows by the ids a file gave them: arbitrary uint64 values, though almost always 1 to n.
 *
 * Small ids index a table; others are found by bisection in a sorted copy. Not by hashing: a file made for it could
 * make every id collide.
 */
export class IdIndex {
  /** Row by id, or -1, where ids are small enough; else empty. */
  readonly direct: Int32Array;
  readonly #sorted: Uint32Array;
  /** Row by rank in `#sorted`. */
  readonly #row: Uint32Array;

  private constructor(direct: Int32Array, sorted: Uint32Array, row: Uint32Array) {
    this.direct = direct;
    this.#sorted = sorted;
    this.#row = row;
  }

  /** Linear, or n log n where ids are large. `fail` is called with a row whose id is 0 or was given before. */
  static build(id: BigUint64Array, fail: (row: number, what: string) => never): IdIndex {
    const words = viewWords(id);
    let largest = 0;
    for (let row = 0; row < id.length; row++) {
      const value = words[2 * row + HIGH_WORD]! * TWO_32 + words[2 * row + LOW_WORD]!;
      if (value === 0) fail(row, "has the reserved id 0");
      if (value > largest) largest = value;
    }
    if (largest < 4 * id.length + 64) {
      const direct = new Int32Array(largest + 1).fill(-1);
      for (let row = 0; row < id.length; row++) {
        const value = words[2 * row + LOW_WORD]!;
        if (direct[value] !== -1) fail(row, `has the id ${value} of another one`);
        direct[value] = row;
      }
      return new IdIndex(direct, new Uint32Array(0), new Uint32Array(0));
    }
    const rowOfRank = new Uint32Array(id.length).fill(NOT_SEEN);
    const index = new IdIndex(new Int32Array(0), viewWords(id.slice().sort()), rowOfRank);
    for (let row = 0; row < id.length; row++) {
      const rank = index.#rank(words[2 * row + LOW_WORD]!, words[2 * row + HIGH_WORD]!);
      if (rowOfRank[rank] !== NOT_SEEN) fail(row, `has the id ${id[row]} of another one`);
      rowOfRank[rank] = row;
    }
    return index;
  }

  /** The row with an id given in halves, or -1. */
  find(low: number, high: number): number {
    const { direct } = this;
    if (direct.length > 0) return high === 0 && low < direct.length ? direct[low]! : -1;
    const rank = this.#rank(low, high);
    return rank < 0 ? -1 : this.#row[rank]!;
  }

  /** The first place of an id among the sorted ones, or -1. */
  #rank(low: number, high: number): number {
    const sorted = this.#sorted;
    let first = 0;
    let behind = sorted.length / 2;
    while (first < behind) {
      const middle = (first + behind) >>> 1;
      const middleHigh = sorted[2 * middle + HIGH_WORD]!;
      if (middleHigh < high || (middleHigh === high && sorted[2 * middle + LOW_WORD]! < low))
        first = middle + 1;
      else behind = middle;
    }
    const isFound =
      first < sorted.length / 2 &&
      sorted[2 * first + LOW_WORD] === low &&
      sorted[2 * first + HIGH_WORD] === high;
    return isFound ? first : -1;
  }
}

const NOT_SEEN = 0xffff_ffff;
