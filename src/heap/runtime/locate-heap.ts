import { DecodeError } from "../../bytes/decode-error.ts";
import { findSymbols } from "../../formats/elf/elf-symbols.ts";
import type { AddressSpace } from "../memory/address-space.ts";
import type { ProcessImage } from "../memory/process-image.ts";
import type { RuntimeLayout } from "./layout-fields.ts";
import type { GoModule } from "./modules.ts";

export const PAGE_BYTES = 8192;
const MAX_SPANS = 100_000_000;
const MAX_GOROUTINES = 100_000_000;

export interface RuntimeGlobals {
  mheap: number;
  /** Address of the slice header of runtime.allgs. */
  allgs: number;
  /** How they were found, for the report's confidence. */
  by: "symbols" | "structure";
  /** Addresses by name of what only symbols can tell; 0 if unknown. */
  allfin: number;
  finq: number;
  gcCleanups: number;
  memstats: number;
  allp: number;
}

/**
 * The globals from which everything else is reached. Stripped binaries have no names: there mheap_ and allgs are
 * recognised by what they must look like.
 *
 * @throws DecodeError if mheap_ is not found, or does not look like one.
 */
export function locateGlobals(
  image: ProcessImage,
  layout: RuntimeLayout,
  modules: readonly GoModule[],
): RuntimeGlobals {
  const names = ["mheap_", "allgs", "allfin", "finq", "gcCleanups", "memstats", "allp"].map(
    (n) => `runtime.${n}`,
  );
  const symbols = findSymbols(image.exe, new Set(names));
  const of = (name: string) => {
    const address = symbols.get(`runtime.${name}`);
    return address === undefined ? 0 : address + image.slide;
  };
  const named = {
    allfin: of("allfin"),
    finq: of("finq"),
    gcCleanups: of("gcCleanups"),
    memstats: of("memstats"),
    allp: of("allp"),
  };
  const { space } = image;
  if (of("mheap_") !== 0 && isMheap(space, layout, of("mheap_"))) {
    return { mheap: of("mheap_"), allgs: of("allgs"), by: "symbols", ...named };
  }
  const main = modules[0]!;
  const areas = [
    { start: main.noptrbss, end: main.enoptrbss },
    { start: main.bss, end: main.ebss },
  ];
  const mheap = scan(space, areas, (at) => isMheap(space, layout, at));
  if (mheap === 0) {
    throw new DecodeError("runtime.mheap_ was not found", {
      format: "go-runtime",
      offset: 0,
      hint: "the core lacks the program's data, or was cut short; take it again",
    });
  }
  const allgs = scan(space, [areas[1]!, areas[0]!], (at) => isAllgs(space, layout, at));
  return { mheap, allgs, by: "structure", ...named };
}

function scan(
  space: AddressSpace,
  areas: readonly { start: number; end: number }[],
  accept: (at: number) => boolean,
): number {
  for (const { start, end } of areas) {
    for (const part of space.partsWithin(start, end))
      for (let at = Math.ceil(part.from / 8) * 8; at + 24 <= part.to; at += 8) if (accept(at)) return at;
  }
  return 0;
}

/** Whether the structure at `at` has a slice of spans where mheap has allspans, and sizes where its allocators are. */
function isMheap(space: AddressSpace, layout: RuntimeLayout, at: number): boolean {
  const { mheap, mspan } = layout.structs;
  const slice = at + mheap.allspans;
  const length = space.u64(slice + 8);
  const capacity = space.u64(slice + 16);
  if (!(length >= 4 && length <= capacity && capacity < MAX_SPANS)) return false;
  const array = space.u64(slice);
  if (!(array > 0 && array % 8 === 0)) return false;
  // fixalloc.size is its first field: the table and the program must agree on the size of a span.
  if (space.u64(at + mheap.spanalloc) !== mspan.size) return false;
  // A damaged one among them is no reason to read nothing.
  const looked = Math.min(8, length);
  let sound = 0;
  for (let i = 0; i < looked; i++) {
    const span = space.u64(array + i * 8);
    const start = space.u64(span + mspan.startAddr);
    const pages = space.u64(span + mspan.npages);
    if (span > 0 && start % PAGE_BYTES === 0 && pages < 1e7) sound++;
  }
  return sound * 4 >= looked * 3;
}

/** A slice of pointers to structures with the stack and the id of a goroutine. */
function isAllgs(space: AddressSpace, layout: RuntimeLayout, at: number): boolean {
  const { g } = layout.structs;
  const length = space.u64(at + 8);
  const capacity = space.u64(at + 16);
  if (!(length >= 2 && length <= capacity && capacity < MAX_GOROUTINES)) return false;
  const array = space.u64(at);
  if (!(array > 0 && array % 8 === 0)) return false;
  const ids = new Set<number>();
  for (let i = 0; i < Math.min(8, length); i++) {
    const address = space.u64(array + i * 8);
    if (!(address > 0 && address % 8 === 0)) return false;
    const low = space.u64(address + g.stack);
    const high = space.u64(address + g.stack + 8);
    const id = space.u64(address + g.goid);
    const dead = low === 0 && high === 0;
    if (!dead && !(low < high && low % 1024 === 0 && high - low <= 2 ** 30)) return false;
    if (!(id > 0 && id < 1e12) || ids.has(id)) return false;
    ids.add(id);
  }
  return ids.size >= 2;
}
