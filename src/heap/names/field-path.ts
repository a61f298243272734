import type { GoTypes, TypeIndex } from "../types/go-types.ts";
import { UNKNOWN_TYPE } from "../types/go-types.ts";
import { KIND } from "../types/rtype.ts";

const MAX_DEPTH = 64;

/** How Go code names the value at `offset` of a value: ".user.name", "[3].next"; "" for its first word itself. */
export function fieldPath(
  types: GoTypes,
  type: TypeIndex,
  offset: number,
): { path: string; type: TypeIndex } {
  let path = "";
  let at = offset;
  let current = type;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const { kind, elem, size } = types.get(current);
    if (kind === KIND.struct) {
      const fields = types.fields(current);
      const field = fields.findLast(
        (f) => f.offset <= at && at < f.offset + Math.max(1, types.get(f.type).size),
      );
      if (field === undefined) return { path, type: UNKNOWN_TYPE };
      path += `.${field.name}`;
      at -= field.offset;
      current = field.type;
    } else if (kind === KIND.array && types.get(elem).size > 0) {
      const index = Math.floor(at / types.get(elem).size);
      path += `[${index}]`;
      at -= index * types.get(elem).size;
      current = elem;
    } else return { path, type: at < size ? current : UNKNOWN_TYPE };
  }
  return { path, type: UNKNOWN_TYPE };
}
