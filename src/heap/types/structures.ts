import { findEmptyMaps } from "../maps/find-maps.ts";
import type { MapTables } from "../maps/map-table.ts";
import { type GoType, UNKNOWN_TYPE } from "./go-types.ts";
import type { TypeWalk } from "./type-walk.ts";
import { TYPED_BY } from "./typed-heap.ts";
import { type UntypedObjects, visitObjects } from "./untyped-objects.ts";

const WORD = 8;

/**
 * Calls what is left by what it is made like: parts of maps whose types are not known, channels by their element's
 * type, and arrays without pointers that a string or a slice points to.
 */
export function typeByStructure(walk: TypeWalk, untyped: UntypedObjects, maps: readonly MapTables[]): void {
  labelMapParts(walk, maps);
  labelEmptyMaps(walk, untyped);
  findChannels(walk, untyped);
  findByteArrays(walk, untyped);
}

function labelMapParts(walk: TypeWalk, maps: readonly MapTables[]): void {
  const { types } = walk.parts;
  const label = (address: number, part: string) =>
    walk.assignStart(address, types.make(`map (${part})`, WORD), TYPED_BY.structure);
  for (const { address, parts, arrays } of maps) {
    for (const part of parts) label(part, part === address ? "header" : "tables");
    for (const array of arrays) label(array.address, "groups");
  }
}

/** Nothing that points to them says of which type they are; they hold nothing either. */
function labelEmptyMaps(walk: TypeWalk, untyped: UntypedObjects): void {
  const { types, space, layout, index, bitmap } = walk.parts;
  for (const address of findEmptyMaps(space, layout, index, bitmap, untyped))
    walk.assignStart(address, types.make("map (header)", WORD), TYPED_BY.structure);
}

/** runtime.hchan has the rtype of its elements in it, and counts that must fit each other. */
function findChannels(walk: TypeWalk, untyped: UntypedObjects): void {
  const { index, space, layout, types } = walk.parts;
  const { spans } = index;
  const { hchan } = layout.structs;
  untyped.visit((object, span) => {
    const size = spans.elementBytes[span]!;
    if (size < hchan.size || spans.spanClass[span]! >> 1 === 0) return;
    const at = spans.start[span]! + (object - spans.firstObject[span]!) * size;
    const elem = space.u64(at + hchan.elemtype);
    if (!walk.isStaticType(elem)) return;
    const slots = space.u64(at + hchan.dataqsiz);
    const isSound =
      space.u64(at + hchan.qcount) <= slots &&
      space.u64(at + hchan.sendx) <= slots &&
      space.u64(at + hchan.recvx) <= slots &&
      space.u32(at + hchan.closed) <= 1;
    const type = types.ofRtype(elem);
    if (!isSound || type === UNKNOWN_TYPE || types.get(type).size !== space.u16(at + hchan.elemsize)) return;
    walk.followChannel(at, types.channelOf(type));
  });
}

/**
 * Pairs of a pointer and a length, in data, on stacks and in untyped objects: what they point to is a string's bytes if nothing
 * follows, a slice's elements if a capacity that fills the object does.
 */
function findByteArrays(walk: TypeWalk, untyped: UntypedObjects): void {
  const { modules, stacks, space, index, reachable, types } = walk.parts;
  const { spans } = index;
  const areas = [
    ...modules.flatMap(({ data, edata, bss, ebss }) => [[data, edata] as const, [bss, ebss] as const]),
    ...stacks.map(({ sp, stackLow, stackHigh }) => [Math.max(sp, stackLow), stackHigh] as const),
  ];
  for (const [start, end] of areas) {
    for (const part of space.partsWithin(start, end))
      for (let at = part.from; at + 2 * WORD <= part.to; at += WORD)
        typePair(walk, at, at + 3 * WORD <= part.to);
  }
  const isOpaque = ({ name }: GoType) => name === "" || name.startsWith("closure of ");
  visitObjects(untyped.withOthers(walk.closures), spans, (object, span) => {
    if ((spans.spanClass[span]! & 1) !== 0 || spans.spanClass[span]! >> 1 === 0) return;
    if (!reachable.has(object) || !isOpaque(types.get(walk.type[object]!))) return;
    const size = spans.elementBytes[span]!;
    const start = spans.start[span]! + (object - spans.firstObject[span]!) * size;
    for (let at = start; at + 2 * WORD <= start + size; at += WORD)
      typePair(walk, at, at + 3 * WORD <= start + size);
  });

  function typePair(to: TypeWalk, at: number, hasThird: boolean): void {
    const pointer = space.u64(at);
    const object = pointer > 4096 ? index.objectAt(pointer) : -1;
    if (object < 0 || !reachable.has(object) || to.type[object] !== UNKNOWN_TYPE) return;
    const span = index.spanOf(object);
    if ((spans.spanClass[span]! & 1) === 0) return;
    const room = index.addressOf(object) + spans.elementBytes[span]! - pointer;
    const length = space.u64(at + WORD);
    if (!(length > 0 && length <= room)) return;
    const capacity = hasThird ? space.u64(at + 2 * WORD) : 0;
    if (capacity >= length && capacity <= room) {
      // The allocator rounds up by an eighth at most.
      const size = Math.floor(room / capacity);
      if (size * capacity * 8 >= room * 7) {
        to.assign(
          object,
          types.make(`[]T without pointers, of ${size} bytes each`, size),
          TYPED_BY.structure,
        );
        return;
      }
    }
    to.assign(object, to.bytesType, TYPED_BY.structure);
  }
}
