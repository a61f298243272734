import type { CodeSite } from "../../analysis/code-site.ts";
import type { Quantity } from "../../lib/quantity.ts";
import type { Word } from "./word.ts";

/** What a figure did over the window. */
interface Rise {
  from: Quantity;
  to: Quantity;
  samples: Quantity;
  span: Quantity;
  chance: Quantity;
}

/** What the kernel says of the process: descriptors, mappings, memory outside the Go heap. */
export interface SystemStatements {
  "headline-fd": { kind: Word; place: Word; rate: Quantity };
  "headline-fd-at": { kind: Word; place: Word; site: CodeSite; rate: Quantity };
  "headline-mmap": { class: Word; rate: Quantity };
  "headline-mmap-at": { class: Word; site: CodeSite; rate: Quantity };
  "headline-cgo": { rate: Quantity };
  "headline-cgo-at": { site: CodeSite; rate: Quantity };
  "headline-plugin": { count: Quantity };
  "headline-plugin-at": { count: Quantity; site: CodeSite };
  "headline-not-released": { excess: Quantity; cause: Word };
  "headline-outside-go": { term: Word; rate: Quantity };
  // evidence
  "descriptors-grew": Rise;
  "descriptor-group-grew": { kind: Word; place: Word; direction: Word; from: Quantity; to: Quantity };
  "descriptors-half-closed": { count: Quantity };
  "descriptor-limit": { limit: Quantity; open: Quantity };
  "descriptor-limit-reached-in": { limit: Quantity; low: Quantity; high: Quantity };
  "mappings-grew": { class: Word; part: Word; from: Quantity; to: Quantity; bytes: Quantity };
  "resident-term-grew": Rise & { term: Word };
  "go-memory-steady": { from: Quantity; to: Quantity };
  "threads-grew": { from: Quantity; to: Quantity };
  "plugins-mapped": { from: Quantity; to: Quantity; example: Word };
  "plugins-loaded-in-log": { count: Quantity; example: Word };
  "source-acquires": { text: Word; site: CodeSite };
  "source-never-releases": { site: CodeSite };
  "source-leaves-before-release": { site: CodeSite };
  "source-releases-late": { site: CodeSite };
  "native-leak": { bytes: Quantity; blocks: Quantity; function: Word; place: Word };
  "held-beyond-goal": { held: Quantity; goal: Quantity; excess: Quantity; samples: Quantity };
  "held-unused": { bytes: Quantity; objects: Quantity };
  "held-free": { bytes: Quantity };
  "held-huge-pages": { bytes: Quantity };
  "held-lazily-freed": { bytes: Quantity };
  // consequences
  "consequence-descriptors": { kind: Word; place: Word; grown: Quantity };
  // fixes
  "fix-fd-close": Record<string, never>;
  "fix-fd-keepers": Record<string, never>;
  "fix-mmap-unmap": Record<string, never>;
  "fix-mmap-share": Record<string, never>;
  "fix-cgo-free": Record<string, never>;
  "fix-cgo-valgrind": Record<string, never>;
  "fix-cgo-arenas": Record<string, never>;
  "fix-plugin-data": Record<string, never>;
  "fix-plugin-process": Record<string, never>;
  "fix-fragmentation-copy": { saving: Quantity };
  "fix-fragmentation-group": Record<string, never>;
  "fix-free-limit": { limit: Quantity };
  "fix-huge-pages": Record<string, never>;
  "fix-lazy-free": Record<string, never>;
  "fix-outside-threads": Record<string, never>;
  "fix-outside-library": Record<string, never>;
  // next
  "next-source-of-resource": Record<string, never>;
}
