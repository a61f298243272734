import { UNREACHED } from "../dominators/dominator-tree.ts";
import { nodeOfObject, objectOfNode } from "../graph/rooted-graph.ts";
import { computeShortestPaths, pathTo, type ShortestPaths } from "../graph/shortest-paths.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import { accountOfMap, type MapAccount } from "../maps/map-account.ts";
import { entryNodes, retainedOfMap } from "../maps/map-nodes.ts";
import { describeLocal, findLocal, type LocalVariable, nameStackMap } from "../names/local-names.ts";
import { groupName, pathName } from "../names/path-names.ts";
import type { CodePlace } from "../runtime/function-table.ts";
import { PAGE_BYTES } from "../runtime/locate-heap.ts";
import { type AllocationStacks, readAllocationStacks } from "./allocation-stacks.ts";
import { groupGoroutines, type HeapGoroutineGroup } from "./goroutine-groups.ts";
import { checkHeap, type HeapChecks } from "./heap-checks.ts";
import { type HistogramRow, histogramByPackage, histogramByType } from "./histogram.ts";
import { accumulationPoint, childrenInTree, type DominatedChildren, nodeType } from "./owners.ts";

/** A variable, goroutine or other root with what it alone keeps alive. */
export interface HeapOwner {
  name: string;
  kind: string;
  retainedBytes: number;
  share: number;
  /** Where it piles up: the object below which it fans out, and how Go code names it. */
  point: {
    name: string;
    type: string;
    retainedBytes: number;
    address: number;
    /** The local variable of a stack through which the way to it leads. */
    local?: LocalVariable;
  } | null;
}

export interface OwnedMap extends MapAccount {
  /** Go expression that leads to it. */
  owner: string;
  retainedBytes: number;
  /** Steps from a root to its header. */
  hops: number;
  /** Where sampled objects that it alone keeps were allocated, most frequent first. */
  allocatedAt: { stack: CodePlace[]; objects: number }[];
}

interface SpanClassRow {
  elementBytes: number;
  hasPointers: boolean;
  spans: number;
  slots: number;
  used: number;
  /** In slots that are free, and behind the last slot. */
  freeBytes: number;
  tailBytes: number;
}

export interface HeapReport {
  goVersion: string;
  layoutBy: HeapSnapshot["layoutBy"];
  stripped: boolean;
  identity: HeapSnapshot["image"]["identity"];
  objects: number;
  bytes: number;
  reachableObjects: number;
  reachableBytes: number;
  goroutines: number;
  stackBytes: number;
  globals: number;
  specials: HeapSnapshot["roots"]["counts"];
  checks: HeapChecks;
  owners: HeapOwner[];
  /** Owners that hold a large share: in MAT's sense suspects, since big is not yet growing. */
  suspects: HeapOwner[];
  types: HistogramRow[];
  packages: HistogramRow[];
  maps: OwnedMap[];
  syncMaps: { name: string; entries: number }[];
  goroutineGroups: HeapGoroutineGroup[];
  spans: SpanClassRow[];
}

export interface ReportLimits {
  /** Rows of each table. */
  top: number;
}

/** Share of the live heap from which one owner is a suspect; MAT takes a tenth as well. */
const SUSPECT_SHARE = 0.1;
const MAX_STACKS = 3;

export function buildHeapReport(heap: HeapSnapshot, { top }: ReportLimits): HeapReport {
  const { index, reachable } = heap;
  const { spans } = index;
  const totals = { objects: 0, bytes: 0, reachableObjects: 0, reachableBytes: 0 };
  for (let span = 0; span < spans.length; span++) {
    const first = spans.firstObject[span]!;
    for (let object = first; object < first + spans.elements[span]!; object++) {
      if (!index.allocated.has(object)) continue;
      totals.objects++;
      totals.bytes += spans.elementBytes[span]!;
      if (!reachable.has(object)) continue;
      totals.reachableObjects++;
      totals.reachableBytes += spans.elementBytes[span]!;
    }
  }
  const children = childrenInTree(heap);
  const paths = computeShortestPaths(heap.graph);
  const owners = listOwners(heap, children, paths, totals.reachableBytes);
  const types = histogramByType(heap);
  return {
    goVersion: heap.build.version,
    layoutBy: heap.layoutBy,
    stripped: heap.variables.length === 0,
    identity: heap.image.identity,
    ...totals,
    goroutines: heap.goroutines.length,
    stackBytes: heap.goroutines.reduce((total, g) => total + g.stackHigh - g.stackLow, 0),
    globals: heap.roots.table.groups.filter((group) => group.kind === "global").length,
    specials: heap.roots.counts,
    checks: checkHeap(heap),
    owners: owners.slice(0, top),
    suspects: owners.filter((owner) => owner.share >= SUSPECT_SHARE),
    types: types.slice(0, top),
    packages: histogramByPackage(types).slice(0, top),
    maps: listMaps(heap, paths, top),
    syncMaps: [...heap.typed.syncMaps]
      .sort((a, b) => b.entries - a.entries)
      .slice(0, top)
      .map(({ address, entries }) => ({ name: syncMapName(heap, paths, address), entries })),
    goroutineGroups: groupGoroutines(heap).slice(0, top),
    spans: listSpanClasses(heap),
  };
}

/** "main.shared", though what is a trie lies deeper: sync.Map.m.inited.v. */
export function syncMapName(heap: HeapSnapshot, paths: ShortestPaths, address: number): string {
  const object = heap.index.objectAt(address);
  const name =
    object < 0 ? heap.names.nameOf(address) : pathName(heap, pathTo(paths, nodeOfObject(heap.graph, object)));
  return name.replace(/(\.m)?\.(inited|root)\.v.*$/, "");
}

/** Everything right below the root, by what it keeps: variables and goroutines, and objects that several of them share. */
export function listOwners(
  heap: HeapSnapshot,
  children: DominatedChildren,
  paths: ShortestPaths,
  total: number,
  // Names are costly, and nobody reads further down.
  most = 1000,
): HeapOwner[] {
  const { dominator } = heap.dominators;
  const owners: HeapOwner[] = [];
  const below = children.child.slice(children.start[0]!, children.start[1]!);
  for (const node of below.sort((a, b) => heap.retained[b]! - heap.retained[a]!)) {
    if (dominator[node] === UNREACHED || heap.retained[node] === 0) continue;
    const object = objectOfNode(heap.graph, node);
    const at = accumulationPoint(heap, children, node);
    const atObject = objectOfNode(heap.graph, at);
    const way = pathTo(paths, at);
    const group = (way[0] ?? 0) - 1;
    const place = way.length < 2 ? undefined : findLocal(heap, group, objectOfNode(heap.graph, way[1]!));
    owners.push({
      name: object < 0 ? groupName(heap, node - 1) : pathName(heap, pathTo(paths, node)),
      kind: object < 0 ? heap.roots.table.groups[node - 1]!.kind : "shared",
      retainedBytes: heap.retained[node]!,
      share: heap.retained[node]! / total,
      point:
        atObject < 0
          ? null
          : {
              name: pathName(heap, way),
              type: nodeType(heap, at),
              retainedBytes: heap.retained[at]!,
              address: heap.index.addressOf(atObject),
              ...(place === undefined ? {} : { local: describeLocal(heap, group, place) }),
            },
    });
    if (owners.length >= most) break;
  }
  return owners;
}

function listMaps(heap: HeapSnapshot, paths: ShortestPaths, top: number): OwnedMap[] {
  const sized = heap.maps.map((map) => ({ map, retainedBytes: retainedOfMap(heap, map) }));
  const largest = sized.sort((a, b) => b.retainedBytes - a.retainedBytes).slice(0, top);
  const stacks = heap.allocations ?? readAllocationStacks(heap);
  const nodes = largest.map(({ map }) => entryNodes(heap, map)[0] ?? -1);
  const samples = countSamples(heap, stacks, nodes);
  return largest.map(({ map, retainedBytes }, i) => {
    const node = nodes[i]!;
    const path = node < 0 ? [] : pathTo(paths, node);
    const isInHeap = heap.index.objectAt(map.address) >= 0;
    return {
      ...accountOfMap(heap, map),
      owner: isInHeap ? pathName(heap, path) : nameOutside(heap, map.address),
      retainedBytes,
      hops: isInHeap || node < 0 ? path.length : path.length - 1,
      allocatedAt: node < 0 ? [] : placesOf(stacks, samples.get(node)!),
    };
  });
}

/** What the source calls a map whose header is not in the heap. */
export function nameOutside(heap: HeapSnapshot, address: number): string {
  return nameStackMap(heap, address) || heap.names.nameOf(address);
}

/** A longer chain (a list) is followed no further: its samples count for nobody. */
const MAX_CHAIN = 10_000;

/** For each of `nodes` how many sampled objects of each bucket it alone keeps alive. */
function countSamples(
  heap: HeapSnapshot,
  stacks: AllocationStacks,
  nodes: readonly number[],
): Map<number, Map<number, number>> {
  const { dominator } = heap.dominators;
  const counts = new Map(nodes.map((node) => [node, new Map<number, number>()]));
  for (const [object, bucket] of stacks.bucketOf) {
    let at = nodeOfObject(heap.graph, object);
    for (let i = 0; at !== 0 && at !== UNREACHED && i < MAX_CHAIN; i++) {
      const buckets = counts.get(at);
      buckets?.set(bucket, (buckets.get(bucket) ?? 0) + 1);
      at = dominator[at]!;
    }
  }
  return counts;
}

/** Where they were allocated, most frequent first. */
function placesOf(stacks: AllocationStacks, counts: ReadonlyMap<number, number>): OwnedMap["allocatedAt"] {
  const places = new Map<string, { stack: CodePlace[]; objects: number }>();
  for (const [bucket, objects] of counts) {
    const stack = skipRuntime(stacks.stackOf(bucket));
    const key = stack.map((place) => `${place.function}:${place.line}`).join();
    const known = places.get(key);
    if (known === undefined) places.set(key, { stack, objects });
    else known.objects += objects;
  }
  return [...places.values()].sort((a, b) => b.objects - a.objects).slice(0, MAX_STACKS);
}

/** A stack from its first frame that is not the runtime's own: what allocates for the program is no news. */
export function skipRuntime(stack: readonly CodePlace[]): CodePlace[] {
  const own = stack.findIndex((place) => !/^(runtime|internal\/runtime\/[\w/]+)\./.test(place.function));
  return stack.slice(Math.max(0, own));
}

function listSpanClasses({ index }: HeapSnapshot): SpanClassRow[] {
  const { spans, allocated } = index;
  const rows = new Map<string, SpanClassRow>();
  for (let span = 0; span < spans.length; span++) {
    const isLarge = spans.spanClass[span]! >> 1 === 0;
    const elementBytes = isLarge ? 0 : spans.elementBytes[span]!;
    const hasPointers = (spans.spanClass[span]! & 1) === 0;
    const key = `${elementBytes} ${hasPointers}`;
    const row = rows.get(key) ?? {
      elementBytes,
      hasPointers,
      spans: 0,
      slots: 0,
      used: 0,
      freeBytes: 0,
      tailBytes: 0,
    };
    const count = spans.elements[span]!;
    const first = spans.firstObject[span]!;
    let used = 0;
    for (let object = first; object < first + count; object++) if (allocated.has(object)) used++;
    row.spans++;
    row.slots += count;
    row.used += used;
    row.freeBytes += (count - used) * spans.elementBytes[span]!;
    row.tailBytes += spans.pages[span]! * PAGE_BYTES - count * spans.elementBytes[span]!;
    rows.set(key, row);
  }
  return [...rows.values()].sort((a, b) => b.freeBytes + b.tailBytes - a.freeBytes - a.tailBytes);
}
