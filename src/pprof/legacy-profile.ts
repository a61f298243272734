import type { MappedFile } from "../formats/memory-map.ts";
import { NONE, type Profile } from "../tables/profile.ts";
import { EMPTY_STRING } from "../tables/string-table.ts";
import { ExtendedStringTable } from "./extended-strings.ts";

const MAX_UINT64 = 2n ** 64n - 1n;
const USUAL_START = 0x40_0000n;
const SHARED_LIBRARY = /([.]so$|[.]so[._][0-9]+)/;

/** Functions of allocators, of the CPU profiler and of locks: what their profiles begin with (legacy_profile.go). */
const ALLOCATION_FRAMES =
  "calloc|cfree|malloc|free|memalign|do_memalign|(__)?posix_memalign|pvalloc|valloc|realloc|tcmalloc::.*|tc_calloc|" +
  "tc_cfree|tc_malloc|tc_free|tc_memalign|tc_posix_memalign|tc_pvalloc|tc_valloc|tc_realloc|tc_new|tc_delete|" +
  "tc_newarray|tc_deletearray|tc_new_nothrow|tc_newarray_nothrow|malloc_zone_malloc|malloc_zone_calloc|" +
  "malloc_zone_valloc|malloc_zone_realloc|malloc_zone_memalign|malloc_zone_free|runtime\\..*|BaseArena::.*|" +
  "(::)?do_malloc_no_errno|(::)?do_malloc_pages|(::)?do_malloc|DoSampledAllocation|" +
  "MallocedMemBlock::MallocedMemBlock|_M_allocate|__builtin_(vec_)?delete|__builtin_(vec_)?new|" +
  "__gnu_cxx::new_allocator::allocate|__libc_malloc|__malloc_alloc_template::allocate|allocate|cpp_alloc|" +
  "operator new(\\[\\])?|simple_alloc::allocate";
const KEPT_ALLOCATION_FRAMES = "runtime\\.panic|runtime\\.reflectcall|runtime\\.call[0-9]*";
const PROFILER_FRAMES =
  "ProfileData::Add|ProfileData::prof_handler|CpuProfiler::prof_handler|__pthread_sighandler|__restore";
const LOCK_FRAMES =
  "RecordLockProfileData|(base::)?RecordLockProfileData.*|(base::)?SubmitMutexProfileData.*|" +
  "(base::)?SubmitSpinLockProfileData.*|(base::Mutex::)?AwaitCommon.*|(base::Mutex::)?Unlock.*|" +
  "(base::Mutex::)?UnlockSlow.*|(base::Mutex::)?ReaderUnlock.*|(base::MutexLock::)?~MutexLock.*|" +
  "(Mutex::)?AwaitCommon.*|(Mutex::)?Unlock.*|(Mutex::)?UnlockSlow.*|(Mutex::)?ReaderUnlock.*|" +
  "(MutexLock::)?~MutexLock.*|(SpinLock::)?Unlock.*|(SpinLock::)?SlowUnlock.*|(SpinLockHolder::)?~SpinLockHolder.*";

const ALLOCATION_TYPES = new Set([
  "allocations,size",
  "objects,space",
  "inuse_objects,inuse_space",
  "alloc_objects,alloc_space",
  "alloc_objects,alloc_space,inuse_objects,inuse_space",
]);

/**
 * A profile read from one of the text or binary forms before profile.proto, with the mappings and the frames to drop
 * that google/pprof gives it. `mappings` may be none: then one is made that holds everything.
 */
export function completeLegacyProfile(profile: Profile, mappings: readonly MappedFile[]): Profile {
  const strings = new ExtendedStringTable(profile.strings);
  const types = profile.sampleTypes.map(({ type }) => profile.strings.get(type)).join(",");
  const isAllocation = ALLOCATION_TYPES.has(types);
  const dropped = isAllocation
    ? ALLOCATION_FRAMES
    : types === "contentions,delay"
      ? LOCK_FRAMES
      : PROFILER_FRAMES;
  const { rows, mappingOf } = placeLocations(profile, arrangeMappings(mappings));
  return {
    ...profile,
    strings,
    locations: { ...profile.locations, mapping: mappingOf },
    mappings: {
      length: rows.length,
      id: BigUint64Array.from(rows, (_, at) => BigInt(at + 1)),
      memoryStart: BigUint64Array.from(rows, ({ start }) => start),
      memoryLimit: BigUint64Array.from(rows, ({ limit }) => limit),
      fileOffset: BigUint64Array.from(rows, ({ offset }) => offset),
      filename: Uint32Array.from(rows, ({ file }) => strings.add(file)),
      buildId: Uint32Array.from(rows, ({ buildId }) => strings.add(buildId)),
      has: new Uint8Array(rows.length),
    },
    dropFrames: strings.add(dropped),
    keepFrames: isAllocation ? strings.add(KEPT_ALLOCATION_FRAMES) : EMPTY_STRING,
  };
}

/** Joins parts of one mapping and puts the program first (profile/profile.go, massageMappings). */
function arrangeMappings(mappings: readonly MappedFile[]): MappedFile[] {
  const rows: MappedFile[] = [];
  for (const mapping of mappings) {
    const last = rows.at(-1);
    if (last === undefined || !isAdjacent(last, mapping)) {
      rows.push({ ...mapping });
      continue;
    }
    last.limit = mapping.limit;
    last.file = mapping.file || last.file;
    last.buildId = mapping.buildId || last.buildId;
  }
  const main = rows.findIndex(({ file }) => {
    const name = file.replaceAll("(deleted)", "").trim();
    return name !== "" && !SHARED_LIBRARY.test(name) && !name.startsWith("[");
  });
  if (main > 0) [rows[0], rows[main]] = [rows[main]!, rows[0]!];
  return rows;
}

function isAdjacent(first: MappedFile, second: MappedFile): boolean {
  if (first.file !== "" && second.file !== "" && first.file !== second.file) return false;
  if (first.buildId !== "" && second.buildId !== "" && first.buildId !== second.buildId) return false;
  if (first.limit !== second.start) return false;
  const isFileKnown = first.offset !== 0n && second.offset !== 0n;
  return !isFileKnown || first.offset + (first.limit - first.start) === second.offset;
}

/** Gives every location its mapping (profile/legacy_profile.go, remapMappingIDs). */
function placeLocations(
  { locations }: Profile,
  arranged: MappedFile[],
): { rows: MappedFile[]; mappingOf: Int32Array } {
  const rows = [...arranged];
  const second = rows[1];
  if (rows[0]?.file.startsWith("/anon_hugepage") && second !== undefined && rows[0].limit === second.start)
    rows.shift();
  const main = rows[0];
  if (main !== undefined && main.start - main.offset === USUAL_START) {
    main.start = USUAL_START;
    main.offset = 0n;
  }
  let fake = NONE;
  const mappingOf = Int32Array.from(locations.address, (address) => {
    if (address === 0n) return NONE;
    const found = rows.findIndex(({ start, limit }) => start <= address && address < limit);
    if (found >= 0) return found;
    // Some writers leave out the first part of a mapping that was split.
    const split = rows.findIndex(
      ({ start, offset }) => offset !== 0n && start - offset <= address && address < start,
    );
    if (split >= 0) {
      const row = rows[split]!;
      row.start -= row.offset;
      row.offset = 0n;
      return split;
    }
    if (fake === NONE)
      fake = rows.push({ start: 0n, limit: MAX_UINT64, offset: 0n, file: "", buildId: "" }) - 1;
    return fake;
  });
  return { rows, mappingOf };
}
