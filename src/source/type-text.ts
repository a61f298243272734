/** Reading the canonical type texts that the declarations give: "map[string]*Session", "*list.List", "[]byte". */

/** Type arguments looked at; real code has one or two. */
const MAX_TYPE_ARGUMENTS = 16;

export function withoutPointer(type: string): string {
  return type.startsWith("*") ? type.slice(1) : type;
}

/** The type of what a container holds: of a map, slice, array or channel (also behind one pointer); "" of others. */
export function elementOf(type: string): string {
  const plain = withoutPointer(type);
  if (plain.startsWith("map[") || plain.startsWith("[")) return plain.slice(closingBracket(plain) + 1);
  for (const opening of ["<-chan ", "chan<- ", "chan "]) {
    if (plain.startsWith(opening)) return plain.slice(opening.length);
  }
  return "";
}

/** The key type of a map, "" of others. */
export function keyOf(type: string): string {
  const plain = withoutPointer(type);
  return plain.startsWith("map[") ? plain.slice(4, closingBracket(plain)) : "";
}

export interface NamedType {
  /** As the file writes it, "" for a type of its own package. */
  packageName: string;
  name: string;
  arguments: string[];
}

/** "*cache.LRU[string, int]" → cache, LRU, [string, int]; undefined for a type that is not a name. */
export function parseNamedType(type: string): NamedType | undefined {
  const match = /^(?:([\p{L}_][\p{L}\p{Nd}_]*)\.)?([\p{L}_][\p{L}\p{Nd}_]*)(\[|$)/u.exec(
    withoutPointer(type),
  );
  if (match === null) return undefined;
  const plain = withoutPointer(type);
  const open = match[3] === "[" ? match[0].length - 1 : -1;
  return {
    packageName: match[1] ?? "",
    name: match[2] ?? "",
    arguments: open < 0 ? [] : splitTypes(plain.slice(open + 1, closingBracket(plain, open))),
  };
}

/** Puts type arguments in place of type parameters. */
export function substituteTypes(
  type: string,
  parameters: readonly string[],
  values: readonly string[],
): string {
  if (parameters.length === 0 || values.length !== parameters.length) return type;
  return type.replace(/[\p{L}_][\p{L}\p{Nd}_]*/gu, (name) => {
    const index = parameters.indexOf(name);
    return index < 0 ? name : values[index]!;
  });
}

/** True for types whose values hold no pointer to another object's memory. */
export function isPlainNumber(type: string): boolean {
  return /^(?:u?int(?:8|16|32|64)?|uintptr|float(?:32|64)|complex(?:64|128)|bool|byte|rune)$/.test(type);
}

function splitTypes(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= list.length && parts.length < MAX_TYPE_ARGUMENTS; i++) {
    const c = list[i];
    if (c === "[" || c === "(" || c === "{") depth++;
    else if (c === "]" || c === ")" || c === "}") depth--;
    else if (c === undefined || (c === "," && depth === 0)) {
      parts.push(list.slice(start, i).trim());
      start = i + 1;
    }
  }
  return parts;
}

function closingBracket(type: string, from = type.indexOf("[")): number {
  let depth = 0;
  for (let i = from; i < type.length; i++) {
    if (type[i] === "[") depth++;
    else if (type[i] === "]" && --depth === 0) return i;
  }
  return type.length;
}
