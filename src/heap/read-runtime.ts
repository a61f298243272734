import { DecodeError } from "../bytes/decode-error.ts";
import { type DebugEntries, decodeDebugEntries, TAG } from "../formats/dwarf/debug-entries.ts";
import type { LocationSections } from "../formats/dwarf/location-sections.ts";
import { readDebugSections, readLocationSections } from "../formats/elf/debug-sections.ts";
import type { ElfFile } from "../formats/elf/elf-file.ts";
import { readObjectSymbols } from "../formats/elf/elf-symbols.ts";
import { FrameVariables } from "./goroutines/frame-variables.ts";
import { readGoroutines } from "./goroutines/goroutine-list.ts";
import type { HeapParts, RootedHeap } from "./heap-snapshot.ts";
import type { ProcessImage } from "./memory/process-image.ts";
import type { TypedVariable } from "./names/static-names.ts";
import { chooseBitmapRules, HeapBitmap } from "./objects/heap-bitmap.ts";
import { ObjectIndex, readAllocated } from "./objects/object-index.ts";
import { readSpans } from "./objects/span-table.ts";
import type { GlobalVariables } from "./roots/global-variables.ts";
import { FunctionTable } from "./runtime/function-table.ts";
import { type GoBuild, readGoBuild } from "./runtime/go-build.ts";
import type { RuntimeLayout } from "./runtime/layout-fields.ts";
import { loadLayout } from "./runtime/layout-table.ts";
import { locateGlobals, type RuntimeGlobals } from "./runtime/locate-heap.ts";
import { findModules } from "./runtime/modules.ts";
import { GoTypes, UNKNOWN_TYPE } from "./types/go-types.ts";
import { PointerMasks } from "./types/pointer-mask.ts";
import { RtypeReader } from "./types/rtype.ts";

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

/** Before this minor version the debug information does not say what closures captured; the code does. */
const CAPTURES_TOLD_SINCE = 23;

/** What the runtime and the executable say, before any object is looked at. */
export async function readRuntime(
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
  const codeTypes = isTold
    ? undefined
    : (await import("./types/allocation-sites.ts")).findCodeTypes(space, layout, modules, functions);
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
    const { findLayouts } = await import("./runtime/layout-of-debug-entries.ts");
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
