import { type GoTypes, type TypeIndex, UNKNOWN_TYPE } from "./go-types.ts";
import { KIND } from "./rtype.ts";

const MAX_TYPES = 200_000;

/**
 * The types that the code names, and all that these are made of or lead to.
 *
 * @param mentioned addresses of rtypes
 */
export function listMentionedTypes(types: GoTypes, mentioned: ReadonlySet<number>): Set<TypeIndex> {
  const seen = new Set<TypeIndex>();
  const waiting: TypeIndex[] = [];
  const add = (type: TypeIndex) => {
    if (type === UNKNOWN_TYPE || seen.has(type) || seen.size >= MAX_TYPES) return;
    seen.add(type);
    waiting.push(type);
  };
  for (const rtype of mentioned) add(types.ofRtype(rtype));
  for (let type = waiting.pop(); type !== undefined; type = waiting.pop()) {
    const { kind, elem } = types.get(type);
    add(elem);
    if (kind === KIND.struct) for (const field of types.fields(type)) add(field.type);
    const shape = kind === KIND.map ? types.mapShape(type) : undefined;
    if (shape === undefined) continue;
    add(shape.key);
    add(shape.elem);
  }
  return seen;
}
