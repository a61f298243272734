import { type MappingTable, SHARED, vmFlag } from "../tables/mapping-table.ts";

/** heapArenaBytes of 64-bit Linux (runtime/malloc.go): arenas are reserved in multiples of it, aligned to it. */
const ARENA_BYTES = 64 * 1024 * 1024;
/** Below it lie executables and what a linker places; the runtime's first hint is above on every platform. */
const LOWEST_ARENA = 2 ** 32;
const STACK_OF_47_BITS = 2 ** 47;

/**
 * The rows of a Go heap's arenas where the kernel prints no names.
 *
 * Up to Go 1.25 the runtime asks for 0xc000000000 (amd64), 0x4000000000 (arm64), and steps from there; since 1.26 for a
 * random multiple of 64 MiB in the lower half of what the runtime can address (malloc.go, mallocinit), so the address
 * tells nothing but that it lies below where the kernel puts mmaps. What all have in common: the arenas, used
 * part and reserved part together, are a gapless run of private anonymous mappings that begins at and spans
 * multiples of 64 MiB. Heaps of glibc's arenas do so too, but are marked "nr" (MAP_NORESERVE) and lie among the mmaps.
 */
export function findGoHeapRows(table: MappingTable): number[] {
  // The stack is at the top of the address space: 47 bits on amd64, 48 on arm64. Arenas lie in its lower half.
  const top = table.length === 0 ? 0 : findUserTop(table);
  const bound = (top > STACK_OF_47_BITS ? 2 * STACK_OF_47_BITS : STACK_OF_47_BITS) / 2;
  const rows: number[] = [];
  for (let first = 0; first < table.length; ) {
    let next = first + 1;
    if (!canBeArena(table, first)) {
      first = next;
      continue;
    }
    while (next < table.length && table.start[next] === table.end[next - 1] && canBeArena(table, next))
      next++;
    const start = table.start[first]!;
    const spanned = table.end[next - 1]! - start;
    if (start >= LOWEST_ARENA && start < bound && start % ARENA_BYTES === 0 && spanned % ARENA_BYTES === 0) {
      for (let row = first; row < next; row++) rows.push(row);
    }
    first = next;
  }
  return rows;
}

/** Above user space the vsyscall page is listed, in the kernel's half. */
function findUserTop(table: MappingTable): number {
  for (let row = table.length - 1; row >= 0; row--) {
    if (table.end[row]! < 2 ** 57) return table.end[row]!;
  }
  return 0;
}

function canBeArena(table: MappingTable, row: number): boolean {
  return (
    (table.permissions[row]! & SHARED) === 0 &&
    table.inode[row] === 0 &&
    table.name[row] === 0 &&
    (table.vmFlags[row]! & vmFlag("nr")) === 0
  );
}
