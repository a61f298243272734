import type { CodeSite } from "../../analysis/code-site.ts";
import type { Quantity } from "../../lib/quantity.ts";
import type { Word } from "./word.ts";

/** What a program suddenly does otherwise. */
export interface BehaviourStatements {
  "headline-malloc-burst": { from: Quantity; to: Quantity; at: Quantity };
  "headline-malloc-burst-site": { from: Quantity; to: Quantity; at: Quantity; site: CodeSite };
  "allocation-step": { from: Quantity; to: Quantity; objects: Quantity; score: Quantity };
  "burst-site": { site: CodeSite; rate: Quantity; share: Quantity; operation: Word };
  "burst-site-new": { site: CodeSite; rate: Quantity; share: Quantity; operation: Word };
  "fix-burst-cause": Record<string, never>;
  "fix-burst-stream": Record<string, never>;
}
