import { HeapMarker } from "./graph/mark-reachable.ts";
import type { HeapParts, HeapSnapshot, RootedHeap } from "./heap-snapshot.ts";
import { findMaps, findStackMaps } from "./maps/find-maps.ts";
import type { MapTables } from "./maps/map-table.ts";
import type { ProcessImage } from "./memory/process-image.ts";
import { type OnHeapStage, readRuntime } from "./read-runtime.ts";
import { collectRoots } from "./roots/collect-roots.ts";
import { listRuntimeObjects } from "./roots/runtime-objects.ts";
import { listFinalizedObjects } from "./types/finalized-objects.ts";
import { type NameRest, typeHeap } from "./types/type-heap.ts";
import type { TypedHeap } from "./types/typed-heap.ts";

/** The objects that live and what they are, without who keeps them. */
export type TypedObjects = Pick<HeapSnapshot, "build" | "index" | "reachable" | "types" | "typed">;

/**
 * Reads a heap for whoever only counts objects by their types: without edges, dominators and names. What only its holder
 * would tell has no type.
 *
 * @throws DecodeError
 */
export async function readTypedObjects(
  image: ProcessImage,
  onStage: OnHeapStage = () => {},
): Promise<TypedObjects> {
  const { parts, ...rootParts } = await readRuntime(image, onStage);
  const { space } = image;
  onStage("goroutines and roots", parts.index.length);
  const marker = new HeapMarker(space, parts.index, parts.bitmap);
  const roots = collectRoots({
    ...parts,
    ...rootParts,
    space,
    variables: parts.symbols,
    visitTargets: (object, onTarget) => marker.visitTargets(object, onTarget),
  });
  onStage("pointers");
  const reachable = marker.mark(roots.table);
  onStage("types");
  const { typed } = typeObjects({ ...parts, reachable, roots }, undefined);
  return { build: parts.build, index: parts.index, reachable, types: parts.types, typed };
}

/** Says of each object that can be reached what it is, and which maps there are by what they are made of. */
export function typeObjects(
  parts: Omit<HeapParts, keyof RootedHeap | "symbols"> & Pick<HeapParts, "reachable" | "roots">,
  nameRest: NameRest | undefined,
): { typed: TypedHeap; mapsByStructure: MapTables[] } {
  const { layout, index, types, goroutines } = parts;
  const { space } = parts.image;
  const mapsByStructure = [
    ...findMaps(space, layout, index, parts.bitmap, parts.reachable),
    ...findStackMaps(space, layout, index, parts.bitmap, parts.roots.locals.mapHeaders),
  ];
  const typed = typeHeap(
    { ...parts, space, stacks: goroutines, locals: parts.roots.locals },
    mapsByStructure,
    listFinalizedObjects({ space, layout, index, types, roots: parts.roots.table }),
    listRuntimeObjects(space, layout, index, goroutines, parts.roots.table, parts.functions),
    nameRest,
  );
  return { typed, mapsByStructure };
}
