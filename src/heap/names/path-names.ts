import { objectOfNode } from "../graph/rooted-graph.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import { UNKNOWN_TYPE } from "../types/go-types.ts";
import { fieldPath } from "./field-path.ts";
import { findLocal, localExpression, nameInFunction } from "./local-names.ts";

/** Parts of a map other than its groups: passed over in a path, since Go code does not name them. */
const MAP_PART = /\((header|directory|table)\)$/;
const MAP_GROUP = /^(noalg\.)?map\.(group|bucket)\[/;
const TRIE_PART = /^sync\.Map \(/;

/** "main.server.registry", "goroutine 12 (main.worker)", "finalizers": what a root group is called. */
export function groupName(heap: HeapSnapshot, group: number): string {
  const { kind, name, address, goroutine } = heap.roots.table.groups[group]!;
  if (kind === "goroutine") {
    const { startPc } = heap.goroutines[goroutine]!;
    const fn = heap.functions.functionAt(startPc)?.name ?? "";
    return fn === "" ? name : `${name} (${fn})`;
  }
  if (kind !== "global") return name;
  const known = heap.variables.find((variable) => variable.address === address);
  if (known !== undefined) return known.name;
  const found = heap.names.nameOf(address);
  return found === "" ? name : found;
}

/** The same without a goroutine's number: they come and go, so they go by the function that they began with. */
export function ownerName(heap: HeapSnapshot, group: number): string {
  const name = groupName(heap, group);
  return heap.roots.table.groups[group]!.kind === "goroutine"
    ? name.replace(/^goroutine \d+ \(/, "goroutines (")
    : name;
}

/**
 * The Go expression that leads from a root to an object, along a path of nodes as `pathTo` gives it:
 * "main.app.cache.entries[…].body", "local cache.entries[…].body in main.run". Steps that cannot be named are "→".
 */
export function pathName(heap: HeapSnapshot, path: readonly number[]): string {
  const [first, second] = path;
  if (first === undefined) return "";
  const group = first - 1;
  let name = groupName(heap, group);
  if (heap.roots.table.groups[group]!.kind === "global" && second !== undefined) {
    const object = objectOfNode(heap.graph, second);
    const holder = holderOf(heap, group, object);
    name = (holder === 0 ? "" : heap.names.nameOf(holder)) || name;
  }
  const local = second === undefined ? undefined : findLocal(heap, group, objectOfNode(heap.graph, second));
  if (local !== undefined) name = localExpression(local);
  for (let i = 1; i + 1 < path.length; i++) {
    name += stepName(heap, objectOfNode(heap.graph, path[i]!), objectOfNode(heap.graph, path[i + 1]!));
  }
  return local === undefined ? name : nameInFunction(name, local.function);
}

/** How `parent` names its pointer to `child`. */
function stepName(heap: HeapSnapshot, parent: number, child: number): string {
  return stepNameAt(heap, parent, () => offsetOfPointer(heap, parent, child));
}

/** How `parent` names the pointer that stands `offsetOf()` bytes from its start (less than 0: nowhere in it). */
export function stepNameAt(heap: HeapSnapshot, parent: number, offsetOf: () => number): string {
  const { index, typed, types, bitmap } = heap;
  const type = typed.type[parent]!;
  const { name, size } = types.get(type);
  if (MAP_PART.test(name) || TRIE_PART.test(name)) return "";
  if (MAP_GROUP.test(name)) return "[…]";
  const header = bitmap.headerBytes(index.spanOf(parent));
  const offset = offsetOf() - header;
  if (name.startsWith("closure of ")) {
    // A variable that is captured by reference is called &n.
    const { path } = offset > 0 ? fieldPath(types, type, offset) : { path: "" };
    return ` → captured by ${name.slice("closure of ".length)}${path.replace(/^\.&/, ".")}`;
  }
  if (type === UNKNOWN_TYPE || offset < 0 || size === 0) return " → ";
  const room = index.sizeOf(parent) - header;
  const element = size * 2 <= room ? `[${Math.floor(offset / size)}]` : "";
  return element + fieldPath(types, type, offset % size).path;
}

/** Calls `onPointer` for each word of `parent` that points to an object, with where it stands, bytes from its start. */
export function visitPointers(
  { index, image }: HeapSnapshot,
  parent: number,
  onPointer: (child: number, offset: number) => void,
): void {
  const start = index.addressOf(parent);
  const size = index.sizeOf(parent);
  for (let offset = 0; offset + 8 <= size; offset += 8) {
    const child = index.objectAt(image.space.u64(start + offset));
    if (child >= 0) onPointer(child, offset);
  }
}

function offsetOfPointer(heap: HeapSnapshot, parent: number, child: number): number {
  const { index, image } = heap;
  const start = index.addressOf(parent);
  const size = index.sizeOf(parent);
  for (let offset = 0; offset + 8 <= size; offset += 8) {
    if (index.objectAt(image.space.u64(start + offset)) === child) return offset;
  }
  return -1;
}

function holderOf(heap: HeapSnapshot, group: number, object: number): number {
  const { table } = heap.roots;
  for (let i = 0; i < table.length; i++) {
    if (table.group[i] === group && table.object[i] === object) return table.holder[i]!;
  }
  return 0;
}
