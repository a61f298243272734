/**
 * Differs from run to run, so that no input can be written to make every key of a table collide. Nothing but the
 * places inside hash tables depends on it: interned indexes go by first appearance.
 */
export const HASH_SEED: number = (Math.random() * 0x1_0000_0000) | 0;

/** One round of MurmurHash3 (32 bit): takes the next word of a key into `hash`. */
export function mixHash(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  k = Math.imul(k, 0x1b873593);
  let h = hash ^ k;
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

/** Spreads the last words over all bits; the result is not negative. */
export function finishHash(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * The places of an open-addressing table: at `place`, `entry[place]` is an index + 1, or 0 where it is free. Keys and
 * their comparison are the owner's; this keeps the hashes so that growing needs no key.
 */
export class HashPlaces {
  #entry = new Uint32Array(256);
  #hash = new Uint32Array(256);
  #used = 0;

  /** Where the search for `hash` begins. */
  first(hash: number): number {
    return hash & (this.#entry.length - 1);
  }

  next(place: number): number {
    return (place + 1) & (this.#entry.length - 1);
  }

  /** The index kept at `place`, or -1 if the place is free. */
  indexAt(place: number): number {
    return this.#entry[place]! - 1;
  }

  hasHash(place: number, hash: number): boolean {
    return this.#hash[place] === hash;
  }

  /** Fills the free place that a search ended at. */
  fill(place: number, hash: number, index: number): void {
    this.#entry[place] = index + 1;
    this.#hash[place] = hash;
    this.#used++;
    // Half full at most: linear probing stays short.
    if (this.#used * 2 > this.#entry.length) this.#grow();
  }

  #grow(): void {
    const entry = this.#entry;
    const hash = this.#hash;
    this.#entry = new Uint32Array(entry.length * 2);
    this.#hash = new Uint32Array(entry.length * 2);
    for (let old = 0; old < entry.length; old++) {
      if (entry[old] === 0) continue;
      let place = this.first(hash[old]!);
      while (this.#entry[place] !== 0) place = this.next(place);
      this.#entry[place] = entry[old]!;
      this.#hash[place] = hash[old]!;
    }
  }
}
