import type { RssTermId } from "../../../analysis/rss-account.ts";

export const RSS_TERM: Record<RssTermId, string> = {
  "go-live": "Go: live objects",
  "go-garbage": "Go: garbage not yet freed",
  "go-objects": "Go: objects, live and garbage",
  "go-unused": "Go: unused space in spans",
  "go-free": "Go: free, not given back",
  "go-stacks": "Go: goroutine stacks",
  "go-heap": "Go: heap",
  "go-work-buffers": "Go: collector's work buffers",
  "go-huge-pages": "Go: given back, but in huge pages",
  "go-lazy-free": "Go: given back, still resident",
  "go-in-between": "Go: allocated between the readings",
  "go-untouched": "Go: counted, never touched",
  "go-swapped": "Go: swapped out",
  "go-metadata": "Go: runtime's own structures",
  "exe-text": "executable: code and constants",
  "exe-data": "executable: data",
  "c-heap": "C: malloc",
  "thread-stacks": "thread stacks",
  anonymous: "other anonymous mappings",
  plugins: "plugins",
  "shared-libraries": "shared libraries",
  files: "mapped files",
  "shared-memory": "shared memory",
  "outside-go": "anonymous memory, not divided",
};

export const rssTerm = (word: string) => RSS_TERM[word as RssTermId] ?? word;
