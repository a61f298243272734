import type {
  HeapContainer,
  HeapContainerInstance,
  HeapContainerKind,
  HeapKeyForms,
} from "../../tables/heap-contents.ts";
import type { AllocationStacks } from "../answers/allocation-stacks.ts";
import { waitersOf } from "../answers/channels.ts";
import { syncMapName } from "../answers/heap-report.ts";
import type { DominatedChildren } from "../answers/owners.ts";
import { UNREACHED } from "../dominators/dominator-tree.ts";
import { nodeOfObject, objectOfNode } from "../graph/rooted-graph.ts";
import type { ShortestPaths } from "../graph/shortest-paths.ts";
import type { HeapMap, HeapSnapshot } from "../heap-snapshot.ts";
import type { KeyDistribution } from "../maps/key-distribution.ts";
import { accountOfMap } from "../maps/map-account.ts";
import { entryNodes } from "../maps/map-nodes.ts";
import { type TypeIndex, UNKNOWN_TYPE } from "../types/go-types.ts";
import { holdsCallbacks } from "./callbacks.ts";
import { type ContainerPlaces, NO_PLACE, shortTypeName } from "./container-places.ts";
import { namePath } from "./path-text.ts";
import { countSamplesByHolder } from "./sampled-holders.ts";
import { findSharedEntries, LEAST_ENTRIES, NO_SHARED_ENTRIES, type SharedEntries } from "./shared-entries.ts";

/** One map, slice or channel. */
interface Instance {
  node: number;
  /** Its header, tables, array or buffer: what is its own and no entry. */
  parts: () => readonly number[];
  entries: number;
  capacity: number;
  /** What would be free without it, and its entries that others point to as well. */
  retainedBytes: number;
  shared: SharedEntries;
  map: HeapMap | undefined;
  /** Of a channel. */
  address: number;
}

interface Row {
  kind: HeapContainerKind;
  owner: string;
  type: TypeIndex;
  typeName: string;
  place: number;
  count: number;
  entries: number;
  capacity: number;
  retainedBytes: number;
  largest: Instance;
}

export interface ContainerParts {
  heap: HeapSnapshot;
  held: ContainerPlaces;
  children: DominatedChildren;
  paths: ShortestPaths;
  stacks: AllocationStacks;
}

/** Places that are looked at closely: what keeps less is no owner of note. */
const MAX_ROWS = 40;
/** Dominators above a container that are looked at for another one of its place: a tree of maps counts once. */
const MAX_ANCESTORS = 8;

/** Maps, slices and channels by the place that holds them, those that keep most first. */
export function listContainers(parts: ContainerParts): HeapContainer[] {
  const rows = new RowCollector(parts).collect().slice(0, MAX_ROWS);
  const samples = countSamplesByHolder(parts, rows);
  return rows.map((row, i) => describeRow(parts, row, samples[i]!));
}

class RowCollector {
  readonly #parts: ContainerParts;
  readonly #rows = new Map<string, Row>();
  /** Of each place, so that the many slices of one field cost little. */
  readonly #rowOfPlace: (Row | undefined)[] = [];

  constructor(parts: ContainerParts) {
    this.#parts = parts;
  }

  collect(): Row[] {
    this.#addMaps();
    this.#addTries();
    this.#addChannels();
    this.#addSlices();
    const named = this.#rowOfPlace.filter((row) => row !== undefined);
    return [...this.#rows.values(), ...named].sort((a, b) => b.retainedBytes - a.retainedBytes);
  }

  #addMaps(): void {
    const { heap } = this.#parts;
    for (const map of heap.maps) {
      // Of a header in a frame, what it points to.
      const [node] = entryNodes(heap, map);
      if (node === undefined) continue;
      this.#add("map", map.type, node, {
        parts: () =>
          [...map.parts, ...map.arrays.map((array) => array.address)].flatMap((a) => this.#objectAt(a)),
        entries: map.entries,
        capacity: map.slots,
        map,
        address: map.address,
      });
    }
  }

  #addTries(): void {
    const { heap, held, paths } = this.#parts;
    for (const { address, entries } of heap.typed.syncMaps) {
      const root = this.#trieRoot(address);
      if (root < 0) continue;
      const owner = held.trieOwners.get(address) ?? shortTypeName(syncMapName(heap, paths, address));
      this.#addRow(`sync.Map ${owner}`, {
        kind: "map",
        owner,
        type: UNKNOWN_TYPE,
        typeName: "sync.Map",
        place: NO_PLACE,
        instance: {
          node: nodeOfObject(heap.graph, root),
          parts: () => [root],
          entries,
          capacity: Number.NaN,
          retainedBytes: heap.retained[nodeOfObject(heap.graph, root)]!,
          shared: NO_SHARED_ENTRIES,
          map: undefined,
          address,
        },
      });
    }
  }

  /** The map itself may be a field of something larger; what is its own begins with the first node. */
  #trieRoot(address: number): number {
    const { heap } = this.#parts;
    const isTrie = (object: number) =>
      object >= 0 && heap.types.get(heap.typed.type[object]!).name.startsWith("sync.Map (");
    const own = heap.index.objectAt(address);
    if (isTrie(own)) return own;
    for (let at = address; at < address + TRIE_BYTES; at += 8) {
      const object = heap.index.objectAt(heap.image.space.u64(at));
      if (isTrie(object)) return object;
    }
    return -1;
  }

  #addChannels(): void {
    const { heap } = this.#parts;
    const { hchan } = heap.layout.structs;
    const { space } = heap.image;
    for (const { address, type } of heap.typed.channels) {
      const node = this.#nodeAt(address);
      if (node < 0) continue;
      this.#add("channel", type, node, {
        parts: () => [address, space.u64(address + hchan.buf)].flatMap((a) => this.#objectAt(a)),
        entries: space.u64(address + hchan.qcount),
        capacity: space.u64(address + hchan.dataqsiz),
        map: undefined,
        address,
      });
    }
  }

  #addSlices(): void {
    const { heap, held } = this.#parts;
    const { index, graph } = heap;
    const { spans } = index;
    for (let span = 0; span < spans.length; span++) {
      const size = spans.elementBytes[span]!;
      const first = spans.firstObject[span]!;
      for (let object = first; object < first + spans.elements[span]!; object++) {
        const id = held.placeOf[object]!;
        if (id === NO_PLACE) continue;
        const place = held.places[id]!;
        if (place.kind !== "slice") continue;
        const node = nodeOfObject(graph, object);
        const entries = held.length[object]!;
        const capacity = place.elementBytes === 0 ? 0 : Math.floor(size / place.elementBytes);
        const row = this.#rowOfPlace[id];
        if (
          row === undefined ||
          entries >= LEAST_ENTRIES ||
          heap.retained[node]! > row.largest.retainedBytes
        ) {
          const parts = () => [object];
          this.#add("slice", place.type, node, { parts, entries, capacity, map: undefined, address: 0 });
        } else if (!this.#isWithinPlace(node, id)) {
          row.count++;
          row.entries += entries;
          row.capacity += capacity;
          row.retainedBytes += heap.retained[node]!;
        }
      }
    }
  }

  #add(
    kind: HeapContainerKind,
    known: TypeIndex,
    node: number,
    found: Omit<Instance, "node" | "retainedBytes" | "shared">,
  ): void {
    const { heap, held } = this.#parts;
    const { dominator } = heap.dominators;
    if (dominator[node] === UNREACHED) return;
    const id = held.placeOf[objectOfNode(heap.graph, node)]!;
    const place = held.places[id];
    const type = place?.kind === kind ? place.type : known;
    if (id !== NO_PLACE && this.#isWithinPlace(node, id)) return;
    const shared = findSharedEntries(heap, { ...found, node });
    const instance = { ...found, node, shared, retainedBytes: heap.retained[node]! + shared.bytes };
    const row = id === NO_PLACE ? undefined : this.#rowOfPlace[id];
    if (row !== undefined) {
      addInstance(row, instance);
      return;
    }
    const typeName = shortTypeName(heap.types.get(type).name);
    const head = { kind, owner: place?.owner ?? "", type, typeName, place: id };
    if (id === NO_PLACE) this.#addRow(`${kind} type ${type}`, { ...head, instance });
    else this.#rowOfPlace[id] = startRow({ ...head, instance });
  }

  #addRow(key: string, { instance, ...head }: RowStart): void {
    const row = this.#rows.get(key);
    if (row === undefined) this.#rows.set(key, startRow({ ...head, instance }));
    else addInstance(row, instance);
  }

  #isWithinPlace(node: number, place: number): boolean {
    const { heap, held } = this.#parts;
    const { dominator } = heap.dominators;
    let at = dominator[node]!;
    for (let i = 0; i < MAX_ANCESTORS && at !== 0 && at !== UNREACHED; i++) {
      const object = objectOfNode(heap.graph, at);
      if (object >= 0 && held.placeOf[object] === place) return true;
      at = dominator[at]!;
    }
    return false;
  }

  #nodeAt(address: number): number {
    const [object] = this.#objectAt(address);
    return object === undefined ? -1 : nodeOfObject(this.#parts.heap.graph, object);
  }

  #objectAt(address: number): number[] {
    const { index, reachable } = this.#parts.heap;
    const object = address > 4096 ? index.objectAt(address) : -1;
    return object >= 0 && reachable.has(object) ? [object] : [];
  }
}

type RowStart = Pick<Row, "kind" | "owner" | "type" | "typeName" | "place"> & { instance: Instance };

function startRow({ instance, ...head }: RowStart): Row {
  const row = { ...head, count: 0, entries: 0, capacity: 0, retainedBytes: 0, largest: instance };
  addInstance(row, instance);
  return row;
}

function addInstance(row: Row, instance: Instance): void {
  row.count++;
  row.entries += instance.entries;
  row.capacity += Number.isNaN(instance.capacity) ? 0 : instance.capacity;
  row.retainedBytes += instance.retainedBytes;
  if (instance.retainedBytes > row.largest.retainedBytes) row.largest = instance;
}

/** Of sync.Map, with its mutex and the trie's fields. */
const TRIE_BYTES = 64;

function describeRow(
  parts: ContainerParts,
  row: Row,
  allocatedAt: HeapContainer["allocatedAt"],
): HeapContainer {
  const { heap } = parts;
  const largest = describeInstance(parts, row);
  return {
    kind: row.kind,
    owner: row.owner === "" ? largest.path : row.owner,
    isNamed: row.owner !== "",
    type: row.typeName,
    count: row.count,
    entries: row.entries,
    capacity: row.capacity,
    retainedBytes: row.retainedBytes,
    largest,
    holdsCallbacks: holdsCallbacks(heap.types, row.type),
    allocatedAt,
  };
}

function describeInstance(parts: ContainerParts, { kind, type, largest }: Row): HeapContainerInstance {
  const { heap, paths } = parts;
  const { index } = heap;
  const account =
    largest.map === undefined
      ? undefined
      : accountOfMap(heap, largest.map.type === UNKNOWN_TYPE ? { ...largest.map, type } : largest.map);
  return {
    entries: largest.entries,
    capacity: largest.capacity,
    retainedBytes: largest.retainedBytes,
    sharedBytes: largest.shared.bytes,
    ownBytes: account?.ownBytes ?? largest.parts().reduce((total, object) => total + index.sizeOf(object), 0),
    reclaimableBytes: account?.reclaimableBytes ?? 0,
    isAccumulation: largestEntryBytes(parts, largest) < ACCUMULATION_SHARE * largest.retainedBytes,
    path: namePath(heap, paths, largest.node),
    keys: account?.keys == null ? undefined : keyForms(account.keys),
    callback: holdsCallbacks(heap.types, type) ? findCallback(parts, largest.node) : undefined,
    ...(kind === "channel" ? waitersOf(heap, largest.address) : { senders: 0, receivers: 0 }),
  };
}

/** From this share on one entry is what keeps the memory, and its container only leads there. */
const ACCUMULATION_SHARE = 0.5;

function largestEntryBytes({ heap, children }: ContainerParts, { parts, shared }: Instance): number {
  const own = new Set(parts());
  let largest = shared.largestBytes;
  for (const part of own) {
    const node = nodeOfObject(heap.graph, part);
    for (let i = children.start[node]!; i < children.start[node + 1]!; i++) {
      const child = children.child[i]!;
      if (!own.has(objectOfNode(heap.graph, child))) largest = Math.max(largest, heap.retained[child]!);
    }
  }
  return largest;
}

function keyForms(keys: KeyDistribution): HeapKeyForms {
  return {
    sampled: keys.sampled,
    forms: keys.shapes.map(({ shape, share }) => ({ form: shape, share })),
    distinctForms: keys.distinctAfterNormalising,
    length: keys.length ?? undefined,
    entropyBitsPerByte: keys.entropyBitsPerByte,
  };
}

/** Objects below a container that are looked at for closures. */
const MAX_CLOSURE_SEARCH = 200_000;
const LEAST_CLOSURES = 2;

/** The function whose closures lie below a node most often. */
function findCallback({ heap, children }: ContainerParts, node: number): HeapContainerInstance["callback"] {
  const counts = new Map<TypeIndex, number>();
  const queue = [node];
  for (let at = 0; at < queue.length && at < MAX_CLOSURE_SEARCH; at++) {
    const object = objectOfNode(heap.graph, queue[at]!);
    const type = object < 0 ? UNKNOWN_TYPE : heap.typed.type[object]!;
    if (type !== UNKNOWN_TYPE && heap.types.get(type).name.startsWith(CLOSURE))
      counts.set(type, (counts.get(type) ?? 0) + 1);
    for (let i = children.start[queue[at]!]!; i < children.start[queue[at]! + 1]!; i++)
      if (queue.length < MAX_CLOSURE_SEARCH) queue.push(children.child[i]!);
  }
  const [best] = [...counts].sort((a, b) => b[1] - a[1]);
  if (best === undefined || best[1] < LEAST_CLOSURES) return undefined;
  return { function: heap.types.get(best[0]).name.slice(CLOSURE.length), closures: best[1] };
}

const CLOSURE = "closure of ";
