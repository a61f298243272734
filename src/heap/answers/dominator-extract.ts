import { UNREACHED } from "../dominators/dominator-tree.ts";
import { objectOfNode } from "../graph/rooted-graph.ts";
import { computeShortestPaths, type ShortestPaths } from "../graph/shortest-paths.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import { findLocal, localExpression, nameInFunction } from "../names/local-names.ts";
import { groupName, stepNameAt, visitPointers } from "../names/path-names.ts";
import { UNKNOWN_TYPE } from "../types/go-types.ts";
import { childrenInTree, type DominatedChildren, nodeType } from "./owners.ts";

/**
 * The heavy part of the dominator tree, with what is left out folded into rows of many objects. One column per field;
 * row 0 is the whole live heap, and a row comes after its parent.
 */
export interface DominatorExtract {
  parent: number[];
  /** How the parent leads here: a root's name, then ".sessions", "[…]"; "" where it has no name, and in folded rows. */
  label: string[];
  type: string[];
  /** 0 for roots and folded rows. */
  address: number[];
  ownBytes: number[];
  retainedBytes: number[];
  /** Objects that stand in a folded row; 1 for others. */
  count: number[];
  /** `node`: one root or object; `shared`: an object that several roots share; `folded`: smaller children of one type; `chain`: what follows in a long list; `rest`: of all other types; `within`: objects of one type in a folded row, whoever holds them there. */
  kind: ExtractKind[];
}
export type ExtractKind = "node" | "shared" | "folded" | "chain" | "rest" | "within";

export interface ExtractLimits {
  /** Rows that stand for one object or root. */
  nodes: number;
  /** Children that are told one by one, largest first. */
  children: number;
  /** Types of smaller children that have a row of their own. */
  foldedTypes: number;
}

const DEFAULT_LIMITS: ExtractLimits = { nodes: 4000, children: 60, foldedTypes: 4 };
/** Objects of one type that hold each other, as in a list: what comes after so many is one row. */
const MAX_CHAIN = 8;
/** Folded rows that keep at least this share of the heap tell what types of objects are within. */
const OPENED_SHARE = 0.002;
const TYPES_WITHIN = 8;
/** Below this share of the heap nobody walks. */
const MIN_SHARE = 1e-6;

interface Pending {
  row: number;
  node: number;
  /** How many of the type stand above it without a break. */
  chain: number;
}

/** The largest are looked into first, so that a small budget shows where the memory is. */
export function extractDominators(heap: HeapSnapshot, limits: Partial<ExtractLimits> = {}): DominatorExtract {
  const { nodes: maxNodes, children: maxChildren, foldedTypes } = { ...DEFAULT_LIMITS, ...limits };
  const children = childrenInTree(heap);
  const { retained, index, graph } = heap;
  const rows: DominatorExtract = {
    parent: [],
    label: [],
    type: [],
    address: [],
    ownBytes: [],
    retainedBytes: [],
    count: [],
    kind: [],
  };
  const nodeOfRow: number[] = [];
  /** Of nodes that are folded: the row that they are counted in. */
  const foldedRow = new Int32Array(graph.reached).fill(-1);
  const minimum = retained[0]! * MIN_SHARE;
  let taken = 1;
  addRow({ parent: -1, node: 0, kind: "node", type: "", ownBytes: 0, retainedBytes: retained[0]!, count: 1 });
  const queue = new LargestFirst<Pending>((pending) => retained[pending.node]!);
  queue.push({ row: 0, node: 0, chain: 0 });
  for (let pending = queue.pop(); pending !== undefined; pending = queue.pop()) expand(pending);
  nameRows(heap, rows, nodeOfRow);
  openFolded();
  return rows;

  function expand({ row, node, chain }: Pending): void {
    const all = children.child.subarray(children.start[node]!, children.start[node + 1]!);
    const largest = largestOf(all, retained, Math.min(maxChildren, maxNodes - taken), minimum);
    const type = nodeType(heap, node);
    const chosen = new Set<number>();
    for (const child of largest) {
      const object = objectOfNode(graph, child);
      const childType = nodeType(heap, child);
      const childChain = childType !== "" && childType === type ? chain + 1 : 0;
      if (childChain > MAX_CHAIN) continue;
      chosen.add(child);
      taken++;
      const at = addRow({
        parent: row,
        node: child,
        kind: node === 0 && object >= 0 ? "shared" : "node",
        type: childType,
        ownBytes: object < 0 ? 0 : index.sizeOf(object),
        retainedBytes: retained[child]!,
        count: 1,
      });
      queue.push({ row: at, node: child, chain: childChain });
    }
    fold(row, all, chosen, chain >= MAX_CHAIN ? type : undefined);
  }

  /** What is not told one by one, by type. */
  function fold(row: number, all: Uint32Array, chosen: ReadonlySet<number>, chainType?: string): void {
    if (all.length === chosen.size) return;
    const types = new Map<string, { count: number; bytes: number }>();
    for (const child of all) {
      if (chosen.has(child) || retained[child] === 0) continue;
      const name = nodeType(heap, child);
      const group = types.get(name);
      const count = name === chainType ? lengthOfChain(heap, children, child) : 1;
      if (group === undefined) types.set(name, { count, bytes: retained[child]! });
      else {
        group.count += count;
        group.bytes += retained[child]!;
      }
    }
    const sorted = [...types].sort((a, b) => b[1].bytes - a[1].bytes);
    const rowOf = new Map<string, number>();
    for (const [type, { count, bytes }] of sorted.slice(0, foldedTypes)) {
      const kind = type !== "" && type === chainType ? "chain" : "folded";
      rowOf.set(type, addFolded(row, kind, type, bytes, count));
    }
    const rest = sorted.slice(foldedTypes);
    const restCount = rest.reduce((total, [, { count }]) => total + count, 0);
    const restBytes = rest.reduce((total, [, { bytes }]) => total + bytes, 0);
    const restRow = rest.length === 0 ? -1 : addFolded(row, "rest", "", restBytes, restCount);
    for (const child of all) {
      if (!chosen.has(child) && retained[child]! > 0)
        foldedRow[child] = rowOf.get(nodeType(heap, child)) ?? restRow;
    }
  }

  function addFolded(parent: number, kind: ExtractKind, type: string, bytes: number, count: number): number {
    return addRow({ parent, node: UNREACHED, kind, type, ownBytes: 0, retainedBytes: bytes, count });
  }

  /** Below a large folded row: all objects within by type. */
  function openFolded(): void {
    const { dominators, typed, types } = heap;
    const least = retained[0]! * OPENED_SHARE;
    const within = new Map<number, { row: number; type: number; count: number; bytes: number }>();
    for (let node = 1; node < graph.reached; node++) {
      // A node comes after its dominator.
      if (foldedRow[node]! < 0) foldedRow[node] = foldedRow[dominators.dominator[node]!]!;
      const row = foldedRow[node]!;
      const object = objectOfNode(graph, node);
      if (row < 0 || object < 0 || rows.retainedBytes[row]! < least) continue;
      const type = typed.type[object]!;
      const key = row * types.length + type;
      const group = within.get(key);
      if (group === undefined) within.set(key, { row, type, count: 1, bytes: index.sizeOf(object) });
      else {
        group.count++;
        group.bytes += index.sizeOf(object);
      }
    }
    const ofRow = Map.groupBy(within.values(), ({ row }) => row);
    for (const [row, groups] of ofRow) {
      // The row has said that already.
      if (groups.length === 1) continue;
      groups.sort((a, b) => b.bytes - a.bytes);
      for (const { type, count, bytes } of groups.slice(0, TYPES_WITHIN))
        addFolded(row, "within", type === UNKNOWN_TYPE ? "" : types.get(type).name, bytes, count);
      const rest = groups.slice(TYPES_WITHIN);
      if (rest.length === 0) continue;
      const count = rest.reduce((total, group) => total + group.count, 0);
      addFolded(
        row,
        "rest",
        "",
        rest.reduce((total, group) => total + group.bytes, 0),
        count,
      );
    }
  }

  function addRow(row: {
    parent: number;
    node: number;
    kind: ExtractKind;
    type: string;
    ownBytes: number;
    retainedBytes: number;
    count: number;
  }): number {
    const object = row.node === UNREACHED ? -1 : objectOfNode(graph, row.node);
    rows.parent.push(row.parent);
    rows.label.push("");
    rows.type.push(row.type);
    rows.address.push(object < 0 ? 0 : index.addressOf(object));
    rows.ownBytes.push(row.ownBytes);
    rows.retainedBytes.push(row.retainedBytes);
    rows.count.push(row.count);
    rows.kind.push(row.kind);
    nodeOfRow.push(row.node);
    return nodeOfRow.length - 1;
  }
}

/** Down the heaviest child as long as it is of the same type. */
function lengthOfChain(heap: HeapSnapshot, { start, child }: DominatedChildren, from: number): number {
  const type = nodeType(heap, from);
  let length = 1;
  for (let at = from; ; length++) {
    let next = -1;
    for (let i = start[at]!; i < start[at + 1]!; i++) {
      const candidate = child[i]!;
      if (nodeType(heap, candidate) !== type) continue;
      if (next < 0 || heap.retained[candidate]! > heap.retained[next]!) next = candidate;
    }
    if (next < 0) return length;
    at = next;
  }
}

/** The `count` nodes that retain most, largest first, of those that retain at least `minimum`. */
function largestOf(nodes: Uint32Array, retained: Float64Array, count: number, minimum: number): number[] {
  const queue = new LargestFirst<number>((node) => -retained[node]!);
  if (count <= 0) return [];
  for (const node of nodes) {
    if (retained[node]! < minimum || retained[node] === 0) continue;
    if (queue.length < count) queue.push(node);
    else if (retained[queue.first()!]! < retained[node]!) {
      queue.pop();
      queue.push(node);
    }
  }
  const found: number[] = [];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) found.push(node);
  return found.reverse();
}

/** A binary heap: `pop` gives the item of the largest weight. */
class LargestFirst<Item> {
  readonly #items: Item[] = [];
  readonly #weightOf: (item: Item) => number;

  constructor(weightOf: (item: Item) => number) {
    this.#weightOf = weightOf;
  }

  get length(): number {
    return this.#items.length;
  }

  first(): Item | undefined {
    return this.#items[0];
  }

  push(item: Item): void {
    const items = this.#items;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (this.#weightOf(items[above]!) >= this.#weightOf(item)) break;
      items[at] = items[above]!;
      at = above;
    }
    items[at] = item;
  }

  pop(): Item | undefined {
    const items = this.#items;
    const first = items[0];
    const item = items.pop();
    if (first === undefined || items.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= items.length) break;
      if (below + 1 < items.length && this.#weightOf(items[below + 1]!) > this.#weightOf(items[below]!))
        below++;
      if (this.#weightOf(items[below]!) <= this.#weightOf(item!)) break;
      items[at] = items[below]!;
      at = below;
    }
    items[at] = item!;
    return first;
  }
}

/** Every way to a node leads through its dominator, so the shortest one names the step between the two. */
function nameRows(heap: HeapSnapshot, rows: DominatorExtract, nodeOfRow: readonly number[]): void {
  const paths = computeShortestPaths(heap.graph);
  const ways = nodeOfRow.map((node, row) =>
    row === 0 || node === UNREACHED ? [] : wayBetween(paths, nodeOfRow[rows.parent[row]!]!, node),
  );
  const namer = new StepNamer(
    heap,
    ways.map((way, row) => (way.length === 0 ? [] : [nodeOfRow[rows.parent[row]!]!, ...way])),
  );
  for (const [row, way] of ways.entries()) {
    if (way.length > 0) rows.label[row] = namer.nameOf(nodeOfRow[rows.parent[row]!]!, way);
  }
}

/** Nodes behind `above` on the shortest way to `node`, which `above` dominates; 0 is the root. The first ones of a long way. */
function wayBetween({ previous }: ShortestPaths, above: number, node: number): number[] {
  const way: number[] = [];
  for (let at = node; at !== above && at !== UNREACHED && at !== 0; at = previous[at]!) way.push(at);
  return way.reverse().slice(0, MAX_NAMED_STEPS);
}

/** Steps of a name; nobody reads further. */
const MAX_NAMED_STEPS = 40;

class StepNamer {
  readonly #heap: HeapSnapshot;
  readonly #groupNames = new Map<number, string>();
  /** Where a pointer to a child stands in its parent; -1 until the parent was looked through. */
  readonly #offsets = new Map<number, Map<number, number>>();
  readonly #scanned = new Set<number>();
  /** Word of a variable that points to an object, by group and object. */
  readonly #holders = new Map<number, Map<number, number>>();

  constructor(heap: HeapSnapshot, ways: readonly (readonly number[])[]) {
    this.#heap = heap;
    const { graph, roots } = heap;
    for (const way of ways) {
      for (const [i, node] of way.entries()) {
        const object = objectOfNode(graph, node);
        if (node === 0) continue;
        if (object < 0) this.#holders.set(node - 1, new Map());
        else if (i > 0) this.#want(objectOfNode(graph, way[i - 1]!), object);
      }
    }
    for (let i = 0; i < roots.table.length; i++) {
      const holders = this.#holders.get(roots.table.group[i]!);
      const holder = roots.table.holder[i]!;
      const object = roots.table.object[i]!;
      if (holder !== 0 && holders !== undefined && !holders.has(object)) holders.set(object, holder);
    }
  }

  nameOf(above: number, way: readonly number[]): string {
    const { graph } = this.#heap;
    let name = "";
    let declaredIn = "";
    let from = above;
    for (const to of way) {
      if (from === 0) name = this.#groupName(to - 1);
      else if (objectOfNode(graph, from) < 0) {
        const local = findLocal(this.#heap, from - 1, objectOfNode(graph, to));
        declaredIn = local?.function ?? "";
        name = local === undefined ? this.#fromGroup(from - 1, to, name) : localExpression(local);
      } else name += this.#step(objectOfNode(graph, from), objectOfNode(graph, to));
      from = to;
    }
    return declaredIn === "" ? name : nameInFunction(name, declaredIn);
  }

  #want(parent: number, child: number): void {
    if (parent < 0) return;
    const offsets = this.#offsets.get(parent);
    if (offsets === undefined) this.#offsets.set(parent, new Map([[child, -1]]));
    else offsets.set(child, -1);
  }

  #groupName(group: number): string {
    let name = this.#groupNames.get(group);
    if (name === undefined) {
      name = groupName(this.#heap, group);
      this.#groupNames.set(group, name);
    }
    return name;
  }

  /** A variable leads to its objects by its words: below the variable's own row only what follows its name is told. */
  #fromGroup(group: number, node: number, name: string): string {
    if (this.#heap.roots.table.groups[group]!.kind !== "global") return name;
    const holder = this.#holders.get(group)?.get(objectOfNode(this.#heap.graph, node));
    const full = holder === undefined ? "" : this.#heap.names.nameOf(holder);
    if (name !== "") return full || name;
    const own = this.#groupName(group);
    return full.startsWith(own) ? full.slice(own.length) : full;
  }

  #step(parent: number, child: number): string {
    return stepNameAt(this.#heap, parent, () => {
      const offsets = this.#offsets.get(parent) ?? new Map<number, number>();
      if (!this.#scanned.has(parent)) {
        this.#scanned.add(parent);
        visitPointers(this.#heap, parent, (to, offset) => {
          if (offsets.get(to) === -1) offsets.set(to, offset);
        });
      }
      return offsets.get(child) ?? -1;
    });
  }
}
