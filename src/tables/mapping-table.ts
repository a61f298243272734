import { assert } from "../lib/assert.ts";

/** Bits of `MappingTable.permissions`. */
export const READABLE = 1;
export const WRITABLE = 2;
export const EXECUTABLE = 4;
/** MAP_SHARED; without it a private (copy-on-write) mapping. */
export const SHARED = 8;

/**
 * Bits of `MappingTable.vmFlags`: the two-letter words of the VmFlags line that tell mappings apart
 * (Documentation/filesystems/proc.rst).
 */
export const VM_FLAG_WORDS = [
  "ac",
  "nr",
  "hg",
  "nh",
  "sh",
  "dd",
  "wf",
  "gd",
  "lo",
  "ht",
  "pf",
  "io",
] as const;
type VmFlagWord = (typeof VM_FLAG_WORDS)[number];

export function vmFlag(word: VmFlagWord): number {
  return 1 << VM_FLAG_WORDS.indexOf(word);
}

/**
 * The address space of one process (`/proc/PID/maps` or `smaps`): a row per mapping, by rising address.
 *
 * Addresses are multiples of the page size, so that a double holds all 64 bits of them. All sizes are bytes; those
 * that only smaps prints are NaN for a table that was read from maps.
 */
export interface MappingTable {
  length: number;
  /** Distinct names; 0 is "", the name of an anonymous mapping. */
  names: readonly string[];
  start: Float64Array;
  /** The first address behind the mapping. */
  end: Float64Array;
  permissions: Uint8Array;
  fileOffset: Float64Array;
  inode: Float64Array;
  /** Index into `names`: a path, "[heap]", "[anon: Go: heap]" or "". "(deleted)" is kept at the end of a path. */
  name: Uint32Array;
  vmFlags: Uint32Array;
  rss: Float64Array;
  pss: Float64Array;
  privateDirty: Float64Array;
  sharedDirty: Float64Array;
  anonymous: Float64Array;
  anonHugePages: Float64Array;
  /** Freed with MADV_FREE, and still resident until the kernel wants the page. */
  lazyFree: Float64Array;
  swap: Float64Array;
}

export const MAPPING_SIZES = [
  "rss",
  "pss",
  "privateDirty",
  "sharedDirty",
  "anonymous",
  "anonHugePages",
  "lazyFree",
  "swap",
] as const;

/** Whether the table came from smaps: only then is it known what is resident. */
export function hasSizes(table: MappingTable): boolean {
  return table.length > 0 && !Number.isNaN(table.rss[0]!);
}

export function findMappingName(table: MappingTable, row: number): string {
  const name = table.names[table.name[row]!];
  assert(name !== undefined, `mapping ${row} has a name outside the table`);
  return name;
}

/** Walks the foreign keys; a failure is a decoder's bug. */
export function checkMappings(table: MappingTable): void {
  for (let row = 0; row < table.length; row++) {
    findMappingName(table, row);
    assert(table.end[row]! >= table.start[row]!, `mapping ${row} ends before it starts`);
  }
}

/** The sums that `/proc/PID/smaps_rollup` prints of all mappings, in bytes. */
export interface MappingTotals {
  rss: number;
  pss: number;
  privateDirty: number;
  anonymous: number;
  anonHugePages: number;
  lazyFree: number;
  swap: number;
}
