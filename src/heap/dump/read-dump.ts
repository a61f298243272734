import { ArraySource, type ByteSource } from "../../bytes/byte-source.ts";
import { DecodeError } from "../../bytes/decode-error.ts";
import { type ElfFile, ET_EXEC, findSection } from "../../formats/elf/elf-file.ts";
import type { HeapDump } from "../../formats/heap-dump/heap-dump.ts";
import type { AllocationStacks } from "../answers/allocation-stacks.ts";
import { FrameVariables } from "../goroutines/frame-variables.ts";
import { readGoroutine } from "../goroutines/goroutine-list.ts";
import { buildEdges } from "../graph/build-edges.ts";
import { followHeap, type HeapSnapshot, joinRoots, type RootedHeap } from "../heap-snapshot.ts";
import { AddressSpace } from "../memory/address-space.ts";
import { exeRegions, type ProcessImage, wrongExecutable } from "../memory/process-image.ts";
import { chooseBitmapRules } from "../objects/heap-bitmap.ts";
import { ObjectIndex } from "../objects/object-index.ts";
import { chooseVariables, listVariables, type OnHeapStage, readEntries, readLists } from "../read-runtime.ts";
import { FunctionTable } from "../runtime/function-table.ts";
import { describeGoBuild, readGoBuild } from "../runtime/go-build.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";
import { loadLayout } from "../runtime/layout-table.ts";
import { findModules } from "../runtime/modules.ts";
import { GoTypes } from "../types/go-types.ts";
import { RtypeReader } from "../types/rtype.ts";
import { DumpBitmap } from "./dump-bitmap.ts";
import { codeOfFrames } from "./dump-code.ts";
import { listDumpedRegions } from "./dump-memory.ts";
import { collectDumpRoots } from "./dump-roots.ts";
import { findSpans } from "./dump-spans.ts";

/**
 * Reads the heap of a dump of debug.WriteHeapDump. With the executable that ran, objects have types, variables names
 * and stacks lines; without, there are sizes, and names of functions.
 *
 * @throws DecodeError if the dump lacks its head, is of a version that is not known, or the executable is another's.
 */
export async function readHeapDump(
  source: ByteSource,
  dump: HeapDump,
  exe: ElfFile | undefined,
  onStage: OnHeapStage = () => {},
): Promise<HeapSnapshot> {
  const build = describeGoBuild(dump.version, "");
  const arch = dump.arch === "arm64" ? "arm64" : "amd64";
  const layout = await loadLayout(build.minor, arch);
  if (layout === undefined || (dump.arch !== "amd64" && dump.arch !== "arm64")) {
    throw new DecodeError(
      `the dump is of ${dump.version || "an unknown version"} on ${dump.arch || "an unknown machine"}`,
      {
        format: "heap-dump",
        offset: 0,
        hint: "Go 1.19 to 1.27 on amd64 and arm64 are supported",
      },
    );
  }
  if (exe !== undefined) checkExecutable(dump, exe);
  onStage("spans");
  const rules = chooseBitmapRules(build.minor, build.experiments);
  const found = findSpans(dump.objects, rules);
  const index = new ObjectIndex(found.spans, found.allocated);
  const bitmap = new DumpBitmap(dump.objects, found, rules);
  const space = new AddressSpace([
    listDumpedRegions(source, dump.objects, found, [dump.segments, dump.stack]),
    exe === undefined ? [] : exeRegions(exe, 0),
  ]);
  const image: ProcessImage = {
    space,
    exe: exe ?? noExecutable(arch),
    slide: 0,
    threads: [],
    identity: exe === undefined ? "not-checked" : "same-text",
    missingShare: 0,
    copiedOverMs: 0,
  };
  onStage("debug information");
  const modules = exe === undefined ? [] : findModules(image, layout);
  const table = new FunctionTable(space, layout, modules);
  const functions = exe === undefined ? codeOfFrames(dump) : table;
  const entries = exe === undefined ? undefined : readEntries(exe);
  const types = new GoTypes({
    space,
    rtypes: new RtypeReader(space, modules, layout.go),
    mapLayout: layout.structs.mapType,
    entries,
    typesBase: modules[0]?.types ?? 0,
  });
  const variables = entries === undefined ? [] : listVariables(entries, types, 0);
  const symbols = chooseVariables(image, variables, types);
  const goroutines = dump.goroutines.flatMap(({ address }, row) => {
    const goroutine = readGoroutine(space, layout, address, []);
    return goroutine === undefined ? [] : [{ goroutine, row }];
  });
  return followHeap(
    {
      image,
      build,
      layout,
      layoutBy: "table",
      modules,
      functions,
      index,
      bitmap,
      goroutines: goroutines.map(({ goroutine }) => goroutine),
      ...readGraph(layout),
      types,
      variables,
      symbols,
      codeTypes: undefined,
      allocations: allocationsOf(dump, index),
    },
    onStage,
  );

  /** In a function of its own for the same reason as that of `readHeap`. */
  function readGraph(known: RuntimeLayout): RootedHeap {
    onStage("pointers", index.length);
    const edges = buildEdges(space, index, bitmap);
    onStage("goroutines and roots");
    const parts = { dump, space, layout: known, index, edges, goroutines, variables: symbols };
    const lists = exe === undefined || entries === undefined ? undefined : readLists(exe);
    const frameVariables = new FrameVariables({
      space,
      layout: known,
      functions: table,
      known: lists === undefined || entries === undefined ? undefined : { entries, lists },
      types,
      slide: 0,
    });
    return joinRoots(edges, collectDumpRoots({ ...parts, functions: table, frameVariables }));
  }
}

/** The dump has no build id; the version, where the data begins, and what interface tables say are compared. */
function checkExecutable(dump: HeapDump, exe: ElfFile): void {
  if (exe.type !== ET_EXEC) {
    throw new DecodeError(
      "the executable is position-independent, and a heap dump does not say where it lay",
      {
        format: "heap-dump",
        offset: 0,
        hint: "read the dump without --exe, or take a core or pid:N instead",
      },
    );
  }
  const version = readGoBuild(exe)?.version;
  if (version !== dump.version)
    throw wrongExecutable(`the dump is of ${dump.version}, the executable of ${version ?? "no Go program"}`);
  const data = findSection(exe, ".data");
  if (data !== undefined && dump.segments.length > 0 && data.address !== dump.segments.address[0])
    throw wrongExecutable("the data of the dump is not where that of the executable is");
  const space = new AddressSpace([exeRegions(exe, 0)]);
  for (const { address, type } of dump.itabs) {
    const inFile = space.u64(address + 8);
    // Tables made at run time lie elsewhere.
    if (!Number.isNaN(inFile) && inFile !== type)
      throw wrongExecutable("an interface table of the dump is another one in the executable");
  }
}

function noExecutable(machine: "amd64" | "arm64"): ElfFile {
  return {
    source: new ArraySource(new Uint8Array(0)),
    type: ET_EXEC,
    machine,
    entry: 0,
    segments: [],
    sections: [],
  };
}

function allocationsOf(dump: HeapDump, index: ObjectIndex): AllocationStacks {
  const bucketOf = new Map<number, number>();
  for (const { object, bucket } of dump.samples) {
    const id = index.objectAt(object);
    if (id >= 0) bucketOf.set(id, bucket);
  }
  const stacks = new Map(dump.buckets.map(({ id, stack }) => [id, stack]));
  return { bucketOf, stackOf: (bucket) => stacks.get(bucket) ?? [] };
}
