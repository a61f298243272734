import type { BitSet } from "../../lib/bit-set.ts";
import { addRetained } from "../dominators/dominator-tree.ts";
import { nodeOfObject, objectOfNode } from "../graph/rooted-graph.ts";
import { computeShortestPaths, pathTo, type ShortestPaths } from "../graph/shortest-paths.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import { entryNodes, retainedOfMap } from "../maps/map-nodes.ts";
import { ownerName, pathName } from "../names/path-names.ts";
import type { SpanTable } from "../objects/span-table.ts";
import { nameOutside } from "./heap-report.ts";

/** What one heap has by one name. */
export interface SurveyRow {
  name: string;
  bytes: number;
  count: number;
  /** Of `bytes` in objects that the heap before has as well. */
  olderBytes: number;
}

/** One side of a comparison, small enough to be kept while the other heap is read. */
export interface HeapSurvey {
  bytes: number;
  objects: number;
  goroutines: number;
  types: SurveyRow[];
  owners: SurveyRow[];
  /** Bytes are those retained, counts are entries. */
  maps: SurveyRow[];
}

/** Where the objects of a heap lie and of which type they are: what is left of it to find them again in a later one. */
export interface HeapCensus {
  spans: SpanTable;
  reachable: BitSet;
  /** Of each object. */
  type: Uint32Array;
  typeNames: readonly string[];
  /** Hash seed by the address of each map. */
  seeds: ReadonlyMap<number, number>;
}

/** Objects of a heap that an earlier one has at the same address with the same type. */
export interface SurvivorCount {
  objects: number;
  bytes: number;
  /**
   * Seeds of maps are drawn at random when a map is made: one that stands at its place again proves that both heaps
   * are of one process; several maps at their places and no seed the same, that they are not.
   */
  sameProcess: "yes" | "no" | "unknown";
  /** By node: bytes of the object if it was there before. */
  olderBytes: Float64Array;
}

/** Rows with names: names are costly, and what is smaller than these changes nothing that matters. */
const MAX_NAMED = 2000;
/** Maps at their places without the same seed that make another process of it: one may have been cleared and drawn anew. */
const FOREIGN_MAPS = 3;
/** hmap.hash0 behind count, flags, B and noverflow (runtime/map.go up to 1.23); Map.seed behind used (internal/runtime/maps). */
const HASH0_OFFSET = 12;
const SEED_OFFSET = 8;

export function takeCensus(heap: HeapSnapshot): HeapCensus {
  const { types, typed, index, reachable } = heap;
  return {
    spans: index.spans,
    reachable,
    type: typed.type,
    typeNames: Array.from({ length: types.length }, (_, type) => types.get(type).name),
    seeds: new Map(heap.maps.map(({ address }) => [address, seedOf(heap, address)])),
  };
}

function seedOf({ image, layout }: HeapSnapshot, address: number): number {
  const isSwiss = layout.structs.swissMap.size > 0;
  return isSwiss ? image.space.u64(address + SEED_OFFSET) : image.space.u32(address + HASH0_OFFSET);
}

/** Finds the objects of `before` again. A span that was freed and made anew for other objects has another size or start. */
export function findSurvivors(before: HeapCensus, heap: HeapSnapshot): SurvivorCount {
  const { index, reachable, typed, types, graph } = heap;
  const { spans } = index;
  const spanAt = new Map<number, number>();
  for (let span = 0; span < before.spans.length; span++) spanAt.set(before.spans.start[span]!, span);
  const nameIds = new Map<string, number>();
  const idOf = (name: string) => {
    const id = nameIds.get(name) ?? nameIds.size;
    nameIds.set(name, id);
    return id;
  };
  const beforeId = Uint32Array.from(before.typeNames, idOf);
  const afterId = Uint32Array.from({ length: types.length }, (_, type) => idOf(types.get(type).name));
  const olderBytes = new Float64Array(graph.start.length - 1);
  let objects = 0;
  let bytes = 0;
  for (let span = 0; span < spans.length; span++) {
    const was = spanAt.get(spans.start[span]!);
    const size = spans.elementBytes[span]!;
    if (was === undefined || before.spans.elementBytes[was] !== size) continue;
    const first = spans.firstObject[span]!;
    const firstBefore = before.spans.firstObject[was]!;
    const count = Math.min(spans.elements[span]!, before.spans.elements[was]!);
    for (let k = 0; k < count; k++) {
      if (!reachable.has(first + k) || !before.reachable.has(firstBefore + k)) continue;
      if (afterId[typed.type[first + k]!] !== beforeId[before.type[firstBefore + k]!]) continue;
      olderBytes[nodeOfObject(graph, first + k)] = size;
      objects++;
      bytes += size;
    }
  }
  const bySeeds = compareSeeds(before, heap);
  // The runtime's own objects stay where they are for as long as a process lives.
  const sameProcess = bySeeds === "unknown" && objects === 0 ? "no" : bySeeds;
  return { objects, bytes, sameProcess, olderBytes };
}

function compareSeeds(before: HeapCensus, heap: HeapSnapshot): SurvivorCount["sameProcess"] {
  let foreign = 0;
  for (const { address } of heap.maps) {
    const seed = before.seeds.get(address);
    // Maps that never held anything have none.
    if (seed === undefined || Number.isNaN(seed) || seed === 0) continue;
    if (seed === seedOf(heap, address)) return "yes";
    foreign++;
  }
  return foreign >= FOREIGN_MAPS ? "no" : "unknown";
}

/** `olderBytes` of each node, if an earlier heap is known. */
export function surveyHeap(heap: HeapSnapshot, olderBytes?: Float64Array): HeapSurvey {
  const paths = computeShortestPaths(heap.graph);
  const older = olderBytes?.slice();
  if (older !== undefined) addRetained(heap.dominators, older);
  const types = surveyTypes(heap, olderBytes);
  return {
    bytes: types.reduce((total, row) => total + row.bytes, 0),
    objects: types.reduce((total, row) => total + row.count, 0),
    goroutines: heap.goroutines.length,
    types,
    owners: surveyOwners(heap, paths, older),
    maps: surveyMaps(heap, paths, older),
  };
}

function surveyTypes({ index, reachable, typed, types, graph }: HeapSnapshot, olderBytes?: Float64Array) {
  const { spans } = index;
  const rows: SurveyRow[] = Array.from({ length: types.length }, (_, type) => ({
    name: types.get(type).name,
    bytes: 0,
    count: 0,
    olderBytes: 0,
  }));
  for (let span = 0; span < spans.length; span++) {
    const first = spans.firstObject[span]!;
    for (let object = first; object < first + spans.elements[span]!; object++) {
      if (!reachable.has(object)) continue;
      const row = rows[typed.type[object]!]!;
      row.bytes += spans.elementBytes[span]!;
      row.count++;
      if (olderBytes !== undefined) row.olderBytes += olderBytes[nodeOfObject(graph, object)]!;
    }
  }
  return rows.filter((row) => row.count > 0);
}

function surveyOwners(heap: HeapSnapshot, paths: ShortestPaths, older?: Float64Array): SurveyRow[] {
  const { dominator, reached } = heap.dominators;
  const nodes: number[] = [];
  for (let node = 1; node < reached; node++)
    if (dominator[node] === 0 && heap.retained[node]! > 0) nodes.push(node);
  return nodes
    .sort((a, b) => heap.retained[b]! - heap.retained[a]!)
    .slice(0, MAX_NAMED)
    .map((node) => ({
      name: nodeName(heap, paths, node),
      bytes: heap.retained[node]!,
      count: 1,
      olderBytes: older?.[node] ?? 0,
    }));
}

function nodeName(heap: HeapSnapshot, paths: ShortestPaths, node: number): string {
  const isObject = objectOfNode(heap.graph, node) >= 0;
  return isObject ? pathName(heap, pathTo(paths, node)) : ownerName(heap, node - 1);
}

function surveyMaps(heap: HeapSnapshot, paths: ShortestPaths, older?: Float64Array): SurveyRow[] {
  return heap.maps
    .map((map) => ({ map, bytes: retainedOfMap(heap, map) }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, MAX_NAMED)
    .map(({ map, bytes }) => {
      const nodes = entryNodes(heap, map);
      const isInHeap = heap.index.objectAt(map.address) >= 0;
      const owner = isInHeap ? pathName(heap, pathTo(paths, nodes[0]!)) : nameOutside(heap, map.address);
      return {
        name: `${owner} ${heap.types.get(map.type).name}`.trim(),
        bytes,
        count: map.entries,
        olderBytes: nodes.reduce((total, node) => total + (older?.[node] ?? 0), 0),
      };
    });
}
