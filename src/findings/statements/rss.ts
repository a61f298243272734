import type { Quantity } from "../../lib/quantity.ts";
import type { Word } from "./word.ts";

/** What to do about a term of the resident set: one sentence a term, and what the cgroup holds beside it. */
export interface RssStatements {
  "rss-go-live": { bytes: Quantity };
  "rss-go-garbage": { bytes: Quantity };
  "rss-go-objects": { bytes: Quantity };
  "rss-go-unused": { bytes: Quantity; share: Quantity };
  "rss-go-free": { bytes: Quantity };
  "rss-go-stacks": { bytes: Quantity };
  "rss-go-heap": { bytes: Quantity };
  "rss-go-huge-pages": { bytes: Quantity; maxPtesNone: Quantity };
  "rss-go-lazy-free": { bytes: Quantity };
  "rss-go-swapped": { bytes: Quantity };
  "rss-go-metadata": { bytes: Quantity };
  "rss-exe-text": { bytes: Quantity };
  "rss-c-heap": { bytes: Quantity };
  "rss-thread-stacks": { bytes: Quantity; threads: Quantity };
  "rss-anonymous": { bytes: Quantity };
  "rss-plugins": { bytes: Quantity };
  "rss-files": { bytes: Quantity };
  "rss-shared-memory": { bytes: Quantity };
  "rss-outside-go": { bytes: Quantity };
  "rss-unexplained": { bytes: Quantity; share: Quantity };
  "rss-term-grows": { term: Word; from: Quantity; to: Quantity; rate: Quantity };
  "rss-cgroup-cache": { workingSet: Quantity; reclaimable: Quantity };
  "rss-cgroup-events": { high: Quantity; max: Quantity; oomKill: Quantity };
  "rss-fds-near-limit": { open: Quantity; limit: Quantity };
  "verdict-rss-growing": { rate: Quantity; term: Word; rise: Quantity };
  "verdict-rss-level": { samples: Quantity; span: Quantity };
  "verdict-rss-insufficient": { samples: Quantity; needed: Quantity };
}
