/**
 * Typed arrays that grow while a decoder does not know how many rows will come. One class an element type: a shared
 * one would make every push megamorphic.
 */
const FIRST_CAPACITY = 64;

export class Uint8Rows {
  #data = new Uint8Array(FIRST_CAPACITY);
  length = 0;

  push(value: number): void {
    if (this.length === this.#data.length) this.#data = grown(this.#data, new Uint8Array(this.length * 2));
    this.#data[this.length++] = value;
  }

  at(row: number): number {
    return this.#data[row]!;
  }

  set(row: number, value: number): void {
    this.#data[row] = value;
  }

  toColumn(from = 0): Uint8Array {
    return this.#data.slice(from, this.length);
  }
}

export class Uint32Rows {
  #data = new Uint32Array(FIRST_CAPACITY);
  length = 0;

  push(value: number): void {
    if (this.length === this.#data.length) this.#data = grown(this.#data, new Uint32Array(this.length * 2));
    this.#data[this.length++] = value;
  }

  at(row: number): number {
    return this.#data[row]!;
  }

  set(row: number, value: number): void {
    this.#data[row] = value;
  }

  toColumn(from = 0): Uint32Array {
    return this.#data.slice(from, this.length);
  }
}

export class Int32Rows {
  #data = new Int32Array(FIRST_CAPACITY);
  length = 0;

  push(value: number): void {
    if (this.length === this.#data.length) this.#data = grown(this.#data, new Int32Array(this.length * 2));
    this.#data[this.length++] = value;
  }

  at(row: number): number {
    return this.#data[row]!;
  }

  set(row: number, value: number): void {
    this.#data[row] = value;
  }

  toColumn(from = 0): Int32Array {
    return this.#data.slice(from, this.length);
  }
}

export class Float64Rows {
  #data = new Float64Array(FIRST_CAPACITY);
  length = 0;

  push(value: number): void {
    if (this.length === this.#data.length) this.#data = grown(this.#data, new Float64Array(this.length * 2));
    this.#data[this.length++] = value;
  }

  at(row: number): number {
    return this.#data[row]!;
  }

  toColumn(from = 0): Float64Array {
    return this.#data.slice(from, this.length);
  }
}

function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
