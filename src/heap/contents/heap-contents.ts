import type { HeapContents } from "../../tables/heap-contents.ts";
import { readAllocationStacks } from "../answers/allocation-stacks.ts";
import { listOwners } from "../answers/heap-report.ts";
import { childrenInTree } from "../answers/owners.ts";
import { computeShortestPaths } from "../graph/shortest-paths.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import { findContainerPlaces, shortTypeName } from "./container-places.ts";
import { listContainers } from "./containers.ts";
import { describeFinalizers } from "./finalizers.ts";
import { listPartlyUsed } from "./partly-used.ts";
import { describePools } from "./pools.ts";

const OWNERS_KEPT = 12;

/** What a diagnosis needs to know of a heap, in figures and names: who keeps what, and what is wrong with it by itself. */
export function describeHeapContents(
  heap: HeapSnapshot,
  look: Pick<HeapContents, "source" | "pauseMs">,
): HeapContents {
  const children = childrenInTree(heap);
  const paths = computeShortestPaths(heap.graph);
  const held = findContainerPlaces(heap);
  const stacks = heap.allocations ?? readAllocationStacks(heap);
  const reachableBytes = heap.retained[0]!;
  return {
    ...look,
    goVersion: heap.build.version,
    isStripped: heap.variables.length === 0,
    reachableBytes,
    reachableObjects: heap.reachable.count(),
    goroutines: heap.goroutines.length,
    owners: listOwners(heap, children, paths, reachableBytes, OWNERS_KEPT).map((owner) => ({
      name: shortTypeName(owner.name),
      kind: owner.kind,
      retainedBytes: owner.retainedBytes,
      point:
        owner.point === null
          ? undefined
          : {
              name: shortTypeName(owner.point.name),
              type: shortTypeName(owner.point.type),
              retainedBytes: owner.point.retainedBytes,
            },
    })),
    containers: listContainers({ heap, held, children, paths, stacks }),
    partlyUsed: listPartlyUsed(heap, held),
    finalizers: describeFinalizers(heap),
    pools: describePools(heap, held, stacks),
  };
}
