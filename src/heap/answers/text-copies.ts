import type { AddressSpace } from "../memory/address-space.ts";

/** Texts up to this length are compared. */
const MAX_TEXT_BYTES = 512;
/** Distinct texts that are kept apart; a heap with more has its first ones judged. */
const MAX_TEXTS = 4_000_000;
const FIRST_SLOTS = 1 << 12;

/** A text that several objects hold. */
export interface CopiedText {
  /** Of one copy. */
  bytes: Uint8Array;
  copies: number;
  /** Objects of all copies but the first. */
  wastedBytes: number;
}

/**
 * Counts equal texts in objects, without keeping the texts: of each the address of its first copy, by a hash in open
 * addressing. Texts that seem equal are compared byte by byte.
 */
export class TextCopies {
  readonly #space: AddressSpace;
  readonly #text = new Uint8Array(MAX_TEXT_BYTES);
  readonly #other = new Uint8Array(MAX_TEXT_BYTES);
  #pointer = new Float64Array(FIRST_SLOTS);
  #hash = new Uint32Array(FIRST_SLOTS);
  #length = new Uint16Array(FIRST_SLOTS);
  #copies = new Uint32Array(FIRST_SLOTS);
  #wasted = new Float64Array(FIRST_SLOTS);
  #texts = 0;

  constructor(space: AddressSpace) {
    this.#space = space;
  }

  /** One more object whose text is `length` bytes at `pointer`. */
  add(pointer: number, length: number, objectBytes: number): void {
    if (length > MAX_TEXT_BYTES || this.#texts >= MAX_TEXTS) return;
    const text = this.#text.subarray(0, length);
    if (this.#space.readInto(pointer, text) !== length) return;
    if (this.#texts * 2 >= this.#pointer.length) this.#grow();
    const hash = hashOf(text);
    const mask = this.#pointer.length - 1;
    let slot = hash & mask;
    for (; this.#copies[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.#hash[slot] !== hash || this.#length[slot] !== length) continue;
      if (!this.#isText(this.#pointer[slot]!, text)) continue;
      this.#copies[slot]!++;
      this.#wasted[slot]! += objectBytes;
      return;
    }
    this.#pointer[slot] = pointer;
    this.#hash[slot] = hash;
    this.#length[slot] = length;
    this.#copies[slot] = 1;
    this.#texts++;
  }

  get wastedBytes(): number {
    return this.#wasted.reduce((total, bytes) => total + bytes, 0);
  }

  /** Those that waste most. */
  largest(top: number): CopiedText[] {
    const slots: number[] = [];
    for (let slot = 0; slot < this.#copies.length; slot++) if (this.#copies[slot]! > 1) slots.push(slot);
    return slots
      .sort((a, b) => this.#wasted[b]! - this.#wasted[a]! || this.#pointer[a]! - this.#pointer[b]!)
      .slice(0, top)
      .map((slot) => ({
        bytes: this.#space.bytes(this.#pointer[slot]!, this.#length[slot]!) ?? new Uint8Array(0),
        copies: this.#copies[slot]!,
        wastedBytes: this.#wasted[slot]!,
      }));
  }

  #isText(pointer: number, text: Uint8Array): boolean {
    const other = this.#other.subarray(0, text.length);
    if (this.#space.readInto(pointer, other) !== text.length) return false;
    for (let i = 0; i < text.length; i++) if (other[i] !== text[i]) return false;
    return true;
  }

  #grow(): void {
    const [pointer, hash, length, copies, wasted] = [
      this.#pointer,
      this.#hash,
      this.#length,
      this.#copies,
      this.#wasted,
    ];
    const slots = pointer.length * 2;
    this.#pointer = new Float64Array(slots);
    this.#hash = new Uint32Array(slots);
    this.#length = new Uint16Array(slots);
    this.#copies = new Uint32Array(slots);
    this.#wasted = new Float64Array(slots);
    for (let from = 0; from < pointer.length; from++) {
      if (copies[from] === 0) continue;
      let to = hash[from]! & (slots - 1);
      while (this.#copies[to] !== 0) to = (to + 1) & (slots - 1);
      this.#pointer[to] = pointer[from]!;
      this.#hash[to] = hash[from]!;
      this.#length[to] = length[from]!;
      this.#copies[to] = copies[from]!;
      this.#wasted[to] = wasted[from]!;
    }
  }
}

/** FNV-1a of 32 bits, its low bits mixed once more. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x0100_0193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
