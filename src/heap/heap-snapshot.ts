import type { BitSet } from "../lib/bit-set.ts";
import type { AllocationStacks } from "./answers/allocation-stacks.ts";
import { addRetained, computeDominators, type DominatorTree } from "./dominators/dominator-tree.ts";
import type { HeapGoroutine } from "./goroutines/goroutine-list.ts";
import { buildEdges, type ObjectEdges, visitTargets } from "./graph/build-edges.ts";
import type { HeapGraph } from "./graph/rooted-graph.ts";
import { type WalkedGraph, walkGraph } from "./graph/walk-graph.ts";
import { readMap } from "./maps/find-maps.ts";
import type { MapTables } from "./maps/map-table.ts";
import type { ProcessImage } from "./memory/process-image.ts";
import { StaticNames, type TypedVariable } from "./names/static-names.ts";
import type { PointerBits } from "./objects/heap-bitmap.ts";
import type { ObjectIndex } from "./objects/object-index.ts";
import { type OnHeapStage, readRuntime } from "./read-runtime.ts";
import { collectRoots, type Roots } from "./roots/collect-roots.ts";
import type { GlobalVariables } from "./roots/global-variables.ts";
import type { CodeTable } from "./runtime/function-table.ts";
import type { GoBuild } from "./runtime/go-build.ts";
import type { RuntimeLayout } from "./runtime/layout-fields.ts";
import type { GoModule } from "./runtime/modules.ts";
import { typeObjects } from "./typed-objects.ts";
import type { CodeTypes } from "./types/allocation-sites.ts";
import { type GoTypes, type TypeIndex, UNKNOWN_TYPE } from "./types/go-types.ts";
import { nameByHolder } from "./types/name-by-holder.ts";
import type { TypedHeap } from "./types/typed-heap.ts";

/** A map with what is known of its type; `type` is UNKNOWN_TYPE if it was known by its structure alone. */
export interface HeapMap extends MapTables {
  type: TypeIndex;
}

/** The heap of a stopped process: every object, who points to whom, what it is, and what keeps it alive. */
export interface HeapSnapshot {
  image: ProcessImage;
  build: GoBuild;
  layout: RuntimeLayout;
  /** "table": by the version; "debug-information": this version has no table of ours. */
  layoutBy: "table" | "debug-information";
  modules: readonly GoModule[];
  functions: CodeTable;
  index: ObjectIndex;
  bitmap: PointerBits;
  /** What reading the pointers met: see ObjectEdges, which the graph takes the place of. */
  edges: Pick<ObjectEdges, "badPointers" | "missingBytes">;
  goroutines: readonly HeapGoroutine[];
  roots: Roots;
  reachable: BitSet;
  types: GoTypes;
  typed: TypedHeap;
  variables: readonly TypedVariable[];
  names: StaticNames;
  maps: readonly HeapMap[];
  graph: HeapGraph;
  dominators: DominatorTree;
  /** Bytes of each node with all that it dominates. */
  retained: Float64Array;
  /** Stacks that stand in the input itself; undefined if they are to be read from memory. */
  allocations: AllocationStacks | undefined;
}

/** What is known of a heap before its objects are followed. */
export type HeapParts = Pick<
  HeapSnapshot,
  | "image"
  | "build"
  | "layout"
  | "layoutBy"
  | "modules"
  | "functions"
  | "index"
  | "bitmap"
  | "goroutines"
  | "types"
  | "variables"
  | "allocations"
> &
  RootedHeap & {
    symbols: GlobalVariables;
    codeTypes: CodeTypes | undefined;
  };

/**
 * Reads the whole heap of an image.
 *
 * @throws DecodeError if it is no Go program of a version that is known, or its runtime's structures are not at hand.
 */
export async function readHeap(image: ProcessImage, onStage: OnHeapStage = () => {}): Promise<HeapSnapshot> {
  const { parts, ...rootParts } = await readRuntime(image, onStage);
  return followHeap({ ...parts, ...readGraph() }, onStage);

  /** In a function of its own, so that the edges are given up for the graph before anything large comes. */
  function readGraph(): RootedHeap {
    const { space } = image;
    onStage("pointers", parts.index.length);
    const edges = buildEdges(space, parts.index, parts.bitmap);
    onStage("goroutines and roots");
    const roots = collectRoots({
      ...parts,
      ...rootParts,
      space,
      variables: parts.symbols,
      visitTargets: (object, onTarget) => visitTargets(edges, object, onTarget),
    });
    return joinRoots(edges, roots);
  }
}

/** What is left of the edges and the roots once they are one graph. */
export type RootedHeap = Pick<HeapSnapshot, "roots" | "edges"> & WalkedGraph;

export function joinRoots(edges: ObjectEdges, roots: Roots): RootedHeap {
  return {
    ...walkGraph(edges, roots.table),
    roots,
    edges: { badPointers: edges.badPointers, missingBytes: edges.missingBytes },
  };
}

/** From the graph to what keeps what: dominators, maps, types of what can be reached. */
export function followHeap(parts: HeapParts, onStage: OnHeapStage): HeapSnapshot {
  const { layout, index, graph, types, variables } = parts;
  onStage("dominators");
  const dominators = computeDominators(parts);
  const retained = ownBytes(graph, index);
  addRetained(dominators, retained);
  onStage("types");
  const { typed, mapsByStructure } = typeObjects(parts, (walk, untyped) =>
    nameByHolder(walk, untyped, {
      graph,
      dominator: dominators.dominator,
      nameOfGroup: (group) => holderName(parts, group),
    }),
  );
  onStage("maps");
  const maps = joinMaps(
    mapsByStructure,
    typed.maps.flatMap(({ address, type }) => {
      const map = readMap(parts.image.space, layout, address);
      return map === undefined ? [] : [{ ...map, type }];
    }),
  );
  const { symbols, codeTypes: __, parent: _, ...known } = parts;
  return {
    ...known,
    typed,
    names: new StaticNames(types, symbols, variables, typed.statics),
    maps,
    dominators,
    retained,
  };
}

/** A goroutine's number says nothing of what it holds, so those that began alike are called alike. */
function holderName(
  { roots, goroutines, functions }: Pick<HeapParts, "roots" | "goroutines" | "functions">,
  group: number,
): string {
  const { kind, name, goroutine } = roots.table.groups[group]!;
  if (kind !== "goroutine") return name;
  const fn = functions.functionAt(goroutines[goroutine]!.startPc)?.name;
  return fn === undefined ? "a stack" : `the stack of ${fn}`;
}

/** Bytes of each node: an object's slot, nothing for roots. */
function ownBytes({ start, node }: HeapGraph, { spans }: ObjectIndex): Float64Array {
  const bytes = new Float64Array(start.length - 1);
  for (let span = 0; span < spans.length; span++) {
    const size = spans.elementBytes[span]!;
    const end = spans.firstObject[span + 1]!;
    for (let object = spans.firstObject[span]!; object < end; object++) bytes[node[object]!] = size;
  }
  return bytes;
}

/** Maps that were found both ways are one; the typed finding knows more. */
function joinMaps(byStructure: readonly MapTables[], byType: readonly HeapMap[]): HeapMap[] {
  const joined = new Map<number, HeapMap>();
  for (const map of byStructure) joined.set(map.address, { ...map, type: UNKNOWN_TYPE });
  for (const map of byType) joined.set(map.address, map);
  return [...joined.values()].sort((a, b) => b.entries - a.entries || a.address - b.address);
}
