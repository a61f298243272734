import { type Abbreviation, decodeAbbreviations } from "./abbreviations.ts";
import type { DebugSections } from "./debug-sections.ts";
import { DwarfCursor } from "./dwarf-cursor.ts";
import type { DwarfUnit } from "./dwarf-unit.ts";
import { ADDRESS_INDEX, FORM, readNumber, skipForm } from "./forms.ts";

/** Places of names: in .debug_info itself, or these much higher in the other sections. */
const STR_PLACE = 2 ** 40;
const LINE_STR_PLACE = 2 ** 41;

/** The sections behind `.debug_info`, and what attributes of entries refer to in them. */
export class EntrySource {
  readonly sections: DebugSections;
  readonly #tables = new Map<number, (Abbreviation | undefined)[]>();
  readonly #str: DwarfCursor;
  readonly #lineStr: DwarfCursor;
  readonly #info: DwarfCursor;

  constructor(sections: DebugSections) {
    this.sections = sections;
    this.#str = new DwarfCursor(sections.str, ".debug_str");
    this.#lineStr = new DwarfCursor(sections.lineStr, ".debug_line_str");
    this.#info = new DwarfCursor(sections.info, ".debug_info");
  }

  /** A cursor of its own over `.debug_info`. */
  cursorAt(at: number, end?: number): DwarfCursor {
    return new DwarfCursor(this.sections.info, ".debug_info", at, end);
  }

  /** The abbreviations of a unit, by code. */
  tableAt(offset: number): (Abbreviation | undefined)[] {
    let table = this.#tables.get(offset);
    if (table === undefined) {
      table = decodeAbbreviations(this.sections.abbrev, offset);
      this.#tables.set(offset, table);
    }
    return table;
  }

  /** Where the text of an attribute stands, which `textAt` reads; -1 if it has none. */
  readNamePlace(info: DwarfCursor, unit: DwarfUnit, form: number): number {
    switch (form) {
      case FORM.string: {
        const at = info.at;
        info.skipText();
        return at;
      }
      case FORM.strp:
        return STR_PLACE + info.u32();
      case FORM.lineStrp:
        return LINE_STR_PLACE + info.u32();
      case FORM.strx:
      case FORM.strx1:
      case FORM.strx2:
      case FORM.strx4: {
        const index = readNumber(info, form, 0, unit);
        const { strOffsets } = this.sections;
        const at = unit.textBase + index * 4;
        return at + 4 > strOffsets.length
          ? -1
          : STR_PLACE + new DwarfCursor(strOffsets, ".debug_str_offsets", at).u32();
      }
      default:
        skipForm(info, form, unit);
        return -1;
    }
  }

  textAt(place: number): string {
    if (place < 0) return "";
    if (place >= LINE_STR_PLACE) return this.#lineStr.textAt(place - LINE_STR_PLACE);
    return place >= STR_PLACE ? this.#str.textAt(place - STR_PLACE) : this.#info.textAt(place);
  }

  /** The offset in `.debug_info` that an attribute names; -1 for other forms. */
  readReference(info: DwarfCursor, unit: DwarfUnit, form: number): number {
    switch (form) {
      case FORM.refAddr:
        return unit.version === 2 ? info.u64() : info.u32();
      case FORM.ref1:
        return unit.offset + info.u8();
      case FORM.ref2:
        return unit.offset + info.u16();
      case FORM.ref4:
        return unit.offset + info.u32();
      case FORM.ref8:
        return unit.offset + info.u64();
      case FORM.refUdata:
        return unit.offset + info.uleb();
      default:
        skipForm(info, form, unit);
        return -1;
    }
  }

  /** An address, or a plain number as it is (a length, for DW_AT_high_pc); NaN for other forms. */
  readAddress(info: DwarfCursor, unit: DwarfUnit, form: number, implicit: number): number {
    if (form === FORM.addr) return info.u64();
    const value = readNumber(info, form, implicit, unit);
    return ADDRESS_INDEX.has(form) ? this.addressAt(unit, value) : value;
  }

  /** Entry `index` of the unit's part of `.debug_addr`; NaN if there is none. */
  addressAt(unit: DwarfUnit, index: number): number {
    const at = unit.addressBase + index * 8;
    if (!(at + 8 <= this.sections.addr.length)) return Number.NaN;
    return new DwarfCursor(this.sections.addr, ".debug_addr", at).u64();
  }
}
