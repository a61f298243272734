import { nodeOfObject } from "../graph/rooted-graph.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import type { MapTables } from "./map-table.ts";

/**
 * The nodes of the graph through which all of a map is reached: its header, or, where that lies in a frame of a stack,
 * what it points to.
 */
export function entryNodes({ index, graph }: HeapSnapshot, { address, parts, arrays }: MapTables): number[] {
  const own = index.objectAt(address);
  if (own >= 0) return [nodeOfObject(graph, own)];
  const [, directory] = parts;
  const targets = directory === undefined ? arrays.map((array) => array.address) : [directory];
  const objects = new Set(targets.map((target) => index.objectAt(target)).filter((object) => object >= 0));
  return [...objects].map((object) => nodeOfObject(graph, object));
}

/** What would be free without a map. */
export function retainedOfMap(heap: HeapSnapshot, map: MapTables): number {
  return entryNodes(heap, map).reduce((total, node) => total + heap.retained[node]!, 0);
}
