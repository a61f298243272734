import { assert } from "../lib/assert.ts";
import { Uint32Rows } from "../lib/growable-columns.ts";
import { finishHash, HASH_SEED, HashPlaces, mixHash } from "../lib/hash.ts";
import { EMPTY_STRING, SlicedStringTable, type StringIndex } from "./string-table.ts";

const encoder = new TextEncoder();

/**
 * Builds a string table from slices of UTF-8 without making a JS string: a goroutine dump repeats a few thousand
 * names a million times. Each distinct text is copied once, so the table does not keep the input alive.
 */
export class ByteStringInterner {
  readonly #end = new Uint32Rows();
  readonly #places = new HashPlaces();
  #bytes = new Uint8Array(1024);
  #used = 0;

  constructor() {
    // Index 0 is "", and not in the hash table.
    this.#end.push(0);
  }

  get length(): number {
    return this.#end.length;
  }

  internText(text: string): StringIndex {
    const bytes = encoder.encode(text);
    return this.intern(bytes, 0, bytes.length);
  }

  /** The index of `source[start … end)`. */
  intern(source: Uint8Array, start: number, end: number): StringIndex {
    assert(start <= end && end <= source.length, "a slice must lie inside its source");
    if (start === end) return EMPTY_STRING;
    const hash = hashBytes(source, start, end);
    let place = this.#places.first(hash);
    for (;;) {
      const index = this.#places.indexAt(place);
      if (index < 0) break;
      if (this.#places.hasHash(place, hash) && this.#equals(index, source, start, end))
        return index as StringIndex;
      place = this.#places.next(place);
    }
    const index = this.length;
    this.#places.fill(place, hash, index);
    this.#append(source, start, end);
    return index as StringIndex;
  }

  build(): SlicedStringTable {
    const end = this.#end.toColumn();
    const start = new Uint32Array(end.length);
    start.set(end.subarray(0, end.length - 1), 1);
    return new SlicedStringTable(this.#bytes.slice(0, this.#used), start, end);
  }

  #equals(index: number, source: Uint8Array, start: number, end: number): boolean {
    const known = this.#end.at(index - 1);
    if (this.#end.at(index) - known !== end - start) return false;
    for (let i = 0; i < end - start; i++) {
      if (this.#bytes[known + i] !== source[start + i]) return false;
    }
    return true;
  }

  #append(source: Uint8Array, start: number, end: number): void {
    const needed = this.#used + (end - start);
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = larger;
    }
    this.#bytes.set(source.subarray(start, end), this.#used);
    this.#used = needed;
    this.#end.push(needed);
  }
}

function hashBytes(source: Uint8Array, start: number, end: number): number {
  let state = mixHash(HASH_SEED, end - start);
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const word = source[at]! | (source[at + 1]! << 8) | (source[at + 2]! << 16) | (source[at + 3]! << 24);
    state = mixHash(state, word);
  }
  let rest = 0;
  for (; at < end; at++) rest = (rest << 8) | source[at]!;
  return finishHash(mixHash(state, rest));
}
