import type { Abbreviation } from "./abbreviations.ts";
import type { DwarfCursor } from "./dwarf-cursor.ts";
import type { DwarfUnit } from "./dwarf-unit.ts";
import type { EntrySource } from "./entry-source.ts";
import { FORM, readBlockLength, skipForm } from "./forms.ts";

/** What an entry within a function says. Absent references, lists and ranges are -1, absent addresses NaN. */
export interface ScopeEntry {
  name: string;
  /** Offset in .debug_info of its type. */
  type: number;
  /** Of what an inlined or concrete entry is a copy of. */
  origin: number;
  /** Code from `low` to before `high`. */
  low: number;
  high: number;
  /** Its list of ranges, as a section has it. */
  ranges: number;
  /** Where a location expression stands in .debug_info. */
  expression: { start: number; end: number } | undefined;
  /** Its list of locations. */
  list: number;
  /** A function whose frame base is the canonical frame address, as Go's compiler has it. */
  hasCfaBase: boolean;
  /** Places and ranges told in a form that Go's compiler does not write. */
  refused: number;
}

/** DW_AT_* (DWARF 5, 7.5.4). */
const ATTRIBUTE = {
  location: 0x02,
  name: 0x03,
  lowPc: 0x11,
  highPc: 0x12,
  abstractOrigin: 0x31,
  frameBase: 0x40,
  type: 0x49,
  ranges: 0x55,
} as const;
const DW_OP_CALL_FRAME_CFA = 0x9c;

/**
 * Reads a function, a block, an inlined call, a variable or a parameter. The cursor is behind its abbreviation's code.
 *
 * @throws DecodeError
 */
export function readScopeEntry(
  source: EntrySource,
  info: DwarfCursor,
  unit: DwarfUnit,
  { attribute, form, implicit }: Abbreviation,
): ScopeEntry {
  const entry: ScopeEntry = {
    name: "",
    type: -1,
    origin: -1,
    low: Number.NaN,
    high: Number.NaN,
    ranges: -1,
    expression: undefined,
    list: -1,
    hasCfaBase: false,
    refused: 0,
  };
  let namePlace = -1;
  let isLength = false;
  const readSectionOffset = (f: number): number => {
    if (f === FORM.secOffset || f === FORM.data4) return info.u32();
    skipForm(info, f, unit);
    entry.refused++;
    return -1;
  };
  for (let i = 0; i < form.length; i++) {
    const f = form[i]!;
    switch (attribute[i]) {
      case ATTRIBUTE.name:
        namePlace = source.readNamePlace(info, unit, f);
        break;
      case ATTRIBUTE.type:
        entry.type = source.readReference(info, unit, f);
        break;
      case ATTRIBUTE.abstractOrigin:
        entry.origin = source.readReference(info, unit, f);
        break;
      case ATTRIBUTE.lowPc:
        entry.low = source.readAddress(info, unit, f, implicit[i]!);
        break;
      case ATTRIBUTE.highPc:
        // A length since DWARF 4, unless it has the form of an address.
        isLength = f !== FORM.addr;
        entry.high = source.readAddress(info, unit, f, implicit[i]!);
        break;
      case ATTRIBUTE.ranges:
        entry.ranges = readSectionOffset(f);
        break;
      case ATTRIBUTE.frameBase: {
        const length = readBlockLength(info, f);
        if (length < 0) skipForm(info, f, unit);
        else {
          entry.hasCfaBase = length === 1 && source.sections.info[info.at] === DW_OP_CALL_FRAME_CFA;
          info.skip(length);
        }
        break;
      }
      case ATTRIBUTE.location: {
        const length = readBlockLength(info, f);
        if (length < 0) entry.list = readSectionOffset(f);
        else {
          entry.expression = length === 0 ? undefined : { start: info.at, end: info.at + length };
          info.skip(length);
        }
        break;
      }
      default:
        skipForm(info, f, unit);
    }
  }
  entry.name = source.textAt(namePlace);
  if (isLength) entry.high += entry.low;
  return entry;
}
