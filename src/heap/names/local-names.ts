import type { LocalPlace } from "../goroutines/local-place.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";

/** What a local variable of a goroutine's stack is called, in JSON. */
export interface LocalVariable {
  /** "sessions", or with the field of it that leads on: "state.users"; "" if the compiler does not tell which it is. */
  variable: string;
  function: string;
  goroutine: number;
}

/** How pointers that the debug information puts into no variable are called. */
const UNNAMED = "(unnamed)";
const firstRows = new WeakMap<HeapSnapshot["roots"]["table"], Int32Array>();

/** The place on a goroutine's stack that holds an object; undefined for other roots, and for what no frame holds. */
export function findLocal(heap: HeapSnapshot, group: number, object: number): LocalPlace | undefined {
  const { table, locals } = heap.roots;
  if (table.groups[group]?.kind !== "goroutine") return undefined;
  // A goroutine's roots are added together.
  for (let row = firstRowOf(table, group); row >= 0 && table.group[row] === group; row++)
    if (table.object[row] === object) return locals.places[table.local[row]!];
  return undefined;
}

export function describeLocal(heap: HeapSnapshot, group: number, place: LocalPlace): LocalVariable {
  const goroutine = heap.goroutines[heap.roots.table.groups[group]!.goroutine]?.id ?? 0;
  return { variable: place.variable, function: place.function, goroutine };
}

/** The map whose header lies in a frame at `address`: how it is called; "" if it is none of a stack. */
export function nameStackMap({ roots }: HeapSnapshot, address: number): string {
  const found = roots.locals.mapHeaders.find((header) => header.address === address);
  const place = found === undefined ? undefined : roots.locals.places[found.place];
  return place === undefined ? "" : nameInFunction(localExpression(place), place.function);
}

/** What stands for the variable in a name: "sessions", "state.users", "(unnamed)". */
export function localExpression({ variable }: LocalPlace): string {
  return variable || UNNAMED;
}

/** "local sessions.byName[…] in main.run": how reports call what a local variable leads to. */
export function nameInFunction(expression: string, fn: string): string {
  return `local ${expression} in ${fn}`;
}

/** "main.run.sessions.byName[…]" of "local sessions.byName[…] in main.run"; other expressions as they are. */
export function dottedExpression(expression: string): string {
  const [, variable, fn] = /^local (.+?) in (.+)$/s.exec(expression) ?? [];
  return variable === undefined ? expression : `${fn}.${variable}`;
}

function firstRowOf(table: HeapSnapshot["roots"]["table"], group: number): number {
  let rows = firstRows.get(table);
  if (rows === undefined) {
    rows = new Int32Array(table.groups.length).fill(-1);
    for (let row = table.length - 1; row >= 0; row--) rows[table.group[row]!] = row;
    firstRows.set(table, rows);
  }
  return rows[group]!;
}
