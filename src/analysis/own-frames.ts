import type { CodeSite } from "./code-site.ts";
import type { HeapGrowth } from "./heap-growth.ts";
import { type NodeIndex, ROOT } from "./stack-interner.ts";

/** The program's own frames of a stack, innermost first. */
export function findOwnFrames(heap: HeapGrowth, node: NodeIndex): CodeSite[] {
  const { interner, originOfFrame } = heap;
  const frames: CodeSite[] = [];
  for (let n = node; n !== ROOT; n = interner.parentOf(n)) {
    if (originOfFrame[interner.frameIndexOf(n)] === "own") frames.push(interner.frameOf(n));
  }
  return frames;
}
