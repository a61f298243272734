import type { CodeSite } from "../../analysis/code-site.ts";
import type { Quantity } from "../../lib/quantity.ts";
import type { Word } from "./word.ts";

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
  "headline-client-per-request": { instance: Word; library: Word; site: CodeSite; rate: Quantity };
  "headline-client-unknown-site": { instance: Word; library: Word; rate: Quantity };
  "headline-library-goroutines": { library: Word; site: CodeSite; rate: Quantity };
  "client-goroutines": { entry: CodeSite; library: Word; from: Quantity; to: Quantity };
  "client-made": { site: CodeSite; objects: Quantity };
  "client-used": { site: CodeSite; library: Word };
  "source-makes-client": { text: Word; site: CodeSite };
  "fix-client-share": { instance: Word };
  "fix-client-close": { closer: Word };
  "fix-library-close": { library: Word };
  "headline-http-transport": { site: CodeSite; rate: Quantity };
  "headline-http-idle-pool": { site: CodeSite; rate: Quantity };
  "headline-http-idle-caller": { site: CodeSite; rate: Quantity };
  "headline-http-idle-unknown-site": { rate: Quantity };
  "http-idle-loops": { from: Quantity; to: Quantity };
  "transport-made": { site: CodeSite; instance: Word };
  "source-makes-transport": { text: Word; site: CodeSite };
  "fix-transport-share": Record<string, never>;
  "fix-idle-timeout": Record<string, never>;
  "fix-idle-cap": Record<string, never>;
}
