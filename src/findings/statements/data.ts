import type { CodeSite } from "../../analysis/code-site.ts";
import type { Quantity } from "../../lib/quantity.ts";
import type { Word } from "./word.ts";

/** What the heap profile and the source say of memory that is kept. */
export interface DataStatements {
  "headline-unbounded-map": { target: Word; site: CodeSite };
  "headline-unbounded-slice": { target: Word; site: CodeSite };
  "headline-growth-unknown-container": { site: CodeSite };
  "headline-subslice-retention": { site: CodeSite; objectBytes: Quantity };
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
  "fix-find-keeper": Record<string, never>;
  "fix-bound-map": { target: Word };
  "fix-delete-entries": { target: Word };
  "fix-bound-slice": { target: Word };
  "fix-clone-subslice": Record<string, never>;
}
