import type { DwarfCursor } from "./dwarf-cursor.ts";

/** The header of a compilation unit, whose entries lie in `.debug_info[start … end)`. */
export interface DwarfUnit {
  offset: number;
  version: number;
  abbreviations: number;
  addressSize: number;
  start: number;
  end: number;
  /** Set from the unit's own entry: where its part of .debug_addr and .debug_str_offsets begins. */
  addressBase: number;
  textBase: number;
  /** Where its code begins, which its lists of addresses count from; 0 if it does not say. */
  lowPc: number;
}

/**
 * Reads the header at the cursor (DWARF 4 and 5, 7.5.1; the 32-bit form, which Go and C compilers write) and leaves
 * the cursor behind it.
 */
export function readUnit(cursor: DwarfCursor): DwarfUnit {
  const offset = cursor.at;
  const length = cursor.u32();
  if (length >= 0xffff_fff0) throw cursor.malformed("64-bit DWARF is not supported: a unit");
  const end = cursor.at + length;
  if (end > cursor.bytes.length) throw cursor.malformed("a unit goes on past the end");
  const version = cursor.u16();
  if (version < 2 || version > 5) throw cursor.malformed(`DWARF version ${version} of a unit`);
  let abbreviations: number;
  let addressSize: number;
  if (version === 5) {
    const type = cursor.u8();
    addressSize = cursor.u8();
    abbreviations = cursor.u32();
    // Skeleton and split units carry an id of 8 bytes, type units that and an offset.
    if (type === 4 || type === 5) cursor.skip(8);
    else if (type === 2 || type === 6) cursor.skip(12);
  } else {
    abbreviations = cursor.u32();
    addressSize = cursor.u8();
  }
  const start = cursor.at;
  return { offset, version, abbreviations, addressSize, start, end, addressBase: 8, textBase: 8, lowPc: 0 };
}

/** The unit in which the entry at `offset` lies; units are in the order of their offsets. */
export function unitAt(units: readonly DwarfUnit[], offset: number): DwarfUnit | undefined {
  let low = 0;
  let high = units.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (units[middle]!.offset <= offset) low = middle + 1;
    else high = middle - 1;
  }
  const unit = units[high];
  return unit !== undefined && offset >= unit.start && offset < unit.end ? unit : undefined;
}
