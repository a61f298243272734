import { assert } from "../lib/assert.ts";
import type { Brand } from "../lib/brand.ts";

export type StringIndex = Brand<number, "StringIndex">;
/** Every string table holds "" at index 0, as profile.proto demands. */
export const EMPTY_STRING = 0 as StringIndex;

/**
 * Strings by index, decoded from UTF-8 on first use.
 *
 * A decoder hands over offsets into its input and nothing is turned into a JS string until someone shows it:
 * a big profile names 100,000 functions of which a report prints thirty.
 */
export interface StringTable {
  readonly length: number;
  get(index: StringIndex): string;
  /** The raw UTF-8, for encoding again without loss (Go strings need not be valid UTF-8). */
  bytes(index: StringIndex): Uint8Array;
}

/** A byte order mark is part of a name like any other letter: names that differ by one must not look the same. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** A table over slices of one buffer: string `i` is `buffer[start[i] … end[i]-1]`. */
export class SlicedStringTable implements StringTable {
  readonly length: number;
  readonly #buffer: Uint8Array;
  readonly #start: Uint32Array;
  readonly #end: Uint32Array;
  readonly #decoded: (string | undefined)[];

  constructor(buffer: Uint8Array, start: Uint32Array, end: Uint32Array) {
    assert(start.length === end.length, "string offsets must pair up");
    this.length = start.length;
    this.#buffer = buffer;
    this.#start = start;
    this.#end = end;
    this.#decoded = new Array<string | undefined>(start.length);
  }

  get(index: StringIndex): string {
    const known = this.#decoded[index];
    if (known !== undefined) return known;
    const text = decoder.decode(this.bytes(index));
    this.#decoded[index] = text;
    return text;
  }

  bytes(index: StringIndex): Uint8Array {
    assert(index >= 0 && index < this.length, `string ${index} is outside the table of ${this.length}`);
    return this.#buffer.subarray(this.#start[index]!, this.#end[index]!);
  }
}

/** A table that grows by interning: the same text always has the same index. */
export class InternedStringTable implements StringTable {
  readonly #strings: string[] = [""];
  readonly #index = new Map<string, StringIndex>([["", EMPTY_STRING]]);

  get length(): number {
    return this.#strings.length;
  }

  intern(text: string): StringIndex {
    const known = this.#index.get(text);
    if (known !== undefined) return known;
    const index = this.#strings.length as StringIndex;
    this.#strings.push(text);
    this.#index.set(text, index);
    return index;
  }

  get(index: StringIndex): string {
    const text = this.#strings[index];
    assert(text !== undefined, `string ${index} is outside the table of ${this.length}`);
    return text;
  }

  bytes(index: StringIndex): Uint8Array {
    return encoder.encode(this.get(index));
  }
}
