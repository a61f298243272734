import type { CodeSite } from "./code-site.ts";
import type { HeapGrowth } from "./heap-growth.ts";
import type { NodeIndex } from "./stack-interner.ts";

/** The program's own frames of a stack, innermost first. */
export function findOwnFrames(heap: HeapGrowth, node: NodeIndex): CodeSite[] {
  return heap.interner
    .stackOf(node)
    .filter((frame) => heap.classifier.classify(frame.function, frame.file) === "own");
}
