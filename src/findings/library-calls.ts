import type { CodeSite } from "../analysis/code-site.ts";
import { findPackagePath } from "../analysis/frame-origin.ts";
import type { HeapGrowth } from "../analysis/heap-growth.ts";
import { type NodeIndex, ROOT } from "../analysis/stack-interner.ts";
import type { ClientLibrary } from "./client-libraries.ts";
import { findConstructed } from "./library-index.ts";

/** What one own line allocates by calling into library code. */
export interface LibraryCall {
  site: CodeSite;
  /** Own frames that call it, innermost first. */
  callers: CodeSite[];
  /** What is constructed on the way: the entry that the own line is nearest to first. */
  constructed: readonly ClientLibrary[];
  /** The library function that the own line calls, and its package. */
  callee: string;
  calleePackage: string;
  /** Packages of the library code between the allocations and the own line. */
  packages: ReadonlySet<string>;
  /** Growth within the window. */
  keptBytes: number;
  keptObjects: number;
  allocatedObjects: number;
}

export interface LibraryCalls {
  calls: readonly LibraryCall[];
  /** The call that a stack belongs to; undefined for stacks without library code under an own line. */
  ofNode: ReadonlyMap<NodeIndex, LibraryCall>;
  /** Own frames on whose behalf something was allocated within the window: functions seen at work. */
  activeFrames: readonly CodeSite[];
}

interface Draft extends LibraryCall {
  packages: Set<string>;
  largest: number;
}

const computed = new WeakMap<HeapGrowth, LibraryCalls>();

/** Calls of library code by own lines, each own line once for what it constructs there. Linear in the profile's size. */
export function getLibraryCalls(heap: HeapGrowth): LibraryCalls {
  let calls = computed.get(heap);
  if (calls === undefined) {
    calls = computeLibraryCalls(heap);
    computed.set(heap, calls);
  }
  return calls;
}

function computeLibraryCalls(heap: HeapGrowth): LibraryCalls {
  const { interner, originOfFrame, columns } = heap;
  const [first, last] = [columns[0], columns[columns.length - 1]];
  const drafts = new Map<string, Draft>();
  const ofNode = new Map<NodeIndex, LibraryCall>();
  const active = new Set<number>();
  if (first === undefined || last === undefined) return { calls: [], ofNode, activeFrames: [] };
  const frames = interner.frames();
  const constructedBy = frames.map((frame, i) =>
    originOfFrame[i] === "own" || originOfFrame[i] === "runtime" ? [] : findConstructed(frame.function),
  );
  for (let n = 1; n < interner.nodeCount; n++) {
    const node = n as NodeIndex;
    const kept = last.inuseBytes[n]! - first.inuseBytes[n]!;
    const allocated = last.allocObjects[n]! - first.allocObjects[n]!;
    if (last.inuseBytes[n] === 0 && last.allocObjects[n] === 0 && kept === 0) continue;
    const inner: number[] = [];
    let at = node;
    for (; at !== ROOT && originOfFrame[interner.frameIndexOf(at)] !== "own"; at = interner.parentOf(at)) {
      if (originOfFrame[interner.frameIndexOf(at)] !== "runtime") inner.push(interner.frameIndexOf(at));
    }
    if (at === ROOT) continue;
    const own: number[] = [];
    for (let o = at; o !== ROOT; o = interner.parentOf(o)) {
      const frame = interner.frameIndexOf(o);
      if (originOfFrame[frame] !== "own") continue;
      own.push(frame);
      if (allocated > 0 || kept > 0) active.add(frame);
    }
    if (inner.length === 0) continue;
    const constructed = inner.flatMap((frame) => constructedBy[frame]!).reverse();
    const callee = frames[inner[inner.length - 1]!]!.function;
    const key = `${own[0]!}\0${constructed[0]?.instance ?? callee}`;
    let draft = drafts.get(key);
    if (draft === undefined) {
      draft = {
        site: frames[own[0]!]!,
        callers: [],
        constructed,
        callee,
        calleePackage: findPackagePath(callee),
        packages: new Set(),
        keptBytes: 0,
        keptObjects: 0,
        allocatedObjects: 0,
        largest: Number.NEGATIVE_INFINITY,
      };
      drafts.set(key, draft);
    }
    for (const frame of inner) draft.packages.add(findPackagePath(frames[frame]!.function));
    draft.keptBytes += kept;
    draft.keptObjects += last.inuseObjects[n]! - first.inuseObjects[n]!;
    draft.allocatedObjects += allocated;
    if (constructed.length > draft.constructed.length) draft.constructed = constructed;
    if (allocated + kept > draft.largest) {
      draft.largest = allocated + kept;
      draft.callers = own.slice(1).map((frame) => frames[frame]!);
    }
    ofNode.set(node, draft);
  }
  return {
    calls: [...drafts.values()],
    ofNode,
    activeFrames: Array.from(active, (frame) => frames[frame]!),
  };
}
