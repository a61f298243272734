/**
 * Bytes that are read where they are needed: a file of many gigabytes, a part of one, or an array. Reads are
 * synchronous, since those who follow pointers cannot wait at each. Only the edges make one of a file.
 */
export interface ByteSource {
  readonly size: number;
  /**
   * The bytes from `offset`, fewer than `length` where the source ends. They may be kept, but not written to: they can
   * be the source's own.
   */
  read(offset: number, length: number): Uint8Array;
}

export class ArraySource implements ByteSource {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    // A Buffer's slice() is a view: who reads gets what the type says.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get size(): number {
    return this.#bytes.length;
  }

  read(offset: number, length: number): Uint8Array {
    return this.#bytes.subarray(Math.min(offset, this.size), Math.min(offset + length, this.size));
  }
}
