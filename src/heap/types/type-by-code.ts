import type { MapTables } from "../maps/map-table.ts";
import { objectStartingAt, valueStart } from "../objects/object-start.ts";
import { readAllocationSamples, readBucketStack } from "../roots/allocation-samples.ts";
import type { CodeTypes, CodeVariable } from "./allocation-sites.ts";
import { UNKNOWN_TYPE } from "./go-types.ts";
import { ShapeMatcher } from "./match-shapes.ts";
import { ObjectFit } from "./object-fit.ts";
import { KIND } from "./rtype.ts";
import type { TypeWalk } from "./type-walk.ts";
import { TYPED_BY } from "./typed-heap.ts";
import type { UntypedObjects } from "./untyped-objects.ts";

/** What one type leads to may be what tells the next. */
const MAX_ROUNDS = 8;
/** What the compiler calls the structs that closures are. */
const CONTEXT = /^(noalg\.)?struct \{ F uintptr; /;

/**
 * Types what nothing typed leads to, above all in programs without debug information: up to Go 1.21 the allocator writes no types,
 * but the code names those that it works with. An object of the allocation profile has the type that stands beside the
 * call which made it. Any other gets a type if of all that the code names, and those they are made of, just one has its
 * size, its pointers at the same places, and finds at each of them what it must; of two, none is taken. Returns the
 * share of bytes, of those that can be reached, that became known in this way, what it led to included.
 */
export function typeByCode(
  walk: TypeWalk,
  code: CodeTypes,
  untyped: UntypedObjects,
  maps: readonly MapTables[],
): number {
  const before = walk.type.slice();
  const fit = new ObjectFit(walk);
  typeSampled(walk, code, fit);
  typeVariables(walk, code, fit, maps);
  walk.run();
  typeClosures(walk, code, fit);
  walk.run();
  const matcher = new ShapeMatcher(walk, fit, code.mentioned);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const any = matcher.typeMaps(maps);
    walk.run();
    if (!matcher.typeObjects(untyped) && !any) break;
    walk.run();
  }
  return shareOfChanged(walk, before);
}

/** Objects that the allocation profile sampled, by the innermost call of their stack that names a type. */
function typeSampled(walk: TypeWalk, { sites }: CodeTypes, fit: ObjectFit): void {
  const { space, layout, index, types, reachable } = walk.parts;
  readAllocationSamples(space, layout, index, (object, bucket) => {
    if (!reachable.has(object) || walk.type[object] !== UNKNOWN_TYPE) return;
    const call = readBucketStack(space, layout, bucket).find((pc) => sites.has(pc));
    const site = call === undefined ? undefined : sites.get(call);
    if (site === undefined) return;
    const type = types.ofRtype(site.rtype);
    if (type !== UNKNOWN_TYPE && fit.isOf(object, type, site.isArray))
      walk.assign(object, type, TYPED_BY.seed);
  });
}

/** What a variable holds, of which all the code that was understood says the same. */
function typeVariables(
  walk: TypeWalk,
  { variables }: CodeTypes,
  fit: ObjectFit,
  maps: readonly MapTables[],
): void {
  const { space, types, reachable } = walk.parts;
  const mapAt = new Map(maps.map((map) => [map.address, map]));
  for (const { address, rtype, isMap, isArray } of agreedVariables(variables)) {
    const value = space.u64(address);
    const type = types.ofRtype(rtype);
    if (type === UNKNOWN_TYPE) continue;
    if (isMap) {
      const map = mapAt.get(value);
      if (map !== undefined && types.get(type).kind === KIND.map && fit.isMapOf(map, type))
        walk.followMap(value, type);
      continue;
    }
    const object = objectStartingAt(walk.parts, value);
    if (object < 0 || !reachable.has(object) || walk.type[object] !== UNKNOWN_TYPE) continue;
    if (fit.isOf(object, type, isArray)) walk.assign(object, type, TYPED_BY.seed);
  }
}

function agreedVariables(variables: readonly CodeVariable[]): CodeVariable[] {
  const byAddress = new Map<number, CodeVariable | undefined>();
  for (const variable of variables) {
    const { address, rtype, isMap } = variable;
    const known = byAddress.get(address);
    const agrees = !byAddress.has(address) || (known?.rtype === rtype && known.isMap === isMap);
    byAddress.set(address, agrees ? variable : undefined);
  }
  return [...byAddress.values()].filter((variable) => variable !== undefined);
}

/** What a closure captured, by the struct that is made where its function is put into it. */
function typeClosures(walk: TypeWalk, { closures }: CodeTypes, fit: ObjectFit): void {
  const { space, types } = walk.parts;
  for (const object of walk.closures) {
    const closure = walk.type[object]!;
    const { kind, name } = types.get(closure);
    if (kind !== 0 || !name.startsWith("closure of ")) continue;
    const entry = space.u64(valueStart(walk.parts, object));
    const struct = types.ofRtype(closures.get(entry) ?? 0);
    if (struct === UNKNOWN_TYPE || !CONTEXT.test(types.get(struct).name)) continue;
    if (!fit.isOf(object, struct, false)) continue;
    types.setCaptured(
      closure,
      types.fields(struct).filter(({ offset }) => offset > 0),
    );
    walk.followAgain(closure);
  }
}

/** The share of the bytes that can be reached whose type is not what it was. */
function shareOfChanged(walk: TypeWalk, before: Uint32Array): number {
  const { index, reachable } = walk.parts;
  const { spans } = index;
  let all = 0;
  let changed = 0;
  for (let span = 0; span < spans.length; span++) {
    const size = spans.elementBytes[span]!;
    const first = spans.firstObject[span]!;
    for (let object = first; object < first + spans.elements[span]!; object++) {
      if (!reachable.has(object)) continue;
      all += size;
      if (walk.type[object] !== before[object]) changed += size;
    }
  }
  return all === 0 ? 0 : changed / all;
}
