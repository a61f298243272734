import { type GoTypes, type TypeIndex, UNKNOWN_TYPE } from "../types/go-types.ts";
import { KIND } from "../types/rtype.ts";

/** map[string]map[int]func() has two. */
const MAX_NESTING = 3;
/** Interfaces by which somebody wants to be told. */
const LISTENER = /(Listener|Observer|Subscriber|Subscription|Callback|Hook|Watcher|EventHandler)$/;

/** Whether a map or slice is of functions, of channels to send on, or of listeners; also within maps and slices. */
export function holdsCallbacks(types: GoTypes, type: TypeIndex): boolean {
  return listHeldTypes(types, type).some((held) => isCallback(types, held, 0));
}

function isCallback(types: GoTypes, type: TypeIndex, depth: number): boolean {
  if (type === UNKNOWN_TYPE || depth > MAX_NESTING) return false;
  const { kind, name } = types.get(type);
  if (kind === KIND.func || kind === KIND.chan) return true;
  if (kind === KIND.interface) return LISTENER.test(name);
  return listHeldTypes(types, type).some((held) => isCallback(types, held, depth + 1));
}

function listHeldTypes(types: GoTypes, type: TypeIndex): TypeIndex[] {
  const { kind, elem } = types.get(type);
  if (kind === KIND.slice) return [elem];
  if (kind !== KIND.map) return [];
  const shape = types.mapShape(type);
  return shape === undefined ? [] : [shape.key, shape.elem];
}
