/** Addresses [start, end). */
export interface AddressRange {
  start: number;
  end: number;
}

export const PAGEMAP_ENTRY_BYTES = 8;
/** Bits 63 (present), 62 (swapped) and 61 (of a file, or shared) in the upper half of an entry. */
const PRESENT = 0x8000_0000;
const SWAPPED = 0x4000_0000;
const OF_FILE = 0x2000_0000;

/**
 * Adds, for one mapping, the ranges of pages that a process holds for itself, from entries of /proc/PID/pagemap that begin with the page
 * at `start` (Documentation/admin-guide/mm/pagemap.rst). Pages of a file that were not written to are not its own.
 * A hole of up to `holePages` is taken along: one long read is faster than two, and it reads as zeros.
 */
export function addResidentRanges(
  ranges: AddressRange[],
  start: number,
  entries: Uint8Array,
  { pageBytes, holePages }: { pageBytes: number; holePages: number },
): void {
  const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
  let last = ranges.at(-1);
  for (let at = 0; at + PAGEMAP_ENTRY_BYTES <= entries.length; at += PAGEMAP_ENTRY_BYTES) {
    const upper = view.getUint32(at + 4, true);
    const isOwn = (upper & (PRESENT | SWAPPED)) !== 0 && (upper & OF_FILE) === 0;
    if (!isOwn) continue;
    const page = start + (at / PAGEMAP_ENTRY_BYTES) * pageBytes;
    if (last !== undefined && page - last.end <= holePages * pageBytes) {
      last.end = page + pageBytes;
    } else {
      last = { start: page, end: page + pageBytes };
      ranges.push(last);
    }
  }
}

export function sumRanges(ranges: readonly AddressRange[]): number {
  return ranges.reduce((total, range) => total + range.end - range.start, 0);
}
