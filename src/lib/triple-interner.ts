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
    const hash = hashTriple(first, second, third);
    const place = this.#search(hash, first, second, third);
    const known = this.#places.indexAt(place);
    if (known >= 0) return known;
    const index = this.length;
    this.#places.fill(place, hash, index);
    this.first.push(first);
    this.second.push(second);
    this.third.push(third);
    return index;
  }

  /** The index of three words, or -1 if they have none. */
  find(first: number, second: number, third: number): number {
    return this.#places.indexAt(this.#search(hashTriple(first, second, third), first, second, third));
  }

  /** The place of the three words, or the free one where they belong. */
  #search(hash: number, first: number, second: number, third: number): number {
    let place = this.#places.first(hash);
    for (;;) {
      const index = this.#places.indexAt(place);
      if (index < 0) return place;
      if (
        this.first.at(index) === first &&
        this.second.at(index) === second &&
        this.third.at(index) === third
      ) {
        return place;
      }
      place = this.#places.next(place);
    }
  }
}

function hashTriple(first: number, second: number, third: number): number {
  return finishHash(mixHash(mixHash(mixHash(HASH_SEED, first), second), third));
}
