import type { CodeSite } from "../../analysis/code-site.ts";
import type { Quantity } from "../../lib/quantity.ts";
import type { Word } from "./word.ts";

/** The collector: its settings, its cost, what keeps it busy. */
export interface GcStatements {
  "headline-gogc-off": { heap: Quantity };
  "headline-gogc-off-at": { heap: Quantity; site: CodeSite };
  "headline-alloc-churn": { site: CodeSite; share: Quantity; rate: Quantity };
  "gc-goal-infinite": Record<string, never>;
  "gc-no-automatic-cycle": { allocated: Quantity; span: Quantity };
  "gc-cycles": { rate: Quantity; cycles: Quantity; span: Quantity };
  "gc-cpu": { share: Quantity };
  "allocation-rate-nothing-stays": { rate: Quantity };
  "allocation-rate": { rate: Quantity; ratio: Quantity };
  "churn-site": { site: CodeSite; rate: Quantity; share: Quantity; operation: Word };
  "forced-by-us": { cycles: Quantity };
  "fix-gogc-finite": Record<string, never>;
  "fix-gogc-memlimit": { limit: Quantity };
  "fix-churn-string": Record<string, never>;
  "fix-churn-slice": Record<string, never>;
  "fix-churn-reuse": Record<string, never>;
  "fix-churn-gogc": Record<string, never>;
}
