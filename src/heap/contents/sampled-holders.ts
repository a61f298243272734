import type { HeapAllocationPlace } from "../../tables/heap-contents.ts";
import type { AllocationStacks } from "../answers/allocation-stacks.ts";
import { skipRuntime } from "../answers/heap-report.ts";
import { UNREACHED } from "../dominators/dominator-tree.ts";
import { nodeOfObject, objectOfNode } from "../graph/rooted-graph.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import { type ContainerPlaces, NO_PLACE } from "./container-places.ts";
import type { SharedEntries } from "./shared-entries.ts";

/** A longer chain of dominators (a list) is followed no further. */
const MAX_CHAIN = 10_000;
const MAX_STACKS = 12;
const MAX_DEPTH = 12;

/**
 * Which objects that the memory profile sampled each holder alone keeps alive, by where they were allocated: what joins
 * the sites of a heap profile with the containers of the heap, whatever the source says.
 */
export function countSamplesByHolder(
  { heap, held, stacks }: { heap: HeapSnapshot; held: ContainerPlaces; stacks: AllocationStacks },
  holders: readonly { place: number; largest: { node: number; shared: SharedEntries } }[],
): HeapAllocationPlace[][] {
  const byPlace = new Map<number, number>();
  const byNode = new Map<number, number>();
  /** Entries that several hold: none of them is above these in the tree. */
  const byEntry = new Map<number, number[]>();
  for (const [i, { place, largest }] of holders.entries()) {
    if (place === NO_PLACE) byNode.set(largest.node, i);
    else byPlace.set(place, i);
    for (const entry of largest.shared.nodes) {
      const before = byEntry.get(entry);
      if (before === undefined) byEntry.set(entry, [i]);
      else before.push(i);
    }
  }
  const counts = holders.map(() => new Map<number, number>());
  const { dominator } = heap.dominators;
  for (const [object, bucket] of stacks.bucketOf) {
    const seen = new Set<number>();
    let at = nodeOfObject(heap.graph, object);
    for (let i = 0; at !== 0 && at !== UNREACHED && i < MAX_CHAIN; i++) {
      const of = objectOfNode(heap.graph, at);
      const holder = byNode.get(at) ?? (of < 0 ? undefined : byPlace.get(held.placeOf[of]!));
      for (const found of [...(holder === undefined ? [] : [holder]), ...(byEntry.get(at) ?? [])]) {
        if (seen.has(found)) continue;
        seen.add(found);
        counts[found]!.set(bucket, (counts[found]!.get(bucket) ?? 0) + 1);
      }
      at = dominator[at]!;
    }
  }
  return counts.map((buckets) => joinStacks(buckets, stacks));
}

/** A stack has a bucket for each size of object. */
function joinStacks(buckets: ReadonlyMap<number, number>, stacks: AllocationStacks): HeapAllocationPlace[] {
  const places = new Map<string, HeapAllocationPlace>();
  for (const [bucket, samples] of buckets) {
    const stack = skipRuntime(stacks.stackOf(bucket)).slice(0, MAX_DEPTH);
    if (stack.length === 0) continue;
    const key = stack.map((place) => `${place.function}:${place.line}`).join();
    const known = places.get(key);
    if (known === undefined) places.set(key, { stack, samples });
    else known.samples += samples;
  }
  return [...places.values()].sort((a, b) => b.samples - a.samples).slice(0, MAX_STACKS);
}
