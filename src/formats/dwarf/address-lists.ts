import { DwarfCursor } from "./dwarf-cursor.ts";
import type { DwarfUnit } from "./dwarf-unit.ts";
import type { EntrySource } from "./entry-source.ts";
import type { LocationSections } from "./location-sections.ts";

/** Entries of one list; a longer one has lost its end. */
const MAX_ENTRIES = 100_000;
/** A whole program has some million. */
const MAX_ENTRIES_READ = 20_000_000;
/** What begins an entry that sets the base: the largest address (DWARF 4, 2.6.2). */
const BASE_MARK = 2 ** 63;

/** DW_LLE_*, DWARF 5, 7.7.3; DW_RLE_* of 7.25 are the same up to `offsetPair`, and one less from there on. */
const LIST_ENTRY = {
  end: 0,
  baseIndex: 1,
  indexPair: 2,
  indexLength: 3,
  offsetPair: 4,
  defaultLocation: 5,
  base: 6,
  addressPair: 7,
  addressLength: 8,
} as const;

/** Lists of ranges and of locations, by their offsets in their sections. */
export class AddressLists {
  readonly #source: EntrySource;
  readonly #sections: LocationSections;
  /** Entries that are still read: in damaged sections all lists may be as long as the section. */
  #left = MAX_ENTRIES_READ;

  constructor(source: EntrySource, sections: LocationSections) {
    this.#source = source;
    this.#sections = sections;
  }

  /** Whether a list of ranges holds `pc`. Throws DecodeError. */
  rangesHold(unit: DwarfUnit, offset: number, pc: number): boolean {
    const isOld = unit.version < 5;
    const cursor = isOld
      ? new DwarfCursor(this.#sections.ranges, ".debug_ranges", offset)
      : new DwarfCursor(this.#sections.rnglists, ".debug_rnglists", offset);
    return this.#find({ source: this.#source, cursor, unit, isOld, hasLocations: false }, pc);
  }

  /**
   * The expression that holds at `pc`, as a cursor over it; undefined if the list has none for it. Throws DecodeError.
   *
   * Sources: DWARF 4, 2.6.2 and 7.7.3; DWARF 5, 2.6.2 and 7.7.3.
   */
  findLocation(unit: DwarfUnit, offset: number, pc: number): DwarfCursor | undefined {
    const isOld = unit.version < 5;
    const { loc, loclists } = this.#sections;
    const [bytes, section] = isOld ? [loc, ".debug_loc"] : [loclists, ".debug_loclists"];
    const cursor = new DwarfCursor(bytes, section, offset);
    if (!this.#find({ source: this.#source, cursor, unit, isOld, hasLocations: true }, pc)) return undefined;
    const length = isOld ? cursor.u16() : cursor.uleb();
    const start = cursor.at;
    cursor.skip(length);
    return new DwarfCursor(bytes, section, start, start + length);
  }

  /** Leaves the cursor behind the addresses of the entry that holds `pc`. */
  #find(list: AddressList, pc: number): boolean {
    const { cursor, unit, isOld, hasLocations } = list;
    let base = unit.lowPc;
    for (let i = 0; i < MAX_ENTRIES && this.#left > 0; i++) {
      this.#left--;
      const entry = isOld ? readOldEntry(cursor) : readEntry(list, base);
      if (entry === "end") return false;
      if (entry.isBase) {
        base = entry.from;
        continue;
      }
      const start = isOld ? base + entry.from : entry.from;
      const end = isOld ? base + entry.to : entry.to;
      if (pc >= start && pc < end) return true;
      if (hasLocations) cursor.skip(isOld ? cursor.u16() : cursor.uleb());
    }
    throw cursor.malformed("a list of addresses without an end");
  }
}

interface AddressList {
  source: EntrySource;
  cursor: DwarfCursor;
  unit: DwarfUnit;
  isOld: boolean;
  /** Each entry is followed by an expression. */
  hasLocations: boolean;
}

interface ListEntry {
  /** `from` is what the following entries count from. */
  isBase: boolean;
  from: number;
  to: number;
}

function readOldEntry(cursor: DwarfCursor): ListEntry | "end" {
  const from = cursor.u64();
  const to = cursor.u64();
  if (from === 0 && to === 0) return "end";
  return from >= BASE_MARK ? { isBase: true, from: to, to } : { isBase: false, from, to };
}

function readEntry({ source, cursor, unit, hasLocations }: AddressList, base: number): ListEntry | "end" {
  const code = cursor.u8();
  const kind = !hasLocations && code >= LIST_ENTRY.defaultLocation ? code + 1 : code;
  const range = (from: number, to: number) => ({ isBase: false, from, to });
  switch (kind) {
    case LIST_ENTRY.end:
      return "end";
    case LIST_ENTRY.baseIndex: {
      const from = source.addressAt(unit, cursor.uleb());
      return { isBase: true, from, to: from };
    }
    case LIST_ENTRY.indexPair:
      return range(source.addressAt(unit, cursor.uleb()), source.addressAt(unit, cursor.uleb()));
    case LIST_ENTRY.indexLength: {
      const from = source.addressAt(unit, cursor.uleb());
      return range(from, from + cursor.uleb());
    }
    case LIST_ENTRY.offsetPair: {
      const from = base + cursor.uleb();
      return range(from, base + cursor.uleb());
    }
    case LIST_ENTRY.defaultLocation:
      return range(0, Number.POSITIVE_INFINITY);
    case LIST_ENTRY.base: {
      const from = cursor.u64();
      return { isBase: true, from, to: from };
    }
    case LIST_ENTRY.addressPair: {
      const from = cursor.u64();
      return range(from, cursor.u64());
    }
    case LIST_ENTRY.addressLength: {
      const from = cursor.u64();
      return range(from, from + cursor.uleb());
    }
    default:
      throw cursor.malformed(`entry ${code} of a list of addresses is not known`);
  }
}
