import type { MapTables } from "../maps/map-table.ts";
import { type TypeIndex, UNKNOWN_TYPE } from "./go-types.ts";
import { findTries } from "./hash-trie.ts";
import { typeHiddenValues } from "./hidden-values.ts";
import { inferClosures } from "./infer-closures.ts";
import { inferStructs } from "./infer-structs.ts";
import { hasGroupsOf } from "./map-fit.ts";
import { typeByStructure } from "./structures.ts";
import { typeByCode } from "./type-by-code.ts";
import { TypeWalk, type TypingParts } from "./type-walk.ts";
import { TYPED_BY, type TypedHeap } from "./typed-heap.ts";
import { UntypedObjects } from "./untyped-objects.ts";

/** Names what nothing else says anything of; gives the types that are such names. */
export type NameRest = (walk: TypeWalk, untyped: UntypedObjects) => Set<TypeIndex>;

/**
 * Gives each object that can be reached its type: from the headers that the allocator writes (since Go 1.22), from
 * variables of known type, from words that tell a type by themselves (interfaces, closures), then from field to field
 * until nothing new is found. What is left is called by what it is made like, and else by who holds it.
 *
 * @param mapsByStructure maps that were recognised by their headers, see maps/find-maps.ts
 * @param finalized objects whose finalizer tells their type, see finalized-objects.ts
 * @param runtimeObjects addresses of the runtime's own objects, with their names
 * @param nameRest undefined: what is left stays without a type, see name-by-holder.ts
 */
export function typeHeap(
  parts: TypingParts,
  mapsByStructure: readonly MapTables[],
  finalized: readonly { object: number; type: TypeIndex }[],
  runtimeObjects: readonly { address: number; name: string; size: number }[],
  nameRest: NameRest | undefined,
): TypedHeap {
  const walk = new TypeWalk(parts);
  addHeaders(walk);
  walk.run();
  for (const variable of parts.variables) walk.walkValue(variable.address, variable.type, TYPED_BY.reached);
  walk.run();
  addLocals(walk);
  walk.run();
  for (const { object, type } of finalized)
    if (parts.reachable.has(object)) walk.assign(object, type, TYPED_BY.reached);
  walk.run();
  addMaps(walk, mapsByStructure);
  walk.run();
  const untyped = new UntypedObjects(parts.reachable, walk.type, parts.index.spans);
  addSeeds(walk, untyped);
  walk.run();
  for (const { address, name, size } of runtimeObjects) {
    const object = parts.index.objectAt(address);
    if (object >= 0 && walk.type[object] === UNKNOWN_TYPE)
      walk.assign(object, parts.types.make(name, size), TYPED_BY.structure);
  }
  inferClosures(walk);
  typeHiddenValues(walk);
  walk.run();
  findTries(walk, untyped);
  walk.run();
  typeByStructure(walk, untyped, mapsByStructure);
  walk.run();
  inferStructs(walk, untyped);
  const codeShare =
    parts.codeTypes === undefined ? 0 : typeByCode(walk, parts.codeTypes, untyped, mapsByStructure);
  const namedByHolder = nameRest?.(walk, untyped) ?? new Set<TypeIndex>();
  return {
    type: walk.type,
    namedByHolder,
    codeShare,
    maps: walk.maps,
    channels: walk.channels,
    syncMaps: walk.syncMaps,
    statics: walk.statics,
  };
}

/** Word 0 of middle-sized objects, and what the span says of large ones. */
function addHeaders(walk: TypeWalk): void {
  const { index, bitmap, space, types, reachable } = walk.parts;
  const { spans } = index;
  for (let span = 0; span < spans.length; span++) {
    const first = spans.firstObject[span]!;
    const large = spans.spanClass[span]! === 0 ? bitmap.largeType(span) : 0;
    if (large !== 0 && reachable.has(first)) walk.assign(first, types.ofRtype(large), TYPED_BY.header);
    if (!bitmap.hasHeader(span)) continue;
    for (let k = 0; k < spans.elements[span]!; k++) {
      if (!reachable.has(first + k)) continue;
      const rtype = space.u64(spans.start[span]! + k * spans.elementBytes[span]!);
      if (rtype > 0) walk.assign(first + k, types.ofRtype(rtype), TYPED_BY.header);
    }
  }
}

/** What variables of functions on stacks lead to. */
function addLocals(walk: TypeWalk): void {
  const { places, length, place, value, typeWord } = walk.parts.locals;
  for (let row = 0; row < length; row++) {
    const { step } = places[place[row]!]!;
    if (step !== undefined) walk.followWord(step, value[row]!, typeWord[row]!);
  }
}

/** A map's type is that of its groups, where the allocator wrote it; in a frame that of the variable which names it. */
function addMaps(walk: TypeWalk, maps: readonly MapTables[]): void {
  const { index, types, locals } = walk.parts;
  const localTypes = new Map(
    locals.mapHeaders.map(({ address, place }) => [address, locals.places[place]?.map ?? UNKNOWN_TYPE]),
  );
  for (const map of maps) {
    const local = localTypes.get(map.address) ?? UNKNOWN_TYPE;
    if (local !== UNKNOWN_TYPE && hasGroupsOf(walk, map, local)) {
      walk.followMap(map.address, local);
      continue;
    }
    for (const array of map.arrays) {
      const object = index.objectAt(array.address);
      const type = object < 0 ? UNKNOWN_TYPE : types.mapOfGroup(walk.type[object]!);
      if (type === UNKNOWN_TYPE) continue;
      walk.followMap(map.address, type);
      break;
    }
  }
}

/**
 * Looks at every word of untyped objects that have pointers: a pair of an rtype or itab and a pointer is an interface,
 * whoever holds it; an object that begins with a function's entry is a closure.
 */
function addSeeds(walk: TypeWalk, untyped: UntypedObjects): void {
  const { index, space, functions, bitmap } = walk.parts;
  const { spans } = index;
  untyped.visit((object, span) => {
    if ((spans.spanClass[span]! & 1) !== 0 || spans.spanClass[span]! >> 1 === 0) return;
    const size = spans.elementBytes[span]!;
    const header = bitmap.headerBytes(span);
    const start = spans.start[span]! + (object - spans.firstObject[span]!) * size + header;
    const first = space.u64(start);
    if (walk.isCode(first)) {
      const fn = functions.functionAt(first);
      if (fn?.entry === first) {
        walk.assignClosure(object, fn.name, TYPED_BY.seed);
        return;
      }
    }
    for (let at = start; at + 16 <= start + size - header; at += 8) {
      const dynamic = walk.dynamicType(space.u64(at));
      if (dynamic !== UNKNOWN_TYPE) walk.followInterface(space.u64(at + 8), dynamic, TYPED_BY.seed, at + 8);
    }
  });
}
