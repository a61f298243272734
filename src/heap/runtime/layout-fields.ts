/**
 * The structures of the Go runtime that the analyser reads, with their fields. Names in turn are tried in order, since
 * some were renamed: the first is ours. What a version does not have gets the offset -1.
 */
export const LAYOUT_FIELDS = {
  mheap: {
    names: ["runtime.mheap"],
    fields: [
      "allspans",
      "arenas",
      "sweepgen",
      "pages",
      "spanalloc",
      "specialfinalizeralloc",
      "specialprofilealloc",
    ],
  },
  mspan: {
    names: ["runtime.mspan"],
    fields: [
      "startAddr",
      "npages",
      "freeindex",
      "nelems",
      "allocBits",
      "gcmarkBits",
      "sweepgen",
      "allocCount",
      "spanclass",
      "state",
      "elemsize",
      "limit",
      "specials",
      "largeType",
      "isUserArenaChunk",
    ],
  },
  heapArena: { names: ["runtime.heapArena"], fields: ["bitmap", "noMorePtrs", "spans"] },
  pageAlloc: { names: ["runtime.pageAlloc"], fields: ["inUse", "chunks"] },
  addrRanges: { names: ["runtime.addrRanges"], fields: ["ranges"] },
  pallocData: { names: ["runtime.pallocData"], fields: ["pallocBits", "scavenged"] },
  moduledata: {
    names: ["runtime.moduledata"],
    fields: [
      "pcHeader",
      "funcnametab",
      "cutab",
      "filetab",
      "pctab",
      "pclntable",
      "ftab",
      "minpc",
      "maxpc",
      "text",
      "etext",
      "noptrdata",
      "enoptrdata",
      "data",
      "edata",
      "bss",
      "ebss",
      "noptrbss",
      "enoptrbss",
      "end",
      "types",
      "etypes",
      "rodata",
      "gofunc",
      "textsectmap",
      "typelinks",
      "itablinks",
      "itaboffset",
      "itabsize",
      "modulename",
      "gcdatamask",
      "gcbssmask",
      "next",
    ],
  },
  func: {
    names: ["runtime._func"],
    fields: [
      "entryOff",
      "nameOff",
      "args",
      "deferreturn",
      "pcsp",
      "pcfile",
      "pcln",
      "npcdata",
      "cuOffset",
      "startLine",
      "funcID",
      "flag",
      "nfuncdata",
    ],
  },
  g: {
    names: ["runtime.g"],
    fields: [
      "stack",
      "_panic",
      "_defer",
      "m",
      "sched",
      "atomicstatus",
      "goid",
      "waitsince",
      "waitreason",
      "syscallsp",
      "syscallpc",
      "gopc",
      "startpc",
      "parentGoid",
      "waiting",
      "labels",
    ],
  },
  gobuf: { names: ["runtime.gobuf"], fields: ["sp", "pc", "ctxt", "bp", "lr"] },
  m: { names: ["runtime.m"], fields: ["g0", "procid", "gsignal", "curg", "alllink"] },
  p: { names: ["runtime.p"], fields: ["status", "mcache", "pcache"] },
  pageCache: { names: ["runtime.pageCache"], fields: ["base", "cache", "scav"] },
  special: { names: ["runtime.special"], fields: ["next", "offset", "kind"] },
  specialfinalizer: { names: ["runtime.specialfinalizer"], fields: ["fn", "fint", "ot"] },
  specialprofile: { names: ["runtime.specialprofile"], fields: ["b"] },
  specialCleanup: { names: ["runtime.specialCleanup"], fields: ["fn", "cleanup", "id"] },
  specialWeakHandle: { names: ["runtime.specialWeakHandle"], fields: ["handle"] },
  bucket: { names: ["runtime.bucket"], fields: ["allnext", "typ", "size", "nstk"] },
  finblock: { names: ["runtime.finblock", "runtime.finBlock"], fields: ["alllink", "next", "cnt", "fin"] },
  finalizer: { names: ["runtime.finalizer"], fields: ["fn", "arg", "nret", "fint", "ot"] },
  cleanupQueue: { names: ["runtime.cleanupQueue"], fields: ["all"] },
  cleanupBlock: { names: ["runtime.cleanupBlock"], fields: ["cleanupBlockHeader", "cleanups"] },
  cleanupBlockHeader: { names: ["runtime.cleanupBlockHeader"], fields: ["alllink", "n"] },
  hchan: {
    names: ["runtime.hchan"],
    fields: [
      "qcount",
      "dataqsiz",
      "buf",
      "elemsize",
      "closed",
      "elemtype",
      "sendx",
      "recvx",
      "recvq",
      "sendq",
    ],
  },
  waitq: { names: ["runtime.waitq"], fields: ["first", "last"] },
  sudog: { names: ["runtime.sudog"], fields: ["g", "next", "elem", "waitlink"] },
  defer: { names: ["runtime._defer"], fields: ["sp", "pc", "fn", "link"] },
  hmap: {
    names: ["runtime.hmap"],
    fields: ["count", "flags", "B", "noverflow", "buckets", "oldbuckets", "nevacuate", "extra"],
  },
  swissMap: {
    names: ["internal/runtime/maps.Map"],
    fields: ["used", "dirPtr", "dirLen", "globalDepth", "writing"],
  },
  swissTable: {
    names: ["internal/runtime/maps.table"],
    fields: ["used", "capacity", "growthLeft", "localDepth", "index", "groups"],
  },
  mstats: { names: ["runtime.mstats"], fields: ["heapStats"] },
  consistentHeapStats: { names: ["runtime.consistentHeapStats"], fields: ["stats"] },
  heapStatsDelta: {
    names: ["runtime.heapStatsDelta"],
    fields: [
      "committed",
      "released",
      "inHeap",
      "inStacks",
      "tinyAllocCount",
      "largeAlloc",
      "largeAllocCount",
      "smallAllocCount",
      "largeFree",
      "largeFreeCount",
      "smallFreeCount",
    ],
  },
  mapType: {
    names: ["internal/abi.MapType", "internal/abi.SwissMapType", "runtime.maptype"],
    fields: [
      "Key",
      "Elem",
      "Bucket",
      "Group",
      "KeySize",
      "ValueSize",
      "BucketSize",
      "GroupSize",
      "SlotSize",
      "ElemOff",
      "Flags",
      "KeysOff",
      "KeyStride",
      "ElemsOff",
      "ElemStride",
    ],
  },
} as const satisfies Record<string, { names: readonly string[]; fields: readonly string[] }>;

type LayoutTable = typeof LAYOUT_FIELDS;

/** Byte offset of each field, and the size of the whole. -1: this version has no such field or structure. */
export type StructLayouts = {
  readonly [S in keyof LayoutTable]: { readonly size: number } & {
    readonly [F in LayoutTable[S]["fields"][number]]: number;
  };
};

/** Constants of the runtime whose values differ between versions. -1: absent. */
export const LAYOUT_CONSTANTS = {
  kindSpecialTinyBlock: ["runtime._KindSpecialTinyBlock"],
  kindSpecialFinalizer: ["runtime._KindSpecialFinalizer"],
  kindSpecialWeakHandle: ["runtime._KindSpecialWeakHandle"],
  kindSpecialProfile: ["runtime._KindSpecialProfile"],
  kindSpecialCleanup: ["runtime._KindSpecialCleanup"],
  kindSpecialReachable: ["runtime._KindSpecialReachable"],
  kindSpecialPinCounter: ["runtime._KindSpecialPinCounter"],
  arenaBaseOffset: ["runtime.arenaBaseOffset"],
  heapArenaBytes: ["runtime.heapArenaBytes"],
  pallocChunkPages: ["runtime.pallocChunkPages"],
  numSpanClasses: ["runtime.numSpanClasses"],
} as const;

export type LayoutConstants = { readonly [C in keyof typeof LAYOUT_CONSTANTS]: number };

export interface RuntimeLayout {
  /** "1.26" */
  go: string;
  arch: "amd64" | "arm64";
  structs: StructLayouts;
  constants: LayoutConstants;
  /** By value: the texts of g.waitreason, e.g. "chan receive". */
  waitReasons: readonly string[];
}
