import type { CodeSite } from "../../analysis/code-site.ts";
import type { Quantity } from "../../lib/quantity.ts";
import type { Word } from "./word.ts";

/**
 * What a look at the memory itself says: a core, or the process as it runs. `kind` is map, slice, channel, listeners or
 * owner; an owner is a variable, a field ("session.Store.sessions"), or the way that leads there.
 */
export interface HeapStatements {
  "headline-heap-holder": { owner: Word; kind: Word; entries: Quantity; bytes: Quantity; share: Quantity };
  "headline-heap-high-cardinality": { owner: Word; entries: Quantity; bytes: Quantity; part: Word };
  "headline-heap-never-shrinks": { owner: Word; entries: Quantity; slots: Quantity; saving: Quantity };
  "headline-heap-subslice": { owner: Word; bytes: Quantity; used: Quantity };
  "headline-heap-finalizers-due": { due: Quantity; bytes: Quantity; site: CodeSite };
  "headline-heap-finalizer-pin": { kind: Word; type: Word; objects: Quantity; bytes: Quantity };
  "headline-heap-pool": { owner: Word; values: Quantity; bytes: Quantity; largest: Quantity };
  "verdict-heap-spread": { bytes: Quantity };
  "heap-container": {
    owner: Word;
    kind: Word;
    type: Word;
    entries: Quantity;
    capacity: Quantity;
    bytes: Quantity;
    share: Quantity;
    shared: Quantity;
  };
  "heap-containers": { owner: Word; type: Word; count: Quantity; entries: Quantity; bytes: Quantity };
  "heap-path": { owner: Word; path: Word };
  "heap-owner": { owner: Word; bytes: Quantity; share: Quantity; point: Word; type: Word };
  "heap-map-load": { owner: Word; entries: Quantity; slots: Quantity; own: Quantity; reclaimable: Quantity };
  "heap-keys": { owner: Word; sampled: Quantity; forms: Word; distinct: Quantity };
  "heap-key-lengths": { shortest: Quantity; median: Quantity; longest: Quantity; entropy: Quantity };
  "heap-callbacks": { owner: Word; function: Word; closures: Quantity };
  "heap-channel-waiters": { owner: Word; senders: Quantity; receivers: Quantity };
  "heap-not-it": { owner: Word; entries: Quantity; bytes: Quantity; objects: Quantity; grown: Quantity };
  "heap-keeps-samples": { owner: Word; samples: Quantity };
  "heap-allocated-at": { site: CodeSite; samples: Quantity };
  "heap-partly-used": { owner: Word; objects: Quantity; bytes: Quantity; used: Quantity };
  "heap-finalizers-due": { due: Quantity; bytes: Quantity; types: Word };
  "heap-finalizer-stuck": { kind: Word; site: CodeSite; wait: Word };
  "heap-pinned": { by: Word; kind: Word; type: Word; objects: Quantity; bytes: Quantity; site: CodeSite };
  "heap-pool-contents": {
    owner: Word;
    type: Word;
    values: Quantity;
    bytes: Quantity;
    largest: Quantity;
  };
  "heap-pool-taken": { owner: Word; bytes: Quantity; share: Quantity };
  "heap-pool-filled": { owner: Word; field: Word; filled: Quantity; values: Quantity };
  "heap-one-look": Record<string, never>;
  "next-prove-growth": Record<string, never>;
}
