import { Uint32Rows } from "./growable-columns.ts";
import { finishHash, HASH_SEED, HashPlaces, mixHash } from "./hash.ts";

/**
 * Numbers sequences of 32-bit words in order of first appearance. Sequence `s` is
 * `words[start[s] … start[s + 1] - 1]`; `start` has one entry more than there are sequences.
 */
export class SequenceInterner {
  readonly start = new Uint32Rows();
  readonly words = new Uint32Rows();
  readonly #places = new HashPlaces();

  constructor() {
    this.start.push(0);
  }

  get length(): number {
    return this.start.length - 1;
  }

  /** The index of `sequence[0 … length)`. */
  intern(sequence: Uint32Array, length: number): number {
    let state = mixHash(HASH_SEED, length);
    for (let i = 0; i < length; i++) state = mixHash(state, sequence[i]!);
    const hash = finishHash(state);
    let place = this.#places.first(hash);
    for (;;) {
      const index = this.#places.indexAt(place);
      if (index < 0) break;
      if (this.#places.hasHash(place, hash) && this.#equals(index, sequence, length)) return index;
      place = this.#places.next(place);
    }
    const index = this.length;
    this.#places.fill(place, hash, index);
    for (let i = 0; i < length; i++) this.words.push(sequence[i]!);
    this.start.push(this.words.length);
    return index;
  }

  #equals(index: number, sequence: Uint32Array, length: number): boolean {
    const start = this.start.at(index);
    if (this.start.at(index + 1) - start !== length) return false;
    for (let i = 0; i < length; i++) {
      if (this.words.at(start + i) !== sequence[i]) return false;
    }
    return true;
  }
}
