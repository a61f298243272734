import type { FinalizerState, PinnedObjects } from "../../tables/heap-contents.ts";
import { nodeType } from "../answers/owners.ts";
import { UNREACHED } from "../dominators/dominator-tree.ts";
import { nodeOfObject, objectOfNode } from "../graph/rooted-graph.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import { readSpecials, type Special } from "../roots/specials.ts";
import type { CodePlace } from "../runtime/function-table.ts";
import { shortTypeName } from "./container-places.ts";

/** Dominators between an object and what the runtime keeps for its finalizer: more is somebody else's structure. */
const MAX_CHAIN = 1000;
/** Objects that are followed from a finalizer's function to see whether they lead back, and from all of them. */
const MAX_SEARCH = 4096;
const MAX_SEARCHED = 20_000_000;
const MAX_STACK = 6;
const MAX_TYPES = 5;
/** Closures around a cleanup's function. */
const MAX_WRAPPERS = 3;
/** First functions of the goroutines that run finalizers and cleanups (runtime/mfinal.go, mcleanup.go). */
const RUNNER: Readonly<Record<string, "finalizer" | "cleanup">> = {
  "runtime.runfinq": "finalizer",
  "runtime.runFinalizers": "finalizer",
  "runtime.runCleanups": "cleanup",
};
const RUNTIME = /^(runtime|internal\/runtime\/[\w/]+|reflect|sync|internal\/sync|internal\/poll)\./;

/** What waits for finalizers and cleanups, who holds them up, and which objects keep themselves alive through theirs. */
export function describeFinalizers(heap: HeapSnapshot): FinalizerState {
  const { counts, table } = heap.roots;
  const queue = table.groups.findIndex((group) => group.kind === "queued");
  const isReached = queue >= 0 && heap.dominators.dominator[1 + queue] !== UNREACHED;
  return {
    registered: counts.finalizers + counts.cleanups,
    due: counts.queued,
    dueBytes: isReached ? heap.retained[1 + queue]! : 0,
    dueTypes: isReached ? countTypes(heap, 1 + queue) : [],
    stuck: findStuckGoroutine(heap),
    pinned: findPinned(heap),
  };
}

/** Types of what a group keeps directly. */
function countTypes(heap: HeapSnapshot, group: number): FinalizerState["dueTypes"] {
  const counts = new Map<string, number>();
  const { start, target } = heap.graph;
  for (const node of new Set(target.subarray(start[group]!, start[group + 1]!))) {
    const type = typeOf(heap, node);
    if (type !== "" && !type.startsWith("closure of ")) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MAX_TYPES)
    .map(([type, objects]) => ({ type, objects }));
}

/** What an object is; "" if only its holder is known. */
function typeOf(heap: HeapSnapshot, node: number): string {
  const object = objectOfNode(heap.graph, node);
  const isKnown = object >= 0 && !heap.typed.namedByHolder.has(heap.typed.type[object]!);
  return isKnown ? shortTypeName(nodeType(heap, node)) : "";
}

function findStuckGoroutine(heap: HeapSnapshot): FinalizerState["stuck"] {
  for (const [i, goroutine] of heap.goroutines.entries()) {
    const kind = RUNNER[heap.functions.functionAt(goroutine.startPc)?.name ?? ""];
    if (kind === undefined || goroutine.status !== "waiting") continue;
    const stack = (heap.roots.stacks[i]?.frames ?? []).flatMap((frame, depth) =>
      heap.functions.placesAt(depth === 0 ? frame.pc : frame.pc - 1),
    );
    const own = stack.findIndex((place) => !RUNTIME.test(place.function));
    if (own < 0) continue;
    return { kind, waitReason: goroutine.waitReason, stack: cutAtRuntime(stack.slice(own)) };
  }
  return undefined;
}

function cutAtRuntime(stack: readonly CodePlace[]): CodePlace[] {
  const end = stack.findIndex((place) => RUNTIME.test(place.function));
  return stack.slice(0, end < 0 ? MAX_STACK : Math.min(end, MAX_STACK));
}

/**
 * Objects that nothing keeps but the runtime's own hold on their finalizer or cleanup, and to which that very hold leads
 * back: they are never found dead. Another object that is only kept until the finalizer of its holder has run is none.
 */
function findPinned(heap: HeapSnapshot): PinnedObjects[] {
  const { index, layout, image, graph } = heap;
  const { specialfinalizer, specialCleanup } = layout.structs;
  const groups = { finalizer: groupNode(heap, "finalizer"), cleanup: groupNode(heap, "cleanup") };
  const rows = new Map<string, PinnedObjects>();
  const budget = { left: MAX_SEARCHED };
  readSpecials(image.space, layout, index.spans, (special) => {
    if (special.kind !== "finalizer" && special.kind !== "cleanup") return;
    const object = index.objectAt(index.spans.start[special.span]! + special.offset);
    if (object < 0 || !heap.reachable.has(object)) return;
    const node = nodeOfObject(graph, object);
    if (!isBelow(heap, node, groups[special.kind])) return;
    const words = functionWords(special, specialfinalizer.fn, specialCleanup);
    const starts = words.flatMap((word) => objectsAt(heap, image.space.u64(word)));
    let by: PinnedObjects["by"] | undefined;
    if (leadsTo(heap, starts, object, budget)) by = "closure";
    else if (special.kind === "finalizer" && leadsTo(heap, targetsOf(heap, object), object, budget))
      by = "cycle";
    if (by === undefined) return;
    const type = typeOf(heap, node);
    const site = findFunction(heap, words);
    const key = `${special.kind} ${by} ${type} ${site.function}`;
    const row = rows.get(key) ?? { by, kind: special.kind, type, site, objects: 0, retainedBytes: 0 };
    row.objects++;
    row.retainedBytes += heap.retained[node]! + bytesHeldWith(heap, object, groups[special.kind]);
    rows.set(key, row);
  });
  return [...rows.values()].sort((a, b) => b.retainedBytes - a.retainedBytes);
}

/** What an object with a finalizer points to is a root by itself, and so hangs beside the object in the tree. */
function bytesHeldWith(heap: HeapSnapshot, object: number, group: number): number {
  const { dominator } = heap.dominators;
  const own = nodeOfObject(heap.graph, object);
  let bytes = 0;
  for (const target of new Set(targetsOf(heap, object))) {
    const node = nodeOfObject(heap.graph, target);
    if (node !== own && dominator[node] === group) bytes += heap.retained[node]!;
  }
  return bytes;
}

function groupNode(heap: HeapSnapshot, kind: "finalizer" | "cleanup"): number {
  return 1 + heap.roots.table.groups.findIndex((group) => group.kind === kind);
}

function isBelow({ dominators: { dominator } }: HeapSnapshot, node: number, group: number): boolean {
  if (group === 0) return false;
  let at = node;
  for (let i = 0; i < MAX_CHAIN && at !== 0 && at !== UNREACHED; i++) {
    at = dominator[at]!;
    if (at === group) return true;
  }
  return false;
}

/** Addresses of the words that the special keeps: a finalizer's function, or a cleanup with its argument. */
function functionWords(
  special: Special,
  finalizerFn: number,
  { fn, cleanup }: { fn: number; cleanup: number },
): number[] {
  if (special.kind === "finalizer") return [special.address + finalizerFn];
  // {call, fn, arg} since Go 1.26.
  return cleanup >= 0 ? [8, 16, 0].map((word) => special.address + cleanup + word) : [special.address + fn];
}

function objectsAt({ index, reachable }: HeapSnapshot, pointer: number): number[] {
  const object = pointer > 4096 ? index.objectAt(pointer) : -1;
  return object >= 0 && reachable.has(object) ? [object] : [];
}

function targetsOf(heap: HeapSnapshot, object: number): number[] {
  const { start, target } = heap.graph;
  const node = nodeOfObject(heap.graph, object);
  return [...target.subarray(start[node]!, start[node + 1]!)].map((to) => objectOfNode(heap.graph, to));
}

function leadsTo(
  heap: HeapSnapshot,
  from: readonly number[],
  wanted: number,
  budget: { left: number },
): boolean {
  const seen = new Set(from);
  const queue = [...from];
  for (let at = 0; at < queue.length && budget.left > 0; at++) {
    budget.left--;
    if (queue[at] === wanted) return true;
    for (const next of targetsOf(heap, queue[at]!)) {
      if (seen.has(next) || seen.size >= MAX_SEARCH) continue;
      seen.add(next);
      queue.push(next);
    }
  }
  return false;
}

/** The program's function behind the words: a function value points to its code, and a wrapper to the function value. */
function findFunction(heap: HeapSnapshot, words: readonly number[]): CodePlace {
  const { image, functions } = heap;
  let found: CodePlace | undefined;
  let level = words.map((word) => image.space.u64(word));
  for (let depth = 0; depth < MAX_WRAPPERS; depth++) {
    const next: number[] = [];
    for (const value of level) {
      const code = value > 4096 ? functions.functionAt(image.space.u64(value)) : undefined;
      if (code !== undefined) {
        const place = functions.placesAt(code.entry).at(-1) ?? { function: code.name, file: "", line: 0 };
        if (!RUNTIME.test(code.name)) return place;
        found ??= place;
      }
      for (let at = 8; at <= 24; at += 8) next.push(image.space.u64(value + at));
    }
    level = next;
  }
  return found ?? { function: "", file: "", line: 0 };
}
