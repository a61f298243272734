import type { AddressSpace } from "../memory/address-space.ts";
import type { ObjectIndex } from "../objects/object-index.ts";
import type { RootTable } from "../roots/root-table.ts";
import { readSpecials } from "../roots/specials.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";
import { type GoTypes, type TypeIndex, UNKNOWN_TYPE } from "./go-types.ts";
import { KIND } from "./rtype.ts";

export interface FinalizedParts {
  space: AddressSpace;
  layout: RuntimeLayout;
  index: ObjectIndex;
  types: GoTypes;
  roots: RootTable;
}

/**
 * Objects whose finalizer says of which type they are (`ot`, a pointer to it), which often nothing else does: what only
 * waits for its finalizer is reached by no variable. Those that have one, then those whose finalizer is due.
 */
export function listFinalizedObjects(parts: FinalizedParts): { object: number; type: TypeIndex }[] {
  const { space, layout, index, types, roots } = parts;
  const { specialfinalizer, finalizer } = layout.structs;
  const found: { object: number; type: TypeIndex }[] = [];
  const add = (object: number, rtype: number) => {
    const pointer = rtype > 0 ? types.get(types.ofRtype(rtype)) : undefined;
    if (object < 0 || pointer?.kind !== KIND.pointer || pointer.elem === UNKNOWN_TYPE) return;
    if (types.get(pointer.elem).size <= index.sizeOf(object)) found.push({ object, type: pointer.elem });
  };
  readSpecials(space, layout, index.spans, (special) => {
    if (special.kind !== "finalizer") return;
    const object = index.objectAt(index.spans.start[special.span]! + special.offset);
    add(object, space.u64(special.address + specialfinalizer.ot));
  });
  for (let i = 0; i < roots.length; i++) {
    const holder = roots.holder[i]!;
    if (holder === 0 || roots.groups[roots.group[i]!]!.kind !== "queued") continue;
    // The word may be any of the entry's; only from that of the object does its type lie so far away.
    add(roots.object[i]!, space.u64(holder - finalizer.arg + finalizer.ot));
  }
  return found;
}
