import { UNKNOWN_TYPE } from "./go-types.ts";
import type { TypeWalk } from "./type-walk.ts";
import { TYPED_BY } from "./typed-heap.ts";
import type { UntypedObjects } from "./untyped-objects.ts";

/**
 * sync.Map since Go 1.24, and what is built like it (internal/sync/hashtriemap.go, both machines): nodes are either
 * `indirect`, {isEntry, dead, mu, parent, children [16]}, or `entry`, {isEntry, overflow, key, value}. A node's first
 * byte tells which, its type does not.
 */
/** The table of package unique since Go 1.25 (unique/canonmap.go), built alike; its entries are weak pointers. */
const CANONICAL = /^unique\.canonMap\[/;
const TRIE_PARENT_OFFSET = 16;
const TRIE_CHILDREN_OFFSET = 24;
const TRIE_CHILDREN = 16;
const TRIE_INDIRECT_BYTES = 152;
/** {isEntry, overflow, key any, value any} */
const TRIE_ENTRY_BYTES = 48;

export function isHashTrieMap(name: string): boolean {
  return /^(internal\/)?(sync|concurrent)\.HashTrieMap\[/.test(name) || CANONICAL.test(name);
}

/** Types the nodes of the map at `address`, and follows keys and elements that are interfaces. */
export function followTrie(
  walk: TypeWalk,
  address: number,
  fields: readonly { name: string; offset: number }[],
  name: string,
): void {
  const root = fields.find((field) => field.name === "root");
  if (root === undefined) return;
  const isOfAny = name.endsWith("[interface {},interface {}]") || name.endsWith("[any,any]");
  const entries = typeNodes(walk, walk.parts.space.u64(address + root.offset), isOfAny);
  if (!CANONICAL.test(name)) walk.syncMaps.push({ address, entries });
}

/**
 * The same for tries that no typed word leads to: a node without a parent whose children know it as theirs. The
 * address of such a map is not known, only that of the word that was found to point to its root.
 */
export function findTries(walk: TypeWalk, untyped: UntypedObjects): void {
  const { index, space } = walk.parts;
  const { spans } = index;
  untyped.visit((object, span) => {
    const size = spans.elementBytes[span]!;
    if ((spans.spanClass[span]! & 1) !== 0 || size !== TRIE_INDIRECT_BYTES + 8) return;
    const node = spans.start[span]! + (object - spans.firstObject[span]!) * size;
    if (space.u64(node + TRIE_PARENT_OFFSET) !== 0 || !isIndirect(walk, node)) return;
    walk.syncMaps.push({ address: node, entries: typeNodes(walk, node, undefined) });
  });
}

function isIndirect({ parts: { index, space } }: TypeWalk, node: number): boolean {
  if (space.u8(node) !== 0) return false;
  let children = 0;
  for (let i = 0; i < TRIE_CHILDREN; i++) {
    const child = space.u64(node + TRIE_CHILDREN_OFFSET + i * 8);
    if (child === 0) continue;
    const object = child > 0 ? index.objectAt(child) : -1;
    if (object < 0 || index.addressOf(object) !== child) return false;
    const isEntry = space.u8(child);
    if (isEntry > 1 || (isEntry === 0 && space.u64(child + TRIE_PARENT_OFFSET) !== node)) return false;
    children++;
  }
  return children > 0;
}

/** Returns how many entries there are. */
function typeNodes(walk: TypeWalk, root: number, isOfAny: boolean | undefined): number {
  const { space, index, types } = walk.parts;
  const by = isOfAny === undefined ? TYPED_BY.structure : TYPED_BY.reached;
  const indirect = types.make("sync.Map (node)", TRIE_INDIRECT_BYTES);
  const entry = types.make("sync.Map (entry)", TRIE_ENTRY_BYTES);
  const stack = [root];
  const seen = new Set<number>();
  let entries = 0;
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (!(node > 4096) || seen.has(node)) continue;
    seen.add(node);
    const object = index.objectAt(node);
    if (object < 0) continue;
    if (space.u8(node) === 0) {
      walk.assign(object, indirect, by);
      for (let i = 0; i < TRIE_CHILDREN; i++) stack.push(space.u64(node + TRIE_CHILDREN_OFFSET + i * 8));
      continue;
    }
    entries++;
    walk.assign(object, entry, by);
    stack.push(space.u64(node + 8));
    if (isOfAny === false || index.sizeOf(object) !== TRIE_ENTRY_BYTES) continue;
    for (const at of [node + 16, node + 32]) {
      const dynamic = walk.dynamicType(space.u64(at));
      if (dynamic !== UNKNOWN_TYPE) walk.followInterface(space.u64(at + 8), dynamic, by, at + 8);
    }
  }
  return entries;
}
