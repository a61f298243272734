/** Byte offsets below 2^32, gathered before their number is known. */
export class OffsetList {
  length = 0;
  #offsets = new Uint32Array(64);

  add(offset: number): void {
    if (this.length === this.#offsets.length) {
      const grown = new Uint32Array(2 * this.length);
      grown.set(this.#offsets);
      this.#offsets = grown;
    }
    this.#offsets[this.length++] = offset;
  }

  get(at: number): number {
    return this.#offsets[at]!;
  }

  finish(): Uint32Array {
    return this.#offsets.subarray(0, this.length);
  }
}
