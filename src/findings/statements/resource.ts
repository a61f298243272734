import type { CodeSite } from "../../analysis/code-site.ts";
import type { Quantity } from "../../lib/quantity.ts";

/** Resources of libraries and of the system that are not given back. */
export interface ResourceStatements {
  "headline-http-body": { site: CodeSite; rate: Quantity };
  "headline-http-body-unknown-site": { rate: Quantity };
  "http-read-loops": { from: Quantity; to: Quantity };
  "http-call-site": { site: CodeSite; calls: Quantity };
  "source-no-body-close": { site: CodeSite };
  "source-return-before-close": { site: CodeSite };
  "source-close-behind-loop": { site: CodeSite };
  "fix-body-close": Record<string, never>;
  "fix-body-drain": Record<string, never>;
}
