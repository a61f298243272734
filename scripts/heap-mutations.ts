import { ArraySource } from "../src/bytes/byte-source.ts";
import { decodeElf, findSection } from "../src/formats/elf/elf-file.ts";
import { type HeapSnapshot, readHeap } from "../src/heap/heap-snapshot.ts";
import { openCore } from "../src/heap/memory/process-image.ts";
import { readSpecials } from "../src/heap/roots/specials.ts";
import { locateGlobals } from "../src/heap/runtime/locate-heap.ts";
import type { FuzzRandom } from "./fuzz-random.ts";

/** A core with its executable, and where in their bytes the structures lie that an analyser follows. */
export interface HeapSeed {
  name: string;
  core: Uint8Array;
  exe: Uint8Array;
  /** By kind: "span", "goroutine", "map" … */
  places: ReadonlyMap<string, readonly Place[]>;
}

interface Place {
  file: "core" | "exe";
  start: number;
  length: number;
}

export interface BrokenHeap {
  core: Uint8Array;
  exe: Uint8Array;
  /** Kinds of structures that were broken. */
  where: string[];
  /** Makes the seed whole again: it is broken in place, since a copy of a core costs more than reading it. */
  mend(): void;
}

const HOSTILE = [
  0n,
  1n,
  7n,
  0xffn,
  0xffffn,
  0x7fffffffn,
  0xffffffffn,
  2n ** 40n,
  2n ** 48n - 8n,
  2n ** 63n,
  2n ** 64n - 1n,
];
const SECTIONS = [
  ".debug_info",
  ".debug_abbrev",
  ".debug_loc",
  ".debug_loclists",
  ".debug_ranges",
  ".debug_rnglists",
  ".gopclntab",
  ".go.buildinfo",
  ".symtab",
];
const WORD = 8;
const MAX_MOVED_BYTES = 16 * WORD;
/** Of a kind: enough that every size class and every sort of type is among them. */
const MAX_PLACES = 20_000;

/** Reads the intact core to learn where its structures are. */
export async function findPlaces(name: string, core: Uint8Array, exe: Uint8Array): Promise<HeapSeed> {
  const coreFile = decodeElf(new ArraySource(core));
  const exeFile = decodeElf(new ArraySource(exe));
  const heap = await readHeap(openCore(coreFile, exeFile));
  const places = new Map<string, Place[]>();
  const add = (kind: string, place: Place) => {
    const list = places.get(kind) ?? [];
    if (list.length < MAX_PLACES) list.push(place);
    places.set(kind, list);
  };
  const addMemory = (kind: string, address: number, length: number) => {
    const region = address > 0 ? heap.image.space.regionAt(address) : undefined;
    if (region === undefined) return;
    add(kind, {
      file: region.source === coreFile.source ? "core" : "exe",
      start: region.offset + (address - region.start),
      length: Math.min(length, region.end - address),
    });
  };
  add("core headers", { file: "core", start: 0, length: 64 + coreFile.segments.length * 56 });
  for (const { type, offset, fileSize } of coreFile.segments)
    if (type === 4) add("core notes", { file: "core", start: offset, length: fileSize });
  add("executable headers", { file: "exe", start: 0, length: 64 + exeFile.segments.length * 56 });
  for (const section of SECTIONS) {
    const found = findSection(exeFile, section);
    if (found !== undefined) add(section, { file: "exe", start: found.offset, length: found.size });
  }
  add("core", { file: "core", start: 0, length: core.length });
  add("executable", { file: "exe", start: 0, length: exe.length });
  addStructures(heap, addMemory);
  return { name, core, exe, places };
}

function addStructures(
  heap: HeapSnapshot,
  add: (kind: string, address: number, length: number) => void,
): void {
  const { image, layout, modules, index, goroutines, maps, typed, types } = heap;
  const { space } = image;
  const { structs } = layout;
  for (const { address, ftab } of modules) {
    add("moduledata", address, structs.moduledata.size);
    add("function table", ftab, 4096);
  }
  const { mheap, allgs } = locateGlobals(image, layout, modules);
  add("mheap", mheap, structs.mheap.size);
  const spans = space.u64(mheap + structs.mheap.allspans);
  const count = space.u64(mheap + structs.mheap.allspans + 8);
  add("list of spans", spans, count * WORD);
  for (let i = 0; i < count; i++) add("span", space.u64(spans + i * WORD), structs.mspan.size);
  for (let span = 0; span < index.spans.length; span++) {
    add("allocation bits", index.spans.allocBits[span]!, 64);
    add("pointer bits", index.spans.start[span]! + index.spans.pages[span]! * 8192 - 256, 256);
  }
  if (allgs > 0) {
    add("list of goroutines", allgs, 3 * WORD);
    add("list of goroutines", space.u64(allgs), space.u64(allgs + WORD) * WORD);
  }
  for (const { address, sp, stackHigh } of goroutines) {
    add("goroutine", address, structs.g.size);
    add("stack", sp, stackHigh - sp);
  }
  for (const { parts, arrays } of maps) {
    for (const part of parts) add("map", part, 48);
    for (const array of arrays) add("map", array.address, 256);
  }
  for (const { address } of typed.channels) add("channel", address, structs.hchan.size);
  readSpecials(space, layout, index.spans, ({ address }) => add("special", address, 48));
  for (let type = 0; type < types.length; type++) add("type", types.get(type).rtype, 96);
}

/** One to three kinds of structures, each in some of its words; now and then the core is cut as well. */
export function breakHeap(random: FuzzRandom, seed: HeapSeed): BrokenHeap {
  const undo: { bytes: Uint8Array; at: number; before: Uint8Array }[] = [];
  const broken: BrokenHeap = {
    core: seed.core,
    exe: seed.exe,
    where: [],
    mend: () => {
      for (const { bytes, at, before } of undo.reverse()) bytes.set(before, at);
    },
  };
  const kinds = [...seed.places.keys()];
  for (let i = 1 + random.below(3); i > 0; i--) {
    const kind = random.pick(kinds);
    broken.where.push(kind);
    for (let words = 1 + random.below(12); words > 0; words--) {
      const { file, start, length } = random.pick(seed.places.get(kind)!);
      const bytes = seed[file];
      const at = Math.min(start + random.below(Math.ceil(length / WORD)) * WORD, bytes.length - WORD);
      undo.push({ bytes, at, before: Uint8Array.from(bytes.subarray(at, at + MAX_MOVED_BYTES)) });
      breakWord(random, bytes, at, { start, length });
    }
  }
  if (random.once(30)) {
    broken.core = seed.core.subarray(0, random.below(seed.core.length));
    broken.where.push("cut");
  }
  return broken;
}

function breakWord(
  random: FuzzRandom,
  bytes: Uint8Array,
  at: number,
  { start, length }: { start: number; length: number },
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (random.below(5)) {
    case 0:
      view.setBigUint64(at, random.pick(HOSTILE), true);
      return;
    case 1:
      view.setUint8(at + random.below(WORD), view.getUint8(at) ^ (1 << random.below(8)));
      return;
    case 2:
      view.setBigUint64(
        at,
        BigInt.asUintN(64, view.getBigUint64(at, true) + BigInt(random.below(64)) * 8n),
        true,
      );
      return;
    case 3:
      // A word of the same structure: a pointer of another kind, a circle.
      view.setBigUint64(
        at,
        view.getBigUint64(
          Math.min(start + random.below(Math.ceil(length / WORD)) * WORD, bytes.length - WORD),
          true,
        ),
        true,
      );
      return;
    default: {
      const from = random.below(Math.floor(bytes.length / WORD)) * WORD;
      bytes.copyWithin(at, from, from + WORD * (1 + random.below(MAX_MOVED_BYTES / WORD)));
    }
  }
}
