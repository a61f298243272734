import type { CodeSite } from "../../analysis/code-site.ts";
import type { Quantity } from "../../lib/quantity.ts";
import type { Word } from "./word.ts";

/** The verdict, the branches that led to it, and what to capture next. */
export interface VerdictStatements {
  "consequence-heap-site": { site: CodeSite; bytes: Quantity };
  "next-longer-window": { span: Quantity };
  "next-more-samples": { samples: Quantity };
  "next-source": Record<string, never>;
  "next-symbols": Record<string, never>;
  "next-dump": Record<string, never>;
  "next-settle-warm-up": Record<string, never>;
  "verdict-healthy": { samples: Quantity; span: Quantity };
  "verdict-saturating": { from: Quantity; to: Quantity; span: Quantity };
  "verdict-saturating-goroutines": { from: Quantity; to: Quantity; span: Quantity };
  "verdict-growth-without-pattern": { rate: Quantity };
  "verdict-growth-in-log": { rate: Quantity };
  "verdict-goroutines-without-pattern": { rate: Quantity };
  "verdict-insufficient": { samples: Quantity; needed: Quantity };
  "verdict-nothing-readable": Record<string, never>;
  "verdict-looked-once": Record<string, never>;
  "detection-limit": { rate: Quantity };
  "limit-reached-in": { low: Quantity; high: Quantity; limit: Quantity };
  "ask-goroutines": { answer: Word };
  "ask-collections": { answer: Word };
  "ask-live-heap": { answer: Word };
  "ask-sites": { answer: Word };
  "ask-peak": { answer: Word };
  "ask-resident": { answer: Word };
  conclude: { leaf: Word };
  "branch-gc-rate": { early: Quantity; late: Quantity };
  "branch-peak": { goal: Quantity; live: Quantity };
  "branch-resident": { shape: Word; from: Quantity; to: Quantity; go: Quantity; outside: Quantity };
  "branch-goroutines": { shape: Word; from: Quantity; to: Quantity };
  "branch-live-heap": { shape: Word; from: Quantity; to: Quantity; source: Word };
  "branch-gc": { cycles: Quantity; forced: Quantity };
  "branch-sites": { explained: Quantity };
  "branch-restart": { sample: Quantity };
  "branch-allocation": { rate: Quantity };
}
