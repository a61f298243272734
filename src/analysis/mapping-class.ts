import {
  EXECUTABLE,
  findMappingName,
  hasSizes,
  type MappingTable,
  READABLE,
  SHARED,
  vmFlag,
  WRITABLE,
} from "../tables/mapping-table.ts";
import { findGoHeapRows } from "./go-heap-mappings.ts";

/**
 * What a mapping is for. "anonymous" is what remains: mmaps of the program or of a C library, and, where the kernel
 * prints no names, the Go runtime's own metadata. "reserved": address space without access, never resident.
 */
export const MAPPING_CLASSES = [
  "go-heap",
  "go-metadata",
  "exe-text",
  "exe-data",
  "shared-library",
  "plugin",
  "c-heap",
  "thread-stack",
  "anonymous",
  "file",
  "shared-memory",
  "kernel",
  "reserved",
] as const;
export type MappingClass = (typeof MAPPING_CLASSES)[number];

/** The classes of a table's rows, as indexes into MAPPING_CLASSES. */
export interface ClassifiedMappings {
  table: MappingTable;
  class: Uint8Array;
  /** The runtime named its mappings (Go ≥ 1.25 on a kernel with CONFIG_ANON_VMA_NAME): nothing was guessed. */
  named: boolean;
}

const NO_CLASS = 255;
const GO_NAME = "[anon: Go: ";
const GLIBC_NAME = "[anon: glibc: ";
/** A guard page below a thread's stack: one page, of up to 64 KiB. glibc allows larger ones; programs hardly ask. */
const MAX_GUARD_BYTES = 64 * 1024;
/** PTHREAD_STACK_MIN is 16 KiB; smaller mappings above an inaccessible page are something else. */
const LEAST_STACK_BYTES = 16 * 1024;
/** glibc's HEAP_MAX_SIZE on 64-bit platforms: every arena but the first lies in heaps of this size and alignment. */
const MALLOC_HEAP_BYTES = 64 * 1024 * 1024;
/** Where the system keeps its shared libraries; a Go plugin lies in a directory of the application's. */
const LIBRARY_DIRECTORY = /^\/(usr\/|usr\/local\/)?lib(32|64|x32)?\/|^\/nix\/store\/|^\/snap\//;

/**
 * Classifies every mapping. Names decide where there are any; then shape and place, in the order of
 * runtime/malloc.go's arenas, the executable and what lies behind it, glibc's arenas (malloc/arena.c), stacks.
 *
 * `exe` is the path of the executable, if /proc/PID/exe could be read; without it the first file mapped is taken.
 */
export function classifyMappings(table: MappingTable, exe?: string): ClassifiedMappings {
  const classes = new Uint8Array(table.length).fill(NO_CLASS);
  const set = (row: number, name: MappingClass) => {
    if (classes[row] === NO_CLASS) classes[row] = MAPPING_CLASSES.indexOf(name);
  };
  const names = Array.from({ length: table.length }, (_, row) => findMappingName(table, row));
  const named = names.some((name) => name.startsWith(GO_NAME));
  for (const [row, name] of names.entries()) {
    const byName = classifyName(name);
    if (byName !== undefined) set(row, byName);
  }
  if (!named) for (const row of findGoHeapRows(table)) set(row, "go-heap");
  setExecutable(table, names, exe ?? names.find(isFile), set);
  for (const [row, name] of names.entries()) {
    if (isFile(name)) set(row, classifyFile(table, row, name));
    else if (isLibraryBss(table, names, row)) set(row, classifyFile(table, row, names[row - 1]!));
  }
  for (let row = 0; row < table.length; row++) {
    if (isMallocHeap(table, row)) set(row, "c-heap");
    if (isThreadStack(table, names, row)) set(row, "thread-stack");
    const accessible = (table.permissions[row]! & (READABLE | WRITABLE | EXECUTABLE)) !== 0;
    set(row, accessible ? "anonymous" : "reserved");
  }
  return { table, class: classes, named };
}

function classifyName(name: string): MappingClass | undefined {
  if (name.startsWith(GO_NAME)) return classifyGoName(name.slice(GO_NAME.length, -1));
  if (name.startsWith(GLIBC_NAME)) {
    return name.startsWith("pthread", GLIBC_NAME.length) ? "thread-stack" : "c-heap";
  }
  if (name.startsWith("[anon_shmem:")) return "shared-memory";
  if (name === "[heap]") return "c-heap";
  if (name === "[stack]" || name.startsWith("[stack:")) return "thread-stack";
  // A user's own name (prctl PR_SET_VMA) says that the memory is neither Go's nor glibc's.
  if (name.startsWith("[anon:")) return "anonymous";
  return name.startsWith("[") ? "kernel" : undefined;
}

/** Names given by sysAlloc, sysReserve and sysMap (runtime/mem.go and its callers). */
function classifyGoName(name: string): MappingClass {
  switch (name) {
    case "heap":
    case "heap reservation":
    case "used":
    case "unused":
      return "go-heap";
    case "OS thread stack":
      return "thread-stack";
    default:
      return "go-metadata";
  }
}

function isFile(name: string): boolean {
  return name.startsWith("/");
}

/** Text and read-only data, then data, relocated data and the zeroed data (bss) that follows without a gap. */
function setExecutable(
  table: MappingTable,
  names: readonly string[],
  exe: string | undefined,
  set: (row: number, name: MappingClass) => void,
): void {
  if (exe === undefined) return;
  for (const [row, name] of names.entries()) {
    if (name === exe) {
      const isData = (table.permissions[row]! & WRITABLE) !== 0 && (table.permissions[row]! & SHARED) === 0;
      set(row, isData ? "exe-data" : "exe-text");
    } else if (name === "" && isBehind(table, row)) {
      let before = row - 1;
      while (before > 0 && names[before] === "" && isBehind(table, before)) before--;
      if (names[before] === exe && (table.permissions[before]! & WRITABLE) !== 0) set(row, "exe-data");
    }
  }
}

function isBehind(table: MappingTable, row: number): boolean {
  return row > 0 && table.end[row - 1] === table.start[row];
}

function isLibraryBss(table: MappingTable, names: readonly string[], row: number): boolean {
  if (names[row] !== "" || !isBehind(table, row)) return false;
  const before = names[row - 1]!;
  return (
    isSharedObject(before) &&
    (table.permissions[row - 1]! & WRITABLE) !== 0 &&
    (table.permissions[row]! & WRITABLE) !== 0
  );
}

function classifyFile(table: MappingTable, row: number, name: string): MappingClass {
  if (isSharedObject(name)) return LIBRARY_DIRECTORY.test(name) ? "shared-library" : "plugin";
  const isShared = (table.permissions[row]! & SHARED) !== 0;
  if (/^\/(memfd:|SYSV|dev\/shm\/)/.test(name)) return "shared-memory";
  if (name.startsWith("/dev/zero")) return isShared ? "shared-memory" : "anonymous";
  return "file";
}

function isSharedObject(name: string): boolean {
  return /\.so(\.\d+)*( \(deleted\))?$/.test(name) || /\/ld-[^/]*\.so[^/]*$/.test(name);
}

/**
 * glibc reserves each heap of an arena with MAP_NORESERVE and opens it piece by piece: the only anonymous mappings
 * that carry "nr". Without VmFlags the whole, opened and closed part together, has to be one aligned heap.
 */
function isMallocHeap(table: MappingTable, row: number): boolean {
  if (!isPrivateAnonymous(table, row) || table.start[row]! % MALLOC_HEAP_BYTES !== 0) return false;
  if (hasSizes(table)) return (table.vmFlags[row]! & vmFlag("nr")) !== 0;
  const next = row + 1 < table.length && isBehind(table, row + 1) ? row + 1 : row;
  return table.end[next]! - table.start[row]! === MALLOC_HEAP_BYTES;
}

function isThreadStack(table: MappingTable, names: readonly string[], row: number): boolean {
  if (row === 0 || !isBehind(table, row) || !isPrivateAnonymous(table, row)) return false;
  const guard = row - 1;
  return (
    (table.permissions[row]! & (READABLE | WRITABLE)) === (READABLE | WRITABLE) &&
    table.end[row]! - table.start[row]! >= LEAST_STACK_BYTES &&
    names[guard] === "" &&
    (table.permissions[guard]! & (READABLE | WRITABLE | EXECUTABLE)) === 0 &&
    table.end[guard]! - table.start[guard]! <= MAX_GUARD_BYTES
  );
}

function isPrivateAnonymous(table: MappingTable, row: number): boolean {
  return (table.permissions[row]! & SHARED) === 0 && table.inode[row] === 0 && table.name[row] === 0;
}
