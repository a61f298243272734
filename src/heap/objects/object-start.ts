import type { PointerBits } from "./heap-bitmap.ts";
import type { ObjectIndex } from "./object-index.ts";

interface Objects {
  index: ObjectIndex;
  bitmap: Pick<PointerBits, "headerBytes">;
}

/** The address of an object's value, which is behind the header if it has one. */
export function valueStart({ index, bitmap }: Objects, object: number): number {
  return index.addressOf(object) + bitmap.headerBytes(index.spanOf(object));
}

/** The object whose value begins at an address; -1 if none does. */
export function objectStartingAt(objects: Objects, address: number): number {
  const object = address > 4096 ? objects.index.objectAt(address) : -1;
  return object >= 0 && address === valueStart(objects, object) ? object : -1;
}
