import type { BitSet } from "../../lib/bit-set.ts";
import type { SpanTable } from "../objects/span-table.ts";
import { UNKNOWN_TYPE } from "./go-types.ts";

/**
 * Objects that can be reached and of which no typed word told anything, by address: few in most heaps, and each way of
 * finding out more looks at these alone.
 */
export class UntypedObjects {
  readonly #objects: Uint32Array;
  readonly #type: Uint32Array;
  readonly #spans: SpanTable;

  constructor(reachable: BitSet, type: Uint32Array, spans: SpanTable) {
    this.#type = type;
    this.#spans = spans;
    let count = 0;
    visitSet(reachable, (object) => {
      if (type[object] === UNKNOWN_TYPE) count++;
    });
    this.#objects = new Uint32Array(count);
    let at = 0;
    visitSet(reachable, (object) => {
      if (type[object] === UNKNOWN_TYPE) this.#objects[at++] = object;
    });
  }

  /** Of those that had none at first. */
  get length(): number {
    return this.#objects.length;
  }

  /** Calls `onObject` for those that have no type yet. */
  visit(onObject: (object: number, span: number) => void): void {
    visitObjects(this.#objects, this.#spans, (object, span) => {
      if (this.#type[object] === UNKNOWN_TYPE) onObject(object, span);
    });
  }

  /** Those that have no type yet together with `others`, by address. One that is in both comes twice. */
  withOthers(others: readonly number[]): Uint32Array {
    const all = new Uint32Array(this.#objects.length + others.length);
    let count = 0;
    this.visit((object) => {
      all[count++] = object;
    });
    all.set(others, count);
    return all.subarray(0, count + others.length).sort();
  }
}

/** Calls `onObject` for each of objects that are in the order of addresses, with its span; equal ones count once. */
export function visitObjects(
  objects: Uint32Array,
  { firstObject }: SpanTable,
  onObject: (object: number, span: number) => void,
): void {
  let span = 0;
  for (let i = 0; i < objects.length; i++) {
    const object = objects[i]!;
    if (i > 0 && objects[i - 1] === object) continue;
    while (firstObject[span + 1]! <= object) span++;
    onObject(object, span);
  }
}

function visitSet({ words }: BitSet, onMember: (member: number) => void): void {
  for (let word = 0; word < words.length; word++) {
    for (let bits = words[word]!; bits !== 0; bits &= bits - 1)
      onMember(word * 32 + 31 - Math.clz32(bits & -bits));
  }
}
