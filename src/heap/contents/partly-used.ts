import type { PartlyUsedObjects } from "../../tables/heap-contents.ts";
import { UNREACHED } from "../dominators/dominator-tree.ts";
import { nodeOfObject, objectOfNode } from "../graph/rooted-graph.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import { UNKNOWN_TYPE } from "../types/go-types.ts";
import { type ContainerPlaces, NO_PLACE } from "./container-places.ts";

/** A smaller object is kept as cheaply as its part. */
const LEAST_OBJECT_BYTES = 1024;
/** Of an object that is used in good part nobody would copy the part. */
const MOST_USED_SHARE = 0.25;
const MAX_ROWS = 20;

/**
 * Large objects of which the places that name them use a small part: a string or slice was cut out and the rest is kept
 * with it. Objects that a goroutine's stack leads to are left out, since it may be at work on the whole.
 */
export function listPartlyUsed(heap: HeapSnapshot, held: ContainerPlaces): PartlyUsedObjects[] {
  const { index, graph, dominators, reachable } = heap;
  const { spans } = index;
  const rows = new Map<string, PartlyUsedObjects>();
  for (let span = 0; span < spans.length; span++) {
    const size = spans.elementBytes[span]!;
    if (size < LEAST_OBJECT_BYTES) continue;
    const first = spans.firstObject[span]!;
    for (let object = first; object < first + spans.elements[span]!; object++) {
      const id = held.placeOf[object]!;
      if (id === NO_PLACE || !reachable.has(object) || held.usedBytes[object]! > MOST_USED_SHARE * size)
        continue;
      const place = held.places[id]!;
      if (place.kind !== "string" && place.kind !== "slice") continue;
      if (!isArrayOf(heap, object, place.type, place.kind === "string")) continue;
      const above = dominators.dominator[nodeOfObject(graph, object)]!;
      if (above === 0 || above === UNREACHED || isStack(heap, above)) continue;
      const row = rows.get(place.owner) ?? { owner: place.owner, objects: 0, bytes: 0, usedBytes: 0 };
      row.objects++;
      row.bytes += size;
      row.usedBytes += held.usedBytes[object]!;
      rows.set(place.owner, row);
    }
  }
  return [...rows.values()].sort((a, b) => b.bytes - b.usedBytes - a.bytes + a.usedBytes).slice(0, MAX_ROWS);
}

/** A slice may also be of an array within a struct, which is then used as a whole. */
function isArrayOf(
  { typed, types }: HeapSnapshot,
  object: number,
  holder: number,
  isString: boolean,
): boolean {
  const type = typed.type[object]!;
  if (type === UNKNOWN_TYPE || typed.namedByHolder.has(type)) return true;
  const { name, size } = types.get(type);
  return size <= 1 || name === "string bytes" || (!isString && types.get(holder).elem === type);
}

function isStack({ graph, roots }: HeapSnapshot, node: number): boolean {
  return objectOfNode(graph, node) < 0 && roots.table.groups[node - 1]?.kind === "goroutine";
}
