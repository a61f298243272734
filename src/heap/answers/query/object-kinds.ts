import type { GoType } from "../../types/go-types.ts";
import { KIND } from "../../types/rtype.ts";
import type { ObjectKind } from "./query-expression.ts";

const MAP_PART =
  /\((header|directory|table|tables|groups|overflow list)\)$|^(noalg\.)?map\.(group|bucket)\[|^sync\.Map \(/;
const RUNTIME_OBJECT = /^runtime\.|^(weak pointer's handle|cleanup's argument)$/;

/** What an object is made like, by the type that stands at its start; `isRepeated` if there is room for two of it. */
export function kindOfObject({ kind, name }: GoType, isRepeated: boolean): ObjectKind {
  if (name === "") return "unknown";
  if (name.startsWith("closure of ")) return "closure";
  if (name === "string bytes") return "string";
  if (MAP_PART.test(name)) return "map";
  if (name.endsWith("(channel)")) return "channel";
  if (RUNTIME_OBJECT.test(name)) return "runtime";
  if (isRepeated || kind === KIND.array || name.startsWith("[]T ")) return "array";
  if (kind === KIND.struct) return "struct";
  if (kind === KIND.string) return "string";
  if (kind === KIND.slice) return "slice";
  if (kind === KIND.interface) return "interface";
  if (kind === KIND.map) return "map";
  if (kind >= KIND.bool && kind <= KIND.complex128) return "number";
  return kind === 0 ? "unknown" : "pointer";
}
