import type { CodeSite } from "../analysis/code-site.ts";
import type { Quantity } from "../lib/quantity.ts";

/** A word from a fixed list that a renderer translates, or a name from the target (a variable, a type, a label). */
type Word = string;

/**
 * Every sentence that gopatrol can say about a target, with the values that go into it. Facts live here; the wording
 * of each, per language, in report/messages/. A new statement without a wording does not compile.
 */
export interface StatementValues {
  // headlines
  "headline-unbounded-map": { target: Word; site: CodeSite };
  "headline-unbounded-slice": { target: Word; site: CodeSite };
  "headline-growth-unknown-container": { site: CodeSite };
  "headline-subslice-retention": { site: CodeSite; objectBytes: Quantity };
  "headline-goroutines-blocked": { state: Word; site: CodeSite; rate: Quantity };
  "headline-http-body": { site: CodeSite; rate: Quantity };
  "headline-http-body-unknown-site": { rate: Quantity };
  "headline-gogc-off": { heap: Quantity };
  "headline-gogc-off-at": { heap: Quantity; site: CodeSite };
  "headline-alloc-churn": { site: CodeSite; share: Quantity; rate: Quantity };
  // evidence from the heap
  "live-heap-grew": { from: Quantity; to: Quantity; samples: Quantity; span: Quantity; chance: Quantity };
  "process-is-young": { age: Quantity };
  "sites-grew": { bytes: Quantity; error: Quantity; sites: Quantity; share: Quantity };
  "nothing-freed": { kept: Quantity };
  "partly-freed": { kept: Quantity };
  "container-operation": { operation: Word; site: CodeSite };
  "container-not-visible": Record<string, never>;
  "value-site": { site: CodeSite; bytes: Quantity; objects: Quantity };
  "source-keeps": { text: Word; site: CodeSite };
  "source-subslice": { text: Word; site: CodeSite };
  "source-no-removal": { target: Word };
  "source-removal": { target: Word; text: Word; site: CodeSite };
  "objects-are-large": { objectBytes: Quantity; site: CodeSite };
  // evidence from goroutines
  "goroutines-grew": { from: Quantity; to: Quantity; samples: Quantity; span: Quantity; chance: Quantity };
  "goroutines-survive": { share: Quantity };
  "goroutines-leave": { share: Quantity };
  "goroutines-waited": { minutes: Quantity };
  "goroutines-leaked": { count: Quantity };
  "goroutines-created": { site: CodeSite };
  "source-blocks": { text: Word; site: CodeSite };
  "source-channel-made": { text: Word; site: CodeSite };
  "source-select-without-done": { site: CodeSite };
  "http-read-loops": { from: Quantity; to: Quantity };
  "http-call-site": { site: CodeSite; calls: Quantity };
  "source-no-body-close": { site: CodeSite };
  "source-return-before-close": { site: CodeSite };
  "source-close-behind-loop": { site: CodeSite };
  // evidence about the collector
  "gc-goal-infinite": Record<string, never>;
  "gc-no-automatic-cycle": { allocated: Quantity; span: Quantity };
  "gc-cycles": { rate: Quantity; cycles: Quantity; span: Quantity };
  "gc-cpu": { share: Quantity };
  "allocation-rate": { rate: Quantity; ratio: Quantity };
  "churn-site": { site: CodeSite; rate: Quantity; share: Quantity; operation: Word };
  "forced-by-us": { cycles: Quantity };
  // consequences
  "consequence-heap-site": { site: CodeSite; bytes: Quantity };
  "consequence-stacks": { bytes: Quantity };
  "consequence-goroutines": { site: CodeSite; state: Word; grown: Quantity };
  // fixes
  "fix-find-keeper": Record<string, never>;
  "fix-bound-map": { target: Word };
  "fix-delete-entries": { target: Word };
  "fix-bound-slice": { target: Word };
  "fix-clone-subslice": Record<string, never>;
  "fix-send-done": Record<string, never>;
  "fix-send-buffer": Record<string, never>;
  "fix-receive-close": Record<string, never>;
  "fix-receive-done": Record<string, never>;
  "fix-select-done": Record<string, never>;
  "fix-lock-scope": Record<string, never>;
  "fix-lock-holder": Record<string, never>;
  "fix-body-close": Record<string, never>;
  "fix-body-drain": Record<string, never>;
  "fix-gogc-finite": Record<string, never>;
  "fix-gogc-memlimit": { limit: Quantity };
  "fix-churn-string": Record<string, never>;
  "fix-churn-slice": Record<string, never>;
  "fix-churn-reuse": Record<string, never>;
  "fix-churn-gogc": Record<string, never>;
  // what to capture next
  "next-longer-window": { span: Quantity };
  "next-more-samples": { samples: Quantity };
  "next-source": Record<string, never>;
  "next-symbols": Record<string, never>;
  "next-dump": Record<string, never>;
  "next-settle-warm-up": Record<string, never>;
  // verdict and reasoning
  "verdict-healthy": { samples: Quantity; span: Quantity };
  "verdict-saturating": { from: Quantity; to: Quantity; span: Quantity };
  "verdict-saturating-goroutines": { from: Quantity; to: Quantity; span: Quantity };
  "verdict-growth-without-pattern": { rate: Quantity };
  "verdict-goroutines-without-pattern": { rate: Quantity };
  "verdict-insufficient": { samples: Quantity; needed: Quantity };
  "verdict-nothing-readable": Record<string, never>;
  "verdict-looked-once": Record<string, never>;
  "detection-limit": { rate: Quantity };
  "limit-reached-in": { low: Quantity; high: Quantity; limit: Quantity };
  "branch-goroutines": { shape: Word; from: Quantity; to: Quantity };
  "branch-live-heap": { shape: Word; from: Quantity; to: Quantity; source: Word };
  "branch-gc": { cycles: Quantity; forced: Quantity };
  "branch-sites": { explained: Quantity };
  "branch-restart": { sample: Quantity };
  "branch-allocation": { rate: Quantity };
}

export type StatementId = keyof StatementValues;

export type Statement = { [Id in StatementId]: { id: Id; values: StatementValues[Id] } }[StatementId];

export function statement<Id extends StatementId>(id: Id, values: StatementValues[Id]): Statement {
  return { id, values } as Statement;
}
