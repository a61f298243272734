import { nodeOfObject } from "../graph/rooted-graph.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import { dottedExpression, localExpression } from "./local-names.ts";
import { groupName, stepNameAt, visitPointers } from "./path-names.ts";

/** Pointers that are followed before a name is given up: large tables on the way have many. */
const MAX_STEPS = 2_000_000;

/**
 * The nodes that go by an expression: a variable, goroutine or other root by its name, an address, or what pointers of
 * a variable lead to, called as a report calls it ("main.app.cache.entries[…]", "local cache.entries[…] in main.run",
 * the same as "main.run.cache.entries[…]"). Nodes with the name they have.
 */
export function resolveExpression(heap: HeapSnapshot, expression: string): Map<number, string> {
  const found = new Map<number, string>();
  if (/^0x[0-9a-f]{1,16}$/i.test(expression)) {
    const object = heap.index.objectAt(Number.parseInt(expression.slice(2), 16));
    if (object >= 0 && heap.index.allocated.has(object))
      found.set(nodeOfObject(heap.graph, object), expression);
    return found;
  }
  const { table } = heap.roots;
  const dotted = dottedExpression(expression);
  const starts = new Map<number, string>();
  const seen = new Set<number>();
  for (let i = 0; i < table.length; i++) {
    const group = table.group[i]!;
    if (!seen.has(group)) {
      seen.add(group);
      const name = groupName(heap, group);
      if (name === expression || name.startsWith(`${expression} (`)) found.set(1 + group, name);
    }
    const holder = table.holder[i]!;
    if (holder === 0 || table.groups[group]!.kind !== "global") continue;
    const name = heap.names.nameOf(holder) || groupName(heap, group);
    if (name === expression) found.set(nodeOfObject(heap.graph, table.object[i]!), name);
    else if (leadsTo(name, expression)) starts.set(table.object[i]!, name);
  }
  findLocals(heap, dotted, (object, name) => {
    if (name === dotted) found.set(nodeOfObject(heap.graph, object), expression);
    else starts.set(object, name);
  });
  if (found.size === 0) {
    followNames(heap, starts, dotted, found);
    for (const node of found.keys()) found.set(node, expression);
  }
  return found;
}

/** Objects that local variables hold which have an expression for their name, or for the beginning of it. */
function findLocals(
  heap: HeapSnapshot,
  expression: string,
  onFound: (object: number, name: string) => void,
): void {
  const { table, locals } = heap.roots;
  const names = new Map<number, string>();
  for (const [place, local] of locals.places.entries()) {
    const name = `${local.function}.${localExpression(local)}`;
    if (name === expression || leadsTo(name, expression)) names.set(place, name);
  }
  if (names.size === 0) return;
  const add = (object: number, place: number) => {
    const name = names.get(place);
    if (name !== undefined && object >= 0 && heap.reachable.has(object)) onFound(object, name);
  };
  for (let row = 0; row < table.length; row++) add(table.object[row]!, table.local[row]!);
  // Of several variables that hold an object, the table has one.
  for (let row = 0; row < locals.length; row++)
    add(heap.index.objectAt(locals.value[row]!), locals.place[row]!);
}

/** Whether what is called `name` may hold what is called `expression`. */
function leadsTo(name: string, expression: string): boolean {
  return name !== "" && expression.startsWith(name) && /^(\.|\[| →)/.test(expression.slice(name.length));
}

function followNames(
  heap: HeapSnapshot,
  starts: ReadonlyMap<number, string>,
  expression: string,
  found: Map<number, string>,
): void {
  const queue = [...starts];
  const seen = new Set(starts.keys());
  let steps = 0;
  for (let at = 0; at < queue.length && steps <= MAX_STEPS; at++) {
    const [parent, name] = queue[at]!;
    visitPointers(heap, parent, (child, offset) => {
      if (++steps > MAX_STEPS || seen.has(child) || !heap.reachable.has(child)) return;
      const childName = name + stepNameAt(heap, parent, () => offset);
      // Parts of a map go by the map's own name: what comes first is the map, and nothing below it is looked at.
      if (childName === expression) found.set(nodeOfObject(heap.graph, child), childName);
      else if (childName === name || leadsTo(childName, expression)) queue.push([child, childName]);
      else return;
      seen.add(child);
    });
  }
}
