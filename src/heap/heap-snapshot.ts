import { DecodeError } from "../bytes/decode-error.ts";
import { type DebugEntries, decodeDebugEntries, TAG } from "../formats/dwarf/debug-entries.ts";
import { readDebugSections, readLocationSections } from "../formats/elf/debug-sections.ts";
import type { ElfFile } from "../formats/elf/elf-file.ts";
import { readObjectSymbols } from "../formats/elf/elf-symbols.ts";
import type { BitSet } from "../lib/bit-set.ts";
import { once } from "../lib/once.ts";
import type { AllocationStacks } from "./answers/allocation-stacks.ts";
import { addRetained, computeDominators, type DominatorTree } from "./dominators/dominator-tree.ts";
import { FrameVariables } from "./goroutines/frame-variables.ts";
import { type HeapGoroutine, readGoroutines } from "./goroutines/goroutine-list.ts";
import { buildEdges, type ObjectEdges } from "./graph/build-edges.ts";
import type { HeapGraph } from "./graph/rooted-graph.ts";
import { type WalkedGraph, walkGraph } from "./graph/walk-graph.ts";
import { findMaps, readMap } from "./maps/find-maps.ts";
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
import { locateGlobals } from "./runtime/locate-heap.ts";
import { findModules, type GoModule } from "./runtime/modules.ts";
import { listFinalizedObjects } from "./types/finalized-objects.ts";
import { GoTypes, type TypeIndex, UNKNOWN_TYPE } from "./types/go-types.ts";
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
  readonly names: StaticNames;
  readonly maps: readonly HeapMap[];
  graph: HeapGraph;
  readonly dominators: DominatorTree;
  /** Bytes of each node with all that it dominates. */
  readonly retained: Float64Array;
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
  };

export type HeapStage =
  | "debug information"
  | "spans"
  | "pointers"
  | "goroutines and roots"
  | "types"
  | "maps"
  | "dominators";

export interface HeapReading {
  onStage?: (stage: HeapStage) => void;
  /**
   * Whoever only counts types does without what keeps what, names and maps: these are then worked out when they are
   * first asked for, which takes more memory at once than before the types.
   */
  typesAlone?: boolean;
}

/**
 * Reads the whole heap of an image.
 *
 * @throws DecodeError if it is no Go program of a version that is known, or its runtime's structures are not at hand.
 */
export async function readHeap(
  image: ProcessImage,
  { onStage = () => {}, typesAlone = false }: HeapReading = {},
): Promise<HeapSnapshot> {
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
  const parts = { image, build, layout, layoutBy, modules, functions, index, bitmap, goroutines };
  return followHeap(
    { ...parts, ...readGraph(), types, variables, symbols, allocations: undefined },
    { onStage, typesAlone },
  );

  /** In a function of its own, so that the edges are given up for the graph before anything large comes. */
  function readGraph(): RootedHeap {
    onStage("pointers");
    const edges = buildEdges(space, index, bitmap);
    onStage("goroutines and roots");
    const frameVariables = readFrameVariables(image, entries, types);
    const known = { space, layout, modules, functions, globals, index, goroutines, frameVariables };
    return joinRoots(edges, collectRoots({ ...known, edges, variables: symbols }));
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
export function followHeap(
  { parent, symbols, ...parts }: HeapParts,
  { onStage = () => {}, typesAlone = false }: HeapReading,
): HeapSnapshot {
  const { layout, modules, functions, index, bitmap, goroutines, reachable, graph, types, variables } = parts;
  const { space } = parts.image;
  const dominators = dominatorsOf({ graph, parent });
  const retained = once(() => {
    const bytes = ownBytes(graph, index);
    addRetained(dominators(), bytes);
    return bytes;
  });
  if (!typesAlone) {
    onStage("dominators");
    retained();
  }
  onStage("maps");
  const mapsByStructure = findMaps(space, layout, index, bitmap, reachable);
  onStage("types");
  const typed = typeHeap(
    {
      space,
      layout,
      modules,
      functions,
      index,
      bitmap,
      reachable,
      types,
      variables,
      stacks: goroutines,
      locals: parts.roots.locals,
    },
    mapsByStructure,
    listFinalizedObjects({ space, layout, index, types, roots: parts.roots.table }),
    listRuntimeObjects(space, layout, index, goroutines),
    {
      graph,
      dominators: () => dominators().dominator,
      nameOfGroup: (group) => holderName(parts, group),
    },
  );
  const names = once(() => new StaticNames(types, symbols, variables, typed.statics));
  const maps = once(() =>
    joinMaps(
      mapsByStructure,
      typed.maps.flatMap(({ address, type }) => {
        const map = readMap(space, layout, address);
        return map === undefined ? [] : [{ ...map, type }];
      }),
    ),
  );
  return {
    ...parts,
    typed,
    get names() {
      return names();
    },
    get maps() {
      return maps();
    },
    get dominators() {
      return dominators();
    },
    get retained() {
      return retained();
    },
  };
}

/** In a function of its own, so that the walk's tree is given up for the dominators'. */
function dominatorsOf(walked: Pick<WalkedGraph, "graph" | "parent">): () => DominatorTree {
  return once(() => computeDominators(walked));
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

/** Without debug information, or with a part of it that is damaged, no variable is known. */
function readFrameVariables(
  { exe, slide }: ProcessImage,
  entries: DebugEntries | undefined,
  types: GoTypes,
): FrameVariables {
  if (entries === undefined) return new FrameVariables({ known: undefined, types, slide });
  try {
    return new FrameVariables({ known: { entries, lists: readLocationSections(exe) }, types, slide });
  } catch (error) {
    if (error instanceof DecodeError) return new FrameVariables({ known: undefined, types, slide });
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
    if (entries.tag[row] !== TAG.variable || !(entries.address[row]! > 0)) continue;
    const type = types.ofDebugEntry(entries.rowAt(entries.type[row]!));
    if (type === UNKNOWN_TYPE) continue;
    variables.push({ name: entries.nameOf(row), address: entries.address[row]! + slide, type });
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
