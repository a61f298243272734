import { DecodeError } from "../bytes/decode-error.ts";
import { type DebugEntries, decodeDebugEntries, TAG } from "../formats/dwarf/debug-entries.ts";
import type { LocationSections } from "../formats/dwarf/location-sections.ts";
import { readDebugSections, readLocationSections } from "../formats/elf/debug-sections.ts";
import type { ElfFile } from "../formats/elf/elf-file.ts";
import { readObjectSymbols } from "../formats/elf/elf-symbols.ts";
import type { BitSet } from "../lib/bit-set.ts";
import type { AllocationStacks } from "./answers/allocation-stacks.ts";
import { addRetained, computeDominators, type DominatorTree } from "./dominators/dominator-tree.ts";
import { FrameVariables } from "./goroutines/frame-variables.ts";
import { type HeapGoroutine, readGoroutines } from "./goroutines/goroutine-list.ts";
import { buildEdges, type ObjectEdges, visitTargets } from "./graph/build-edges.ts";
import { HeapMarker } from "./graph/mark-reachable.ts";
import type { HeapGraph } from "./graph/rooted-graph.ts";
import { type WalkedGraph, walkGraph } from "./graph/walk-graph.ts";
import { findMaps, findStackMaps, readMap } from "./maps/find-maps.ts";
import type { MapTables } from "./maps/map-table.ts";
import type { ProcessImage } from "./memory/process-image.ts";
import { StaticNames, type TypedVariable } from "./names/static-names.ts";
import { chooseBitmapRules, HeapBitmap, type PointerBits } from "./objects/heap-bitmap.ts";
import { ObjectIndex, readAllocated } from "./objects/object-index.ts";
import { readSpans } from "./objects/span-table.ts";
import { collectRoots, type Roots } from "./roots/collect-roots.ts";
import type { GlobalVariables } from "./roots/global-variables.ts";
import { listRuntimeObjects } from "./roots/runtime-objects.ts";
import { type CodeTable, FunctionTable } from "./runtime/function-table.ts";
import { type GoBuild, readGoBuild } from "./runtime/go-build.ts";
import type { RuntimeLayout } from "./runtime/layout-fields.ts";
import { findLayouts } from "./runtime/layout-of-debug-entries.ts";
import { loadLayout } from "./runtime/layout-table.ts";
import { locateGlobals, type RuntimeGlobals } from "./runtime/locate-heap.ts";
import { findModules, type GoModule } from "./runtime/modules.ts";
import { type CodeTypes, findCodeTypes } from "./types/allocation-sites.ts";
import { listFinalizedObjects } from "./types/finalized-objects.ts";
import { GoTypes, type TypeIndex, UNKNOWN_TYPE } from "./types/go-types.ts";
import type { Holders } from "./types/name-by-holder.ts";
import { PointerMasks } from "./types/pointer-mask.ts";
import { RtypeReader } from "./types/rtype.ts";
import { typeHeap } from "./types/type-heap.ts";
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

type HeapStage =
  | "debug information"
  | "spans"
  | "pointers"
  | "goroutines and roots"
  | "types"
  | "maps"
  | "dominators";

/** Told at the beginning of each stage; `slots` of the heap, in use and free, as soon as they are known. */
export type OnHeapStage = (stage: HeapStage, slots?: number) => void;

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

/** The objects that live and what they are, without who keeps them. */
export type TypedObjects = Pick<HeapSnapshot, "build" | "index" | "reachable" | "types" | "typed">;

/**
 * The same for whoever only counts objects by their types: without edges, dominators and names. What only its holder
 * would tell has no type.
 *
 * @throws DecodeError
 */
export async function readTypedObjects(
  image: ProcessImage,
  onStage: OnHeapStage = () => {},
): Promise<TypedObjects> {
  const { parts, ...rootParts } = await readRuntime(image, onStage);
  const { space } = image;
  onStage("goroutines and roots", parts.index.length);
  const marker = new HeapMarker(space, parts.index, parts.bitmap);
  const roots = collectRoots({
    ...parts,
    ...rootParts,
    space,
    variables: parts.symbols,
    visitTargets: (object, onTarget) => marker.visitTargets(object, onTarget),
  });
  onStage("pointers");
  const reachable = marker.mark(roots.table);
  onStage("types");
  const { typed } = typeObjects({ ...parts, reachable, roots }, undefined);
  return { build: parts.build, index: parts.index, reachable, types: parts.types, typed };
}

/** Before this minor version the debug information does not say what closures captured; the code does. */
const CAPTURES_TOLD_SINCE = 23;

/** What the runtime and the executable say, before any object is looked at. */
async function readRuntime(
  image: ProcessImage,
  onStage: OnHeapStage,
): Promise<{
  parts: Omit<HeapParts, keyof RootedHeap>;
  globals: RuntimeGlobals;
  functions: FunctionTable;
  frameVariables: FrameVariables;
}> {
  const build = readGoBuild(image.exe);
  if (build === undefined) {
    throw new DecodeError("the executable is not a Go program", {
      format: "go-runtime",
      offset: 0,
      hint: "give the Go binary that ran; programs of before Go 1.19 are not supported",
    });
  }
  onStage("debug information");
  const entries = readEntries(image.exe);
  const { layout, layoutBy } = await chooseLayout(image, build, entries);
  const { space } = image;
  const modules = findModules(image, layout);
  const globals = locateGlobals(image, layout, modules);
  const functions = new FunctionTable(space, layout, modules);
  onStage("spans");
  const spans = readSpans(space, layout, globals.mheap);
  const index = new ObjectIndex(spans, readAllocated(space, spans));
  const rtypes = new RtypeReader(space, modules, layout.go);
  const rules = chooseBitmapRules(layout.go, build.experiments);
  const masks = new PointerMasks(space, rtypes);
  const bitmap = new HeapBitmap({ space, layout, index, masks, rules, mheap: globals.mheap });
  const goroutines = readGoroutines(space, layout, globals.allgs, image.threads);
  const types = new GoTypes({
    space,
    rtypes,
    mapLayout: layout.structs.mapType,
    entries,
    typesBase: modules[0]!.types,
  });
  const variables = entries === undefined ? [] : listVariables(entries, types, image.slide);
  const symbols = chooseVariables(image, variables, types);
  const lists = entries === undefined ? undefined : readLists(image.exe);
  const isTold = entries !== undefined && Number(layout.go.split(".")[1]) >= CAPTURES_TOLD_SINCE;
  const codeTypes = isTold ? undefined : findCodeTypes(space, layout, modules, functions);
  const program = {
    image,
    build,
    layout,
    layoutBy,
    modules,
    functions,
    types,
    variables,
    symbols,
    codeTypes,
  };
  return {
    parts: { ...program, index, bitmap, goroutines, allocations: undefined },
    globals,
    functions,
    frameVariables: new FrameVariables({
      space,
      layout,
      functions,
      known: lists === undefined || entries === undefined ? undefined : { entries, lists },
      types,
      slide: image.slide,
    }),
  };
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
  const { typed, mapsByStructure } = typeObjects(parts, {
    graph,
    dominator: dominators.dominator,
    nameOfGroup: (group) => holderName(parts, group),
  });
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

/** Says of each object that can be reached what it is, and which maps there are by what they are made of. */
function typeObjects(
  parts: Omit<HeapParts, keyof RootedHeap | "symbols"> & Pick<HeapParts, "reachable" | "roots">,
  holders: Holders | undefined,
): { typed: TypedHeap; mapsByStructure: MapTables[] } {
  const { layout, index, types, goroutines } = parts;
  const { space } = parts.image;
  const mapsByStructure = [
    ...findMaps(space, layout, index, parts.bitmap, parts.reachable),
    ...findStackMaps(space, layout, index, parts.bitmap, parts.roots.locals.mapHeaders),
  ];
  const typed = typeHeap(
    { ...parts, space, stacks: goroutines, locals: parts.roots.locals },
    mapsByStructure,
    listFinalizedObjects({ space, layout, index, types, roots: parts.roots.table }),
    listRuntimeObjects(space, layout, index, goroutines, parts.roots.table, parts.functions),
    holders,
  );
  return { typed, mapsByStructure };
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

/** A binary whose debug information is damaged is as good as a stripped one. */
export function readEntries(exe: ElfFile): DebugEntries | undefined {
  try {
    const sections = readDebugSections(exe);
    return sections === undefined ? undefined : decodeDebugEntries(sections);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Where variables of functions are; undefined if that part is damaged. */
export function readLists(exe: ElfFile): LocationSections | undefined {
  try {
    return readLocationSections(exe);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

async function chooseLayout(
  image: ProcessImage,
  build: GoBuild,
  entries: DebugEntries | undefined,
): Promise<{ layout: RuntimeLayout; layoutBy: "table" | "debug-information" }> {
  const table = await loadLayout(build.minor, image.exe.machine);
  if (table !== undefined) return { layout: table, layoutBy: "table" };
  if (entries !== undefined && build.minor !== "") {
    const found = findLayouts(entries);
    if (found.structs.mheap.size > 0) {
      const layout = { go: build.minor, arch: image.exe.machine, ...found, waitReasons: [] };
      return { layout, layoutBy: "debug-information" };
    }
  }
  throw new DecodeError(`${build.version} is not a version whose runtime is known`, {
    format: "go-runtime",
    offset: 0,
    hint: "Go 1.19 to 1.27 are supported; of others, binaries with debug information (built without -s and -w)",
  });
}

export function listVariables(entries: DebugEntries, types: GoTypes, slide: number): TypedVariable[] {
  const variables: TypedVariable[] = [];
  for (let row = 0; row < entries.length; row++) {
    if (entries.tag[row] !== TAG.variable) continue;
    const entry = entries.read(row);
    if (!(entry.address > 0)) continue;
    const type = types.ofDebugEntry(entries.rowAt(entry.type));
    if (type === UNKNOWN_TYPE) continue;
    variables.push({ name: entries.nameOf(row), address: entry.address + slide, type });
  }
  return variables;
}

/** The symbol table knows every variable with its size; without one, the debug information's do. */
export function chooseVariables(
  image: Pick<ProcessImage, "exe" | "slide">,
  variables: readonly TypedVariable[],
  types: GoTypes,
): GlobalVariables {
  const symbols = readObjectSymbols(image.exe);
  if (symbols.name.length > 0) {
    return {
      length: symbols.name.length,
      address: symbols.address.map((address) => address + image.slide),
      size: symbols.size,
      name: symbols.name,
    };
  }
  const sorted = [...variables].sort((a, b) => a.address - b.address);
  return {
    length: sorted.length,
    address: Float64Array.from(sorted, (variable) => variable.address),
    size: Float64Array.from(sorted, (variable) => types.get(variable.type).size),
    name: sorted.map((variable) => variable.name),
  };
}

/** Maps that were found both ways are one; the typed finding knows more. */
function joinMaps(byStructure: readonly MapTables[], byType: readonly HeapMap[]): HeapMap[] {
  const joined = new Map<number, HeapMap>();
  for (const map of byStructure) joined.set(map.address, { ...map, type: UNKNOWN_TYPE });
  for (const map of byType) joined.set(map.address, map);
  return [...joined.values()].sort((a, b) => b.entries - a.entries || a.address - b.address);
}
