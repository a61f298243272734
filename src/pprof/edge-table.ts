import { finishHash, HASH_SEED, HashPlaces, mixHash } from "../lib/hash.ts";

const FIRST_CAPACITY = 256;

/** Calls from node to node, each pair once. */
export class EdgeTable {
  length = 0;
  source = new Uint32Array(FIRST_CAPACITY);
  target = new Uint32Array(FIRST_CAPACITY);
  weight = new Float64Array(FIRST_CAPACITY);
  divisor = new Float64Array(FIRST_CAPACITY);
  /** Some path between the two led over nodes that are not shown. */
  isResidual = new Uint8Array(FIRST_CAPACITY);
  /** Every call was inlined. */
  isInline = new Uint8Array(FIRST_CAPACITY);
  /** The last sample, plus 1, that was counted: a sample counts once however often it makes the call. */
  lastSample = new Uint32Array(FIRST_CAPACITY);
  readonly #places = new HashPlaces();

  find(source: number, target: number): number {
    const hash = finishHash(mixHash(mixHash(HASH_SEED, source), target));
    let place = this.#places.first(hash);
    for (;;) {
      const edge = this.#places.indexAt(place);
      if (edge < 0) break;
      if (this.source[edge] === source && this.target[edge] === target) return edge;
      place = this.#places.next(place);
    }
    if (this.length === this.source.length) this.#grow();
    const edge = this.length++;
    this.#places.fill(place, hash, edge);
    this.source[edge] = source;
    this.target[edge] = target;
    this.isInline[edge] = 1;
    return edge;
  }

  #grow(): void {
    this.source = grown(this.source, new Uint32Array(2 * this.length));
    this.target = grown(this.target, new Uint32Array(2 * this.length));
    this.weight = grown(this.weight, new Float64Array(2 * this.length));
    this.divisor = grown(this.divisor, new Float64Array(2 * this.length));
    this.isResidual = grown(this.isResidual, new Uint8Array(2 * this.length));
    this.isInline = grown(this.isInline, new Uint8Array(2 * this.length));
    this.lastSample = grown(this.lastSample, new Uint32Array(2 * this.length));
  }
}

function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
