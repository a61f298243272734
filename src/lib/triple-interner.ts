import { Uint32Rows } from "./growable-columns.ts";
import { finishHash, HASH_SEED, HashPlaces, mixHash } from "./hash.ts";

/** Numbers three 32-bit words in order of first appearance: the same three always have the same index. */
export class TripleInterner {
  readonly first = new Uint32Rows();
  readonly second = new Uint32Rows();
  readonly third = new Uint32Rows();
  readonly #places = new HashPlaces();

  get length(): number {
    return this.first.length;
  }

  intern(first: number, second: number, third: number): number {
    const hash = finishHash(mixHash(mixHash(mixHash(HASH_SEED, first), second), third));
    let place = this.#places.first(hash);
    for (;;) {
      const index = this.#places.indexAt(place);
      if (index < 0) break;
      if (
        this.first.at(index) === first &&
        this.second.at(index) === second &&
        this.third.at(index) === third
      ) {
        return index;
      }
      place = this.#places.next(place);
    }
    const index = this.length;
    this.#places.fill(place, hash, index);
    this.first.push(first);
    this.second.push(second);
    this.third.push(third);
    return index;
  }
}
