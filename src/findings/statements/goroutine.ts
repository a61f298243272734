import type { CodeSite } from "../../analysis/code-site.ts";
import type { Quantity } from "../../lib/quantity.ts";
import type { Word } from "./word.ts";

/** Goroutines that pile up. */
export interface GoroutineStatements {
  "headline-goroutines-blocked": { state: Word; site: CodeSite; rate: Quantity };
  "goroutines-grew": { from: Quantity; to: Quantity; samples: Quantity; span: Quantity; chance: Quantity };
  "goroutines-survive": { share: Quantity };
  "goroutines-leave": { share: Quantity };
  "goroutines-waited": { minutes: Quantity };
  "goroutines-leaked": { count: Quantity };
  "goroutines-created": { site: CodeSite };
  "source-blocks": { text: Word; site: CodeSite };
  "source-channel-made": { text: Word; site: CodeSite };
  "source-select-without-done": { site: CodeSite };
  "consequence-stacks": { bytes: Quantity };
  "consequence-goroutines": { site: CodeSite; state: Word; grown: Quantity };
  "fix-send-done": Record<string, never>;
  "fix-send-buffer": Record<string, never>;
  "fix-receive-close": Record<string, never>;
  "fix-receive-done": Record<string, never>;
  "fix-select-done": Record<string, never>;
  "fix-lock-scope": Record<string, never>;
  "fix-lock-holder": Record<string, never>;
}
