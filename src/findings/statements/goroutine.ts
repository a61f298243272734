import type { CodeSite } from "../../analysis/code-site.ts";
import type { Quantity } from "../../lib/quantity.ts";
import type { Word } from "./word.ts";

/** Goroutines that pile up. */
export interface GoroutineStatements {
  "headline-goroutines-blocked": { state: Word; site: CodeSite; rate: Quantity };
  "headline-goroutines-started": { state: Word; site: CodeSite; entry: CodeSite; rate: Quantity };
  "goroutines-grew": { from: Quantity; to: Quantity; samples: Quantity; span: Quantity; chance: Quantity };
  "goroutines-survive": { share: Quantity };
  "goroutines-leave": { share: Quantity };
  "goroutines-waited": { minutes: Quantity };
  "goroutines-leaked": { count: Quantity };
  "goroutines-created": { site: CodeSite };
  "goroutines-cost": { stack: Quantity; heap: Quantity; rate: Quantity; perDay: Quantity };
  "goroutines-fill-limit": { time: Quantity; limit: Quantity };
  "source-blocks": { text: Word; site: CodeSite };
  "source-channel-made": { text: Word; site: CodeSite };
  "source-select-without-done": { site: CodeSite };
  "source-no-deadline": { site: CodeSite };
  "source-deadline": { text: Word; site: CodeSite };
  "source-loop-endless": { text: Word; site: CodeSite };
  "source-loop-ends-by-context": { text: Word; site: CodeSite };
  "source-loop-ends-by-condition": { text: Word; site: CodeSite };
  "source-no-done": { text: Word };
  "source-done": { text: Word; site: CodeSite };
  "source-no-signal": { text: Word };
  "source-signal": { text: Word; site: CodeSite };
  "consequence-stacks": { bytes: Quantity };
  "consequence-goroutines": { site: CodeSite; state: Word; grown: Quantity };
  "fix-send-done": Record<string, never>;
  "fix-send-buffer": Record<string, never>;
  "fix-receive-close": Record<string, never>;
  "fix-receive-done": Record<string, never>;
  "fix-select-done": Record<string, never>;
  "fix-lock-scope": Record<string, never>;
  "fix-lock-holder": Record<string, never>;
  "fix-io-deadline": Record<string, never>;
  "fix-io-close": Record<string, never>;
  "fix-io-http-server": Record<string, never>;
  "fix-io-syscall": Record<string, never>;
  "fix-sleep-context": Record<string, never>;
  "fix-sleep-limit": Record<string, never>;
  "fix-waitgroup-done": Record<string, never>;
  "fix-waitgroup-add": Record<string, never>;
  "fix-cond-signal": Record<string, never>;
  "fix-cond-channel": Record<string, never>;
}
