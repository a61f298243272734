import { BitSet } from "../../lib/bit-set.ts";
import type { SpanTable } from "./span-table.ts";

/**
 * Objects that wait to be looked at, each once however often it is added. They are given out span by span in the order
 * of addresses: what is read lies side by side then, also in a heap larger than any cache.
 */
export class PendingObjects {
  readonly #firstObject: Uint32Array;
  readonly #waiting: Uint32Array;
  readonly #isQueued: Uint8Array;
  #spans: number[] = [];

  constructor(spans: SpanTable) {
    this.#firstObject = spans.firstObject;
    this.#waiting = new BitSet(spans.firstObject[spans.length]!).words;
    this.#isQueued = new Uint8Array(spans.length);
  }

  add(object: number, span: number): void {
    this.#waiting[object >>> 5]! |= 1 << (object & 31);
    if (this.#isQueued[span] !== 0) return;
    this.#isQueued[span] = 1;
    this.#spans.push(span);
  }

  /** Until none waits, those that `onObject` adds included. Returns whether there was any. */
  drain(onObject: (object: number, span: number) => void): boolean {
    if (this.#spans.length === 0) return false;
    while (this.#spans.length > 0) {
      const round = Uint32Array.from(this.#spans).sort();
      this.#spans = [];
      for (const span of round) {
        // Its objects point to each other often enough to look again before the next one.
        while (this.#drainSpan(span, onObject));
        this.#isQueued[span] = 0;
      }
    }
    return true;
  }

  #drainSpan(span: number, onObject: (object: number, span: number) => void): boolean {
    const waiting = this.#waiting;
    const first = this.#firstObject[span]!;
    const last = this.#firstObject[span + 1]! - 1;
    let any = false;
    for (let word = first >>> 5; word <= last >>> 5; word++) {
      let mask = -1;
      if (word === first >>> 5) mask &= -1 << (first & 31);
      if (word === last >>> 5) mask &= -1 >>> (31 - (last & 31));
      for (let bits = waiting[word]! & mask; bits !== 0; bits = waiting[word]! & mask) {
        const bit = 31 - Math.clz32(bits & -bits);
        waiting[word]! &= ~(1 << bit);
        any = true;
        onObject(word * 32 + bit, span);
      }
    }
    return any;
  }
}
