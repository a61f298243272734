/** A set of small integers, one bit each. */
export class BitSet {
  readonly words: Uint32Array;
  readonly length: number;

  constructor(length: number) {
    this.length = length;
    this.words = new Uint32Array(Math.ceil(length / 32));
  }

  has(i: number): boolean {
    return (this.words[i >>> 5]! & (1 << (i & 31))) !== 0;
  }

  add(i: number): void {
    this.words[i >>> 5]! |= 1 << (i & 31);
  }

  count(): number {
    let total = 0;
    for (let word of this.words) {
      word -= (word >>> 1) & 0x5555_5555;
      word = (word & 0x3333_3333) + ((word >>> 2) & 0x3333_3333);
      total += (((word + (word >>> 4)) & 0x0f0f_0f0f) * 0x0101_0101) >>> 24;
    }
    return total;
  }
}
