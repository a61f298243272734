import { assert } from "../lib/assert.ts";
import type { StringIndex, StringTable } from "../tables/string-table.ts";

const encoder = new TextEncoder();

/** A string table with some more strings behind those of another one. */
export class ExtendedStringTable implements StringTable {
  readonly #base: StringTable;
  readonly #added: string[] = [];
  readonly #index = new Map<string, StringIndex>();

  constructor(base: StringTable) {
    this.#base = base;
  }

  get length(): number {
    return this.#base.length + this.#added.length;
  }

  add(text: string): StringIndex {
    const known = this.#index.get(text);
    if (known !== undefined) return known;
    const index = (text === "" ? 0 : this.length) as StringIndex;
    if (text !== "") this.#added.push(text);
    this.#index.set(text, index);
    return index;
  }

  get(index: StringIndex): string {
    if (index < this.#base.length) return this.#base.get(index);
    const text = this.#added[index - this.#base.length];
    assert(text !== undefined, `string ${index} is outside the table of ${this.length}`);
    return text;
  }

  bytes(index: StringIndex): Uint8Array {
    return index < this.#base.length ? this.#base.bytes(index) : encoder.encode(this.get(index));
  }
}
