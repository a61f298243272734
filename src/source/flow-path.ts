/**
 * Where inside a value the memory lies that we follow: "" is the value itself, ".buf" its field buf, "[]" its
 * elements, ".items[]" the elements of a field, "*" somewhere inside.
 */
export type FlowPath = string;

export const ITSELF: FlowPath = "";
export const SOMEWHERE: FlowPath = "*";
export const ELEMENTS: FlowPath = "[]";

const MAX_PATH = 120;

/** The path of something at `path` inside a part of a larger value. */
export function within(part: string, path: FlowPath): FlowPath {
  return part.length + path.length > MAX_PATH ? SOMEWHERE : part + path;
}

/** The path that is left after stepping into the part; undefined if the memory is not in that part. */
export function stepInto(path: FlowPath, part: string): FlowPath | undefined {
  if (path === SOMEWHERE) return SOMEWHERE;
  if (!path.startsWith(part)) return undefined;
  const rest = path.slice(part.length);
  return rest === "" || rest[0] === "." || rest[0] === "[" || rest === SOMEWHERE ? rest : undefined;
}

/** True if the value is the memory itself, or may be. */
export function isWhole(path: FlowPath): boolean {
  return path === ITSELF || path === SOMEWHERE;
}
