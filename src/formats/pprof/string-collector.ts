import type { StringIndex, StringTable } from "../../tables/string-table.ts";

/** Gathers the strings of a profile in the order of their first use, each once, as upstream writes them. */
export class StringCollector {
  readonly #strings: StringTable;
  /** The new index of a string of the profile, or -1. */
  readonly #known: Int32Array;
  readonly #byText = new Map<string, number>([["", 0]]);
  readonly #collected: Uint8Array[] = [new Uint8Array(0)];
  #emptyButThere = 0;

  constructor(strings: StringTable) {
    this.#strings = strings;
    this.#known = new Int32Array(strings.length).fill(-1);
  }

  get collected(): readonly Uint8Array[] {
    return this.#collected;
  }

  add(index: number): number {
    const known = this.#known[index]!;
    if (known >= 0) return known;
    const bytes = this.#strings.bytes(index as StringIndex);
    const text = toBinaryString(bytes);
    let at = this.#byText.get(text);
    if (at === undefined) {
      at = this.#collected.push(bytes) - 1;
      this.#byText.set(text, at);
    }
    this.#known[index] = at;
    return at;
  }

  /**
   * As `add` for a label's value or unit, where index 0 means that there is none: a string that is there but empty
   * gets an entry of its own.
   */
  addLabelText(index: number): number {
    if (index === 0) return 0;
    const at = this.add(index);
    if (at !== 0) return at;
    if (this.#emptyButThere === 0) this.#emptyButThere = this.#collected.push(new Uint8Array(0)) - 1;
    return this.#emptyButThere;
  }
}

const PIECE_BYTES = 4096;

/** One UTF-16 unit a byte: unlike decoded text it keeps apart all byte strings, and orders them as Go does. */
export function toBinaryString(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE_BYTES));
  }
  return text;
}
