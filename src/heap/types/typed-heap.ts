import type { TypeIndex } from "./go-types.ts";

/**
 * How an object's type is known. `header`: the allocator wrote it there. `reached`: by a typed pointer from a variable
 * or another typed object. `seed`: from a pair of words that look like an interface, or a function's entry.
 * `structure`: it is made like a map, a channel, a string's bytes; what its parts are is not known.
 */
export const TYPED_BY = { nothing: 0, structure: 1, seed: 2, reached: 3, header: 4 } as const;

/** A map that was found: where its header is, and of which type. */
export interface FoundMap {
  address: number;
  type: TypeIndex;
}

/** A value in the program's data that is reached through a pointer, with the word that points to it. */
export interface StaticValue {
  address: number;
  type: TypeIndex;
  by: number;
  from: number;
}

export interface TypedHeap {
  /** Of each object: what stands at its start, repeated to its end; UNKNOWN_TYPE if not known. */
  type: Uint32Array;
  /** Types that tell who holds an object, not what it is: see name-by-holder.ts. */
  namedByHolder: ReadonlySet<TypeIndex>;
  /** Share of the bytes that can be reached whose type the code of a program without debug information told: see type-by-code.ts. */
  codeShare: number;
  maps: FoundMap[];
  channels: FoundMap[];
  statics: StaticValue[];
  /** sync.Map and others built as a trie of hashes, with their number of entries. */
  syncMaps: { address: number; entries: number }[];
}
