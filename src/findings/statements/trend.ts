import type { Quantity } from "../../lib/quantity.ts";

/** What a series does over the window, beyond growing or not. */
export interface TrendStatements {
  "verdict-undecided": { from: Quantity; to: Quantity; span: Quantity; needed: Quantity };
  "verdict-undecided-in-log": { from: Quantity; to: Quantity; span: Quantity; needed: Quantity };
  "verdict-undecided-goroutines": { from: Quantity; to: Quantity; span: Quantity; needed: Quantity };
  "verdict-step": { from: Quantity; to: Quantity; span: Quantity };
  "verdict-step-goroutines": { from: Quantity; to: Quantity; span: Quantity };
  "verdict-swings": { low: Quantity; high: Quantity; span: Quantity; samples: Quantity };
  "verdict-swings-goroutines": { low: Quantity; high: Quantity; span: Quantity; samples: Quantity };
  "verdict-falling": { from: Quantity; to: Quantity; span: Quantity };
  /** `period` is NaN where no wave came back often enough to be measured. */
  "live-heap-swings": { low: Quantity; high: Quantity; period: Quantity };
  "goroutines-swing": { low: Quantity; high: Quantity; period: Quantity };
  "live-heap-steps": { count: Quantity; from: Quantity; to: Quantity; at: Quantity };
  "live-heap-accelerates": { rate: Quantity };
  "thrash-in": { low: Quantity; high: Quantity; limit: Quantity };
}
